#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A preshared key on both sides works in either role; with different ones no session comes up in either role.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

umask 077
wg genpsk >right.psk
wg genpsk >wrong.psk

# start_with GATEWAY_PSK CLIENT_PSK
start_with() {
	{ gateway_section && gateway_peer 1 "PresharedKey = $(cat "$1.psk")" "Endpoint = 198.51.1.2:51821"; } >wg0.conf
	{ client_section 1 "ListenPort = 51821" && client_peer 1 "$(outer_v4 1)" "PresharedKey = $(cat "$2.psk")"; } >cl1.conf
	start_gateway
	start_client 1
}

make_machines 1
for first in cl1,10.77.0.1 gw,10.77.0.11; do
	start_with right right
	assert_ping "${first%,*}" "${first#*,}"
	expect_handshake 1
	stop_gateway
	stop_client 1

	start_with right wrong
	assert_no_ping "${first%,*}" "${first#*,}"
	stop_gateway
	stop_client 1
done
