#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Sessions are renewed under load and nothing is lost. The gateway is the initiator, of a build whose sessions are short
# (BUILD_SCALED: meson -Dtime_scale=30, a rekey every 4 s). REKEY_SECONDS: how long, default 24.
# Runs alone: a machine that stands still for a moment overflows queues.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
BUILD=$BUILD_SCALED
[[ -x $BUILD/control/wg-dpdk ]] || skip "$BUILD is no build: meson setup $BUILD -Dtime_scale=30"
seconds=${REKEY_SECONDS:-24}
stream="$tests_dir/udp_stream.py"

# note_handshakes: every handshake of the client, as long as it runs
note_handshakes() {
	while sleep 0.2; do
		handshake_time 1
	done >>handshakes
}

# is_lossless: does a UDP stream lose nothing, and TCP beside it never stand still for a second? TCP is slow and paced
# evenly, as bursts would overflow the receive buffer of wireguard-go's socket.
is_lossless() {
	local sender there
	in_namespace gw "$stream" send fd77::11 7000 "$seconds" &
	sender=$!
	iperf gw cl1 10.77.0.11 "$((seconds / 2))" --fq-rate 10M
	there=$stall
	iperf cl1 gw 10.77.0.1 "$((seconds / 2 - 1))" --fq-rate 10M
	wait "$sender" && awk -v there="$there" -v back="$stall" 'BEGIN {exit !(there < 1 && back < 1)}'
}

{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
make_machines 1
start_client 1
start_gateway
assert_ping gw 10.77.0.11 -c 1
expect_handshake 1
in_namespace cl1 "$stream" echo fd77::11 7000 &
expect 5 "the echo server listens" listens cl1 udp 7000
note_handshakes &

# A machine that stands still for a moment fills queues, and that loss is not ours; a fault of ours comes again.
for attempt in 1 2 3; do
	: >handshakes
	! is_lossless || break
	((attempt < 3)) || fail "packets are lost in every attempt"
done
rekeys=$(($(sort -u handshakes | grep -c .) - 1))
echo "rekeys: $rekeys"
((rekeys >= 4)) || fail "only $rekeys rekeys in $seconds s"
