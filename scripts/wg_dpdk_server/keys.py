# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Keys as wg(8) writes them. The arithmetic is libsodium's, whose time does not depend on secrets."""

import base64
import binascii
import ctypes
import functools
import os

from .errors import Refused

KEY_LEN = 32


@functools.cache
def sodium():
    try:
        return ctypes.CDLL("libsodium.so.23")
    except OSError:
        raise Refused("libsodium.so.23 is missing: install the package libsodium23") from None


def make_private():
    """A Curve25519 key, clamped as wg genkey does."""
    key = bytearray(os.urandom(KEY_LEN))
    key[0] &= 248
    key[31] = key[31] & 127 | 64
    return base64.b64encode(key).decode()


def make_preshared():
    return base64.b64encode(os.urandom(KEY_LEN)).decode()


def public_of(private):
    out = ctypes.create_string_buffer(KEY_LEN)
    sodium().crypto_scalarmult_base(out, base64.b64decode(private))
    return base64.b64encode(out.raw).decode()


def check(text, what):
    """Returns the key in a file's or a setting's text, without the end of the line. The error never shows it."""
    key = text.strip()
    try:
        good = len(key) == 44 and len(base64.b64decode(key, validate=True)) == KEY_LEN
    except binascii.Error:
        good = False
    if not good:
        raise Refused(f"{what} is not a key of 44 characters, as wg(8) prints it")
    return key
