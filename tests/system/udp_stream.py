#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""A stream of small UDP packets through a tunnel and back, N (default 1; 0.25: one in four) every millisecond.

udp_stream.py echo ADDRESS PORT                sends everything back, for ever
udp_stream.py send ADDRESS PORT SECONDS [N]    status 0 when every packet came back
"""

import socket
import sys
import time

MILLISECOND_S = 0.001
PATIENCE_S = 2.0


def open_socket(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    return sock


def echo(address, port):
    sock = open_socket(address)
    sock.bind((address, port))
    while True:
        data, source = sock.recvfrom(2048)
        sock.sendto(data, source)


def collect(sock, received):
    try:
        while True:
            received.append(int(sock.recv(2048)))
    except BlockingIOError:
        pass


def send(address, port, seconds, n_per_ms):
    n_at_once = max(1, int(n_per_ms))
    interval_s = n_at_once / n_per_ms * MILLISECOND_S
    sock = open_socket(address)
    sock.connect((address, port))
    sock.setblocking(False)
    received = []
    n_sent = int(seconds / interval_s) * n_at_once
    start = time.monotonic()
    for number in range(n_sent):
        sock.send(b"%d" % number)
        collect(sock, received)
        if (number + 1) % n_at_once == 0:
            time.sleep(max(0, start + (number + 1) // n_at_once * interval_s - time.monotonic()))
    end = time.monotonic() + PATIENCE_S
    while len(received) < n_sent and time.monotonic() < end:
        time.sleep(0.01)
        collect(sock, received)
    lost = sorted(set(range(n_sent)) - set(received))
    print(f"UDP stream: {n_sent} sent, {len(lost)} lost, {len(received) - len(set(received))} twice, first lost: {lost[:5]}")
    return 1 if lost or len(received) != n_sent else 0


if sys.argv[1] == "echo":
    echo(sys.argv[2], int(sys.argv[3]))
else:
    sys.exit(send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float((sys.argv + [1])[5])))
