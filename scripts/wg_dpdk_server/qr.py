# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""QR codes by libqrencode: as a PNG, and as text for a terminal."""

import ctypes
import functools
import struct
import zlib

from .errors import Refused

QUIET_ZONE = 4  # modules of margin that readers need, ISO/IEC 18004
PIXELS = 3  # of a module in a PNG
LEVEL_L = 0  # the least redundancy, so that the most fits: 2,953 bytes
LIGHT_ON_DARK = "\033[40;37;1m"  # the same on light and dark terminals


class Code(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("modules", ctypes.POINTER(ctypes.c_ubyte))]


@functools.cache
def library():
    try:
        lib = ctypes.CDLL("libqrencode.so.4")
    except OSError:
        raise Refused("libqrencode.so.4 is missing: install the package libqrencode4") from None
    lib.QRcode_encodeString8bit.restype = ctypes.POINTER(Code)
    lib.QRcode_encodeString8bit.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    lib.QRcode_free.argtypes = [ctypes.POINTER(Code)]
    return lib


def matrix(text):
    """Rows of modules, True for light, with their margin; None: too long for a QR code."""
    code = library().QRcode_encodeString8bit(text.encode(), 0, LEVEL_L)
    if not code:
        return None
    width = code.contents.width
    modules = ctypes.string_at(code.contents.modules, width * width)
    library().QRcode_free(code)
    margin = [True] * QUIET_ZONE
    rows = [margin + [not module & 1 for module in modules[at : at + width]] + margin
            for at in range(0, width * width, width)]
    empty = [[True] * (width + 2 * QUIET_ZONE)] * QUIET_ZONE
    return empty + rows + empty


def png(rows):
    """The image, one bit for a pixel."""
    width = len(rows) * PIXELS
    n_bytes = (width + 7) // 8
    lines = bytearray()
    for row in rows:
        bits = "".join("1" * PIXELS if light else "0" * PIXELS for light in row)
        line = int(bits.ljust(n_bytes * 8, "0"), 2).to_bytes(n_bytes, "big")
        lines += (b"\0" + line) * PIXELS
    header = struct.pack("!IIBBBBB", width, width, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def terminal(rows):
    """Two rows of modules in a line of text."""
    rows = rows + [[False] * len(rows)] * (len(rows) % 2)
    glyphs = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    return "".join(f"{LIGHT_ON_DARK}{''.join(glyphs[pair] for pair in zip(*rows[at:at + 2]))}\033[0m\n"
                   for at in range(0, len(rows), 2))
