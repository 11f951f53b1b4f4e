#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# IPv4 and IPv6, inner and outer: each of the four pairs answers pings and carries TCP in both directions.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

start_pair v4
for outer in v4 v6; do
	call_over 1 "$outer"
	for inner in 10.77.0.1 fd77::1; do
		echo "outer $outer, inner $inner"
		assert_ping cl1 "$inner"
		iperf cl1 gw "$inner" 1
		iperf cl1 gw "$inner" 1 -R
	done
	[[ $(in_namespace cl1 wg show cl1 endpoints) == *"$("outer_$outer" 1 | cut -d ' ' -f 3)" ]] || fail "not over $outer"
done
expect_handshake 1
