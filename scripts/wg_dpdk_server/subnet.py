# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The tunnel's addresses. A peer has one number in all networks of the tunnel; the server has number 1."""

import ipaddress

from .errors import Refused, say

SERVER = 1
PEERS_MAX = 1 << 20  # what a gateway holds


class Subnet:
    """At most one network of each family, IPv6 first: who looks for the last word of an Address line finds IPv4."""

    def __init__(self, text):
        self.text = text
        self.networks = sorted((network(word.strip()) for word in text.split(",")), key=lambda n: -n.version)
        if len({n.version for n in self.networks}) != len(self.networks):
            raise ValueError
        self.last = min(n.num_addresses - (2 if n.version == 4 else 1) for n in self.networks)
        if self.last <= SERVER:
            raise ValueError
        self.own = self.addresses(SERVER)
        # What templates and saved settings know it by: the IPv4 network without its last field.
        named = self.networks[-1].network_address
        self.interface = str(named).rpartition(".")[0] or str(named)

    def addresses(self, number):
        return [n.network_address + number for n in self.networks]

    def number(self, address):
        """The number of an address that a peer may have; None: it may not."""
        for n in self.networks:
            if n.version == address.version and address in n:
                found = int(address) - int(n.network_address)
                return found if SERVER < found <= self.last else None
        return None


def network(word):
    """Without a mask: as large as the usual network of its family."""
    if "/" not in word:
        word += "/64" if ":" in word else "/24"
    return ipaddress.ip_network(word, strict=False)


class Assignment:
    """Who has which addresses. FOUND are the addresses in each peer's conf by its id, also of peers not listed now."""

    def __init__(self, subnet, old, found):
        self.subnet = subnet
        self.old = old
        self.taken = set(subnet.own)
        self.found = found
        self.next = SERVER + 1

    def assign(self, peers):
        """Returns each listed peer's addresses by its id: what it has, else what it had moved to the new subnet,
        else the next free ones. Addresses of folders that are not listed stay theirs."""
        result, homeless = {}, []
        listed = {peer.id for peer in peers}
        for peer in peers:
            kept = self.keep(peer.id)
            if kept:
                result[peer.id] = kept
            else:
                homeless.append(peer)
        for name, addresses in self.found.items():
            if name not in listed:
                self.taken.update(addresses)
        for peer in homeless:
            result[peer.id] = self.move(peer.id) or self.take_next(len(peers))
        return {name: self.complete(addresses, len(peers)) for name, addresses in result.items()}

    def keep(self, name):
        kept = [a for a in self.found.get(name, ()) if self.subnet.number(a) is not None]
        if not set(kept).isdisjoint(self.taken):
            say(f"{name} has an address of another peer, {kept[-1]}, and gets a new one")
            self.found[name] = []
            return []
        self.taken.update(kept)
        return kept

    def move(self, name):
        for address in self.found.get(name, ()):
            if self.old is not None and self.old.interface == self.subnet.interface:
                raise Refused(
                    f"{name} has {address}, which is not in INTERNAL_SUBNET={self.subnet.text}; give a subnet that holds "
                    f"it (a mask counts here), or delete the Address line of {name}/{name}.conf for a new address")
            number = self.old and self.old.number(address)
            if number and number <= self.subnet.last and self.is_free(number):
                return self.take(number)
        return []

    def is_free(self, number):
        return self.taken.isdisjoint(self.subnet.addresses(number))

    def take(self, number):
        addresses = self.subnet.addresses(number)
        self.taken.update(addresses)
        return addresses

    def take_next(self, n_peers):
        while self.next <= self.subnet.last:
            self.next += 1
            if self.is_free(self.next - 1):
                return self.take(self.next - 1)
        raise Refused(f"INTERNAL_SUBNET={self.subnet.text} has room for {self.subnet.last - SERVER} peers, and "
                      f"{n_peers} are asked for beside those whose folders are kept; give a larger one, such as 10.13.0.0/16")

    def complete(self, addresses, n_peers):
        """A peer from before a family was added gets its number there."""
        missing = [n for n in self.subnet.networks if n.version not in {a.version for a in addresses}]
        for n in missing:
            address = n.network_address + self.subnet.number(addresses[0])
            if address in self.taken:
                address = next(a for a in self.take_next(n_peers) if a.version == n.version)
            self.taken.add(address)
            addresses = addresses + [address]
        return sorted(addresses, key=lambda a: -a.version)
