#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A worker that falls asleep is woken by the next packet, whenever it comes: thousands of single packets, none is lost
# and none waits for a later one. WAKE_PACKETS: how many in each direction, default 1000.
# Runs alone: a machine that stands still for a moment overflows queues.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

n=${WAKE_PACKETS:-1000}
start_pair v4
assert_ping cl1 10.77.0.1
for interval in 0.003 0.007; do
	for from in cl1,10.77.0.1 gw,fd77::11; do
		assert_ping "${from%,*}" "${from#*,}" -c "$n" -i $interval
	done
done
