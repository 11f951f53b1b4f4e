#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Two peers of the gateway send what no honest one would: malformed, forged, replayed and ancient data messages, and inner
# packets in the name of others. Every one is counted by name, nothing is answered, and sessions go on.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
# Both live on the machine of client 2.
{
	gateway_section
	gateway_peer 1
	gateway_peer 2 "AllowedIPs = 10.80.0.0/16, fd80::/16"
	gateway_peer 3 "AllowedIPs = 10.80.5.0/24, fd80:5::/32"
} >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 2
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

in_namespace cl2 "$tests_dir/../peer/hostile_data.py" "$gateway_pid" "$(public gw)" outer_too_big 198.51.2.1 2001:db8:2::1

echo "an honest client"
assert_ping cl1 10.77.0.1
assert_ping gw fd77::11
