#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Floods of initiations, with and without a right mac1, from one address and from a thousand. The session that stands goes on,
# a new client gets in by a cookie, strangers get nothing but cookies or silence, and none for that of somebody else; and the
# gateway uses a cookie, too.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# flood SECONDS SOURCES [bad]: from the machine of client 2, whose addresses are all of 10.66.0.0/16
flood() {
	local seconds=$1 sources=$2
	shift 2
	in_namespace cl2 "$tests_dir/flood.py" "$(public gw)" 198.51.2.1 51820 10.66.0.0/16 "$sources" "$seconds" "$@" >flood.out
}

# flood_client_4 SECONDS: from the gateway's machine
flood_client_4() {
	in_namespace gw "$tests_dir/flood.py" "$(public cl4)" 198.51.4.2 51821 198.51.4.1/32 1 "$1" >flood.out
}

# end_flood PID: of a flood in the background
end_flood() {
	touch flood.stop
	wait "$1"
	rm flood.stop
	assert_some "sent" "$(flooded sent)"
	assert_some "cookies" "$(flooded replies)"
	assert_equal "other answers" 0 "$(flooded other)"
}

# flooded NAME: what the last flood says: sent, replies or other
flooded() {
	tr ' ' '\n' <flood.out | grep -A 1 "^$1\$" | tail -n 1
}

# comes_in_by_a_cookie: client 3 starts anew, and is asked for a cookie before it has its session. Now and then a token of
# the common bucket is left for it, and it comes in without.
comes_in_by_a_cookie() {
	[[ -z ${client_pids[3]:-} ]] || stop_client 3
	start_client 3
	answers cl3 10.77.0.1 || true
	expect 20 "client 3 has a handshake" has_handshake 3
	assert_ping cl3 10.77.0.1
	grep -q 'Receiving cookie response' cl3.log
}

cookies_were_sent() {
	(($(drop_count outer_cookie_sent) > n_cookies))
}

assert_some() {
	(($2 > 0)) || fail "$1: none"
	echo "$1: $2"
}

needs_counters
{ gateway_section && gateway_peer 1 && gateway_peer 3 && gateway_peer 4 "Endpoint = 198.51.4.2:51821"; } >wg0.conf
for n in 1 3; do
	{ client_section "$n" && client_peer "$n" "$(outer_v4 "$n")"; } >"cl$n.conf"
done
{ client_section 4 "ListenPort = 51821" && client_peer 4; } >cl4.conf
make_machines 4
in_namespace cl2 ip route add local 10.66.0.0/16 dev lo
in_namespace cl2 ip route add default via 198.51.2.1
in_namespace gw ip route add 10.66.0.0/16 via 198.51.2.2
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

echo "wrong mac1: silence"
flood 2 1000 bad
assert_some "sent" "$(flooded sent)"
assert_equal "answers to a wrong mac1" "0 0" "$(flooded replies) $(flooded other)"
assert_some "dropped" "$(drop_count outer_bad_mac)"
assert_equal "cookies sent" 0 "$(drop_count outer_cookie_sent)"

echo "one address: its own bucket, then cookies"
flood 2 1
assert_some "sent" "$(flooded sent)"
assert_some "cookies" "$(flooded replies)"
assert_equal "other answers" 0 "$(flooded other)"
echo "cookies sent: $(drop_count outer_cookie_sent)"

echo "a thousand addresses: the session goes on, a new client comes in"
n_cookies=$(drop_count outer_cookie_sent)
flood 90 1000 &
flood_pid=$!
expect 5 "the flood is answered with cookies" cookies_were_sent
in_namespace cl1 "$tests_dir/ping.py" -c 50 -i 0.1 -W 5 10.77.0.1 >ping.out &
ping_pid=$!
expect 60 "client 3 comes in by a cookie" comes_in_by_a_cookie
in_namespace cl2 "$tests_dir/../peer/hostile_cookie.py" "$(public gw)" 198.51.2.1 10.66.200.1 10.66.200.2 ||
	fail "cookies of somebody else"
wait "$ping_pid" || [[ $? == 1 ]] || fail "no ping of client 1 was answered: $(cat ping.out)"
cat ping.out
assert_less "pings of client 1 that were lost" "$(grep -oE '[0-9]+ sent, [0-9]+ answered' ping.out | awk '{print $1 - $3}')" 25
end_flood "$flood_pid"
for n in 1 3; do
	assert_ping "cl$n" 10.77.0.1
done

echo "the gateway calls a client under load"
stop_gateway
gateway_keys='log_level = "debug";'
start_client 4
flood_client_4 60 &
flood_pid=$!
sleep 0.5
start_gateway
expect 20 "client 4 answers" answers gw 10.77.0.14
end_flood "$flood_pid"
assert_some "cookies that the gateway was given" "$(grep -c 'asks for its cookie' gw.log)"
assert_ping gw 10.77.0.14
