#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Two workers share one interface: several clients, several flows, both directions.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

n_workers=2
{ gateway_section && gateway_peer 1 && gateway_peer 2; } >wg0.conf
for n in 1 2; do
	{ client_section "$n" && client_peer "$n" "$(outer_v6 "$n")"; } >"cl$n.conf"
done
make_machines 2
start_gateway
start_client 1
start_client 2
for inner in 10.77.0.1 fd77::1; do
	assert_ping cl1 "$inner" -c 50 -i 0.01
	assert_ping cl2 "$inner" -c 50 -i 0.01
	iperf cl1 gw "$inner" 2 -P 4
	iperf cl2 gw "$inner" 2 -P 4 -R
	assert_less "longest stall in s" "$stall" 1
done
