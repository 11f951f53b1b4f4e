#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A VLAN link on the twin is the port, tagged: a client whose cable carries a tag, and a host behind another one. Frames of
# a VLAN without a link are the kernel's, which drops them.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# tagged NAMESPACE DEV ID: a VLAN link DEV.ID on it
tagged() {
	in_namespace "$1" ip link add link "$2" name "$2.$3" type vlan id "$3"
	in_namespace "$1" ip link set "$2.$3" up
}

# call_in_vlan_9: what lan sends to the client has this tag, to the MAC address that answered in VLAN 7
call_in_vlan_9() {
	local mac address
	mac=$(in_namespace gw cat /sys/class/net/lan/address)
	tagged lan net 9
	for address in 10.88.0.1 fd88::1; do
		in_namespace lan ip neigh replace "$address" lladdr "$mac" dev net.9
		in_namespace lan ip route replace "$address" dev net.9
	done
	in_namespace lan ip route replace 10.77.0.0/24 via 10.88.0.1 src 10.88.0.2
	in_namespace lan ip route replace fd77::/64 via fd88::1 src fd88::2
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
make_port_machines
tagged cl1 net 7 2>/dev/null || skip "this kernel has no VLAN links"
tagged lan net 7
for machine in cl1 lan; do
	in_namespace "$machine" ip addr flush dev net
done
nic_host cl1 net.7 198.51.1.2/24 2001:db8:1::2/64
nic_host lan net.7 10.88.0.2/24 fd88::2/64
in_namespace lan ip route replace 10.77.0.0/24 via 10.88.0.1
in_namespace lan ip route replace fd77::/64 via fd88::1
start_gateway
tagged gw wan 7
tagged gw lan 7
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

call_in_vlan_9
assert_no_ping lan 10.77.0.11
assert_no_ping lan fd77::11
tagged gw lan 9
expect 10 "the gateway takes VLAN 9" answers lan 10.77.0.11
assert_ping lan fd77::11
