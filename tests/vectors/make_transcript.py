#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Writes handshake.txt: two whole handshakes, byte for byte, a hostile message, and cookie replies.

An implementation of [W] 5.4 of its own: it shares no code with control/handshake/ and uses other libraries
(hashlib, hmac, and the cryptography package for X25519 and ChaCha20-Poly1305). Needed only to make the file
again: python3 make_transcript.py > handshake.txt
"""

import hashlib
import hmac
import ipaddress
import struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONSTRUCTION = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
IDENTIFIER = b"WireGuard v1 zx2c4 Jason@zx2c4.com"
LABEL_MAC1 = b"mac1----"
LABEL_COOKIE = b"cookie--"


def blake2s(*parts):
    return hashlib.blake2s(b"".join(parts)).digest()


def mac(key, data):
    return hashlib.blake2s(data, key=key, digest_size=16).digest()


def kdf(n, key, data):
    secret = hmac.new(key, data, hashlib.blake2s).digest()
    outputs = [b""]
    for i in range(1, n + 1):
        outputs.append(hmac.new(secret, outputs[-1] + bytes([i]), hashlib.blake2s).digest())
    return outputs[1:]


def public(private):
    key = X25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def dh(private, their_public):
    key = X25519PrivateKey.from_private_bytes(private)
    return key.exchange(X25519PublicKey.from_public_bytes(their_public))


def seal(key, counter, plain, ad):
    return ChaCha20Poly1305(key).encrypt(struct.pack("<IQ", 0, counter), plain, ad)


def add_macs(message, receiver_public):
    key = blake2s(LABEL_MAC1, receiver_public)
    return message + mac(key, message) + bytes(16)


def initiation(v, static_static=None):
    ck = blake2s(CONSTRUCTION)
    h = blake2s(ck, IDENTIFIER)
    h = blake2s(h, v["responder_public"])
    ephemeral = public(v["initiator_ephemeral"])
    (ck,) = kdf(1, ck, ephemeral)
    h = blake2s(h, ephemeral)
    ck, key = kdf(2, ck, dh(v["initiator_ephemeral"], v["responder_public"]))
    static = seal(key, 0, v["initiator_public"], h)
    h = blake2s(h, static)
    ck, key = kdf(2, ck, static_static or dh(v["initiator_private"], v["responder_public"]))
    timestamp = seal(key, 0, v["timestamp"], h)
    h = blake2s(h, timestamp)
    message = b"\x01\0\0\0" + v["initiator_index"] + ephemeral + static + timestamp
    return ck, h, add_macs(message, v["responder_public"])


def response(v, ck, h):
    ephemeral = public(v["responder_ephemeral"])
    (ck,) = kdf(1, ck, ephemeral)
    h = blake2s(h, ephemeral)
    (ck,) = kdf(1, ck, dh(v["responder_ephemeral"], public(v["initiator_ephemeral"])))
    (ck,) = kdf(1, ck, dh(v["responder_ephemeral"], v["initiator_public"]))
    ck, tau, key = kdf(3, ck, v["preshared_key"])
    h = blake2s(h, tau)
    empty = seal(key, 0, b"", h)
    message = b"\x02\0\0\0" + v["responder_index"] + v["initiator_index"] + ephemeral + empty
    return ck, add_macs(message, v["initiator_public"])


def made_up(label, n=32):
    return hashlib.sha256(f"wg-dpdk {label}".encode()).digest()[:n]


def start(name):
    v = {label: made_up(f"{name} {label}") for label in (
        "initiator_private", "responder_private", "initiator_ephemeral", "responder_ephemeral")}
    v["initiator_public"] = public(v["initiator_private"])
    v["responder_public"] = public(v["responder_private"])
    v["initiator_index"] = made_up(f"{name} initiator_index", 4)
    v["responder_index"] = made_up(f"{name} responder_index", 4)
    # 2026-01-01 00:00:00 UTC and three steps of 2^24 ns
    v["timestamp"] = struct.pack(">QI", 2**62 + 10 + 1767225600, 3 << 24)
    return v


def show(name, v):
    print(f"\n[{name}]")
    for label, value in v.items():
        print(f"{label} = {value.hex()}")


def transcript(name, preshared_key):
    v = start(name)
    v["preshared_key"] = preshared_key
    ck, h, v["initiation"] = initiation(v)
    ck, v["response"] = response(v, ck, h)
    v["initiator_send_key"], v["responder_send_key"] = kdf(2, ck, b"")
    v["transport_counter"] = struct.pack("<Q", 7)
    v["transport_plain"] = b"sixteen bytes and then as many more to pad".ljust(48, b"\0")
    v["transport_packet"] = (b"\x04\0\0\0" + v["responder_index"] + v["transport_counter"]
                             + seal(v["initiator_send_key"], 7, v["transport_plain"], b""))
    show(name, v)


def low_order(name):
    """Anyone can make this one for a peer whose public key is zero: ss is zero too."""
    v = start(name)
    v["initiator_public"] = bytes(32)
    _, _, v["initiation"] = initiation(v, static_static=bytes(32))
    show(name, v)


def hchacha20(key, nonce):
    """draft-irtf-cfrg-xchacha-03, 2.2: ChaCha20's rounds without the final addition."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))

    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = state[x] + state[y] & 0xffffffff
            state[z] ^= state[x]
            state[z] = state[z] << n & 0xffffffff | state[z] >> 32 - n

    for _ in range(10):
        for i in range(4):
            quarter(i, i + 4, i + 8, i + 12)
        for i in range(4):
            quarter(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
    return struct.pack("<8I", *state[:4], *state[12:])


def xseal(key, nonce, plain, ad):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], plain, ad)


def cookie_reply(name, address, port):
    """An initiation without mac2, the reply to it, and the same initiation with the cookie."""
    v = start(name)
    v["preshared_key"] = bytes(32)
    v["secret"] = made_up(f"{name} secret")
    v["source"] = ipaddress.ip_address(address).packed
    v["port"] = struct.pack(">H", port)
    v["nonce"] = made_up(f"{name} nonce", 24)
    _, _, v["initiation"] = initiation(v)
    mac1 = v["initiation"][-32:-16]
    v["cookie"] = mac(v["secret"], v["source"] + v["port"])
    sealed = xseal(blake2s(LABEL_COOKIE, v["responder_public"]), v["nonce"], v["cookie"], mac1)
    v["reply"] = b"\x03\0\0\0" + v["initiator_index"] + v["nonce"] + sealed
    v["initiation_with_mac2"] = v["initiation"][:-16] + mac(v["cookie"], v["initiation"][:-16])
    show(name, v)


# The answer of draft-irtf-cfrg-xchacha-03, 2.2.1: this part has no library to lean on.
assert hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927")).hex() == \
    "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"

print("# Two handshakes, each with a data packet of the initiator, a hostile initiation, and cookie replies.")
print("# Made by make_transcript.py, which shares no code with the gateway.")
print("# Indices, timestamp and counter as on the wire.")
transcript("no-preshared-key", bytes(32))
transcript("preshared-key", made_up("preshared key"))
low_order("low-order-static")
cookie_reply("cookie-v4", "192.0.2.7", 51820)
cookie_reply("cookie-v6", "2001:db8::7", 1)
