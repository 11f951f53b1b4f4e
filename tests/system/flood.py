#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""flood.py KEY ADDRESS PORT NETWORK SOURCES SECONDS [bad]: handshake initiations from the first SOURCES addresses of NETWORK.

20 a millisecond at the most, and 500 in a row three times a second: enough to be load, and few enough that two cores with other
work can read them all. It ends early when there is a file called flood.stop.
mac1 is right (with "bad": wrong), the rest is garbage. Prints what it sent, and what came back by type: "sent N replies N
other N". The addresses must be local.
"""

import base64
import ipaddress
import os
import select
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peer"))
import wireguard as wg  # noqa: E402

TICK_S = 0.001
PER_TICK = 20
BURST = 500
TICKS_PER_BURST = 333


def initiations(key, is_bad, n=BURST):
    for _ in range(n):
        body = wg.INITIATION + os.urandom(112)
        yield body + wg.NO_MAC + wg.NO_MAC if is_bad else wg.add_macs(body, key)


def open_sockets(network, n):
    for address in list(ipaddress.ip_network(network, strict=False).hosts())[:n]:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((str(address), 0))
        yield sock


def read_all(sockets, counts):
    for sock in sockets:
        try:
            while True:
                data = sock.recv(2048, socket.MSG_DONTWAIT)
                counts["replies" if len(data) == wg.COOKIE_LEN and data[:4] == wg.COOKIE else "other"] += 1
        except BlockingIOError:
            pass


def main():
    key, address, port, network, n, seconds = sys.argv[1:7]
    messages = list(initiations(base64.b64decode(key), sys.argv[7:] == ["bad"]))
    sockets = list(open_sockets(network, int(n)))
    poll = select.epoll()
    by_fd = {sock.fileno(): sock for sock in sockets}
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    counts = {"sent": 0, "replies": 0, "other": 0}
    end, tick = time.monotonic() + float(seconds), 0
    while time.monotonic() < end and not os.path.exists("flood.stop"):
        time.sleep(TICK_S)
        for message in messages[:PER_TICK if tick % TICKS_PER_BURST else BURST]:
            sockets[counts["sent"] % len(sockets)].sendto(message, (address, int(port)))
            counts["sent"] += 1
        tick += 1
        read_all([by_fd[fd] for fd, _ in poll.poll(0)], counts)
    time.sleep(0.3)
    read_all(sockets, counts)
    print(*(f"{name} {count}" for name, count in counts.items()))


main()
