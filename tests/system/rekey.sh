#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Sessions are renewed under load and nothing is lost. The gateway is the initiator, and its sessions are short: a rekey
# every 4 s. REKEY_SECONDS: how long, default 24. REKEY_RATE: of TCP, 10M.
# STALL_SECONDS: how long TCP may stand still. The default of 3 allows for a machine that is busy with other work. Loss is
# counted in any case.
# Runs alone: a machine that stands still for a moment overflows queues.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
use_short_sessions
seconds=${REKEY_SECONDS:-24}
rate=${REKEY_RATE:-10M}
stall_max=${STALL_SECONDS:-3}
stream="$tests_dir/udp_stream.py"

# note_handshakes: every handshake of the client, as long as it runs
note_handshakes() {
	while sleep 0.2; do
		handshake_time 1
	done >>handshakes
}

# traffic: a UDP stream for $seconds, and TCP beside it, that way and back. TCP is slow and paced evenly, as bursts would
# overflow the receive buffer of wireguard-go's socket. Sets n_lost, of the stream.
traffic() {
	local sender
	in_namespace gw "$stream" send fd77::11 7000 "$seconds" >stream.log &
	sender=$!
	iperf gw cl1 10.77.0.11 "$((seconds / 2))" --fq-rate "$rate"
	assert_less "longest stall of TCP to the client, seconds" "$stall" "$stall_max"
	iperf cl1 gw 10.77.0.1 "$((seconds / 2 - 1))" --fq-rate "$rate"
	assert_less "longest stall of TCP to the gateway, seconds" "$stall" "$stall_max"
	wait "$sender" || true
	cat stream.log
	n_lost=$(sed -nE 's/.* ([0-9]+) lost, 0 twice.*/\1/p' stream.log)
	[[ -n $n_lost ]] || fail "the stream did not end, or packets came twice"
}

# lost_by_client: packets that reached the client and that its socket or its TUN had no room for.
lost_by_client() {
	{
		in_namespace cl1 nstat -asz UdpRcvbufErrors | awk '$1 == "UdpRcvbufErrors" {print $2}'
		in_namespace cl1 cat /sys/class/net/cl1/statistics/tx_dropped
	} | awk '{n += $1} END {print n}'
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

traffic
rekeys=$(($(sort -u handshakes | grep -c .) - 1))
echo "rekeys: $rekeys, lost by the client: $(lost_by_client)"
((rekeys >= 4)) || fail "only $rekeys rekeys in $seconds s"
# The client may stand still while its queues fill; what it does not own up to is ours.
((n_lost <= $(lost_by_client))) || fail "$n_lost packets are lost, and the client lost only $(lost_by_client)"
