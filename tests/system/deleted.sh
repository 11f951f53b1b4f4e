#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# `ip link del` ends the gateway with status 0, also after the interface was moved to another namespace, where it
# worked until then.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters

# expect_end: the gateway ends by itself, with status 0
expect_end() {
	local status=0 pid=$gateway_pid
	gateway_pid=""
	wait_for 10 is_gone "$pid" || fail "the gateway did not end"
	wait "$pid" || status=$?
	assert_equal "status" 0 "$status"
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 1
start_client 1
start_gateway
assert_ping cl1 10.77.0.1
in_namespace gw ip link del wg0
expect_end

start_gateway
ip netns add inner
in_namespace gw ip link set wg0 netns inner
ip -n inner addr add 10.77.0.1/24 dev wg0
ip -n inner link set wg0 up
# The client keeps its old session until it notices; a new key exchange makes it notice now.
stop_client 1
start_client 1
assert_ping cl1 10.77.0.1
ip -n inner link del wg0
expect_end
