#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""What wg-dpdk-server makes of settings and volumes: names, keys, addresses, codes, modes, and what it leaves alone."""

import ctypes.util
import os
import pathlib
import re
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
from wg_dpdk_server import settings
from wg_dpdk_server.errors import Refused

PROGRAM = SCRIPTS / "wg-dpdk-server"
KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A="
OTHER_KEY = "YUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A="
NEW = ".wg-dpdk-server.new"

# The setting, its value, what the only line must name.
BAD = [
    ("PEERS", "-1"), ("PEERS", "1048577"), ("PEERS", "99999999999999999999"), ("PEERS", "254"), ("PEERS", "a,,b"),
    ("PEERS", "a,a"), ("PEERS", "a b"), ("PEERS", "../x"), ("PEERS", "a/b"), ("PEERS", "$(id)"), ("PEERS", "\u0663"),
    ("PEERS", "x" * 64),
    ("SERVERURL", "$(touch /tmp/x)"), ("SERVERURL", 'a"b'), ("SERVERURL", "a b"), ("SERVERURL", "a\nPostUp = id"),
    ("SERVERURL", "1.2.3"), ("SERVERURL", "-a"), ("SERVERURL", "a:1"), ("SERVERURL", "fe80::1%eth0"),
    ("SERVERURL_FROM", "file:///etc/passwd"), ("SERVERURL_FROM", "somewhere"),
    ("SERVERPORT", "0"), ("SERVERPORT", "65536"), ("SERVERPORT", "x"), ("SERVERPORT", "tcp://10.0.0.1:80"),
    ("PEERDNS", "1.1.1.1;id"), ("PEERDNS", "300.1.1.1"), ("PEERDNS", "1.1.1.1,,"),
    ("INTERNAL_SUBNET", "10.13.13"), ("INTERNAL_SUBNET", "10.13.13.0/31"), ("INTERNAL_SUBNET", "10.13.13.0/33"),
    ("INTERNAL_SUBNET", "10.0.0.0,10.1.0.0"), ("INTERNAL_SUBNET", "fd00::/128"), ("INTERNAL_SUBNET", "10.13.13.0/30"),
    ("ALLOWEDIPS", "everything"), ("ALLOWEDIPS", "0.0.0.0/0;::/0"), ("ALLOWEDIPS", "10.0.0.0/40"),
    ("SERVER_ALLOWEDIPS_PEER_1", "10.0.0.0/8\n[Peer]"), ("SERVER_ALLOWEDIPS_PEER_2", "10.0.0.0/8"),
    ("PERSISTENTKEEPALIVE_PEERS", "a b"), ("PERSISTENTKEEPALIVE_PEERS", "1,1"),
    ("LOG_CONFS", "maybe"), ("USE_COREDNS", "1"), ("TZ", "Detroit/America"), ("TZ", "../../etc/passwd"),
    ("PUID", "root"), ("PUID", "4294967295"), ("PGID", "-5"),
    ("SERVER_PRIVATEKEY", "short"), ("PEER_PUBLICKEY_1", KEY[:-2] + "=="),
    ("WG_DPDK_WORKERS", "0"), ("WG_DPDK_WORKERS", "65"), ("WG_DPDK_METRICS", "9586"), ("WG_DPDK_METRICS", "127.0.0.1:0"),
    ("WG_DPDK_METRICS", "::1:9586"), ("WG_DPDK_METRICS", "localhost:9586"), ("WG_DPDK_METRICS", '[::1]:9";x'),
    ("WG_DPDK_METRICS_PEERS", "maybe"), ("WG_DPDK_PORTS", "eth0"), ("WG_DPDK_PORTS", 'wan=x";'),
    ("FILE__PEERS", "/nonexistent"), ("FILE__PEERS", "/"),
]

# By the rules of the linuxserver/wireguard image, written by hand.
ORIGINAL_SERVER_TEMPLATE = """\
[Interface]
Address = ${INTERFACE}.1
ListenPort = 51820
PrivateKey = $(cat /config/server/privatekey-server)
PostUp = iptables -A FORWARD -i %i -j ACCEPT
"""
ORIGINAL_PEER_TEMPLATE = """\
[Interface]
Address = ${CLIENT_IP}
PrivateKey = $(cat /config/${PEER_ID}/privatekey-${PEER_ID})
DNS = $PEERDNS
# mine

[Peer]
PublicKey = $(cat /config/server/publickey-server)
Endpoint = ${SERVERURL}:${SERVERPORT}
AllowedIPs = ${ALLOWEDIPS}
"""


def wg(*words, text=""):
    return subprocess.run(["wg", *words], input=text, text=True, capture_output=True, check=True).stdout.strip()


class Case(unittest.TestCase):
    def setUp(self):
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wg-dpdk-server.", dir=memory))
        self.addCleanup(shutil.rmtree, self.folder)
        self.config = self.folder / "config"
        self.config.mkdir()

    def serve(self, *words, **settings):
        command = [PROGRAM, "--config", self.config, *(words or ["generate"])]
        environment = {"PATH": os.environ["PATH"], "SERVERURL": "vpn.example.org", **settings}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False,
                              preexec_fn=self.limit, timeout=120)

    limit = None

    def good(self, *words, **settings):
        done = self.serve(*words, **settings)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, word, *words, **settings):
        done = self.serve(*words, **settings)
        self.assertEqual(done.returncode, 2, done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn(word, lines[0])
        return lines[0]

    def tree(self):
        """Every file with its content, inode and time."""
        files = (path for path in self.config.rglob("*") if path.is_file() and path.name != ".wg-dpdk-server.lock")
        return {str(path.relative_to(self.config)): (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns)
                for path in files}

    def text(self, path):
        return (self.config / path).read_text()

    def values(self, path, key):
        return re.findall(rf"^{key} = (.*)$", self.text(path), re.M)

    def peer_file(self, name):
        return self.text(f"{name}/{name}.conf")

    def scan(self, image):
        command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", image]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout[:-1]  # its own end of line


class Generation(Case):
    def test_tree(self):
        self.good(PEERS="2")
        wanted = {".donoteditthisfile", "coredns/Corefile", "server/privatekey-server", "server/publickey-server",
                  "templates/peer.conf", "templates/server.conf", "wg_confs/wg0.conf"}
        for peer in ("peer1", "peer2"):
            wanted |= {f"{peer}/{file}" for file in (f"{peer}.conf", f"{peer}.png", f"privatekey-{peer}",
                                                     f"publickey-{peer}", f"presharedkey-{peer}")}
        self.assertEqual(set(self.tree()), wanted)
        for path in self.config.rglob("*"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600, path)

    def test_keys_are_those_of_wg(self):
        self.good(PEERS="laptop")
        for path, name in (("server", "server"), ("peer_laptop", "peer_laptop")):
            private = self.text(f"{path}/privatekey-{name}")
            self.assertEqual(wg("pubkey", text=private) + "\n", self.text(f"{path}/publickey-{name}"))

    def test_names(self):
        self.good(PEERS="laptop, 7,Phone")
        self.assertEqual(self.values("wg_confs/wg0.conf", "AllowedIPs"), ["10.13.13.2/32", "10.13.13.3/32", "10.13.13.4/32"])
        self.assertEqual(re.findall("^# (.*)", self.text("wg_confs/wg0.conf"), re.M), ["peer_laptop", "peer7", "peer_Phone"])
        self.assertTrue((self.config / "peer_Phone/presharedkey-peer_Phone").exists())

    def test_saved_values_are_what_a_shell_reads(self):
        self.good(PEERS="2", PERSISTENTKEEPALIVE_PEERS="2", ALLOWEDIPS="10.0.0.0/8, ::/0")
        script = '. "$1"; for n in SERVERURL SERVERPORT PEERDNS PEERS INTERFACE ALLOWEDIPS PERSISTENTKEEPALIVE_PEERS; ' \
                 'do v=ORIG_$n; echo "${!v}"; done'
        done = subprocess.run(["bash", "-c", script, "-", self.config / ".donoteditthisfile"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.splitlines(), ["vpn.example.org", "51820", "10.13.13.1", "2", "10.13.13", "10.0.0.0/8, ::/0", "2"])

    def test_codes_say_what_the_confs_say(self):
        self.good(PEERS="2")
        for peer in ("peer1", "peer2"):
            self.assertEqual(self.scan(self.config / peer / f"{peer}.png"), self.peer_file(peer))

    def test_a_conf_too_long_for_a_code(self):
        done = self.good(PEERS="1", ALLOWEDIPS=", ".join(f"10.{n}.0.0/16" for n in range(250)))
        self.assertIn("too long", done.stderr)
        self.assertFalse((self.config / "peer1/peer1.png").exists())

    def test_restart_changes_nothing(self):
        self.good(PEERS="3")
        before = self.tree()
        self.good(PEERS="3")
        self.assertEqual(self.tree(), before)

    def test_growth_changes_no_peer(self):
        subnet = {"INTERNAL_SUBNET": "10.13.0.0/16"}
        self.good(PEERS="3", **subnet)
        with open(self.config / "peer2/peer2.conf", "a", encoding="utf-8") as file:
            file.write("# edited by hand\n")
        before = self.tree()
        self.good(PEERS="300", **subnet)
        after = self.tree()
        changed = {path for path in before if after[path] != before[path]}
        self.assertEqual(changed, {"wg_confs/wg0.conf", ".donoteditthisfile"})
        addresses = self.values("wg_confs/wg0.conf", "AllowedIPs")
        self.assertEqual(len(set(addresses)), 300)
        self.assertEqual(addresses[299], "10.13.1.45/32")

    def test_full_subnet(self):
        self.good(PEERS="253")
        self.assertEqual(self.values("wg_confs/wg0.conf", "AllowedIPs")[-1], "10.13.13.254/32")
        before = self.tree()
        self.refused("larger", PEERS=",".join(f"n{n}" for n in range(2)))
        self.assertEqual(self.tree(), before)

    def test_families(self):
        self.good(PEERS="1")
        self.good(PEERS="2", INTERNAL_SUBNET="10.13.13.0,fd13::/64")
        self.assertEqual(self.values("wg_confs/wg0.conf", "Address"), ["fd13::1, 10.13.13.1"])
        self.assertEqual(self.values("wg_confs/wg0.conf", "AllowedIPs"), ["10.13.13.2/32,fd13::2/128", "10.13.13.3/32,fd13::3/128"])
        self.assertIn("Address = fd13::2, 10.13.13.2\n", self.peer_file("peer1"))

    def test_ipv6_alone(self):
        self.good(PEERS="1", INTERNAL_SUBNET="fd13:1::/112", SERVERURL="2001:db8::1")
        self.assertEqual(self.values("peer1/peer1.conf", "Address"), ["fd13:1::2"])
        self.assertEqual(self.values("peer1/peer1.conf", "DNS"), ["fd13:1::1"])
        self.assertEqual(self.values("peer1/peer1.conf", "Endpoint"), ["[2001:db8::1]:51820"])
        self.assertEqual(self.values("wg_confs/wg0.conf", "Address"), ["fd13:1::1"])

    def test_a_mask_counts(self):
        self.good(PEERS="2", INTERNAL_SUBNET="172.16.2.128/29")
        self.assertEqual(self.values("wg_confs/wg0.conf", "Address"), ["172.16.2.129"])
        self.assertEqual(self.values("wg_confs/wg0.conf", "AllowedIPs"), ["172.16.2.130/32", "172.16.2.131/32"])

    def test_settings_of_peers(self):
        self.good(PEERS="a,b", SERVER_ALLOWEDIPS_PEER_b="192.168.7.0/24, fd07::/64", PERSISTENTKEEPALIVE_PEERS="b")
        conf = self.text("wg_confs/wg0.conf")
        self.assertIn("AllowedIPs = 10.13.13.3/32,192.168.7.0/24, fd07::/64\nPersistentKeepalive = 25\n", conf)
        self.assertEqual(conf.count("PersistentKeepalive"), 1)
        self.good(PEERS="a,b", PERSISTENTKEEPALIVE_PEERS="all")
        conf = self.text("wg_confs/wg0.conf")
        self.assertEqual(conf.count("PersistentKeepalive"), 2)
        self.assertNotIn("192.168.7.0", conf)

    def test_a_new_address_of_the_server(self):
        self.good(PEERS="2")
        keys = {path: seen for path, seen in self.tree().items() if "key-" in path}
        self.good(PEERS="2", SERVERURL="198.51.100.7", SERVERPORT="4500")
        self.assertEqual({path: seen for path, seen in self.tree().items() if "key-" in path}, keys)
        self.assertEqual(self.values("peer2/peer2.conf", "Endpoint"), ["198.51.100.7:4500"])
        self.assertEqual(self.scan(self.config / "peer2/peer2.png"), self.peer_file("peer2"))
        self.assertEqual(self.values("wg_confs/wg0.conf", "ListenPort"), ["51820"])

    def test_a_new_subnet_keeps_the_numbers(self):
        self.good(PEERS="a,b,c")
        self.good(PEERS="c,b", INTERNAL_SUBNET="10.99.0.0/16")
        self.assertEqual(self.values("wg_confs/wg0.conf", "AllowedIPs"), ["10.99.0.4/32", "10.99.0.3/32"])

    def test_a_peer_that_comes_back(self):
        self.good(PEERS="a,b")
        before = self.peer_file("peer_a")
        self.good(PEERS="b,c")
        self.assertNotIn("peer_a", self.text("wg_confs/wg0.conf"))
        self.assertEqual(self.values("peer_c/peer_c.conf", "Address"), ["10.13.13.4"])
        self.good(PEERS="a,b,c")
        self.assertEqual(self.peer_file("peer_a"), before)

    def test_a_removed_folder_gets_new_keys(self):
        self.good(PEERS="2")
        before = self.tree()
        shutil.rmtree(self.config / "peer1")
        self.good(PEERS="2")
        after = self.tree()
        self.assertNotEqual(after["peer1/privatekey-peer1"][0], before["peer1/privatekey-peer1"][0])
        self.assertIn(self.text("peer1/publickey-peer1"), self.text("wg_confs/wg0.conf"))
        self.assertEqual(after["peer2/peer2.conf"], before["peer2/peer2.conf"])

    def test_public_keys_alone(self):
        self.good(PEERS="a,b", PEER_PUBLICKEY_b=KEY)
        self.assertEqual(sorted(os.listdir(self.config / "peer_b")), ["peer_b.conf", "presharedkey-peer_b", "publickey-peer_b"])
        self.assertEqual(self.values("wg_confs/wg0.conf", "PublicKey")[1], KEY)
        self.assertEqual(self.values("peer_b/peer_b.conf", "PrivateKey"), [])
        self.assertEqual(self.values("peer_b/peer_b.conf", "Address"), ["10.13.13.3"])
        self.assertIn("keeps its private key", self.good("show-peer", "b").stdout)
        self.refused("PEER_PUBLICKEY_b", PEERS="a,b", PEER_PUBLICKEY_b=OTHER_KEY)
        self.refused("PEER_PUBLICKEY_a", PEERS="a,b", PEER_PUBLICKEY_a=KEY, PEER_PUBLICKEY_b=KEY)

    def test_a_key_for_the_server(self):
        secret = self.folder / "secret"
        secret.write_text(wg("genkey") + "\n")
        self.good(PEERS="1", FILE__SERVER_PRIVATEKEY=str(secret))
        self.assertEqual(self.text("server/privatekey-server"), secret.read_text())
        secret.write_text(wg("genkey") + "\n")
        line = self.refused("SERVER_PRIVATEKEY", PEERS="2", FILE__SERVER_PRIVATEKEY=str(secret))
        self.assertNotIn(secret.read_text().strip(), line)

    def test_settings_in_files(self):
        path = self.folder / "peers"
        path.write_text("a,b\n")
        self.good(FILE__PEERS=str(path), PEERS="5")
        self.assertEqual(self.text("wg_confs/wg0.conf").count("[Peer]"), 2)

    def test_owner(self):
        if os.geteuid():
            self.skipTest("needs root")
        self.good(PEERS="1", PUID="1234", PGID="2345")
        for path in [self.config, *self.config.rglob("*")]:
            if path.name != ".wg-dpdk-server.lock":
                self.assertEqual((path.stat().st_uid, path.stat().st_gid), (1234, 2345), path)


class Refusals(Case):
    def test_bad_values(self):
        """All by the function that reads them, and some by the program."""
        for at, (name, value) in enumerate(BAD):
            with self.subTest(name=name, value=value):
                given = {"PEERS": "2", "SERVER_ALLOWEDIPS_PEER_1": "10.0.0.0/8", name: value}
                with self.assertRaises(Refused) as caught:
                    settings.read(given)
                self.assertIn(name, str(caught.exception))
                self.assertEqual(len(str(caught.exception).splitlines()), 1)
                if at % 10 == 0:
                    self.refused(name, **given)
                    self.assertEqual(os.listdir(self.config), [])

    def test_outside_address(self):
        line = self.refused("SERVERURL_FROM", PEERS="1", SERVERURL="auto", SERVERURL_FROM="http://127.0.0.1:1/")
        self.assertIn("give SERVERURL", line)
        self.good(PEERS="1", SERVERURL="192.0.2.9")
        before = self.tree()
        done = self.good(PEERS="1", SERVERURL="auto", SERVERURL_FROM="http://127.0.0.1:1/")
        self.assertIn("192.0.2.9 of the last start is kept", done.stderr)
        self.assertEqual(self.tree(), before)

    def test_templates_are_not_run(self):
        self.good(PEERS="1")
        before = self.tree()
        for line in ("# $(touch ran)", "# `touch ran`", "# $(cat /etc/passwd)", "# $(cat /config/server/../peer1/privatekey-peer1)",
                     "# ${HOME}", "# $((1))", "# $(cat /config/server/privatekey-server)", "# $(cat /config/peer1/../server/privatekey-server)"):
            with self.subTest(line=line):
                template = self.config / "templates/peer.conf"
                template.write_bytes(before["templates/peer.conf"][0] + line.encode() + b"\n")
                error = self.refused("templates/peer.conf:12", PEERS="2")
                self.assertIn("templates/peer.conf", error)
                self.assertEqual({p: s for p, s in self.tree().items() if not p.startswith("templates")},
                                 {p: s for p, s in before.items() if not p.startswith("templates")})
        self.assertFalse(any("ran" == path.name for path in self.config.rglob("*")) or os.path.exists("ran"))

    def test_saved_values_are_not_run(self):
        self.good(PEERS="1")
        ran = self.folder / "ran"
        with open(self.config / ".donoteditthisfile", "a", encoding="utf-8") as file:
            file.write(f'ORIG_PEERS="$(touch {ran})"\ntouch {ran}\n')
        self.good(PEERS="1")
        self.assertFalse(ran.exists())
        self.assertNotIn("touch", self.text(".donoteditthisfile"))

    def test_a_full_disk(self):
        self.good(PEERS="1")
        before, folders = self.tree(), set(self.config.rglob("*"))
        self.limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
        self.assertIn("nothing was changed", self.refused("File too large", PEERS="3", SERVERURL="other.example.org"))
        self.limit = None
        self.assertEqual(self.tree(), before)
        self.assertEqual(set(self.config.rglob("*")), folders)

    def test_what_a_crash_left(self):
        self.good(PEERS="1")
        victim = self.folder / "victim"
        victim.write_text("untouched")
        (self.config / f"wg_confs/wg0.conf{NEW}").symlink_to(victim)
        (self.config / ".donoteditthisfile").unlink()
        self.good(PEERS="2")
        self.assertEqual(victim.read_text(), "untouched")
        self.assertFalse((self.config / "wg_confs/wg0.conf").is_symlink())
        self.assertEqual([path for path in self.config.rglob("*") if path.name.endswith(NEW)], [])

    def test_a_link_instead_of_a_key(self):
        self.good(PEERS="1")
        key = self.config / "peer1/privatekey-peer1"
        key.rename(self.folder / "key")
        key.symlink_to(self.folder / "key")
        self.refused("privatekey-peer1", PEERS="2")

    def test_keys_that_do_not_belong_together(self):
        self.good(PEERS="1")
        for path in ("server/publickey-server", "peer1/publickey-peer1"):
            right = self.text(path)
            (self.config / path).write_text(KEY + "\n")
            self.refused(path, PEERS="2")
            (self.config / path).write_text(right)
        self.good(PEERS="2")

    def test_two_at_once(self):
        holder = f"import fcntl, sys; f = open({str(self.config / '.wg-dpdk-server.lock')!r}, 'w'); fcntl.flock(f, 2); print(flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            self.refused("another wg-dpdk-server", PEERS="1")
            other.communicate(b"")
        self.good(PEERS="1")

    def test_many_at_once(self):
        command = [PROGRAM, "--config", self.config, "generate"]
        environment = {"PATH": os.environ["PATH"], "SERVERURL": "vpn.example.org", "PEERS": "20"}
        running = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        results = [(process.communicate()[1], process.returncode) for process in running]
        self.assertIn(0, [status for _, status in results])
        self.assertTrue(all(status == 0 or "another wg-dpdk-server" in text for text, status in results), results)
        for n in range(1, 21):
            self.assertIn(self.text(f"peer{n}/publickey-peer{n}"), self.text("wg_confs/wg0.conf"))


class Takeover(Case):
    def make_original(self, n_peers=12, subnet="10.13.13"):
        """A volume as the original leaves it: some modes are open, peer 2 has no preshared key."""
        server = wg("genkey")
        self.write("server/privatekey-server", server)
        self.write("server/publickey-server", wg("pubkey", text=server))
        self.write("templates/server.conf", ORIGINAL_SERVER_TEMPLATE.rstrip())
        self.write("templates/peer.conf", ORIGINAL_PEER_TEMPLATE.rstrip())
        self.write("coredns/Corefile", ". {\n    forward . 9.9.9.9\n}")
        conf = f"[Interface]\nAddress = {subnet}.1\nListenPort = 51820\nPrivateKey = {server}\nPostUp = iptables -A FORWARD -i %i -j ACCEPT\n\n"
        for n in range(1, n_peers + 1):
            conf += self.make_original_peer(f"peer{n}", f"{subnet}.{n + 1}", wg("pubkey", text=server), n != 2)
        self.write("wg_confs/wg0.conf", conf.rstrip("\n") + "\n")
        saved = {"SERVERURL": "vpn.example.org", "SERVERPORT": "51820", "PEERDNS": f"{subnet}.1", "PEERS": str(n_peers),
                 "INTERFACE": subnet, "ALLOWEDIPS": "0.0.0.0/0, ::/0", "PERSISTENTKEEPALIVE_PEERS": ""}
        self.write(".donoteditthisfile", "\n".join(f'ORIG_{name}="{value}"' for name, value in saved.items()))
        (self.config / "wg_confs/wg0.conf").chmod(0o644)

    def make_original_peer(self, name, address, server_public, has_preshared):
        private, preshared = wg("genkey"), wg("genpsk")
        public = wg("pubkey", text=private)
        self.write(f"{name}/privatekey-{name}", private)
        self.write(f"{name}/publickey-{name}", public)
        psk_line = f"PresharedKey = {preshared}\n" if has_preshared else ""
        if has_preshared:
            self.write(f"{name}/presharedkey-{name}", preshared)
        self.write(f"{name}/{name}.conf", f"[Interface]\nAddress = {address}\nPrivateKey = {private}\nDNS = 10.13.13.1\n# mine\n\n"
                   f"[Peer]\nPublicKey = {server_public}\n{psk_line}Endpoint = vpn.example.org:51820\nAllowedIPs = 0.0.0.0/0, ::/0")
        self.write(f"{name}/{name}.png", "an image")
        return f"[Peer]\n# {name}\nPublicKey = {public}\n{psk_line}AllowedIPs = {address}/32\n\n"

    def write(self, path, text):
        path = self.config / path
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n")

    def test_unchanged(self):
        self.make_original()
        before = self.tree()
        self.good(PEERS="12")
        self.assertEqual(self.tree(), before)
        self.assertEqual(stat.S_IMODE((self.config / "wg_confs/wg0.conf").stat().st_mode), 0o600)

    def test_growth(self):
        self.make_original()
        before = self.tree()
        self.good(PEERS="14")
        after = self.tree()
        self.assertEqual({path for path in before if after[path] != before[path]}, {"wg_confs/wg0.conf", ".donoteditthisfile"})
        old, new = before["wg_confs/wg0.conf"][0], after["wg_confs/wg0.conf"][0]
        self.assertTrue(new.startswith(old), new)
        self.assertEqual(self.values("peer13/peer13.conf", "Address"), ["10.13.13.14"])
        self.assertIn("PresharedKey = ", self.peer_file("peer13"))
        self.assertIn("DNS = 10.13.13.1\n# mine\n", self.peer_file("peer13"))

    def test_made_anew(self):
        """Without wg0.conf everything is rendered anew, and from the same templates comes the same."""
        self.make_original()
        before = self.tree()
        (self.config / "wg_confs/wg0.conf").unlink()
        self.good(PEERS="12")
        after = self.tree()
        self.assertEqual(after["wg_confs/wg0.conf"][0], before["wg_confs/wg0.conf"][0])
        confs = {f"peer{n}/peer{n}.conf" for n in range(1, 13)}
        self.assertEqual({path: after[path] for path in confs}, {path: before[path] for path in confs})

    def test_an_address_given_twice(self):
        """What the original does when its addresses are used up."""
        self.make_original(3)
        conf = self.config / "peer3/peer3.conf"
        conf.write_text(conf.read_text().replace("10.13.13.4", "10.13.13.3"))
        done = self.good(PEERS="4")
        self.assertIn("peer3 has an address of another peer", done.stderr)
        self.assertEqual(len(set(self.values("wg_confs/wg0.conf", "AllowedIPs"))), 4)
        self.assertIn(self.values("peer3/peer3.conf", "Address")[0] + "/32", self.values("wg_confs/wg0.conf", "AllowedIPs"))

    def test_a_mask_that_the_original_did_not_see(self):
        self.make_original(2, "172.16.2")
        before = self.tree()
        self.refused("172.16.2.128/25", PEERS="3", INTERNAL_SUBNET="172.16.2.128/25", PEERDNS="172.16.2.1")
        self.assertEqual(self.tree(), before)

    def test_before_wg_confs(self):
        self.make_original()
        (self.config / "wg_confs/wg0.conf").rename(self.config / "wg0.conf")
        (self.config / "wg_confs").rmdir()
        before = self.text("wg0.conf")
        self.good(PEERS="12")
        self.assertEqual(self.text("wg_confs/wg0.conf"), before)
        self.assertFalse((self.config / "wg0.conf").exists())


class Show(Case):
    def test_names_are_whole(self):
        self.good(PEERS="10")
        self.good(PEERS="10,a")
        self.assertIn("peer10:", self.good("show-peer", "10").stdout)
        for name in ("1", "b", "../peer10", "", "peer10"):
            self.refused("peer", "show-peer", name)

    def test_a_terminal_shows_the_conf(self):
        self.good(PEERS="1")
        shown = self.good("show-peer", "1").stdout
        self.assertEqual(self.scan(self.picture(shown)), self.peer_file("peer1"))
        without = self.scan(self.picture(self.good("show-peer", "--no-keys", "1").stdout))
        self.assertEqual(without, "".join(line for line in self.peer_file("peer1").splitlines(True)
                                          if not line.startswith(("PrivateKey", "PresharedKey"))))

    def picture(self, shown):
        """The blocks of a terminal as an image."""
        upper, lower = {"█": 255, "▀": 255, "▄": 0, " ": 0}, {"█": 255, "▀": 0, "▄": 255, " ": 0}
        lines = [re.sub("\033\\[[0-9;]*m", "", line) for line in shown.splitlines()[1:]]
        rows = [[half[glyph] for glyph in line] for line in lines for half in (upper, lower)]
        scaled = [bytes(value for value in row for _ in range(4)) for row in rows for _ in range(4)]
        path = self.folder / "shown.pgm"
        path.write_bytes(f"P5 {len(scaled[0])} {len(scaled)} 255\n".encode() + b"".join(scaled))
        return path


if __name__ == "__main__":
    for needed in ("wg", "zbarimg", "bash"):
        if not shutil.which(needed):
            print(f"skipped: {needed} is not installed")
            sys.exit(77)
    if not ctypes.util.find_library("qrencode"):
        print("skipped: libqrencode4 is not installed")
        sys.exit(77)
    unittest.main()
