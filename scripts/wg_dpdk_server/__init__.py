# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""A WireGuard server from a few settings: keys, configurations and QR codes in a volume, and the gateway that serves them."""
