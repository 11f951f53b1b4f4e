#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Thousands of peers come by `wg setconf`, change by `wg syncconf` and by a reload, and go, while a stream of another peer loses
# nothing and handshakes go on. PEERS, CHANGES and PER_MS (packets of the stream every millisecond) make it a long run.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
n_peers=${PEERS:-3000}
n_changes=${CHANGES:-300}

# write_peers FROM TO LAST_BYTE: [Peer] sections by number; their keys are made of it
write_peers() {
	python3 - "$@" <<'END'
import base64, sys
first, last, extra = (int(word) for word in sys.argv[1:])
for number in range(first, last):
    key = base64.b64encode(number.to_bytes(4, "big") + bytes(27) + b"\x01").decode()
    print(f"\n[Peer]\nPublicKey = {key}")
    print(f"AllowedIPs = 10.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255}/32, fd64:{extra}::{number >> 16:x}:{number & 65535:x}/128")
END
}

# timed WHAT COMMAND...: runs it and says how long it took and how much memory the gateway has now
timed() {
	local what=$1 start
	shift
	start=$(date +%s%N)
	"$@"
	printf '%s: %d ms, %s resident\n' "$what" $((($(date +%s%N) - start) / 1000000)) \
		"$(awk '/^VmRSS/ {print $2, $3}' "/proc/$gateway_pid/status")"
}

n_peers_of_wg0() {
	wg show wg0 peers | wc -l
}

{ gateway_section && gateway_peer 1; } | sed 's/51820/51821/' >wg1.conf
{
	printf '[Interface]\nPrivateKey = %s\nListenPort = 51820\nTable = off\n' "$(private gw_second)"
	printf '\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.200.0.2/32\n' "$(public cl2)"
} >wg0.conf
{ client_section 1 && client_peer 1 "Endpoint = 198.51.1.1:51821"; } >cl1.conf
cat >cl2.conf <<END
[Interface]
PrivateKey = $(private cl2)
Address = 10.200.0.2/32

[Peer]
PublicKey = $(public gw_second)
AllowedIPs = 10.200.0.0/24
Endpoint = 198.51.2.1:51820
END
make_machines 2
start_gateway wg0 wg1
in_namespace gw ip address add 10.200.0.1/24 dev wg0
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
assert_ping cl2 10.200.0.1

in_namespace gw "$tests_dir/udp_stream.py" echo 10.77.0.1 7000 &
echo_pid=$!
expect 5 "the echo is there" listens gw udp 7000
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.77.0.1 7000 "${STREAM_SECONDS:-6}" "${PER_MS:-1}" >stream.log &
stream=$!

grep -v Table wg0.conf >start.conf
{ cat start.conf && write_peers 0 "$n_peers" 1; } >many.conf
timed "setconf of $n_peers peers" wg setconf wg0 many.conf
assert_equal "peers" $((n_peers + 1)) "$(n_peers_of_wg0)"

# A third of the changes each: gone, new, with another address.
third=$((n_changes / 3))
{
	cat start.conf
	write_peers "$third" $((2 * third)) 2
	write_peers $((2 * third)) $((n_peers + third)) 1
} >changed.conf
timed "syncconf with $n_changes changes" wg syncconf wg0 changed.conf
assert_equal "peers" $((n_peers + 1)) "$(n_peers_of_wg0)"
assert_equal "changed ones" "$third" "$(wg show wg0 allowed-ips | grep -c fd64:2:)"
timed "syncconf without changes" wg syncconf wg0 changed.conf

{ cat wg0.conf && write_peers 0 "$n_peers" 1; } >new.conf
mv new.conf wg0.conf
chmod 600 wg0.conf
reload_all() {
	kill -HUP "$gateway_pid"
	expect 60 "the reload is done" grep -q "reloaded: $third peers added, $third removed, $((n_peers + 2)) now" gw.log
}
timed "reload with $n_changes changes" reload_all

stop_client 2
start_client 2
assert_ping cl2 10.200.0.1
timed "setconf of 1 peer" wg setconf wg0 start.conf
assert_equal "peers" 1 "$(n_peers_of_wg0)"

wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "$echo_pid"
