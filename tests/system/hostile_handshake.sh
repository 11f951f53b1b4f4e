#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Strangers and peers of the gateway send handshake messages that no honest one would: forged, replayed, old, low-order and
# unasked ones. Every one is counted by name, nothing is answered, and sessions go on; then an honest client comes in.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
# Clients 2 to 5 live on the machine of client 2.
(umask 077 && wg genpsk >psk.key)
{
	gateway_section
	gateway_peer 1
	gateway_peer 2
	gateway_peer 3
	gateway_peer 4 "PresharedKey = $(cat psk.key)" "Endpoint = 198.51.2.2:51824"
	gateway_peer 5
} >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 2
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

in_namespace cl2 "$tests_dir/../peer/hostile_handshake.py" "$gateway_pid" "$(public gw)" 198.51.2.1

echo "an honest client, and as a new one"
assert_ping gw 10.77.0.11
stop_client 1
start_client 1
assert_ping cl1 10.77.0.1
