#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# SIGHUP reads the files again: peers, keys, endpoints, allowed IPs and routes follow them while another peer's packets
# pass; files that are wrong, or ask for what cannot change, change nothing and say why.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
{ gateway_section && gateway_peer 1; } >wg0.conf
for n in 1 2; do
	{ client_section $n && client_peer $n "$(outer_v4 $n)"; } >cl$n.conf
done
make_machines 2
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

# peer_of NAME FIELD: what `wg show` says of a peer
peer_of() {
	wg show wg0 "$2" | awk -v key="$(public "$1")" '$1 == key {$1 = ""; print substr($0, 2)}'
}

has_called() {
	answers cl2 10.77.0.1 && [[ $(peer_of cl2 endpoints) == 198.51.2.2:* ]]
}

has_route() {
	in_namespace gw ip route show dev wg0 | grep -q "^$1 "
}

in_namespace gw "$tests_dir/udp_stream.py" echo 10.77.0.1 7000 &
echo_pid=$!
expect 5 "the echo is there" listens gw udp 7000
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.77.0.1 7000 "${STREAM_SECONDS:-8}" >stream.log &
stream=$!
before=$(handshake_time 1)

echo "the same again"
reload "reloaded: 0 peers added, 0 removed, 1 now"

echo "a peer more, with a route"
wg genpsk >psk
{ gateway_section && gateway_peer 1 && gateway_peer 2 "PresharedKey = $(cat psk)" "AllowedIPs = 10.99.0.0/16"; } >wg0.conf
reload "reloaded: 1 peer added, 0 removed, 2 now"
has_route 10.99.0.0/16 || fail "no route to what the new peer may have"
start_client 2
assert_no_ping cl2 10.77.0.1

echo "another preshared key"
{ gateway_section && gateway_peer 1 && gateway_peer 2; } >wg0.conf
reload "reloaded: 0 peers added, 0 removed, 2 now"
! has_route 10.99.0.0/16 || fail "the route is still there"
expect 10 "client 2 is there" answers cl2 10.77.0.1

echo "an allowed IP moves"
{ gateway_section && gateway_peer 1 "AllowedIPs = 10.77.0.50/32" && gateway_peer 2; } >wg0.conf
reload "reloaded: 0"
{ gateway_section && gateway_peer 1 && gateway_peer 2 "AllowedIPs = 10.77.0.50/32"; } >wg0.conf
reload "reloaded: 0"
assert_equal "of client 2" "10.77.0.12/32 fd77::12/128 10.77.0.50/32" "$(peer_of cl2 allowed-ips)"
assert_equal "of client 1" "10.77.0.11/32 fd77::11/128" "$(peer_of cl1 allowed-ips)"

echo "an endpoint counts when it changes, not against where the peer is"
{ gateway_section && gateway_peer 1 && gateway_peer 2 "Endpoint = 198.51.2.99:9" "PersistentKeepalive = 3"; } >wg0.conf
reload "reloaded: 0"
expect 10 "client 2 has called" has_called
reload "reloaded: 0"
[[ $(peer_of cl2 endpoints) == 198.51.2.2:* ]] || fail "the peer was called back to its old endpoint"
assert_equal "keepalive" 3 "$(peer_of cl2 persistent-keepalive)"

echo "what wg(8) has changed goes back"
wg set wg0 peer "$(public guest)" allowed-ips 10.98.0.0/16
wg set wg0 peer "$(public cl2)" persistent-keepalive off
reload "reloaded: 0 peers added, 1 removed, 2 now"
assert_equal "keepalive" 3 "$(peer_of cl2 persistent-keepalive)"

echo "mistakes change nothing"
wg show wg0 dump | cut -f 1-4,8 >dump.before
cp wg0.conf good.conf
while IFS='|' read -r line piece; do
	{ cat good.conf && printf '%b\n' "$line"; } >wg0.conf
	reload "$piece"
	wg show wg0 dump | cut -f 1-4,8 | diff dump.before - || fail "$line changed something"
done <<END
Nonsense = 1|Nonsense
[Peer]\nPublicKey = $(public cl1)\n|is already at
[Peer]\nPublicKey = $(public cl3)\nAllowedIPs = 10.77.0.11/32|is given to two peers
[Peer]\nPublicKey = $(public cl3)\nEndpoint = 198.51.1.1|nothing was changed
[Peer]\nPublicKey = $(public gw)|is the interface itself
[Peer]\nPublicKey = $(public cl3)\nAllowedIPs = 0.0.0.0/0|come and go with a restart only
END
sed 's/^Address.*/&\nMTU = 1300/' good.conf >wg0.conf
reload "wg0: mtu cannot change while it runs"
sed 's/^Address.*/Address = 10.77.0.1\/24/' good.conf >wg0.conf
reload "wg0: addresses cannot change while it runs"
cp good.conf wg0.conf
cp gw.conf gw.good
echo 'idle_spin_us = 1;' >>gw.conf
reload "idle_spin_us cannot change while it runs"
cp gw.good gw.conf

echo "two at once"
kill -HUP "$gateway_pid"
reload "reloaded: 0 peers added, 0 removed, 2 now"

echo "a peer goes"
{ gateway_section && gateway_peer 1; } >wg0.conf
reload "reloaded: 0 peers added, 1 removed, 1 now"
assert_no_ping cl2 10.77.0.1

wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "$echo_pid"
assert_equal "client 1's last handshake" "$before" "$(handshake_time 1)"

echo "another port, and another key"
{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51777"; } | sed 's/51820/51999/' >wg0.conf
in_namespace cl1 wg set cl1 listen-port 51777
reload "reloaded: 0"
assert_equal "listen port" 51999 "$(wg show wg0 listen-port)"
assert_ping gw 10.77.0.11
sed -i "s|^PrivateKey.*|PrivateKey = $(private gw_second)|" wg0.conf
reload "reloaded: 0"
assert_equal "public key" "$(public gw_second)" "$(wg show wg0 public-key)"
in_namespace cl1 wg set cl1 peer "$(public gw)" remove peer "$(public gw_second)" allowed-ips 10.77.0.0/24,fd77::/64
assert_ping gw 10.77.0.11
