# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Peers' confs as QR codes in a terminal."""

from . import qr, templates
from .errors import Refused
from .generate import SERVER_CONF
from .settings import TOKEN


def peer_id(name):
    if not TOKEN.fullmatch(name):
        raise Refused(f"{ascii(name)} is no peer's name: give it as PEERS does, such as 1 or laptop")
    return f"peer{name}" if name.isdigit() else f"peer_{name}"


def show_peers(volume, names, with_keys):
    """Returns the text; the first name that is wrong ends it."""
    active = set((volume.read(SERVER_CONF) or "").splitlines())
    return "".join(show_peer(volume, peer_id(name), active, with_keys) for name in names)


def show_peer(volume, identity, active, with_keys):
    conf = f"{identity}/{identity}.conf"
    if f"# {identity}" not in active:
        raise Refused(f"{identity} is not active: {volume.path(SERVER_CONF)} does not name it; the setting PEERS does so")
    text = volume.read(conf)
    if text is None:
        raise Refused(f"{volume.path(conf)} is missing; restart the server to make it anew")
    if with_keys and not templates.has_key(text, "PrivateKey"):
        return f"{identity} keeps its private key to itself; the rest is in {volume.path(conf)}\n"
    if not with_keys:
        text = templates.without_key(templates.without_key(text, "PrivateKey"), "PresharedKey")
    rows = qr.matrix(text)
    if rows is None:
        return f"{volume.path(conf)} is too long for a QR code\n"
    return f"{identity}{'' if with_keys else ', without its keys'}:\n{qr.terminal(rows)}"
