#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# wg(8) changes the gateway while it runs: the same answers as wireguard-go's to good and bad requests, peers added, changed,
# moved and removed beside the traffic of another, every subcommand.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
{
	gateway_section
	gateway_peer 1
} >wg0.conf
printf '[Interface]\nPrivateKey = %s\nListenPort = 52000\n' "$(private gw_second)" >wg1.conf
for n in 1 2; do
	{ client_section $n && client_peer $n "$(outer_v4 $n)"; } >cl$n.conf
done
make_machines 2
n_workers=2
start_gateway wg0 wg1
start_client 1
assert_ping cl1 10.77.0.1

# peer_of INTERFACE NAME FIELD: what `wg show` says of a peer
peer_of() {
	wg show "$1" "$3" | awk -v key="$(public "$2")" '$1 == key {$1 = ""; print substr($0, 2)}'
}

hears_gateway() {
	[[ $(in_namespace cl2 wg show cl2 endpoints | cut -f 2) == 198.51.2.1:51820 ]]
}

echo "the same answers as wireguard-go"
make_namespace apart
ip netns exec apart env LOG_LEVEL=error wireguard-go -f other >other.log 2>&1 &
other=$!
expect 5 "wireguard-go is there" test -S /var/run/wireguard/other.sock
in_namespace apart ip link set other up
in_namespace apart wg setconf other wg1.conf
"$tests_dir/uapi_rows.py" wg1 other || fail "not what wireguard-go answers"
kill "$other"

echo "beside the traffic of client 1"
in_namespace gw "$tests_dir/udp_stream.py" echo 10.77.0.1 7000 &
echo_pid=$!
expect 5 "the echo is there" listens gw udp 7000
# Slow, for who gets no CPU loses what comes behind 277 packets in the client's socket and 500 in a TUN: at one a millisecond half a
# second did that. ports_stream.sh looks at more of them.
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.77.0.1 7000 "${STREAM_SECONDS:-8}" 0.25 >stream.log &
stream=$!

wg set wg0 peer "$(public cl2)" allowed-ips 10.77.0.12/32,fd77::12/128
start_client 2
assert_ping cl2 10.77.0.1
assert_ping gw fd77::12
assert_equal "endpoint" "198.51.2.2" "$(peer_of wg0 cl2 endpoints | cut -d : -f 1)"

echo "an allowed IP moves, and comes back"
wg set wg0 peer "$(public cl1)" allowed-ips 10.77.0.11/32,fd77::11/128,10.77.0.12/32
assert_equal "of client 2" "fd77::12/128" "$(peer_of wg0 cl2 allowed-ips)"
assert_no_ping cl2 10.77.0.1
assert_ping cl2 fd77::1
wg set wg0 peer "$(public cl2)" allowed-ips 10.77.0.12/32,fd77::12/128
assert_equal "of client 1" "10.77.0.11/32 fd77::11/128" "$(peer_of wg0 cl1 allowed-ips)"
assert_ping cl2 10.77.0.1

echo "a preshared key, with the session in use"
before=$(handshake_time 2)
wg genpsk >psk
wg set wg0 peer "$(public cl2)" preshared-key psk
assert_ping cl2 10.77.0.1
assert_equal "the last handshake" "$before" "$(handshake_time 2)"
in_namespace cl2 wg set cl2 peer "$(public gw)" preshared-key psk
stop_client 2
{ client_section 2 && client_peer 2 "$(outer_v4 2)" "PresharedKey = $(cat psk)"; } >cl2.conf
start_client 2
assert_ping cl2 10.77.0.1

echo "an endpoint, and a keepalive that uses it at once"
in_namespace cl2 wg set cl2 listen-port 51777
wg set wg0 peer "$(public cl2)" endpoint 198.51.2.2:51777 persistent-keepalive 25
expect 10 "client 2 hears the gateway" hears_gateway
assert_ping gw 10.77.0.12
assert_equal "keepalive" 25 "$(peer_of wg0 cl2 persistent-keepalive)"

echo "removed, and back"
wg set wg0 peer "$(public cl2)" remove
assert_equal "peers" "$(public cl1)" "$(wg show wg0 peers)"
assert_no_ping cl2 10.77.0.1
wg set wg0 peer "$(public cl2)" preshared-key psk allowed-ips 10.77.0.12/32,fd77::12/128
stop_client 2
start_client 2
assert_ping cl2 10.77.0.1

echo "addconf, showconf, syncconf"
wg addconf wg0 <(printf '[Peer]\nPublicKey = %s\nAllowedIPs = 10.99.0.0/16\n' "$(public added)")
assert_equal "added" "10.99.0.0/16" "$(peer_of wg0 added allowed-ips)"
wg showconf wg0 >shown.conf
wg syncconf wg0 shown.conf
sed -i 's|10.99.0.0/16|10.98.0.0/16|' shown.conf
wg syncconf wg0 shown.conf
assert_equal "synced" "10.98.0.0/16" "$(peer_of wg0 added allowed-ips)"
assert_ping cl2 10.77.0.1

wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "$echo_pid"

echo "another listen port, without a handshake"
before=$(handshake_time 2)
wg set wg0 listen-port 51999
assert_equal "listen port" 51999 "$(wg show wg0 listen-port)"
assert_ping gw 10.77.0.12
wg set wg0 listen-port "$(wg show wg1 listen-port)" 2>/dev/null && fail "took the port of wg1"
assert_equal "listen port" 51999 "$(wg show wg0 listen-port)"
assert_ping cl2 10.77.0.1
wg set wg0 listen-port 51820
assert_ping gw 10.77.0.12
assert_equal "the last handshake" "$before" "$(handshake_time 2)"

echo "setconf: all anew"
wg setconf wg0 shown.conf
assert_equal "peers" 3 "$(wg show wg0 peers | wc -l)"
stop_client 1
start_client 1
assert_ping cl1 10.77.0.1

echo "another private key"
wg set wg0 private-key gw_second.key
in_namespace cl1 wg set cl1 peer "$(public gw)" remove
in_namespace cl1 wg set cl1 peer "$(public gw_second)" endpoint 198.51.1.1:51820 allowed-ips 10.77.0.0/24,fd77::/64
assert_ping cl1 10.77.0.1
wg set wg0 peer "$(public gw)" allowed-ips 10.97.0.0/16
wg set wg0 private-key gw.key
assert_equal "the peer that it is itself" "" "$(peer_of wg0 gw allowed-ips)"
