#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""hostile_handshake.py PID PUBLIC-KEY ADDRESS: handshake messages that a gateway must not fall for.

cl2 to cl5 are peers of the gateway with that process and key, in network namespace gw. cl4 has a preshared key, in psk.key, and
the gateway knows that it is at port 51824.
"""

import base64
import os
import subprocess
import sys
from pathlib import Path

import wireguard as wg
from trial import Failed, Gateway, Peer, Trial, play

KEEPALIVE_LEN = wg.DATA_OVERHEAD
PACKET_LEN = 64  # bytes of the datagram that carries what provoke() makes

# https://cr.yp.to/ecdh.html: with these all secrets are zero.
P = 2**255 - 19
LOW_ORDER = [n.to_bytes(32, "little") for n in (
    0, 1, P - 1, P, P + 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823)]
assert all(wg.dh(os.urandom(32), key) == wg.NO_KEY for key in LOW_ORDER)


def provoke(inner):
    """The gateway's host sends a packet of 29 bytes."""
    subprocess.run(["ip", "netns", "exec", "gw", "bash", "-c", f"echo -n x >/dev/udp/{inner}/9"], check=True)


def flip(message, offset, bit=1):
    return message[:offset] + bytes([message[offset] ^ bit]) + message[offset + 1:]


def remade(t, message, offset):
    """A bit is changed, and mac1 is right again."""
    return wg.add_macs(flip(message, offset)[:-32], t.gateway.public)


def macs(t):
    """messages that were not made for this gateway"""
    cl3 = t.peers[1]
    message = cl3.initiation()
    t.refused("a bit of every byte before mac2", "outer_bad_mac",
              [flip(message, i) for i in range(4, len(message) - 16)], cl3.sock)
    cl3.send(wg.add_macs(message[:-32], cl3.public), message[:-32] + bytes(32), wg.RESPONSE + os.urandom(88))
    t.expect("for somebody else, for nobody, and a response", outer_bad_mac=3)


def strangers(t):
    """messages of whom the gateway does not know"""
    cl3 = t.peers[1]
    gateway = t.gateway.public
    now = wg.tai64n(2**32, 0)

    def sent(static, **lies):
        message, _ = wg.initiation(static, gateway, os.urandom(32), os.urandom(4), now, **lies)
        cl3.send(wg.add_macs(message, gateway))

    cl3.send(wg.add_macs(wg.INITIATION + os.urandom(112), gateway))
    sent(os.urandom(32))
    sent(os.urandom(32), static_public=cl3.public)
    sent(os.urandom(32), static_public=wg.NO_KEY, static_static=wg.NO_KEY)
    t.expect("garbage, a stranger, an impostor, and the key of nobody", outer_bad_handshake=4)
    for key in LOW_ORDER:
        sent(cl3.static, ephemeral_public=key)
        sent(cl3.static, ephemeral_public=flip(key, 31, 0x80))
    t.expect("ephemeral keys of low order", outer_bad_handshake=2 * len(LOW_ORDER))
    message = cl3.initiation()
    t.refused("a bit of every byte that is authentic", "outer_bad_handshake",
              [remade(t, message, i) for i in range(8, len(message) - 32)], cl3.sock)


def timestamps(t):
    """initiations again, old ones, and ones from the future"""
    cl3, cl5 = t.peers[1], t.peers[3]
    elsewhere = cl3.socket()
    stamp = wg.tai64n(2**31, 500)
    message = cl3.initiation(stamp)
    cl3.send_initiation(message)
    cl3.session = cl3.accept(cl3.receive())
    cl3.send(cl3.session.data())
    t.expect("a right one",
             {cl3: {"rx": wg.INITIATION_LEN + KEEPALIVE_LEN, "tx": wg.RESPONSE_LEN, "endpoint": cl3.sock}})
    cl3.send(*[message] * 5, sock=elsewhere)
    t.expect("the same from elsewhere: nobody roams", outer_bad_handshake=5)
    old = (stamp, wg.tai64n(2**31, 499), wg.tai64n(2**31 - 1, 999999999), wg.tai64n(0, 0), bytes(12))
    for timestamp in old:
        cl3.send(cl3.initiation(timestamp), sock=elsewhere)
    t.expect("not newer than the newest", outer_bad_handshake=len(old))
    cl3.send(cl3.session.data())
    t.expect("the session stands", {cl3: {"rx": KEEPALIVE_LEN}})

    cl5.call(timestamp=wg.tai64n(2**33, 0))
    cl5.call(timestamp=bytes([0xff]) * 12)
    t.expect("the future, and its end",
             {cl5: {"rx": 2 * wg.INITIATION_LEN, "tx": 2 * wg.RESPONSE_LEN, "endpoint": cl5.sock}})
    cl5.send(cl5.initiation(), cl5.initiation(bytes([0xff]) * 12))
    t.expect("then it has locked itself out, and nobody else", outer_bad_handshake=2)


def unconfirmed(t):
    """a session that the caller has not used yet"""
    cl3 = t.peers[1]
    old, stamp = cl3.session, wg.tai64n(2**31, 1000)

    def arrives_under(session):
        provoke(cl3.inner)
        if session.read(cl3.receive()) is None:
            raise Failed("the packet came under another session")

    cl3.session = cl3.call(timestamp=stamp)
    arrives_under(old)
    t.expect("packets go under the old one",
             {cl3: {"rx": wg.INITIATION_LEN, "tx": wg.RESPONSE_LEN + PACKET_LEN}})
    cl3.send(flip(cl3.session.data(counter=0), 20), sock=cl3.socket())
    arrives_under(old)
    t.expect("a forged packet changes nothing", {cl3: {"tx": PACKET_LEN}}, outer_unauthentic=1)
    cl3.send(old.data())
    arrives_under(old)
    t.expect("nor does one under the old one", {cl3: {"rx": KEEPALIVE_LEN, "tx": PACKET_LEN}})
    cl3.send(cl3.session.data())
    t.expect("the first packet", {cl3: {"rx": KEEPALIVE_LEN}})
    arrives_under(cl3.session)
    t.expect("now they go under the new one", {cl3: {"tx": PACKET_LEN}})
    cl3.send(old.data())
    arrives_under(cl3.session)
    t.expect("and the old one does not come back", {cl3: {"rx": KEEPALIVE_LEN, "tx": PACKET_LEN}})


def unasked(t):
    """answers to no question"""
    cl3, cl2 = t.peers[1], t.witness
    gateway = t.gateway.public
    indices = [os.urandom(4), bytes(4), t.session.remote_index, cl3.session.remote_index]
    for index in indices:
        cl2.send(wg.add_macs(wg.RESPONSE + os.urandom(4) + index + os.urandom(48), gateway))
        cl2.send(wg.cookie_reply(cl2.public, index, os.urandom(24), os.urandom(16), os.urandom(16)),
                 wg.COOKIE + index + os.urandom(56))
    t.expect("responses and cookies to nobody, and to sessions that stand", outer_bad_handshake=3 * len(indices))


def called(t):
    """the gateway calls, and is answered by everybody"""
    cl4 = t.peers[2]
    elsewhere = cl4.socket()
    preshared_key = base64.b64decode(Path("psk.key").read_text())
    provoke(cl4.inner)
    first = cl4.receive()
    cl4.read_initiation(first)
    if first[-16:] != wg.NO_MAC:
        raise Failed("a cookie without having got one")

    index, mac1, nonce, cookie = first[4:8], first[-32:-16], os.urandom(24), os.urandom(16)
    reply = wg.cookie_reply(cl4.public, index, nonce, cookie, mac1)
    wrong = [flip(reply, i) for i in range(8, len(reply))]
    wrong += [wg.cookie_reply(cl4.public, index, nonce, cookie, os.urandom(16)),
              wg.cookie_reply(t.gateway.public, index, nonce, cookie, mac1),
              wg.cookie_reply(cl4.public, flip(index, 0), nonce, cookie, mac1)]
    cl4.send(*wrong, reply, reply, reply, sock=elsewhere)
    t.expect("cookies: wrong ones, the right one, and that again: nobody roams, nothing is sent",
             {cl4: {"tx": wg.INITIATION_LEN, "staged": 1}}, outer_bad_handshake=len(wrong) + 2)
    second = cl4.receive()
    if second[-16:] != wg.mac(cookie, second[:-16]):
        raise Failed("the second initiation is without the cookie")

    right, cl4.session = cl4.response(second, preshared_key)
    wrong = [remade(t, right, i) for i in range(8, len(right) - 32)]
    wrong += [cl4.response(second, preshared_key, ephemeral_public=key)[0] for key in LOW_ORDER]
    wrong += [cl4.response(second)[0], cl4.response(first, preshared_key)[0],
              cl4.response(second, preshared_key, receiver=t.session.remote_index)[0]]
    cl4.send(*wrong, flip(right, 50), sock=elsewhere)
    t.expect("responses: forged, low order, without preshared key, to the call before, to another session",
             {cl4: {"tx": wg.INITIATION_LEN, "staged": 1}}, outer_bad_handshake=len(wrong), outer_bad_mac=1)
    cl4.send(right, sock=elsewhere)
    read = cl4.session.read(cl4.receive(sock=elsewhere))
    if read is None or read[0] != 0 or len(read[1]) != PACKET_LEN - wg.DATA_OVERHEAD:
        raise Failed("this is not the packet that waited")
    t.expect("the right one makes the session, and brings what waited to where it came from",
             {cl4: {"rx": wg.RESPONSE_LEN, "tx": PACKET_LEN, "endpoint": elsewhere}})
    cl4.send(right, right, right)
    t.expect("the same again: nobody roams", outer_bad_handshake=3)
    cl4.send(cl4.session.data())
    t.expect("the session stands", {cl4: {"rx": KEEPALIVE_LEN, "endpoint": cl4.sock}})


def main():
    pid, key, address = sys.argv[1:]
    gateway = Gateway(pid, key, [address])
    peers = [Peer(gateway, f"cl{n}", f"10.77.0.1{n}", port=51820 + n) for n in (2, 3, 4, 5)]
    play(Trial(gateway, peers, peers[0]), [macs, strangers, timestamps, unconfirmed, unasked, called])


main()
