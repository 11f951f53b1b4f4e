#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Packets that wait for a session are sent when it is there: the first of a burst comes back, from either side.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

start_pair v4
assert_ping cl1 fd77::1 -c 1
stop_gateway

{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821"; } >wg0.conf
in_namespace cl1 wg set cl1 listen-port 51821
start_gateway
assert_ping gw 10.77.0.11 -c 100 -i 0.002
