# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""WireGuard's messages, written from [W] 5.4 and sharing neither code nor libraries with the gateway.

What a test needs to be a peer of the gateway, a rude one too: every part of a message can be chosen. hashlib has BLAKE2s,
the cryptography package X25519 and ChaCha20-Poly1305. Keys, indices and messages are bytes as they are on the wire.
"""

import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONSTRUCTION = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
IDENTIFIER = b"WireGuard v1 zx2c4 Jason@zx2c4.com"
LABEL_MAC1 = b"mac1----"
LABEL_COOKIE = b"cookie--"

INITIATION, RESPONSE, COOKIE, DATA = b"\1\0\0\0", b"\2\0\0\0", b"\3\0\0\0", b"\4\0\0\0"
INITIATION_LEN, RESPONSE_LEN, COOKIE_LEN, DATA_OVERHEAD = 148, 92, 64, 32
NO_KEY = bytes(32)
NO_MAC = bytes(16)


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
    """Zero for a public key of low order, which the library refuses."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return key.exchange(X25519PublicKey.from_public_bytes(their_public))
    except ValueError:
        return NO_KEY


def seal(key, counter, plain, ad=b""):
    return ChaCha20Poly1305(key).encrypt(struct.pack("<IQ", 0, counter), plain, ad)


def unseal(key, counter, sealed, ad=b""):
    """None: not authentic."""
    try:
        return ChaCha20Poly1305(key).decrypt(struct.pack("<IQ", 0, counter), sealed, ad)
    except InvalidTag:
        return None


def add_macs(message, receiver_public, cookie=None):
    message += mac(blake2s(LABEL_MAC1, receiver_public), message)
    return message + (mac(cookie, message) if cookie else NO_MAC)


def tai64n(seconds, nanoseconds):
    """Of a time since 1970."""
    return struct.pack(">QI", 2**62 + 10 + seconds, nanoseconds)


class Symmetric:
    """The variables of [N] 5.2, from the names and the responder's static key on."""

    def __init__(self, responder_public):
        self.ck = blake2s(CONSTRUCTION)
        self.h = blake2s(self.ck, IDENTIFIER)
        self.key = None
        self.mix_hash(responder_public)

    def mix_hash(self, data):
        self.h = blake2s(self.h, data)

    def mix_key(self, secret):
        self.ck, self.key = kdf(2, self.ck, secret)

    def mix_ephemeral(self, ephemeral):
        self.mix_hash(ephemeral)
        self.mix_key(ephemeral)

    def mix_preshared_key(self, preshared_key):
        self.ck, tau, self.key = kdf(3, self.ck, preshared_key)
        self.mix_hash(tau)

    def seal(self, plain):
        sealed = seal(self.key, 0, plain, self.h)
        self.mix_hash(sealed)
        return sealed

    def unseal(self, sealed):
        plain = unseal(self.key, 0, sealed, self.h)
        self.mix_hash(sealed)
        return plain

    def split(self):
        """The initiator's sending key, and the responder's. [W] 5.4.5"""
        return kdf(2, self.ck, b"")


def initiation(static, responder_public, ephemeral, index, timestamp,
               static_public=None, static_static=None, ephemeral_public=None):
    """[W] 5.4.2 without the MACs, and the state to go on from.

    The last three are lies; an `ephemeral_public` of low order has no secret, so the shared one is zero.
    """
    state = Symmetric(responder_public)
    shared = NO_KEY if ephemeral_public else dh(ephemeral, responder_public)
    ephemeral_public = ephemeral_public or public(ephemeral)
    state.mix_ephemeral(ephemeral_public)
    state.mix_key(shared)
    sealed_static = state.seal(static_public or public(static))
    state.mix_key(static_static or dh(static, responder_public))
    sealed_timestamp = state.seal(timestamp)
    return INITIATION + index + ephemeral_public + sealed_static + sealed_timestamp, state


def read_initiation(static, message):
    """The responder's view: the state, who calls, and when; None where it does not open."""
    state = Symmetric(public(static))
    ephemeral = message[8:40]
    state.mix_ephemeral(ephemeral)
    state.mix_key(dh(static, ephemeral))
    initiator_public = state.unseal(message[40:88])
    if initiator_public is None:
        return None
    state.mix_key(dh(static, initiator_public))
    return state, initiator_public, state.unseal(message[88:116])


def response(state, initiator_ephemeral, initiator_public, preshared_key, ephemeral, index, initiator_index,
             ephemeral_public=None):
    """[W] 5.4.3 without the MACs; `state` is then what the session's keys come from.

    `ephemeral_public` is a lie as in initiation().
    """
    shared = [NO_KEY if ephemeral_public else dh(ephemeral, key) for key in (initiator_ephemeral, initiator_public)]
    ephemeral_public = ephemeral_public or public(ephemeral)
    state.mix_ephemeral(ephemeral_public)
    for secret in shared:
        state.mix_key(secret)
    state.mix_preshared_key(preshared_key)
    return RESPONSE + index + initiator_index + ephemeral_public + state.seal(b"")


def read_response(state, static, ephemeral, preshared_key, message):
    """The initiator's view; False: not authentic."""
    remote_ephemeral = message[12:44]
    state.mix_ephemeral(remote_ephemeral)
    state.mix_key(dh(ephemeral, remote_ephemeral))
    state.mix_key(dh(static, remote_ephemeral))
    state.mix_preshared_key(preshared_key)
    return state.unseal(message[44:60]) is not None


def data(index, key, counter, plain):
    """[W] 5.4.6, without padding."""
    return DATA + index + struct.pack("<Q", counter) + seal(key, counter, plain)


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


# The answer of draft-irtf-cfrg-xchacha-03, 2.2.1: this part has no library to lean on.
assert hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927")).hex() == \
    "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"


def cookie_reply(responder_public, index, nonce, cookie, mac1):
    """[W] 5.4.7, to the message that had `index` and `mac1`."""
    cipher = ChaCha20Poly1305(hchacha20(blake2s(LABEL_COOKIE, responder_public), nonce[:16]))
    return COOKIE + index + nonce + cipher.encrypt(bytes(4) + nonce[16:], cookie, mac1)


def read_cookie_reply(responder_public, mac1, message):
    """The cookie; None: it does not answer the message that had `mac1`."""
    nonce = message[8:32]
    cipher = ChaCha20Poly1305(hchacha20(blake2s(LABEL_COOKIE, responder_public), nonce[:16]))
    try:
        return cipher.decrypt(bytes(4) + nonce[16:], message[32:], mac1)
    except InvalidTag:
        return None
