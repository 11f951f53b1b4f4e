#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Without traffic the gateway sleeps: under 1 % of a core. IDLE_SECONDS: how long to look, default 10.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

seconds=${IDLE_SECONDS:-10}

# cpu_ticks: of all threads, in hundredths of a second
cpu_ticks() {
	awk '{sub(/^.*\) /, ""); print $12 + $13}' "/proc/$gateway_pid/stat"
}

start_pair v4
assert_ping cl1 10.77.0.1
sleep 1
before=$(cpu_ticks)
sleep "$seconds"
used=$(($(cpu_ticks) - before))
echo "CPU time: $((used * 10)) ms in $seconds s"
assert_less "hundredths of a core-second used" "$used" $((seconds + 1))
assert_ping cl1 10.77.0.1
