#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# ports.sh over AF_XDP sockets.
set -euo pipefail

if ! python3 -c 'import socket; socket.socket(44, socket.SOCK_RAW)' 2>/dev/null; then
	echo "skipped: this kernel has no AF_XDP, or this is not root"
	exit 77
fi
DRIVER=net_af_xdp exec "$(dirname "$0")/ports.sh"
