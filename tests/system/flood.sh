#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Initiations from ten thousand invented addresses, with a wrong mac1 and then with a right one, at a gateway with an lcore for
# handshakes. A session is renewed meanwhile, a new client comes in, memory does not grow, and what has a wrong mac1 reaches
# nobody. Sessions are short, with a rekey every 4 s. RATE, of each flood in messages a second, default 5000.
HANDSHAKE_LCORES=${HANDSHAKE_LCORES:-1}
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
sender=$BUILD/tests/bench/handshake_flood
[[ -x $sender ]] || skip "$sender is not built"
use_short_sessions
rate=${RATE:-5000}

# start_flood good|bad: ends with the test at the latest
start_flood() {
	ip netns exec flooder "$sender" "$(public gw)" "$1" 198.51.9.1 51820 10000 "$rate" 120 >flood.out &
	flood_pid=$!
}

end_flood() {
	kill "$flood_pid"
	wait "$flood_pid"
	cat flood.out
}

dropped_more_than() {
	(($(drop_count "$1") > $2))
}

is_renewed() {
	(($(handshake_time 1) > before))
}

resident_kb() {
	awk '/^VmRSS/ {print $2}' "/proc/$gateway_pid/status"
}

# survives KIND COUNTER N: under a flood of that kind, of which COUNTER counts more than N messages. Client 2 is a new one.
survives() {
	local kb
	echo "a flood of initiations with a $1 mac1"
	start_flood "$1"
	expect 60 "the flood is seen" dropped_more_than "$2" "$3"
	kb=$(resident_kb)
	before=$(handshake_time 1)
	expect 60 "the session of client 1 is renewed" renews
	start_client 2
	expect 60 "client 2 comes in" answers cl2 10.77.0.1
	stop_client 2
	assert_ping cl1 10.77.0.1 -c 3 -i 0.2 -W 5
	end_flood
	echo "$2: $(drop_count "$2"); resident memory $kb KB, later $(resident_kb) KB"
	assert_less "growth of resident memory, KB" "$(($(resident_kb) - kb))" 2048
}

# renews: the gateway has something to send, and so a reason to renew.
renews() {
	answers gw 10.77.0.11 || true
	is_renewed
}

{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821" && gateway_peer 2; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
{ client_section 2 && client_peer 2 "$(outer_v4 2)"; } >cl2.conf
make_machines 2
make_namespace flooder
link_namespaces gw to-flooder flooder net "198.51.9 2001:db8:9"
in_namespace gw ip route add 10.66.0.0/16 via 198.51.9.2
start_client 1
start_gateway
assert_ping gw 10.77.0.11 -c 1
expect_handshake 1

survives bad outer_bad_mac 10000
assert_equal "cookies for a wrong mac1" 0 "$(drop_count outer_cookie_sent)"
assert_equal "messages that control had no time for" 0 "$(drop_count outer_mailbox_full)"
survives good outer_cookie_sent 1000
