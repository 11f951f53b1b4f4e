#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# AllowedIPs 0.0.0.0/0 and ::/0: everything goes through the tunnel but the tunnel's own packets, as with wg-quick.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
{ gateway_section && gateway_peer 1 "AllowedIPs = 0.0.0.0/0, ::/0" "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" "Address = 192.0.2.1/32, 2001:db8:99::1/128" && client_peer 1; } >cl1.conf
make_machines 1
start_client 1
start_gateway
assert_ping gw 192.0.2.1
assert_ping gw 2001:db8:99::1
assert_ping cl1 10.77.0.1
