#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Prometheus's text over HTTP: it is what wg and wg-dpdk-ctl say, has no secret, leaves peers out when asked; clients that are silent, deaf
# or talk nonsense are in nobody's way; an address that is taken stops the start.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
command -v curl >/dev/null || skip "curl is not installed"

# scrape [OPTION...]: the text, from the gateway's namespace
scrape() {
	ip netns exec gw curl --silent --show-error --fail --max-time 10 --noproxy '*' "$@" "http://$address/metrics"
}

# value NAME: of a sample with its labels
value() {
	scrape | awk -v name="$1" '$1 == name {print $2}'
}

# status ARGUMENT...: of HTTP, for a request with curl's arguments
status() {
	ip netns exec gw curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 --noproxy '*' "$@"
}

# Silent ones for all but one place of those that there are, and those that ask for everything and read nothing of it.
start_nuisances() {
	ip netns exec gw python3 - "$1" "$2" <<'END' &
import socket, sys, time
n_silent, n_deaf = int(sys.argv[1]), int(sys.argv[2])
kept = []
for number in range(n_silent + n_deaf):
    talk = socket.socket()
    if number >= n_silent:
        talk.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    talk.connect(("127.0.0.1", 9586))
    talk.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" if number >= n_silent else b"GET /")
    kept.append(talk)
print("all there", flush=True)
time.sleep(60)
END
	nuisances=$!
}

{
	gateway_section
	gateway_peer 1 "PresharedKey = $(wg genkey)"
	python3 -c '
from base64 import b64encode
for number in range(3000):
    print("[Peer]\nPublicKey =", b64encode(b"%032d" % number).decode())'
} >wg0.conf
printf '[Interface]\nPrivateKey = %s\nListenPort = 51821\n' "$(private gw1)" >wg1.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)" "$(grep PresharedKey wg0.conf)"; } >cl1.conf
make_machines 1
address=127.0.0.1:9586
gateway_keys="metrics = \"$address\";"
start_gateway wg0 wg1
start_client 1
assert_ping cl1 10.77.0.1
assert_no_ping gw 10.77.0.77

echo "values"
labels="{interface=\"wg0\",public_key=\"$(public cl1)\"}"
assert_equal "peers" 3001 "$(value 'wg_dpdk_interface_peers{interface="wg0"}')"
assert_equal "active peers" 1 "$(value 'wg_dpdk_interface_active_peers{interface="wg0"}')"
assert_equal "active peers of the other" 0 "$(value 'wg_dpdk_interface_active_peers{interface="wg1"}')"
assert_equal "bytes" "$(wg show wg0 transfer | awk -v key="$(public cl1)" '$1 == key {print $2, $3}')" \
	"$(value "wg_dpdk_peer_receive_bytes_total$labels") $(value "wg_dpdk_peer_transmit_bytes_total$labels")"
assert_equal "handshake" "$(wg show wg0 latest-handshakes | awk -v key="$(public cl1)" '$1 == key {print $2}')" \
	"$(value "wg_dpdk_peer_latest_handshake_seconds$labels")"
assert_equal "drops" "$(drop_count inner_no_peer)" "$(value 'wg_dpdk_dropped_packets_total{reason="inner_no_peer"}')"

echo "the text"
scrape >text
assert_equal "peers in it" 3001 "$(grep -c '^wg_dpdk_peer_latest_handshake_seconds{' text)"
for secret in "$(private gw)" "$(conf_values PresharedKey wg0.conf)"; do
	! grep -qF "$secret" text || fail "a secret was shown"
done
! grep -qF "$(outer_v4 1)" text || fail "an endpoint was shown"
assert_equal "peers by HTTP 1.0" 3001 "$(scrape --http1.0 | grep -c '^wg_dpdk_peer_latest_handshake_seconds{')"
assert_equal "the type" "text/plain; version=0.0.4" "$(scrape --output /dev/null --write-out '%{content_type}')"
if command -v promtool >/dev/null; then
	promtool check metrics <text || fail "promtool does not like it"
	echo "promtool agrees"
fi

echo "other requests"
assert_equal "HEAD" 200 "$(status --head "http://$address/metrics")"
assert_equal "another path" 404 "$(status "http://$address/")"
assert_equal "POST" 405 "$(status --data x "http://$address/metrics")"
assert_equal "a path longer than there is room for" 414 "$(status "http://$address/$(head -c 60000 /dev/zero | tr '\0' x)")"

echo "clients that are no help"
start_nuisances 8 7 >nuisances.log
expect 10 "they are there" grep -q "all there" nuisances.log
assert_equal "beside them" 3001 "$(scrape | grep -c '^wg_dpdk_peer_latest_handshake_seconds{')"
assert_ping cl1 10.77.0.1
# One goes while others are told of it.
wg set wg0 peer "$(printf '%032d' 5 | base64)" remove
assert_equal "peers" 3000 "$(value 'wg_dpdk_interface_peers{interface="wg0"}')"
kill "$nuisances"

echo "an address that is taken"
sed 's/51821/51822/' wg1.conf >wg2.conf
write_gw_conf wg2
# The options are words on purpose.
# shellcheck disable=SC2046
! ip netns exec gw "$BUILD/control/wg-dpdk" $(eal_options 1) --file-prefix other -- -c gw.conf >other.log 2>&1 || fail "it starts"
grep -q "metrics: cannot listen at $address: Address already in use" other.log || fail "it says: $(cat other.log)"
stop_gateway

echo "without peers, at an IPv6 address"
address="[::1]:9586"
gateway_keys="metrics = \"$address\"; metrics_peers = false;"
start_gateway
assert_equal "peers" 3001 "$(value 'wg_dpdk_interface_peers{interface="wg0"}')"
! scrape | grep -q '^wg_dpdk_peer_' || fail "peers were not left out"
