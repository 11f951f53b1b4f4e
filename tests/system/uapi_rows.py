#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The same requests to two WireGuard interfaces, which must answer the same and be the same after each.

uapi_rows.py OURS OTHER    names of interfaces; status 0 when they agree in every row
"""

import socket
import sys

KEY = "a8" * 31 + "41"
ZERO = "00" * 32
PEERS = [f"{number:02x}" * 32 for number in range(1, 6)]
ONE, TWO, THREE = PEERS[:3]

MALFORMED = [
    "private_key",
    "PRIVATE_KEY=" + KEY,
    " private_key=" + KEY,
    "private_key=" + KEY + " ",
    "private_key=0x" + KEY[2:],
    "listen_port=1e3",
    "listen_port=99999999999999999999",
    "fwmark=1.5",
    "fwmark=18446744073709551616",
    "replace_peers=TRUE",
    "replace_peers=1",
    "replace_peers=true ",
    f"public_key={ONE}00",
    f"public_key={ONE[:-2]}zz",
    f"public_key=={ONE}",
    f"public_key={ONE}\nwhat=",
    f"public_key={ONE}\nnonsense",
    f"public_key={ONE}\npreshared_key=",
    f"public_key={ONE}\npreshared_key=0",
    f"public_key={ONE}\nendpoint=192.0.2.1:-1",
    f"public_key={ONE}\nendpoint=192.0.2.1:1:1",
    f"public_key={ONE}\nendpoint=192.0.2:1",
    f"public_key={ONE}\nendpoint=[2001:db8::1]65535",
    f"public_key={ONE}\nendpoint=[2001:db8:::1]:1",
    f"public_key={ONE}\nendpoint=[2001:db8::1]:",
    f"public_key={ONE}\nendpoint=192.0.2.1:x",
    f"public_key={ONE}\npersistent_keepalive_interval=-1",
    f"public_key={ONE}\npersistent_keepalive_interval=1s",
    f"public_key={ONE}\npersistent_keepalive_interval=",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/-1",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/8/8",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/x",
    f"public_key={ONE}\nallowed_ip=256.1.1.1/8",
    f"public_key={ONE}\nallowed_ip=10.1.0.0.0/8",
    f"public_key={ONE}\nallowed_ip=fd01:::/64",
    f"public_key={ONE}\nallowed_ip=[fd01::]/64",
    f"public_key={ONE}\nallowed_ip=fd01::/64,10.1.0.0/16",
    f"public_key={ONE}\nallowed_ip=localhost/32",
    f"public_key={ONE}\nremove=",
    f"public_key={ONE}\nremove=TRUE",
    f"public_key={ONE}\nupdate_only=",
    f"public_key={ONE}\nreplace_allowed_ips=",
    f"public_key={ONE}\nprotocol_version=0",
    f"public_key={ONE}\nprotocol_version=",
    f"public_key={ONE}\nreplace_peers=true",
    f"public_key={ONE}\nfwmark=1",
    "errno=0",
    "get=1",
    "set=1",
]

ROWS = [
    # the interface
    "private_key=" + "ff" * 32,
    "private_key=" + KEY,
    "private_key=" + KEY.upper(),
    "private_key=" + KEY[:-1],
    "private_key=" + KEY + "0",
    "private_key=" + KEY[:-1] + "g",
    "private_key=",
    "private_key=" + ZERO,
    "private_key=" + KEY,
    "fwmark=0",
    "fwmark=4660",
    "fwmark=4294967295",
    "fwmark=4294967296",
    "fwmark=0x1",
    "fwmark=-1",
    "fwmark=",
    "fwmark=0",
    "listen_port=65536",
    "listen_port=-1",
    "listen_port=+5",
    "listen_port= 5",
    "listen_port=",
    "listen_port=52001",
    "listen_port=052002",
    "replace_peers=false",
    "replace_peers=",
    "replace_peers=true",
    "mtu=1420",
    "nonsense",
    "=",
    "=true",
    "protocol_version=1",
    "allowed_ip=10.0.0.1/32",
    # a peer
    "public_key=" + ONE,
    "public_key=" + ONE[:-2],
    "public_key=",
    f"public_key={ONE}\npreshared_key={KEY}",
    f"public_key={ONE}\npreshared_key={ZERO}",
    f"public_key={ONE}\npreshared_key={KEY[:-2]}",
    f"public_key={ONE}\nendpoint=192.0.2.1:1234",
    f"public_key={ONE}\nendpoint=[2001:db8::1]:65535",
    f"public_key={ONE}\nendpoint=192.0.2.1:0",
    f"public_key={ONE}\nendpoint=192.0.2.1:65536",
    f"public_key={ONE}\nendpoint=192.0.2.1",
    f"public_key={ONE}\nendpoint=192.0.2.256:1",
    f"public_key={ONE}\nendpoint=2001:db8::1:1",
    f"public_key={ONE}\nendpoint=[192.0.2.1]:1",
    f"public_key={ONE}\nendpoint=[2001:db8::1]",
    f"public_key={ONE}\nendpoint=[]:1",
    f"public_key={ONE}\nendpoint=:1",
    f"public_key={ONE}\nendpoint=localhost:1",
    f"public_key={ONE}\nendpoint=",
    f"public_key={ONE}\npersistent_keepalive_interval=65535",
    f"public_key={ONE}\npersistent_keepalive_interval=65536",
    f"public_key={ONE}\npersistent_keepalive_interval=off",
    f"public_key={ONE}\npersistent_keepalive_interval=0",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/16\nallowed_ip=fd01::/64",
    f"public_key={ONE}\nallowed_ip=10.1.2.3/16\nallowed_ip=10.1.2.3/32",
    f"public_key={ONE}\nallowed_ip=10.1.0.0",
    f"public_key={ONE}\nallowed_ip=10.1.0.0/33",
    f"public_key={ONE}\nallowed_ip=10.1.0/16",
    f"public_key={ONE}\nallowed_ip=fd01::/129",
    f"public_key={ONE}\nallowed_ip=/0",
    f"public_key={ONE}\nallowed_ip=",
    f"public_key={ONE}\nallowed_ip=0.0.0.0/0\nallowed_ip=::/0",
    f"public_key={ONE}\nprotocol_version=1",
    f"public_key={ONE}\nprotocol_version=2",
    f"public_key={ONE}\nlisten_port=5",
    f"public_key={ONE}\nprivate_key={KEY}",
    f"public_key={ONE}\nupdate_only=false",
    f"public_key={ONE}\nremove=1",
    f"public_key={ONE}\nreplace_allowed_ips=no",
    # what moves, goes and stays
    f"public_key={TWO}\nallowed_ip=10.1.0.0/16",
    f"public_key={TWO}\nallowed_ip=10.2.0.0/16\npublic_key={ONE}\nallowed_ip=10.1.0.0/16",
    f"public_key={ONE}\nreplace_allowed_ips=true\nallowed_ip=10.1.0.0/16",
    f"public_key={ONE}\nallowed_ip=10.3.0.0/16\nreplace_allowed_ips=true",
    f"public_key={THREE}\nupdate_only=true\nallowed_ip=10.3.0.0/16",
    f"public_key={ONE}\nupdate_only=true\nallowed_ip=10.3.0.0/16",
    f"public_key={THREE}\nremove=true",
    f"public_key={THREE}\nallowed_ip=10.4.0.0/16\nremove=true\nallowed_ip=10.1.0.0/16\nendpoint=192.0.2.7:7",
    f"public_key={THREE}\nremove=true\nallowed_ip=10.1.0.0",
    f"public_key={THREE}\nupdate_only=true\nremove=true",
    f"public_key={THREE}\nremove=true\nremove=true\nupdate_only=true",
    f"public_key={TWO}\nremove=true\npublic_key={TWO}\nallowed_ip=10.2.0.0/16",
    # a line that is refused ends a request; what came before it stays
    f"public_key={ONE}\nallowed_ip=10.5.0.0/16\nwhat=1\nallowed_ip=10.6.0.0/16",
    f"replace_peers=true\npublic_key={ONE}\npublic_key=xx\npublic_key={TWO}",
    # malformed in more ways; each has to be refused
    *MALFORMED,
    # another identity: the peer that it is itself goes
    f"public_key={ZERO}\nallowed_ip=10.7.0.0/16",
    "replace_peers=true",
]


def ask(interface, text):
    """What its socket answers until an answer ends; on a connection of its own, as an error may end it."""
    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(20)
        talk.connect(f"/var/run/wireguard/{interface}.sock")
        talk.sendall(text.encode())
        answer = b""
        while not answer.endswith(b"\n\n"):
            data = talk.recv(65536)
            if not data:
                break
            answer += data
    return answer.decode()


def state_of(interface):
    """What it is, in an order of its own, and without what changes by itself."""
    peers = [[]]
    for line in ask(interface, "get=1\n\n").split("\n"):
        if line.startswith("public_key="):
            peers.append([])
        if line and not line.startswith(("last_handshake", "tx_bytes", "rx_bytes")):
            peers[0 if line.startswith("errno") else -1].append(line)
    return sorted(sorted(peer) for peer in peers)


def main():
    ours, other = sys.argv[1:]
    n_wrong = n_refused = 0
    for number, row in enumerate(ROWS, 1):
        answers = [ask(name, f"set=1\n{row}\n\n") for name in (ours, other)]
        states = [state_of(name) for name in (ours, other)]
        n_refused += answers[1] != "errno=0\n\n"
        if answers[0] != answers[1] or states[0] != states[1]:
            n_wrong += 1
            print(f"row {number}: {row!r}: {answers[0]!r}, not {answers[1]!r}")
            print(f"  {ours}: {states[0]}\n  {other}: {states[1]}")
    print(f"{len(ROWS)} requests, of which {n_refused} are malformed; {n_wrong} with another answer or another state after them")
    return 1 if n_wrong or n_refused < len(MALFORMED) else 0


sys.exit(main())
