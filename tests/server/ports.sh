#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# serve.sh with WG_DPDK_PORTS: the server shares its NIC with the kernel by AF_XDP, and its datagrams come through the port.
set -euo pipefail
cd "$(dirname "$0")"

((EUID == 0)) || { echo "skipped: needs root for network namespaces"; exit 77; }
python3 -c 'import socket; socket.socket(44, socket.SOCK_RAW)' 2>/dev/null || { echo "skipped: this kernel has no AF_XDP"; exit 77; }
[[ -f ${BUILD:-../../build}/dataplane/io/xdp/take_udp.bpf.o ]] || { echo "skipped: this build cannot share a NIC: no clang or no libbpf"; exit 77; }
WG_DPDK_PORTS=wan=net_af_xdp0,iface=to-cl1 exec ./serve.sh
