# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The files of a server and its peers. Nothing is written before all of it is known to be right."""

import dataclasses
import ipaddress
import os
import re

from . import keys, outside, qr, templates
from .errors import Refused, say
from .subnet import Assignment, Subnet

SAVED = ".donoteditthisfile"
SERVER_CONF = "wg_confs/wg0.conf"
COREFILE = """\
. {
    loop
    errors
    health
    forward . /etc/resolv.conf
}
"""
# What the peers' own confs depend on.
OF_CLIENTS = {"SERVERURL", "SERVERPORT", "PEERDNS", "INTERFACE", "INTERNAL_SUBNET", "ALLOWEDIPS"}


@dataclasses.dataclass(frozen=True)
class PeerKeys:
    private: str  # "": the peer alone has it
    public: str
    preshared: str  # "": none


def generate(settings, volume):
    """Makes what is missing and remakes what a changed setting concerns. A conf that no change concerns stays as it is,
    edited by hand or not."""
    move_old_conf(volume)
    saved = read_saved(volume)
    wanted = saved_values(settings, outside.resolve(settings, saved.get("SERVERURL", "")))
    changed = {name for name, value in wanted.items() if saved.get(name, value) != value}
    incomplete = not volume.exists(SERVER_CONF) or any(not volume.exists(conf_path(p)) for p in settings.peers)
    if changed or incomplete or not volume.exists(SAVED):
        Tree(settings, volume, saved, wanted).make(changed)
    n_changed = volume.commit()
    volume.tighten()
    say(f"{len(settings.peers)} peers, {n_changed} files written in {volume.root}")


def conf_path(peer, ending=".conf"):
    return f"{peer.id}/{peer.id}{ending}"


def move_old_conf(volume):
    """Volumes of before 2023 have it in the root."""
    if not volume.exists("wg0.conf") or (volume.exists("wg_confs") and os.listdir(volume.path("wg_confs"))):
        return
    volume.put(SERVER_CONF, volume.read("wg0.conf"))
    volume.commit()
    os.unlink(volume.path("wg0.conf"))


# --- what the last start was asked for ---


def read_saved(volume):
    """A shell could source the file; we only read it."""
    lines = re.findall(r'^ORIG_(\w+)="([^"\n]*)"$', volume.read(SAVED) or "", re.M)
    return dict(lines)


def saved_values(settings, url):
    """Those of the first seven names are known to the original, which ignores the others."""
    return {
        "SERVERURL": url, "SERVERPORT": settings.port, "PEERDNS": settings.dns, "PEERS": settings.peers_text,
        "INTERFACE": settings.subnet.interface, "ALLOWEDIPS": settings.allowed_ips,
        "PERSISTENTKEEPALIVE_PEERS": settings.keepalive_text,
        "INTERNAL_SUBNET": ",".join(str(n) for n in settings.subnet.networks),
        "SERVER_ALLOWEDIPS": " ".join(f"{p.token}={p.routed}" for p in settings.peers if p.routed),
        "PEER_PUBLICKEYS": " ".join(f"{p.token}={p.public}" for p in settings.peers if p.public),
    }


def old_subnet(saved):
    text = saved.get("INTERNAL_SUBNET") or (saved.get("INTERFACE", "") and saved["INTERFACE"] + ".0/24")
    try:
        return Subnet(text) if text else None
    except ValueError:
        return None


# --- the tree ---


class Tree:
    def __init__(self, settings, volume, saved, wanted):
        self.settings = settings
        self.volume = volume
        self.saved = saved
        self.wanted = wanted

    def make(self, changed):
        volume = self.volume
        server_template = self.keep_or_put("templates/server.conf", templates.SERVER)
        peer_template = templates.with_preshared_key(self.keep_or_put("templates/peer.conf", templates.PEER))
        self.keep_or_put("coredns/Corefile", COREFILE)
        server = self.server_keys()
        addresses = Assignment(self.settings.subnet, old_subnet(self.saved), self.find_addresses()).assign(self.settings.peers)
        sections = [self.render("templates/server.conf", server_template, server_key_files(server))]
        remake = not volume.exists(SERVER_CONF) or not volume.exists(SAVED) or bool(changed & OF_CLIENTS)
        for peer in self.settings.peers:
            own = self.peer_keys(peer)
            if remake or self.is_stale(peer, own, server):
                self.make_conf(peer, own, server, peer_template, addresses[peer.id])
            sections.append(peer_section(peer, own, addresses[peer.id]))
        volume.put(SERVER_CONF, "\n".join(sections) + "\n")
        # At last, so that after a crash everything is looked at again.
        volume.put(SAVED, "".join(f'ORIG_{name}="{value}"\n' for name, value in self.wanted.items()))

    def keep_or_put(self, path, default):
        text = self.volume.read(path)
        if text is None:
            self.volume.put(path, default)
        return default if text is None else text

    def find_addresses(self):
        """Of every peer that ever had a conf here."""
        found = {}
        for folder in self.volume.folders():
            text = self.volume.read(f"{folder}/{folder}.conf")
            values = templates.values_of(text or "", "Address")
            try:
                found[folder] = [ipaddress.ip_interface(value).ip for value in values]
            except ValueError:
                raise Refused(f"{folder}/{folder}.conf: Address: {', '.join(values)} is no address; "
                              "write one there, or delete the file for a new one") from None
        return found

    def render(self, name, text, key_files, **values):
        own = ", ".join(str(a) for a in self.settings.subnet.own)
        url = self.wanted["SERVERURL"]
        return templates.render(self.volume.path(name), text, {
            "INTERFACE": self.settings.subnet.interface, "OWN_ADDRESS": own,
            "SERVERURL": f"[{url}]" if ":" in url and not url.startswith("[") else url,
            "SERVERPORT": self.settings.port, "PEERDNS": self.settings.dns, "ALLOWEDIPS": self.settings.allowed_ips,
            **values}, key_files)

    # --- keys ---

    def read_key(self, path):
        text = self.volume.read(path)
        return "" if text is None else keys.check(text, self.volume.path(path))

    def pair(self, private_path, public_path, private):
        """The public key of a private one, which must be the one that lies beside it."""
        public, there = keys.public_of(private), self.read_key(public_path)
        if there and there != public:
            raise Refused(f"{self.volume.path(public_path)} does not belong to {private_path}; delete the one that is wrong")
        if not there:
            self.volume.put(public_path, public + "\n")
        return public

    def server_keys(self):
        private_path, public_path = "server/privatekey-server", "server/publickey-server"
        private, given = self.read_key(private_path), self.settings.server_private
        if private and given and private != given:
            raise Refused(f"SERVER_PRIVATEKEY is another key than {self.volume.path(private_path)}, which the peers know; "
                          "leave the setting out, or delete the folder server and wg_confs/wg0.conf for a change of keys")
        if not private:
            if not given and self.volume.exists(public_path):
                raise Refused(f"{self.volume.path(private_path)} is missing, and its public key is there; restore it, or "
                              "delete the folder server for new keys")
            private = given or keys.make_private()
            self.volume.put(private_path, private + "\n")
        return PeerKeys(private, self.pair(private_path, public_path, private), "")

    def peer_keys(self, peer):
        """New peers get all keys. One that has been there before stays without a preshared key, if it has none."""
        private_path, public_path, preshared_path = (f"{peer.id}/{kind}key-{peer.id}" for kind in ("private", "public", "preshared"))
        private, public, preshared = (self.read_key(path) for path in (private_path, public_path, preshared_path))
        is_new = not private and not (public and self.volume.exists(conf_path(peer)))
        if not private and not public and not peer.public:
            private = keys.make_private()
            self.volume.put(private_path, private + "\n")
        if private:
            public = self.pair(private_path, public_path, private)
        elif not public:
            public = peer.public
            self.volume.put(public_path, public + "\n")
        if peer.public and peer.public != public:
            raise Refused(f"PEER_PUBLICKEY_{peer.token} is another key than {self.volume.path(public_path)}; leave the "
                          f"setting out, or delete the folder {peer.id} for the new key")
        if is_new and not preshared:
            preshared = keys.make_preshared()
            self.volume.put(preshared_path, preshared + "\n")
        return PeerKeys(private, public, preshared)

    # --- confs ---

    def is_stale(self, peer, own, server):
        text = self.volume.read(conf_path(peer))
        return text is None or server.public not in templates.values_of(text, "PublicKey") or \
            (own.private and own.private not in templates.values_of(text, "PrivateKey"))

    def make_conf(self, peer, own, server, template, addresses):
        if not own.preshared:
            template = templates.without_key(template, "PresharedKey")
        if not own.private:
            template = templates.without_key(template, "PrivateKey", f"# PrivateKey = the one that belongs to {own.public}\n")
        text = self.render("templates/peer.conf", template, peer_key_files(peer, own, server),
                           CLIENT_IP=", ".join(str(a) for a in addresses), PEER_ID=peer.id)
        image = conf_path(peer, ".png")
        if text == self.volume.read(conf_path(peer)) and self.volume.exists(image):
            return
        self.volume.put(conf_path(peer), text)
        rows = qr.matrix(text) if own.private else None
        if rows:
            self.volume.put(image, qr.png(rows))
        elif self.volume.exists(image):
            self.volume.remove(image)
        if own.private and not rows:
            say(f"{conf_path(peer)} is too long for a QR code; a shorter ALLOWEDIPS would help")


def server_key_files(server):
    """By the paths that templates name them with, wherever the volume is."""
    return {"/config/server/privatekey-server": server.private, "/config/server/publickey-server": server.public}


def peer_key_files(peer, own, server):
    files = {"/config/server/publickey-server": server.public, f"/config/{peer.id}/publickey-{peer.id}": own.public}
    if own.private:
        files[f"/config/{peer.id}/privatekey-{peer.id}"] = own.private
    if own.preshared:
        files[f"/config/{peer.id}/presharedkey-{peer.id}"] = own.preshared
    return files


def peer_section(peer, own, addresses):
    """IPv4 first, as the original has it."""
    allowed = [f"{a}/{a.max_prefixlen}" for a in reversed(addresses)] + ([peer.routed] if peer.routed else [])
    lines = ["[Peer]", f"# {peer.id}", f"PublicKey = {own.public}"]
    if own.preshared:
        lines.append(f"PresharedKey = {own.preshared}")
    lines.append(f"AllowedIPs = {','.join(allowed)}")
    if peer.keepalive:
        lines.append("PersistentKeepalive = 25")
    return "\n".join(lines) + "\n"
