#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# More changes of interfaces than the kernel keeps news of: the MTU is the last one, and an interface that was moved
# to another namespace is not taken for deleted.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
start_pair v4
assert_ping cl1 10.77.0.1

# flood INTERFACE: more news than fit, while the gateway does not read any.
flood() {
	local i
	for ((i = 0; i < 1000; i++)); do
		echo "link set $1 mtu $((1300 + i % 2))"
	done >flood
	in_namespace gw ip -batch flood
}

echo "the last MTU counts"
kill -STOP "$gateway_pid"
flood wg0
in_namespace gw ip link set wg0 mtu 1380
kill -CONT "$gateway_pid"
assert_ping cl1 10.77.0.1
print_counters
[[ $(grep "^interface wg0 " gw.log | tail -n 1) == *" mtu=1380 "* ]] || fail "the gateway has another MTU than 1380"

echo "a moved interface lives on"
ip netns add elsewhere
kill -STOP "$gateway_pid"
in_namespace gw ip link set wg0 netns elsewhere
flood to-cl1
kill -CONT "$gateway_pid"
in_namespace gw ip link set to-cl1 mtu 1500
print_counters
in_namespace elsewhere ip addr add 10.77.0.1/24 dev wg0
in_namespace elsewhere ip link set wg0 up
assert_ping cl1 10.77.0.1
gateway_is_alive || fail "the gateway stopped"

