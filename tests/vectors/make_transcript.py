#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Writes handshake.txt: two whole handshakes, byte for byte, a hostile message, and cookie replies.

The protocol is that of tests/peer/wireguard.py, which shares nothing with control/handshake/. Needed only to make the file
again: tests/vectors/make_transcript.py > tests/vectors/handshake.txt
"""

import hashlib
import ipaddress
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peer"))
import wireguard as wg  # noqa: E402


def made_up(label, n=32):
    return hashlib.sha256(f"wg-dpdk {label}".encode()).digest()[:n]


def start(name):
    v = {label: made_up(f"{name} {label}") for label in (
        "initiator_private", "responder_private", "initiator_ephemeral", "responder_ephemeral")}
    v["initiator_public"] = wg.public(v["initiator_private"])
    v["responder_public"] = wg.public(v["responder_private"])
    v["initiator_index"] = made_up(f"{name} initiator_index", 4)
    v["responder_index"] = made_up(f"{name} responder_index", 4)
    # 2026-01-01 00:00:00 UTC and three steps of 2^24 ns
    v["timestamp"] = wg.tai64n(1767225600, 3 << 24)
    return v


def initiation(v, **lies):
    message, state = wg.initiation(v["initiator_private"], v["responder_public"], v["initiator_ephemeral"],
                                   v["initiator_index"], v["timestamp"], **lies)
    return wg.add_macs(message, v["responder_public"]), state


def show(name, v):
    print(f"\n[{name}]")
    for label, value in v.items():
        print(f"{label} = {value.hex()}")


def transcript(name, preshared_key):
    v = start(name)
    v["preshared_key"] = preshared_key
    v["initiation"], state = initiation(v)
    message = wg.response(state, wg.public(v["initiator_ephemeral"]), v["initiator_public"], preshared_key,
                          v["responder_ephemeral"], v["responder_index"], v["initiator_index"])
    v["response"] = wg.add_macs(message, v["initiator_public"])
    v["initiator_send_key"], v["responder_send_key"] = state.split()
    v["transport_counter"] = struct.pack("<Q", 7)
    v["transport_plain"] = b"sixteen bytes and then as many more to pad".ljust(48, b"\0")
    v["transport_packet"] = wg.data(v["responder_index"], v["initiator_send_key"], 7, v["transport_plain"])
    show(name, v)


def low_order(name):
    """Anyone can make this one for a peer whose public key is zero: ss is zero too."""
    v = start(name)
    v["initiator_public"] = wg.NO_KEY
    v["initiation"], _ = initiation(v, static_public=wg.NO_KEY, static_static=wg.NO_KEY)
    show(name, v)


def cookie_reply(name, address, port):
    """An initiation without mac2, the reply to it, and the same initiation with the cookie."""
    v = start(name)
    v["preshared_key"] = bytes(32)
    v["secret"] = made_up(f"{name} secret")
    v["source"] = ipaddress.ip_address(address).packed
    v["port"] = struct.pack(">H", port)
    v["nonce"] = made_up(f"{name} nonce", 24)
    v["initiation"], _ = initiation(v)
    v["cookie"] = wg.mac(v["secret"], v["source"] + v["port"])
    v["reply"] = wg.cookie_reply(v["responder_public"], v["initiator_index"], v["nonce"], v["cookie"],
                                 v["initiation"][-32:-16])
    v["initiation_with_mac2"] = wg.add_macs(v["initiation"][:-32], v["responder_public"], v["cookie"])
    show(name, v)


print("# Two handshakes, each with a data packet of the initiator, a hostile initiation, and cookie replies.")
print("# Made by make_transcript.py, which shares no code with the gateway.")
print("# Indices, timestamp and counter as on the wire.")
transcript("no-preshared-key", bytes(32))
transcript("preshared-key", made_up("preshared key"))
low_order("low-order-static")
cookie_reply("cookie-v4", "192.0.2.7", 51820)
cookie_reply("cookie-v6", "2001:db8::7", 1)
