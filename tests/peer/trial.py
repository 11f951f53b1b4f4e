# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""A hostile peer's tools: peers that speak for themselves, and a gateway whose every counter is watched.

After each deed Trial.expect waits until the gateway's drops and what it knows of the peers have changed exactly as told, asks
for an echo through a session that must have gone on undisturbed, and sees that nothing else came back. The gateway's own
report is read from its log; both run in one process namespace.
"""

import base64
import ipaddress
import os
import select
import signal
import socket
import struct
import sys
import time
from collections import Counter
from pathlib import Path

import wireguard as wg

PATIENCE_S = 15  # until something counts as failed; a passing test never waits for it
SETTLE_S = 0.03  # a report that has not grown for so long is whole
INITIATION_SPACING_S = 0.025  # [W] 5.1: the gateway ignores what comes sooner than 20 ms
FEW = 64  # handshake messages that are no load: less than an eighth of the mailbox of 1,023
PORT = 51820
ECHO_LEN = 64  # bytes of the datagram that carries an echo request, or its reply

# The host's own multicast, which no peer has: not ours.
UNCOUNTED = {"inner_no_peer"}


class Failed(Exception):
    pass


class Gateway:
    def __init__(self, pid, public_key, addresses, log="gw.log"):
        self.pid, self.log = int(pid), Path(log)
        self.public = base64.b64decode(public_key)
        self.addresses = {ipaddress.ip_address(a).version: a for a in addresses}

    def report(self):
        """Its drops, and by public key what it knows of its peers."""
        begin = size = self.log.stat().st_size
        os.kill(self.pid, signal.SIGUSR1)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            time.sleep(SETTLE_S)
            before, size = size, self.log.stat().st_size
            text = self.log.read_bytes()[begin:].decode()
            if size == before and "\nbuffers " in text:
                return self.parse(text)
        raise Failed("the gateway prints no counters")

    @staticmethod
    def parse(text):
        drops, peers = Counter(), {}
        for line in text.splitlines():
            word, *rest = line.split(" ")
            if word == "drop" and rest[0] not in UNCOUNTED:
                drops[rest[0]] = int(rest[1])
            elif word == "peer":
                fields = dict(field.split("=", 1) for field in rest[1:])
                peers[base64.b64decode(rest[0])] = {
                    "rx": int(fields["rx_bytes"]), "tx": int(fields["tx_bytes"]),
                    "endpoint": fields["endpoint"], "staged": int(fields["staged"])}
        return drops, peers


class Session:
    """The remote side's half, whoever began it."""

    def __init__(self, index, remote_index, send_key, receive_key):
        self.index, self.remote_index = index, remote_index
        self.send_key, self.receive_key = send_key, receive_key
        self.counter = 0  # the next one to send

    def data(self, plain=b"", counter=None):
        if counter is None:
            counter, self.counter = self.counter, self.counter + 1
        return wg.data(self.remote_index, self.send_key, counter, plain)

    def read(self, datagram):
        """The counter and the text; None: not for this session, or not authentic."""
        if datagram[:8] != wg.DATA + self.index:
            return None
        counter, = struct.unpack("<Q", datagram[8:16])
        plain = wg.unseal(self.receive_key, counter, datagram[16:])
        return None if plain is None else (counter, plain)


class Peer:
    """An identity, whose private key is in NAME.key, with a socket."""

    def __init__(self, gateway, name, inner, version=4, port=0):
        self.gateway, self.name, self.inner = gateway, name, inner
        self.static = base64.b64decode(Path(f"{name}.key").read_text())
        self.public = wg.public(self.static)
        self.sockets = []
        self.sock = self.socket(version, port)
        self.called = 0
        self.pending = None  # our initiation: ephemeral key, index, state

    def socket(self, version=4, port=0):
        """One more; answers to it are seen, too."""
        sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind(("", port))
        sock.connect((self.gateway.addresses[version], PORT))
        self.sockets.append(sock)
        return sock

    def send(self, *datagrams, sock=None):
        for datagram in datagrams:
            (sock or self.sock).send(datagram)

    def endpoint(self, sock=None):
        address, port = (sock or self.sock).getsockname()[:2]
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    def receive(self, seconds=PATIENCE_S, sock=None):
        sock = sock or self.sock
        if not select.select([sock], [], [], seconds)[0]:
            raise Failed(f"{self.name}: no answer")
        return sock.recv(1 << 16)

    def waiting(self):
        """What has come to any socket and was not asked for."""
        datagrams = []
        while ready := select.select(self.sockets, [], [], 0)[0]:
            datagrams += [sock.recv(1 << 16) for sock in ready]
        return datagrams

    def initiation(self, timestamp=None, cookie=None, **lies):
        """A message for the gateway; the response to it can be read then."""
        ephemeral, index = os.urandom(32), os.urandom(4)
        timestamp = timestamp or wg.tai64n(*divmod(time.time_ns(), 10**9))
        message, state = wg.initiation(self.static, self.gateway.public, ephemeral, index, timestamp, **lies)
        self.pending = ephemeral, index, state
        return wg.add_macs(message, self.gateway.public, cookie)

    def send_initiation(self, message, sock=None):
        time.sleep(max(0, self.called + INITIATION_SPACING_S - time.monotonic()))
        self.send(message, sock=sock)
        self.called = time.monotonic()

    def accept(self, message, preshared_key=wg.NO_KEY):
        """The session that the gateway's response makes."""
        ephemeral, index, state = self.pending
        if len(message) != wg.RESPONSE_LEN or message[:4] != wg.RESPONSE or message[8:12] != index:
            raise Failed(f"{self.name}: this is no response: {message.hex()}")
        if not wg.read_response(state, self.static, ephemeral, preshared_key, message):
            raise Failed(f"{self.name}: the response is not authentic")
        send_key, receive_key = state.split()
        return Session(index, message[4:8], send_key, receive_key)

    def call(self, sock=None, **how):
        """A handshake that we start; nothing is sent under the session yet."""
        self.send_initiation(self.initiation(**how), sock)
        answer = self.receive(sock=sock)
        # The gateway may have come to it late, and counts from then.
        self.called = time.monotonic()
        return self.accept(answer)

    def read_initiation(self, message):
        if len(message) != wg.INITIATION_LEN or message[:4] != wg.INITIATION:
            raise Failed(f"{self.name}: this is no initiation: {message.hex()}")
        read = wg.read_initiation(self.static, message)
        if read is None or read[1] != self.gateway.public or read[2] is None:
            raise Failed(f"{self.name}: the initiation is not authentic")
        return read[0]

    def response(self, initiation, preshared_key=wg.NO_KEY, receiver=None, **lies):
        """To the gateway's initiation: the message, and the session that it makes."""
        state, index = self.read_initiation(initiation), os.urandom(4)
        message = wg.response(state, initiation[8:40], self.gateway.public, preshared_key, os.urandom(32), index,
                              receiver or initiation[4:8], **lies)
        receive_key, send_key = state.split()
        return wg.add_macs(message, self.gateway.public), Session(index, initiation[4:8], send_key, receive_key)


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, target, payload, length=None, first=0x45):
    length = 20 + len(payload) if length is None else length
    fields = [first, 0, length, 0, 0, 64, socket.IPPROTO_ICMP, 0,
              ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed]
    fields[7] = checksum(struct.pack("!BBHHHBBH4s4s", *fields))
    return struct.pack("!BBHHHBBH4s4s", *fields) + payload


def ipv6(source, target, payload, length=None):
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload) if length is None else length, 59, 64,
                       ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed) + payload


def echo_request(source, target="10.77.0.1", number=1):
    fields = [8, 0, 0, 0x5747, number]
    fields[2] = checksum(struct.pack("!BBHHH", *fields))
    return ipv4(source, target, struct.pack("!BBHHH", *fields))


def padded(packet):
    return packet + bytes(-len(packet) % 16)


class Trial:
    """What the gateway was last seen as, and a witness: a peer with a session that must go on whatever the others do."""

    def __init__(self, gateway, peers, witness):
        self.gateway, self.peers = gateway, peers
        self.witness, self.session = witness, witness.call()
        self.n_echoes = 0
        self.n_cases = 0
        self.next_counter = 0
        self.echo()
        self.drops, self.known = gateway.report()

    def echo(self):
        """Through the witness's session and back; the gateway's counters go up by one each time."""
        self.n_echoes += 1
        packet = echo_request(self.witness.inner, number=self.n_echoes & 0xffff)
        self.witness.send(self.session.data(padded(packet)))
        datagram = self.witness.receive()
        read = self.session.read(datagram)
        if read is None or read[0] != self.next_counter or read[1][20:21] != b"\0":
            raise Failed(f"this is not the echo with counter {self.next_counter}: {datagram.hex()}")
        self.next_counter += 1

    def expect(self, what, peers=None, **drops):
        """Drops by reason, and {peer: {"rx": growth, "tx": growth, "endpoint": sock}}; nothing else may change."""
        peers = {peer.public: dict(change) for peer, change in (peers or {}).items()}
        wanted_drops = self.drops + Counter(drops)
        wanted = {}
        for peer in self.peers:
            change, known = peers.get(peer.public, {}), self.known[peer.public]
            sock = change.get("endpoint")
            wanted[peer.public] = {"rx": known["rx"] + change.get("rx", 0), "tx": known["tx"] + change.get("tx", 0),
                                   "endpoint": peer.endpoint(sock) if sock else known["endpoint"],
                                   "staged": change.get("staged", 0)}
        self.wait_for(what, wanted_drops, wanted)
        self.echo()
        for peer in self.peers:
            if datagrams := peer.waiting():
                raise Failed(f"{what}: {peer.name} was sent {[datagram.hex() for datagram in datagrams]}")
        self.drops = wanted_drops
        wanted[self.witness.public]["rx"] += ECHO_LEN
        wanted[self.witness.public]["tx"] += ECHO_LEN
        wanted[self.witness.public]["endpoint"] = self.witness.endpoint()
        self.known = wanted
        self.n_cases += 1
        print(f"  {what}: {', '.join(f'{n} {reason}' for reason, n in drops.items()) or 'taken'}", flush=True)

    def refused(self, what, reason, messages, sock):
        """Each of these is dropped for this reason, a few at a time, so that they are no flood."""
        for i in range(0, len(messages), FEW):
            some = messages[i:i + FEW]
            for message in some:
                sock.send(message)
            self.expect(what, **{reason: len(some)})

    def wait_for(self, what, drops, peers):
        end = time.monotonic() + PATIENCE_S
        while True:
            seen_drops, seen = self.gateway.report()
            if seen_drops == drops and all(seen[key] == peers[key] for key in peers):
                return
            if time.monotonic() > end:
                names = {peer.public: peer.name for peer in self.peers}
                raise Failed(f"{what}: drops {dict(seen_drops)}, expected {dict(drops)}" + "".join(
                    f"\n  {names[key]}: {seen[key]}, expected {peers[key]}"
                    for key in peers if seen[key] != peers[key]))


def play(trial, cases):
    """The cases in their order; ends the program."""
    for case in cases:
        print(case.__doc__, flush=True)
        try:
            case(trial)
        except Failed as failed:
            sys.exit(f"FAILED in {case.__name__}: {failed}")
    trial.expect("nothing changed behind our back")
    print(f"{trial.n_cases} deeds, {trial.n_echoes} echoes")
