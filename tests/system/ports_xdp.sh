#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# ports.sh over AF_XDP sockets.
DRIVER=net_af_xdp exec "$(dirname "$0")/ports.sh"
