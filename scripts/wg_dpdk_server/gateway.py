# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The gateway and what belongs to it: address translation, forwarding, a DNS forwarder. One process looks after them."""

import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from .errors import Refused, say
from .generate import SERVER_CONF
from .templates import values_of, without_key

RUN = "/run/wg-dpdk"
# What wg-quick does and the gateway does not.
OF_WG_QUICK = ("DNS", "PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig")
DEVICE_OF_PCI = re.compile(r"([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:")
READY_S = 60
STOP_S = 9  # docker kills after 10
TABLE = "wg_dpdk_server"


# --- the gateway's side: what it is told and how it is started ---


def find_confs(volume):
    """Names and texts, in the order of the names."""
    found = {}
    for path in sorted(glob.glob(glob.escape(volume.path("wg_confs")) + "/*.conf")):
        text = volume.read(os.path.join("wg_confs", os.path.basename(path)))
        if "[Interface]" in text:
            found[os.path.basename(path)[:-len(".conf")]] = text
    if not found:
        raise Refused(f"there is no conf in {volume.path('wg_confs')}; put one there, or give PEERS for a server")
    return found


def write_gateway_files(settings, confs):
    """Beside the volume, for the gateway's eyes. Keys stay in memory where RUN does, as in a container."""
    os.makedirs(RUN, mode=0o700, exist_ok=True)
    os.chmod(RUN, 0o700)
    underlay = ' underlay = "port";' if settings.ports else ""
    interfaces = ", ".join(f'{{ config = "{name}.conf";{underlay} }}' for name in confs)
    ports = ", ".join(f'{{ name = "{name}"; device = "{device}"; mode = "{mode_of(device)}"; }}' for name, device in settings.ports)
    metrics = f'metrics = "{settings.metrics}"; metrics_peers = {str(settings.metrics_peers).lower()};\n'
    write_private(f"{RUN}/gw.conf", f"interfaces = ( {interfaces} );\n" + (f"ports = ( {ports} );\n" if ports else "")
                  + (metrics if settings.metrics else ""))
    for name, text in confs.items():
        write_private(f"{RUN}/{name}.conf", for_gateway(name, text))


def for_gateway(name, text):
    """Without wg-quick's lines, and with prefix lengths: an address without one is a host."""
    for key in OF_WG_QUICK:
        for line in values_of(text, key):
            if key != "DNS" and not line.startswith("iptables "):
                say(f"{name}.conf: {key} = {line}: commands are not run here")
        text = without_key(text, key)
    addresses = [a if "/" in a else f"{a}/{128 if ':' in a else 32}" for a in values_of(text, "Address")]
    return without_key(text, "Address").replace("[Interface]", f"[Interface]\nAddress = {', '.join(addresses)}", 1) \
        if addresses else text


def write_private(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def mode_of(device):
    return "shared" if device.startswith("net_af_xdp") else "own"


def gateway_command(settings):
    """Lcore 0 is control; workers share its CPU only when there are not enough of them."""
    cpus = sorted(os.sched_getaffinity(0))
    lcores = ",".join(f"{n}@{cpus[n % len(cpus)]}" for n in range(settings.n_workers + 1))
    memory = ["--in-memory"] if hugepages_are_free() else ["--no-huge", "-m", str(384 + 128 * settings.n_workers)]
    has_pci = any(DEVICE_OF_PCI.match(device) for _, device in settings.ports)
    return ["wg-dpdk", "--lcores", lcores, *memory, "--no-shconf", "--no-telemetry", *([] if has_pci else ["--no-pci"]),
            "--", "-c", f"{RUN}/gw.conf"]


def hugepages_are_free():
    for path in glob.glob("/sys/kernel/mm/hugepages/*/free_hugepages"):
        with open(path, encoding="ascii") as file:
            if int(file.read()):
                return True
    return False


def is_served(interface):
    """Does the gateway answer for it? wg(8) asks through the same socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(f"/var/run/wireguard/{interface}.sock")
            probe.sendall(b"get=1\n\n")
            return probe.recv(1) != b""
        except OSError:
            return False


# --- the network around it ---


def forward_packets(subnet):
    for version in {n.version for n in subnet.networks}:
        name = "net.ipv4.ip_forward" if version == 4 else "net.ipv6.conf.all.forwarding"
        path = "/proc/sys/" + name.replace(".", "/")
        try:
            with open(path, encoding="ascii") as file:
                if file.read().strip() == "1":
                    continue
            with open(path, "w", encoding="ascii") as file:
                file.write("1")
        except OSError as error:
            raise Refused(f"{name} is 0 and cannot be set ({error.strerror}); start the container with --sysctl {name}=1") from None


def filter_packets(interface, metrics):
    """What comes out of the tunnel goes on under this machine's address. The metrics are not for peers."""
    port = metrics.rpartition(":")[2]
    keep_out = f'iifname "{interface}" tcp dport {port} reject with tcp reset' if port else ""
    nft(f"""table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
	chain postrouting {{
		type nat hook postrouting priority srcnat;
		iifname "{interface}" oifname != "{interface}" masquerade
	}}
	chain input {{
		type filter hook input priority filter;
		{keep_out}
	}}
}}
""")


def nft(script):
    try:
        done = subprocess.run(["nft", "-f", "-"], input=script, text=True, capture_output=True, check=False)
    except FileNotFoundError:
        raise Refused("nft is missing: install the package nftables") from None
    if done.returncode:
        raise Refused(f"nft cannot translate addresses ({done.stderr.strip().splitlines()[:1]}); "
                      "the container needs the capability NET_ADMIN")


def dns_command(settings, volume):
    """For the peers, at the server's own addresses."""
    if shutil.which("coredns"):
        return ["coredns", "-conf", volume.path("coredns/Corefile")]
    if shutil.which("dnsmasq"):
        return ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-", "--no-hosts",
                "--user=nobody", "--group=nogroup", "--bind-dynamic", *(f"--listen-address={a}" for a in settings.subnet.own)]
    raise Refused("neither coredns nor dnsmasq is there to answer the peers; install the package dnsmasq-base, or give "
                  "USE_COREDNS=false and PEERDNS")


# --- the processes ---


class Keeper:
    """Starts processes, waits for signals, and ends all when one ends. As process 1 it also buries orphans."""

    SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

    def __init__(self):
        self.children = {}  # pid: name, in the order of their starts
        self.failed = ""
        signal.pthread_sigmask(signal.SIG_BLOCK, self.SIGNALS)

    def start(self, command):
        try:
            pid = os.posix_spawnp(command[0], command, os.environ, setsigmask=[], setpgroup=0)
        except OSError as error:
            raise Refused(f"{command[0]} cannot be started: {error.strerror}") from None
        self.children[pid] = command[0]

    def wait(self, seconds=None):
        """Until something happened, or the time is over. Returns whether all goes on."""
        info = signal.sigwaitinfo(self.SIGNALS) if seconds is None else signal.sigtimedwait(self.SIGNALS, seconds)
        if info and info.si_signo != signal.SIGCHLD:
            return False
        self.bury()
        return not self.failed

    def bury(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            name = self.children.pop(pid, None)
            if name:
                self.failed = self.failed or f"{name} ended with status {os.waitstatus_to_exitcode(status)}"

    def stop(self):
        """The last one first, each with its time."""
        end = time.monotonic() + STOP_S
        for pid in reversed(list(self.children)):
            self.bury()
            if pid in self.children:
                os.kill(pid, signal.SIGTERM)
            while pid in self.children and time.monotonic() < end:
                signal.sigtimedwait({signal.SIGCHLD}, 0.1)
                self.bury()
            if pid in self.children:
                os.kill(pid, signal.SIGKILL)


def run(settings, volume):
    """Returns when it is told to stop; raises when something ended by itself."""
    confs = find_confs(volume)
    dns = dns_command(settings, volume) if settings.forward_dns else None
    keeper = Keeper()
    try:
        if settings.server:
            forward_packets(settings.subnet)
            filter_packets(os.path.basename(SERVER_CONF)[:-len(".conf")], settings.metrics)
        write_gateway_files(settings, confs)
        keeper.start(gateway_command(settings))
        end = time.monotonic() + READY_S
        goes_on = True
        while goes_on and not all(is_served(name) for name in confs):
            if time.monotonic() > end:
                raise Refused(f"the gateway does not serve {', '.join(confs)} after {READY_S} s")
            goes_on = keeper.wait(0.1)
        if goes_on and dns:
            keeper.start(dns)
        if goes_on:
            say("ready: " + ", ".join(confs))
        while goes_on:
            goes_on = keeper.wait()
        failed = keeper.failed
    finally:
        keeper.stop()
        if settings.server:
            nft(f"table inet {TABLE}\ndelete table inet {TABLE}\n")
        for name in ("gw", *confs):
            if os.path.exists(f"{RUN}/{name}.conf"):
                os.unlink(f"{RUN}/{name}.conf")
    if failed:
        raise Refused(failed)
