# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The volume's templates. They look like here-documents of a shell, but are none: known names and the keys are put in,
nothing is run, and whatever else a shell would act upon is an error."""

import re

from .errors import Refused

SERVER = """\
[Interface]
Address = ${INTERFACE}.1
ListenPort = 51820
PrivateKey = $(cat /config/server/privatekey-server)
PostUp = iptables -A FORWARD -i %i -j ACCEPT; iptables -A FORWARD -o %i -j ACCEPT; iptables -t nat -A POSTROUTING -o eth+ -j MASQUERADE
PostDown = iptables -D FORWARD -i %i -j ACCEPT; iptables -D FORWARD -o %i -j ACCEPT; iptables -t nat -D POSTROUTING -o eth+ -j MASQUERADE
"""

PEER = """\
[Interface]
Address = ${CLIENT_IP}
PrivateKey = $(cat /config/${PEER_ID}/privatekey-${PEER_ID})
ListenPort = 51820
DNS = ${PEERDNS}

[Peer]
PublicKey = $(cat /config/server/publickey-server)
PresharedKey = $(cat /config/${PEER_ID}/presharedkey-${PEER_ID})
Endpoint = ${SERVERURL}:${SERVERPORT}
AllowedIPs = ${ALLOWEDIPS}
"""

# The server's own addresses stand in templates as the subnet's first three fields and .1.
OWN_ADDRESS = re.compile(r"\$\{INTERFACE\}\.1(?![\d.])")
NAME = re.compile(r"\$\{(\w+)\}|\$(\w+)")
PIECE = re.compile(r"\$\(\s*cat\s+([^()`]*)\)|\$\{(\w+)\}|\$(\w+)|[$`]")


def render(name, text, values, keys):
    """NAME is for errors; VALUES are the names' texts; KEYS the texts of the files that may be put in, by their paths."""

    def value(variable, line):
        if variable not in values:
            raise Refused(f"{name}:{line}: ${{{variable}}} is not known; there are: {', '.join(sorted(values))}")
        return values[variable]

    def piece(match, line):
        path, braced, bare = match.groups()
        if braced or bare:
            return value(braced or bare, line)
        if path is None:
            raise Refused(f"{name}:{line}: {match[0]} is for shells, and templates are not run; "
                          "allowed: ${NAME} and $(cat KEYFILE)")
        path = NAME.sub(lambda inner: value(inner[1] or inner[2], line), path).strip().strip("\"'")
        if path not in keys:
            raise Refused(f"{name}:{line}: {path} is none of this file's keys: {', '.join(keys)}")
        return keys[path]

    lines = OWN_ADDRESS.sub("${OWN_ADDRESS}", text).splitlines()
    return "".join(PIECE.sub(lambda match, at=at: piece(match, at), line) + "\n" for at, line in enumerate(lines, 1))


def with_preshared_key(text):
    """A template from the times before preshared keys gets its line."""
    if has_key(text, "PresharedKey"):
        return text
    line = "PresharedKey = $(cat /config/${PEER_ID}/presharedkey-${PEER_ID})\n"
    return re.sub(r"^(?=\s*Endpoint\s*=)", line, text, count=1, flags=re.M | re.I)


def has_key(text, key):
    return re.search(rf"^\s*{key}\s*=", text, re.M | re.I) is not None


def without_key(text, key, instead=""):
    return re.sub(rf"^[ \t]*{key}[ \t]*=.*\n?", lambda _: instead, text, flags=re.M | re.I)


def values_of(text, key):
    """The values of a key of a conf file, of all its lines and lists."""
    lines = re.findall(rf"^[ \t]*{key}[ \t]*=([^#\n]*)", text, re.M | re.I)
    return [value.strip() for line in lines for value in line.split(",") if value.strip()]
