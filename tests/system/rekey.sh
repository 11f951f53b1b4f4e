#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Sessions are renewed under load and nothing is lost. The gateway is the initiator, of a build whose sessions are short
# (BUILD_SCALED: meson -Dtime_scale=30, a rekey every 4 s). REKEY_SECONDS: how long, default 24.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
BUILD=$BUILD_SCALED
[[ -x $BUILD/control/wg-dpdk ]] || skip "$BUILD is no build: meson setup $BUILD -Dtime_scale=30"
seconds=${REKEY_SECONDS:-24}
stream="$tests_dir/udp_stream.py"

# count_rekeys: notes every handshake of the client while the streams run
count_rekeys() {
	while sleep 0.2; do
		handshake_time 1
	done >handshakes
}

{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
make_machines 1
start_client 1
start_gateway
assert_ping gw 10.77.0.11 -c 1
expect_handshake 1
count_rekeys &
counter=$!

in_namespace cl1 "$stream" echo fd77::11 7000 &
echo_server=$!
expect 5 "the echo server listens" listens cl1 udp 7000
in_namespace gw "$stream" send fd77::11 7000 "$seconds" >stream.log &
sender=$!
# Paced evenly: a burst would overflow the receive buffer of wireguard-go's socket, and that loss is not ours.
iperf gw cl1 10.77.0.11 "$((seconds / 2))" --fq-rate 30M
assert_less "longest stall in s" "$stall" 1
iperf cl1 gw 10.77.0.1 "$((seconds / 2 - 1))" --fq-rate 30M
assert_less "longest stall in s" "$stall" 1
wait "$sender" || fail "the stream lost packets: $(cat stream.log)"
cat stream.log
kill "$counter" "$echo_server"
rekeys=$(($(sort -u handshakes | grep -c .) - 1))
echo "rekeys: $rekeys"
((rekeys >= 4)) || fail "only $rekeys rekeys in $seconds s"
