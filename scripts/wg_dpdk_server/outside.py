# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""SERVERURL=auto: where clients reach this machine."""

import ipaddress
import socket

from .errors import Refused, say

PATIENCE_S = 10
ANSWER_MAX = 64  # bytes; an address has at most 45


def resolve(settings, saved):
    """The address to tell clients. When nobody answers, that of the last start: peers have it already."""
    if settings.url.lower() != "auto":
        return settings.url
    try:
        return by_route() if settings.url_from == "route" else by_asking(settings.url_from)
    except (OSError, ValueError) as error:
        if saved:
            say(f"SERVERURL=auto: {settings.url_from} gives no address ({error}); {saved} of the last start is kept")
            return saved
        raise Refused(f"SERVERURL=auto: {settings.url_from} gives no address ({error}); give SERVERURL, or another "
                      "SERVERURL_FROM") from None


def by_asking(url):
    # Takes longer to load than all the rest.
    import urllib.request

    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return str(ipaddress.ip_address(answer.read(ANSWER_MAX).decode("ascii").strip()))


def by_route():
    """The source address of the way to the internet; connecting a UDP socket sends nothing."""
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
                return probe.getsockname()[0]
            except OSError as error:
                reason = error
    raise reason
