#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""hostile_data.py PID PUBLIC-KEY TOO-BIG ADDRESS...: data messages that a gateway must not fall for.

cl2 and cl3 are peers of the gateway with that process and key; cl2 has 10.80.0.0/16 and fd80::/16, but for 10.80.5.0/24 and
fd80:5::/32, which are cl3's. The first address is where they call. TOO-BIG names the drop of a datagram larger than
any packet.
"""

import os
import struct
import sys

import wireguard as wg
from trial import Gateway, Peer, Trial, echo_request, ipv4, ipv6, padded, play

# dataplane/tables/replay.h: 256 blocks of 32 counters, of which the newest displaces the oldest.
BLOCK, WINDOW = 32, 8192
REJECT_AFTER_MESSAGES = 2**64 - 2**13 - 1  # [W] 6.1
KEEPALIVE_LEN = wg.DATA_OVERHEAD


def flip(message, offset, bit=1):
    return message[:offset] + bytes([message[offset] ^ bit]) + message[offset + 1:]


def shapes(t):
    """messages of a wrong length, type, or with reserved bytes"""
    cl2 = t.witness
    message = t.session.data()
    cl2.send(*(message[:n] for n in range(len(message))))
    t.expect("every length below a keepalive's", outer_not_wireguard=32)
    lengths = ((wg.INITIATION, wg.INITIATION_LEN), (wg.RESPONSE, wg.RESPONSE_LEN), (wg.COOKIE, wg.COOKIE_LEN))
    wrong = [kind + os.urandom(n - 4) for kind, right in lengths
             for n in (4, right - 16, right - 1, right + 1, right + 16, 1400)]
    cl2.send(*wrong)
    t.expect("handshake messages too short and too long", outer_not_wireguard=len(wrong))
    right = [kind + os.urandom(n - 4) for kind, n in lengths] + [message]
    cl2.send(*(flip(m, offset, bit) for m in right for offset in (1, 2, 3) for bit in (1, 0x80)))
    t.expect("reserved bytes that are not zero", outer_not_wireguard=24)
    types = (0, 5, 6, 8, 0x44, 0x84, 0xff)
    cl2.send(*(bytes([kind]) + message[1:] for kind in types))
    t.expect("types that nobody knows", outer_not_wireguard=len(types))
    cl2.send(message + os.urandom(8000))
    t.expect("a message larger than any packet", **{t.too_big: 1})
    cl2.send(message)
    t.expect("the message that all were made of is new", {cl2: {"rx": KEEPALIVE_LEN}})


def indices(t):
    """receiver indices of nobody"""
    message = t.session.data()
    wrong = [b"\0\0\0\0", b"\xff\xff\xff\xff"] + [flip(message[4:8], i, 1 << bit) for i in range(4) for bit in range(8)]
    t.witness.send(*(message[:4] + index + message[8:] for index in wrong))
    t.expect("every neighbour of the right index", outer_unknown_index=len(wrong))


def forgeries(t):
    """the right index with a bad tag, from other places too"""
    cl2, cl3 = t.witness, t.peers[1]
    elsewhere = cl2.socket()
    message = t.session.data(padded(echo_request(cl2.inner)))
    cl2.send(*(flip(message, i) for i in range(8, len(message))), sock=elsewhere)
    t.expect("a bit of every byte of counter, text and tag", outer_unauthentic=len(message) - 8)
    cl2.send(message[:-1], message + b"\0", message[:-16], sock=elsewhere)
    t.expect("a text cut short or prolonged", outer_unauthentic=3)
    high = struct.pack("<Q", REJECT_AFTER_MESSAGES - 1)
    cl2.send(message[:8] + high + message[16:], sock=elsewhere)
    t.expect("a counter that would close the window", outer_unauthentic=1)
    cl2.send(wg.data(t.session.remote_index, os.urandom(32), t.session.counter, bytes(32)),
             wg.data(t.session.remote_index, t.session.receive_key, t.session.counter, bytes(32)),
             wg.data(t.session.remote_index, cl3.session.send_key, t.session.counter, bytes(32)), sock=elsewhere)
    t.expect("other keys", outer_unauthentic=3)
    for _ in range(100):
        cl2.send(flip(message, 20), sock=cl2.socket())
    t.expect("a hundred ports: nobody roams", outer_unauthentic=100)
    cl2.send(flip(message, len(message) - 1), sock=cl2.socket(6))
    t.expect("the other family: nobody roams", outer_unauthentic=1)


def replays(t):
    """counters that came before, or are too old"""
    cl2, session = t.witness, t.session
    elsewhere = cl2.socket()
    message = session.data()
    cl2.send(*[message] * 10)
    t.expect("a keepalive, ten times at once", {cl2: {"rx": KEEPALIVE_LEN}}, outer_replayed=9)
    cl2.send(*[message] * 10, sock=elsewhere)
    t.expect("the same from elsewhere: nobody roams", outer_replayed=10)
    cl2.send(flip(message, 20), sock=elsewhere)
    t.expect("forged as well: not even opened", outer_replayed=1)

    # At the first counters of a block the window is shortest, at its last ones longest.
    for newest in (10 * WINDOW, 12 * WINDOW - 8):
        session.counter = newest + 1
        counters = range(newest, newest - WINDOW, -BLOCK)
        for i in range(0, len(counters), 64):
            cl2.send(*(session.data(counter=n) for n in counters[i:i + 64]))
            t.expect(f"down from {counters[i]}", {cl2: {"rx": 64 * KEEPALIVE_LEN}})
        oldest = (session.counter - 1) // BLOCK * BLOCK - WINDOW + BLOCK
        cl2.send(*(session.data(counter=n) for n in (0, oldest - WINDOW, oldest - BLOCK, oldest - 2, oldest - 1)),
                 sock=elsewhere)
        t.expect(f"older than {oldest}", outer_replayed=5)
        cl2.send(*(session.data(counter=n) for n in (oldest + 3, oldest + 2, newest - 2, newest - 1)))
        t.expect("as old as can be, and in disorder", {cl2: {"rx": 4 * KEEPALIVE_LEN}})
        cl2.send(*(session.data(counter=n) for n in (oldest + 3, oldest + 2, newest - 2, newest - 1, newest)),
                 sock=elsewhere)
        t.expect("these again", outer_replayed=5)


def last_counters(t):
    """counters at the end of their range"""
    cl3 = t.peers[1]
    session = cl3.session
    elsewhere = cl3.socket()
    for counter in (2**64 - 1, 2**64 - 2**13, REJECT_AFTER_MESSAGES):
        cl3.send(session.data(counter=counter), sock=elsewhere)
    t.expect("at Reject-After-Messages and behind it", outer_expired=3)
    cl3.send(session.data(counter=REJECT_AFTER_MESSAGES - 1))
    t.expect("just before it", {cl3: {"rx": KEEPALIVE_LEN}})
    cl3.send(session.data(counter=REJECT_AFTER_MESSAGES - 1), session.data(counter=0), sock=elsewhere)
    t.expect("the same, and the first of all", outer_replayed=2)
    cl3.send(session.data(counter=REJECT_AFTER_MESSAGES - 2))
    t.expect("a little disorder there", {cl3: {"rx": KEEPALIVE_LEN}})


def sources(t):
    """inner packets in the name of others"""
    cl2 = t.witness
    nothing = b"hello"
    wrong = [ipv4(source, "10.77.0.1", nothing) for source in
             ("10.77.0.13", "10.77.0.11", "10.80.5.1", "10.77.0.1", "0.0.0.0", "255.255.255.255", "127.0.0.1")]
    wrong += [ipv6(source, "fd77::1", nothing) for source in
              ("fd77::13", "fd77::11", "fd80:5::1", "fd77::1", "::", "::1", "::ffff:10.77.0.12")]
    cl2.send(*(t.session.data(padded(packet)) for packet in wrong))
    t.expect("another peer, a longer prefix of another, the gateway, nobody",
             {cl2: {"rx": sum(len(padded(p)) + KEEPALIVE_LEN for p in wrong)}}, inner_source=len(wrong))
    right = [ipv4("10.80.4.255", "10.77.0.1", nothing), ipv6("fd80:4:ffff::1", "fd77::1", nothing)]
    cl2.send(*(t.session.data(padded(packet)) for packet in right))
    t.expect("beside the longer prefix",
             {cl2: {"rx": sum(len(padded(p)) + KEEPALIVE_LEN for p in right)}})


def garbage(t):
    """texts that are no packets"""
    cl2 = t.witness
    ping = echo_request(cl2.inner)
    malformed = [bytes(1), bytes(16), bytes(64), os.urandom(1), b"\x50" + ping[1:], b"\xff" + ping[1:], ping[:19],
                 ipv4(cl2.inner, "10.77.0.1", b"", length=19), ipv4(cl2.inner, "10.77.0.1", b"", length=0),
                 ipv4(cl2.inner, "10.77.0.1", b"", length=21), ipv4(cl2.inner, "10.77.0.1", bytes(12), length=0xffff),
                 ipv6("fd77::12", "fd77::1", b"")[:39], ipv6("fd77::12", "fd77::1", b"", length=1),
                 ipv6("fd77::12", "fd77::1", bytes(8), length=0xffff)]
    cl2.send(*(t.session.data(text) for text in malformed))
    t.expect("no IP, cut short, longer than they are",
             {cl2: {"rx": sum(len(text) + KEEPALIVE_LEN for text in malformed)}}, inner_malformed=len(malformed))
    odd = [ipv4(cl2.inner, "10.77.0.1", b"", first=first) for first in (0x40, 0x44, 0x4f)]
    cl2.send(*(t.session.data(padded(packet)) for packet in odd))
    t.expect("header lengths that are the host's to judge",
             {cl2: {"rx": sum(len(padded(packet)) + KEEPALIVE_LEN for packet in odd)}})
    cl2.send(t.session.data(b"\x45\0\xff\xff" + os.urandom(1396)))
    t.expect("a large one", {cl2: {"rx": 1400 + KEEPALIVE_LEN}}, inner_malformed=1)


def keepalives(t):
    """packets of nothing, and many places"""
    cl2 = t.witness
    for _ in range(4):
        cl2.send(*(t.session.data() for _ in range(25)))
        t.expect("keepalives are not answered", {cl2: {"rx": 25 * KEEPALIVE_LEN}})
    for _ in range(4):
        places = [cl2.socket() for _ in range(25)]
        for place in places:
            cl2.send(t.session.data(), sock=place)
        t.expect("from many ports: the endpoint is where the last came from",
                 {cl2: {"rx": 25 * KEEPALIVE_LEN, "endpoint": places[-1]}})
    place = cl2.socket(6)
    cl2.send(t.session.data(), sock=place)
    t.expect("the other family", {cl2: {"rx": KEEPALIVE_LEN, "endpoint": place}})


def gone(t):
    """sessions that were replaced"""
    cl3 = t.peers[1]
    old = []
    for _ in range(3):
        old.append(cl3.session)
        cl3.session = cl3.call()
        cl3.send(cl3.session.data())
        t.expect("a new session, confirmed",
                 {cl3: {"rx": wg.INITIATION_LEN + KEEPALIVE_LEN, "tx": wg.RESPONSE_LEN}})
    cl3.send(*(session.data() for session in old[:2]))
    t.expect("the two before the previous one", outer_unknown_index=2)
    cl3.send(old[2].data())
    t.expect("the previous one still opens", {cl3: {"rx": KEEPALIVE_LEN}})
    cl3.send(old[2].data(counter=0))
    t.expect("but not twice", outer_replayed=1)


def main():
    pid, key, too_big, *addresses = sys.argv[1:]
    gateway = Gateway(pid, key, addresses)
    version = 6 if ":" in addresses[0] else 4
    cl2, cl3 = Peer(gateway, "cl2", "10.77.0.12", version), Peer(gateway, "cl3", "10.77.0.13", version)
    cl3.session = cl3.call()
    cl3.send(cl3.session.data())
    trial = Trial(gateway, [cl2, cl3], cl2)
    trial.too_big = too_big
    play(trial, [shapes, indices, forgeries, replays, last_counters, sources, garbage, keepalives, gone])


main()
