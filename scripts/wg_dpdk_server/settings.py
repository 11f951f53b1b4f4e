# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""What the environment asks for, checked as a whole before anything is done."""

import dataclasses
import ipaddress
import os
import re

from . import keys
from .errors import Refused, say
from .subnet import PEERS_MAX, Subnet

ALLOWEDIPS_OF_PEER = "SERVER_ALLOWEDIPS_PEER_"
PUBLICKEY_OF_PEER = "PEER_PUBLICKEY_"
NAMES = ("PUID", "PGID", "TZ", "SERVERURL", "SERVERURL_FROM", "SERVERPORT", "SERVER_PRIVATEKEY", "PEERS", "PEERDNS",
         "INTERNAL_SUBNET", "ALLOWEDIPS", "PERSISTENTKEEPALIVE_PEERS", "LOG_CONFS", "USE_COREDNS",
         "WG_DPDK_WORKERS", "WG_DPDK_PORTS", "WG_DPDK_METRICS", "WG_DPDK_METRICS_PEERS")
SECRET_MAX = 1 << 20  # bytes of a file that a FILE__ setting names

HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?)*\.?")
TOKEN = re.compile(r"[A-Za-z0-9]{1,63}")
PORT = re.compile(r"([A-Za-z0-9_=+.-]{1,15})=([A-Za-z0-9_:.,=/@-]+)")


@dataclasses.dataclass(frozen=True)
class Peer:
    token: str  # as PEERS names it
    id: str  # its folder and the comment in wg0.conf
    routed: str  # SERVER_ALLOWEDIPS_PEER_x
    keepalive: bool
    public: str  # the key of a peer that keeps its private one; "": we make the pair


@dataclasses.dataclass(frozen=True)
class Settings:
    server: bool  # False: there is no PEERS, and the confs in the volume are only run
    peers: tuple
    peers_text: str
    keepalive_text: str
    url: str  # "auto": to be found out
    url_from: str
    port: str
    dns: str
    subnet: Subnet
    allowed_ips: str
    server_private: str
    log_confs: str
    forward_dns: bool
    uid: int  # -1: owners stay as they are
    gid: int
    n_workers: int
    ports: tuple  # (name, device)
    metrics: str  # where Prometheus asks; "": nowhere
    metrics_peers: bool


def read(environment):
    given = with_files(environment)

    def get(name, default=""):
        return given.get(name, "").strip() or default

    peers_text = get("PEERS")
    peers = read_peers(peers_text, given, get("PERSISTENTKEEPALIVE_PEERS"))
    subnet = read_subnet(get("INTERNAL_SUBNET", "10.13.13.0"), len(peers))
    check_zone(get("TZ"))
    dns = get("PEERDNS", "auto")
    private = get("SERVER_PRIVATEKEY")
    return Settings(
        server=peers_text != "", peers=peers, peers_text=peers_text, keepalive_text=get("PERSISTENTKEEPALIVE_PEERS"),
        url=check_each("SERVERURL", get("SERVERURL", "auto"), is_host, "auto, a host name or an address"),
        url_from=read_url_from(get("SERVERURL_FROM", "https://icanhazip.com")),
        port=str(number("SERVERPORT", get("SERVERPORT", "51820"), 1, 65535)),
        dns=str(subnet.own[-1]) if dns == "auto" else
        check_each("PEERDNS", dns, is_host, "auto, or addresses and search domains with commas between", ","),
        subnet=subnet,
        allowed_ips=check_each("ALLOWEDIPS", get("ALLOWEDIPS", "0.0.0.0/0, ::/0"), is_prefix, PREFIXES, ","),
        server_private=private and keys.check(private, "SERVER_PRIVATEKEY"),
        log_confs=choice("LOG_CONFS", get("LOG_CONFS", "false").lower(), "true", "false", "nokeys"),
        forward_dns=choice("USE_COREDNS", get("USE_COREDNS", str(peers_text != "")).lower(), "true", "false") == "true",
        uid=number("PUID", get("PUID", "-1"), -1, (1 << 32) - 2), gid=number("PGID", get("PGID", "-1"), -1, (1 << 32) - 2),
        n_workers=number("WG_DPDK_WORKERS", get("WG_DPDK_WORKERS", "1"), 1, 64), ports=read_ports(get("WG_DPDK_PORTS")),
        metrics=read_metrics(get("WG_DPDK_METRICS")),
        metrics_peers=choice("WG_DPDK_METRICS_PEERS", get("WG_DPDK_METRICS_PEERS", "true").lower(), "true", "false") == "true")


def with_files(environment):
    """FILE__NAME=PATH: the setting NAME stands in a file."""
    given = dict(environment)
    for name, path in environment.items():
        target = name[len("FILE__"):]
        if name.startswith("FILE__") and (target in NAMES or target.startswith((ALLOWEDIPS_OF_PEER, PUBLICKEY_OF_PEER))):
            given[target] = read_secret(name, path)
    return given


def read_secret(name, path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(SECRET_MAX + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"{name}={path}: {getattr(error, 'strerror', None) or 'is not text'}") from None
    if len(text) > SECRET_MAX:
        raise Refused(f"{name}={path}: is larger than {SECRET_MAX} bytes")
    return text


def bad(name, value, allowed):
    shown = value if value.isprintable() and len(value) <= 80 else ascii(value)[:80]
    return Refused(f"{name}={shown} cannot be used; allowed: {allowed}")


def number(name, value, least, most):
    if not re.fullmatch(r"-?[0-9]{1,10}", value, re.A) or not least <= int(value) <= most:
        raise bad(name, value, f"{max(least, 0)} to {most}")
    return int(value)


def choice(name, value, *allowed):
    if value not in allowed:
        raise bad(name, value, " or ".join(allowed))
    return value


PREFIXES = "addresses with prefix lengths and commas between, such as 10.0.0.0/8, fd00::/8"


def check_each(name, value, is_good, allowed, separator=None):
    """Returns the value as it was given: it is compared with saved ones."""
    words = value.split(separator) if separator else [value]
    if not value.isprintable() or not all(is_good(word.strip()) for word in words):
        raise bad(name, value, allowed)
    return value


def is_address(word):
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return "%" not in word


def is_host(word):
    if re.fullmatch(r"[0-9.]+", word):
        return is_address(word)
    return is_address(word.removeprefix("[").removesuffix("]")) or HOST.fullmatch(word) is not None


def is_prefix(word):
    try:
        ipaddress.ip_network(word, strict=False)
    except ValueError:
        return False
    return "%" not in word


def read_subnet(text, n_peers):
    try:
        subnet = Subnet(text)
    except ValueError:
        raise bad("INTERNAL_SUBNET", text, "a network such as 10.13.13.0/24 or fd13::/64, or one of each with a comma "
                                           "between; the longest for IPv4 is /30") from None
    if n_peers > subnet.last - 1:
        raise Refused(f"PEERS asks for {n_peers} peers, and INTERNAL_SUBNET={text} has room for {subnet.last - 1}; "
                      "give a larger one, such as 10.13.0.0/16")
    return subnet


def read_peers(text, given, keepalive_text):
    tokens = read_tokens("PEERS", text, True)
    keepalive = read_tokens("PERSISTENTKEEPALIVE_PEERS", keepalive_text, False)
    peers = tuple(make_peer(token, given, keepalive[:1] == ["all"] or token in keepalive) for token in tokens)
    check_routed(peers)
    known = set(tokens)
    for name in sorted(given):
        for prefix in (ALLOWEDIPS_OF_PEER, PUBLICKEY_OF_PEER):
            if name.startswith(prefix) and name.removeprefix(prefix) not in known:
                say(f"{name} is for a peer that PEERS does not name")
    return peers


def read_tokens(name, text, count_allowed):
    if not text:
        return []
    if count_allowed and re.fullmatch("[0-9]+", text, re.A):
        return [str(n) for n in range(1, number(name, text, 0, PEERS_MAX) + 1)]
    tokens = [word.strip() for word in text.split(",")]
    if not all(TOKEN.fullmatch(token) for token in tokens):
        raise bad(name, text, "numbers or names of letters and digits with commas between" +
                  (f", or how many there are, up to {PEERS_MAX}" if count_allowed else ", or all"))
    if len(set(tokens)) != len(tokens):
        raise Refused(f"{name} names {next(t for t in tokens if tokens.count(t) > 1)} twice; name it once")
    return tokens


def make_peer(token, given, keepalive):
    routed = given.get(ALLOWEDIPS_OF_PEER + token, "").strip()
    public = given.get(PUBLICKEY_OF_PEER + token, "").strip()
    if routed:
        check_each(ALLOWEDIPS_OF_PEER + token, routed, is_prefix, PREFIXES, ",")
    return Peer(token, f"peer{token}" if token.isdigit() else f"peer_{token}", routed, keepalive,
                public and keys.check(public, PUBLICKEY_OF_PEER + token))


def check_routed(peers):
    """A prefix belongs to one peer."""
    owners = {}
    for peer in peers:
        for word in filter(None, peer.routed.split(",")):
            prefix = ipaddress.ip_network(word.strip(), strict=False)
            if owners.setdefault(prefix, peer) is not peer:
                raise Refused(f"{ALLOWEDIPS_OF_PEER}{peer.token}={peer.routed}: {prefix} is also peer "
                              f"{owners[prefix].token}'s; a prefix belongs to one peer")


def check_zone(zone):
    if zone and (not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", zone) or (
            os.path.isdir("/usr/share/zoneinfo") and not os.path.isfile(f"/usr/share/zoneinfo/{zone}"))):
        raise bad("TZ", zone, "a time zone such as America/Detroit or Etc/UTC")


def read_url_from(text):
    if text != "route" and not re.fullmatch(r"https?://[^\s\"'<>]+", text):
        raise bad("SERVERURL_FROM", text, "route, or an http or https address that answers with the caller's address")
    return text


def read_metrics(text):
    address, _, port = text.rpartition(":")
    try:
        if text and not (1 <= int(port) <= 65535 and port.isascii() and port.isdigit() and (
                ipaddress.IPv6Address(address[1:-1]) if address[:1] + address[-1:] == "[]" else ipaddress.IPv4Address(address))):
            raise ValueError
    except ValueError:
        raise bad("WG_DPDK_METRICS", text, "an address and a port, such as 127.0.0.1:9586 or [::1]:9586") from None
    return text


def read_ports(text):
    ports = []
    for word in text.split():
        match = PORT.fullmatch(word)
        if not match:
            raise bad("WG_DPDK_PORTS", word, "NAME=DEVICE with blanks between, such as wan=net_af_xdp0,iface=eth0 "
                                             "or wan=0000:3b:02.0")
        ports.append(match.groups())
    return tuple(ports)
