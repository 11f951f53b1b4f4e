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

# More than one mailbox of them, and some that are on their way to control while the session comes: none stays behind.
stop_gateway
in_namespace cl1 wg set cl1 listen-port 51822
{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51822"; } >wg0.conf
start_gateway
in_namespace gw timeout 2 python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for i in range(10):
        s.sendto(bytes(100), ("10.77.0.11", 9))
    time.sleep(0.001)' || true
if [[ $GATEWAY == wg-dpdk ]]; then
	assert_equal "packets that still wait" 0 "$(peer_counter cl1 staged)"
fi
