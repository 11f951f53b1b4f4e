#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The kernel's routes and neighbours steer the fast path: two ways lead to a host behind the gateway. `ip route change`
# moves its traffic without a lost packet, a cable that is pulled moves it to the other way, and the kernel's neighbour
# table says where on the link.
# Runs alone: a machine that stands still for a moment overflows queues.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# received DEV: packets that the host behind got over it
received() {
	in_namespace lan cat "/sys/class/net/$1/statistics/rx_packets"
}

# assert_way DEV: pings to the host behind arrive there
assert_way() {
	local before
	before=$(received "$1")
	assert_ping cl1 10.99.0.1
	assert_ping cl1 fd99::1
	(($(received "$1") - before >= 10)) || fail "the packets do not come over $1"
}

comes_over() {
	local before
	before=$(received "$1")
	answers cl1 10.99.0.1 && answers cl1 fd99::1 && (($(received "$1") - before >= 2))
}

# stream_survives COMMAND...: no packet of a stream to the host behind is lost while the command runs.
stream_survives() {
	local sender
	in_namespace cl1 "$tests_dir/udp_stream.py" send 10.99.0.1 7000 6 >stream.log &
	sender=$!
	sleep 0.5
	"$@"
	wait "$sender" || fail "packets were lost: $(cat stream.log)"
	cat stream.log
}

swap_ways() {
	local i
	for ((i = 0; i < 10; i++)); do
		in_namespace gw ip route change 10.99.0.1 via 10.89.0.2
		sleep 0.2
		in_namespace gw ip route change 10.99.0.1 via 10.88.0.2
		sleep 0.2
	done
}

many_routes() {
	seq 1 20000 | awk '{printf "route add 10.%d.%d.%d/32 via 10.88.0.2\n", 100 + $1 / 65536, $1 / 256 % 256, $1 % 256}' >routes
	in_namespace gw ip -batch routes
	sed -i 's/add/del/' routes
	in_namespace gw ip -batch routes
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.99.0.0/24, fd99::/64" "$(outer_v4 1)"; } >cl1.conf
make_port_machines
nic_cable lan2 lan net2
nic_host lan net2 10.89.0.2/24 fd89::2/64
nic_host lan lo 10.99.0.1/32 fd99::1/128
add_port lan2
start_gateway
address_ports
port_addresses lan2 10.89.0.1/24 fd89::1/64
in_namespace gw ip route add 10.99.0.1 via 10.88.0.2
in_namespace gw ip route add fd99::1 via fd88::2
in_namespace lan "$tests_dir/udp_stream.py" echo 10.99.0.1 7000 &
expect 5 "the echo server listens" listens lan udp 7000
start_client 1
assert_way net

echo "ip route change"
in_namespace gw ip route change 10.99.0.1 via 10.89.0.2
in_namespace gw ip route change fd99::1 via fd89::2
assert_way net2
# The gateway knows both neighbours now: what follows is about routes alone.
stream_survives swap_ways
stream_survives many_routes

echo "a route of two ways"
in_namespace gw ip route change 10.99.0.1 nexthop via 10.88.0.2 nexthop via 10.89.0.2
assert_ping cl1 10.99.0.1

echo "a cable is pulled, and put back"
in_namespace gw ip route replace 10.99.0.1 via 10.88.0.2 metric 0
in_namespace gw ip route replace fd99::1 via fd88::2 metric 1
in_namespace gw ip route append 10.99.0.1 via 10.89.0.2 metric 500
in_namespace gw ip route append fd99::1 via fd89::2 metric 500
assert_way net
in_namespace gw sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1 net.ipv6.conf.all.ignore_routes_with_linkdown=1
in_namespace lan ip route add 10.77.0.0/24 via 10.89.0.1 metric 500
in_namespace lan ip route add fd77::/64 via fd89::1 metric 2000
in_namespace lan ip link set net down
expect 10 "the way is the other one" answers cl1 10.99.0.1
grep -q "port lan: link down" gw.log || fail "the gateway did not see that the cable is out"
assert_ping cl1 10.99.0.1
assert_ping cl1 fd99::1
in_namespace lan ip link set net up
nic_host lan net fd88::2/64
expect 10 "the cable is in" grep -q "port lan: link up" gw.log
expect 10 "the first way is back" comes_over net
assert_way net

echo "a neighbour has another MAC address"
in_namespace lan ip link set net address 02:00:00:00:00:77
in_namespace gw ip neigh flush dev lan
assert_ping cl1 10.99.0.1
