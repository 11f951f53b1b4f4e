#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# hostile_data.sh over DPDK ports. net_af_packet hands on the beginning of a frame that is too large.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

{
	gateway_section
	gateway_peer 1
	gateway_peer 2 "AllowedIPs = 10.80.0.0/16, fd80::/16"
	gateway_peer 3 "AllowedIPs = 10.80.5.0/24, fd80:5::/32"
} >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
make_port_machines
start_gateway
address_ports
start_client 1
assert_ping cl1 10.88.0.2

in_namespace cl1 "$tests_dir/../peer/hostile_data.py" "$gateway_pid" "$(public gw)" frame_malformed 198.51.1.1 2001:db8:1::1

echo "an honest client"
assert_ping cl1 10.88.0.2
assert_ping lan fd77::11
