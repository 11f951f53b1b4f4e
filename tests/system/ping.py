#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""ping with a verdict that does not depend on the load of the machine.

ping(8) gives up on the last answers after two round trips, so that an answer that is only late looks like a loss.
Options are those of ping(8). Prints "N sent, N answered, slowest N ms"; status 0 when every one was answered,
1 when some were, 2 when none was.
"""

import argparse
import os
import select
import socket
import struct
import sys
import time

IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PMTUDISC_DO = 10, 23, 2
ECHO_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
ECHO_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}


def checksum(data):
    """Of ICMP for IPv4; the kernel does that for IPv6."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[: len(data) // 2 * 2]))
    if len(data) % 2:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Pinger:
    def __init__(self, options):
        self.address = options.address
        self.family = socket.AF_INET6 if ":" in options.address else socket.AF_INET
        is_ipv6 = self.family == socket.AF_INET6
        self.sock = socket.socket(self.family, socket.SOCK_RAW,
                                  socket.IPPROTO_ICMPV6 if is_ipv6 else socket.IPPROTO_ICMP)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        if options.I:
            self.sock.bind((options.I, 0))
        if options.M == "do":
            level, name = ((socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER) if is_ipv6
                           else (socket.IPPROTO_IP, IP_MTU_DISCOVER))
            self.sock.setsockopt(level, name, PMTUDISC_DO)
        if options.m:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, options.m)
        self.id = os.getpid() & 0xFFFF
        self.payload = bytes(n & 0xFF for n in range(options.s))
        self.sent = {}
        self.round_trips = {}

    def send(self, number):
        fields = [ECHO_REQUEST[self.family], 0, 0, self.id, number]
        if self.family == socket.AF_INET:
            fields[2] = checksum(struct.pack("!BBHHH", *fields) + self.payload)
        self.sent[number] = time.monotonic()
        try:
            self.sock.sendto(struct.pack("!BBHHH", *fields) + self.payload, (self.address, 0))
        except OSError as error:
            print(f"packet {number} was not sent: {error}")

    def collect(self, until):
        """Takes answers until the time is `until` or nothing is missing."""
        while len(self.round_trips) < len(self.sent):
            rest = until - time.monotonic()
            if not select.select([self.sock], [], [], max(0, rest))[0]:
                return
            data = self.sock.recv(65536)
            if self.family == socket.AF_INET:
                data = data[(data[0] & 15) * 4:]
            kind, _, _, ident, number = struct.unpack("!BBHHH", data[:8])
            if kind == ECHO_REPLY[self.family] and ident == self.id and data[8:] == self.payload:
                self.round_trips.setdefault(number, time.monotonic() - self.sent[number])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("-c", type=int, default=5, help="how many")
    parser.add_argument("-i", type=float, default=0.1, help="seconds between two")
    parser.add_argument("-s", type=int, default=56, help="bytes of payload")
    parser.add_argument("-W", type=float, default=5, help="seconds to wait for the last answers")
    parser.add_argument("-I", help="source address")
    parser.add_argument("-m", type=int, help="firewall mark")
    parser.add_argument("-M", choices=["do"], help="never fragment")
    options = parser.parse_args()
    pinger = Pinger(options)
    start = time.monotonic()
    for number in range(options.c):
        pinger.send(number)
        next_at = start + (number + 1) * options.i
        while time.monotonic() < next_at and number + 1 < options.c:
            pinger.collect(next_at)
            time.sleep(max(0, min(0.0005, next_at - time.monotonic())))
    pinger.collect(time.monotonic() + options.W)
    n = len(pinger.round_trips)
    slowest = max(pinger.round_trips.values(), default=0) * 1000
    missing = sorted(set(pinger.sent) - set(pinger.round_trips))
    print(f"{options.c} sent, {n} answered, slowest {slowest:.1f} ms" + (f", missing {missing[:10]}" if missing else ""))
    return 0 if n == options.c else 1 if n else 2


sys.exit(main())
