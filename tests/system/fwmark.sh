#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# FwMark is on every outer packet: here only marked packets may leave the gateway.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

{ gateway_section "FwMark = 0x4d" && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 1
for family in -4 -6; do
	in_namespace gw ip $family rule add pref 10 fwmark 0x4d lookup main
	in_namespace gw ip $family rule add pref 11 iif lo oif to-cl1 prohibit
done
in_namespace gw ip rule add pref 12 to 198.51.1.0/24 prohibit
in_namespace gw ip -6 rule add pref 12 to 2001:db8:1::/64 prohibit
start_gateway
start_client 1
assert_no_ping gw 198.51.1.2
assert_ping cl1 10.77.0.1
call_over 1 v6
assert_ping cl1 fd77::1
