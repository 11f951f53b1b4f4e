#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# SIGTERM and SIGINT end it with status 0 and leave the host as it was: interfaces, addresses, routes, policy rules.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

host_state() {
	in_namespace gw sh -c 'ip -br addr; ip rule; ip -6 rule; ip route show table all; ip -6 route show table all' |
		sed 's/fe80::[^ ]*//' | grep -v 'proto kernel' | sort
}

{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 1
start_client 1
before=$(host_state)
for signal in TERM INT; do
	for allowed in 10.50.0.0/16,fd50::/64 0.0.0.0/0,::/0; do
		echo "SIG$signal, allowed IPs $allowed"
		{ gateway_section && gateway_peer 1 "AllowedIPs = $allowed"; } >wg0.conf
		start_gateway
		in_namespace gw ip link show wg0 >/dev/null
		stop_gateway "$signal"
		assert_equal "the host after the gateway" "$before" "$(host_state)"
	done
done
[[ $GATEWAY == wireguard-go ]] || grep -q '^interface wg0' gw.log || fail "no counters at the end"
