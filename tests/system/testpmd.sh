#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# DPDK's own traffic generator, dpdk-testpmd, on the other side of a port: a memif, which is memory that the two share.
# What it sends as fast as it can arrives and is handled: datagrams, inner packets, and what is the kernel's.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

port_mac=02:00:5e:10:00:01

# testpmd_on TO UDP_PORT: sends frames of 64 bytes from 198.51.1.2 until testpmd_stop; it is still there until testpmd_off.
testpmd_on() {
	start_gateway
	port_addresses mem 198.51.1.1/24
	# The options are words on purpose.
	# shellcheck disable=SC2046
	ip netns exec peer stdbuf -oL dpdk-testpmd $(eal_options 2) --file-prefix=testpmd \
		--vdev="net_memif0,role=client,id=0,socket=/run/test/memif.sock,socket-abstract=no" -- \
		--interactive --forward-mode=txonly --eth-peer="0,$port_mac" --tx-ip="198.51.1.2,$1" \
		--tx-udp="1024,$2" --txpkts=64 --total-num-mbufs=8192 <testpmd.in >testpmd.log 2>&1 &
	testpmd_pid=$!
	expect 20 "the port has a link" link_is_up
	echo start >&9
}

testpmd_stop() {
	echo stop >&9
	expect 10 "testpmd stops sending" grep -q "^Done\." testpmd.log
}

# The gateway goes first: a net_memif of DPDK 22.11 that is polled does not survive that the other side goes.
testpmd_off() {
	stop_gateway
	echo quit >&9
	expect 10 "testpmd ends" is_gone "$testpmd_pid"
	wait "$testpmd_pid" || fail "testpmd ended with status $?"
}

link_is_up() {
	print_counters
	grep '^port mem ' gw.log | tail -n 1 | grep -q link=up
}

# testpmd_sent: frames, as it says at the end of sending
testpmd_sent() {
	sed -n 's/.*TX-packets: \([0-9]*\).*/\1/p' testpmd.log | tail -n 1
}

# port_received: frames that the gateway has received on the port; a memif tells while it has a link
port_received() {
	print_counters
	awk '$1 == "port" && $2 == "mem" { for (i = 3; i <= NF; i++) if (sub(/^received=/, "", $i)) n = $i } END { print n + 0 }' gw.log
}

has_dropped() {
	(($(drop_count "$1") >= $2))
}

has_received() {
	(($(port_received) == $1))
}

# assert_handled WHAT TO UDP_PORT DROP: every frame that testpmd sends arrives and is a drop of this name
assert_handled() {
	local what=$1 to=$2 udp_port=$3 drop=$4 sent
	testpmd_on "$to" "$udp_port"
	expect 20 "$what are dropped as $drop" has_dropped "$drop" 10000
	testpmd_stop
	sent=$(testpmd_sent)
	expect 5 "$sent frames have arrived" has_received "$sent"
	assert_equal "$what dropped as $drop" "$sent" "$(drop_count "$drop")"
	echo "$what: $sent sent, received and dropped as $drop"
	testpmd_off
}

# twin_received: frames that the kernel has got from the port
twin_received() {
	in_namespace gw cat /sys/class/net/mem/statistics/rx_packets
}

has_reached_twin() {
	(($(twin_received) >= $1))
}

command -v dpdk-testpmd >/dev/null || skip "dpdk-testpmd is not installed (Debian package dpdk-dev)"
needs_counters
{ gateway_section && gateway_peer 1; } >wg0.conf
make_namespace gw
make_namespace peer
mkfifo testpmd.in
exec 9<>testpmd.in
forwarding_on
ports=("{ name = \"mem\"; device = \"net_memif0,role=server,id=0,socket=/run/test/memif.sock,socket-abstract=no,mac=$port_mac\"; }")

assert_handled "datagrams without WireGuard" 198.51.1.1 51820 outer_not_wireguard
assert_handled "inner packets for a peer without endpoint" 10.77.0.11 9 inner_no_endpoint

testpmd_on 198.51.1.1 9
expect 20 "the kernel gets what is for the gateway itself" has_reached_twin 1000
expect 20 "a flood is held back from the kernel" has_dropped frame_host_rate 1000
testpmd_stop
testpmd_off
