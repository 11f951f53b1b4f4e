# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""What a person is told."""

import sys


class Refused(Exception):
    """Something that was asked for cannot be done; the text says what, and what to do next."""


def say(text):
    print(f"wg-dpdk-server: {text}", file=sys.stderr, flush=True)
