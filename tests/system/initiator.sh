#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The gateway calls: wireguard-go knows no endpoint, the gateway does. The packet that makes the session is not lost.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

for outer in 198.51.1.2 '[2001:db8:1::2]'; do
	echo "outer $outer"
	{ gateway_section && gateway_peer 1 "Endpoint = $outer:51821"; } >wg0.conf
	{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
	[[ -e /run/netns/gw ]] || make_machines 1
	start_client 1
	start_gateway
	assert_ping gw 10.77.0.11 -c 1
	assert_ping gw fd77::11
	assert_ping cl1 10.77.0.1
	expect_handshake 1
	stop_gateway
	stop_client 1
done
