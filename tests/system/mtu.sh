#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Packets of exactly the MTU pass whole, one byte more is refused by the kernel, larger pings pass as fragments.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

mtu=1420
ipv4_ping=$((mtu - 20 - 8))
ipv6_ping=$((mtu - 40 - 8))
start_pair v6
for from in cl1 gw; do
	[[ $from == cl1 ]] && to4=10.77.0.1 to6=fd77::1 || to4=10.77.0.11 to6=fd77::11
	for size in 0 1 7 8 15 16 17 $((ipv4_ping - 1)) $ipv4_ping; do
		assert_ping "$from" "$to4" -M "do" -s "$size" -c 2
	done
	assert_ping "$from" "$to6" -M "do" -s "$ipv6_ping"
	assert_no_ping "$from" "$to4" -M "do" -s $((ipv4_ping + 1))
	assert_ping "$from" "$to4" -s 4000
	assert_ping "$from" "$to6" -s 9000
done
