#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Packets go to the peer with the longest prefix. An inner source is right only when the longest prefix over all peers
# is the sender's own; others are dropped, every one of them counted by name.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# Client 1 owns 10.77.1.0/24 and fd77:1::/64, but for one address of each, which is client 2's.
{
	gateway_section
	gateway_peer 1 "AllowedIPs = 10.77.1.0/24, fd77:1::/64"
	gateway_peer 2 "AllowedIPs = 10.77.1.200/32, fd77:1::200/128"
} >wg0.conf
for n in 1 2; do
	{
		client_section "$n" "Address = 10.77.1.200/32, fd77:1::200/128, 10.99.0.1/32, fd99::1/128"
		client_peer "$n" "$(outer_v4 "$n")"
	} >"cl$n.conf"
done
make_machines 2
start_gateway
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
assert_ping cl2 10.77.0.1

echo "the more specific prefix gets the packets"
for address in 10.77.1.200 fd77:1::200; do
	before=$(received_bytes 1)
	assert_ping gw "$address"
	assert_equal "bytes that went to the other peer" 0 "$(($(received_bytes 1) - before))"
	assert_ping cl2 "$(sed 's/1.200/0.1/; s/:1::200/::1/' <<<"$address")" -I "$address"
done

echo "a source of another peer, and of nobody, is dropped"
assert_no_ping cl1 10.77.0.1 -I 10.77.1.200
assert_no_ping cl1 fd77::1 -I fd77:1::200
assert_no_ping cl1 10.77.0.1 -I 10.99.0.1
assert_no_ping cl2 fd77::1 -I fd99::1
needs_counters
expect 5 "12 packets were dropped for their source" drop_count_is inner_source 12
