#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Either side restarts and the tunnel comes back by itself.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

start_pair v4
assert_ping cl1 10.77.0.1

echo "the client restarts, and not even the first answer is lost"
for _ in 1 2 3 4 5; do
	stop_client 1
	start_client 1
	assert_ping cl1 10.77.0.1
done

# The client finds out after Keepalive-Timeout + Rekey-Timeout, 15 s, that nobody answers.
echo "the gateway restarts"
stop_gateway
start_gateway
expect 25 "the client has a new session" answers cl1 10.77.0.1
assert_ping cl1 fd77::1

echo "the gateway is killed and starts again"
kill_gateway
if [[ $GATEWAY == wireguard-go ]]; then
	rm -f /run/wireguard/wg0.sock
fi
expect 5 "the interface went away with its process" eval '! in_namespace gw ip link show wg0 >/dev/null 2>&1'
start_gateway
expect 25 "the client has a new session" answers cl1 10.77.0.1
