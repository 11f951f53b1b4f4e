#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A VLAN link on the twin is the port, tagged: a client whose cable carries a tag, and a host behind another one.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# tagged NAMESPACE DEV: a VLAN link DEV.7 on it
tagged() {
	in_namespace "$1" ip link add link "$2" name "$2.7" type vlan id 7
	in_namespace "$1" ip link set "$2.7" up
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
make_port_machines
tagged cl1 net 2>/dev/null || skip "this kernel has no VLAN links"
tagged lan net
for machine in cl1 lan; do
	in_namespace "$machine" ip addr flush dev net
done
nic_host cl1 net.7 198.51.1.2/24 2001:db8:1::2/64
nic_host lan net.7 10.88.0.2/24 fd88::2/64
in_namespace lan ip route add 10.77.0.0/24 via 10.88.0.1
in_namespace lan ip route add fd77::/64 via fd88::1
start_gateway
tagged gw wan
tagged gw lan
port_addresses wan.7 198.51.1.1/24 2001:db8:1::1/64
port_addresses lan.7 10.88.0.1/24 fd88::1/64
start_client 1
for outer in v4 v6; do
	call_over 1 "$outer"
	assert_ping cl1 10.88.0.2
	assert_ping cl1 fd88::2
	assert_fast "TCP with tags" iperf cl1 lan 10.88.0.2 2
	assert_fast "TCP with tags, back" iperf cl1 lan fd88::2 2 -R
done
