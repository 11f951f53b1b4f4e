#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# What the host allows: EAL raises the soft limit of descriptors, and where descriptors or memory end, one line says what
# to do.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters

# refused ULIMIT OPTIONS...: the gateway must not start; its last line is in `line`.
refused() {
	local limit=$1 status=0
	shift
	(ulimit -n "$limit" && in_namespace gw "$BUILD/control/wg-dpdk" "$@" -c gw.conf) >refused.log 2>&1 </dev/null || status=$?
	line=$(tail -n 1 refused.log)
	((status == 1)) || fail "status $status, not 1: $line"
}

echo "descriptors"
ulimit -Sn 200
start_pair v4
assert_ping cl1 10.77.0.1
assert_equal "the soft limit" "$(ulimit -Hn)" "$(awk '/^Max open files/ {print $4}' "/proc/$gateway_pid/limits")"
stop_gateway
read -ra eal <<<"$(eal_options 16)"
# EAL itself ends with fewer than about 80 for 16 workers: it needs four for each lcore.
for limit in 90 115 130 145; do
	refused "$limit" "${eal[@]}" --
	[[ $line == *"Too many open files; $limit are allowed: raise the limit"* ]] || fail "the limit is not named: $line"
done

echo "memory"
echo "mbufs = 16777216;" >>gw.conf
refused 1024
[[ $line == *"no memory for the packet buffers; set a smaller mbufs, or give more memory: "* ]] ||
	fail "memory is not named: $line"
