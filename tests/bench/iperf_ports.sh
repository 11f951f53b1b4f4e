#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# iperf3 from a client through a gateway to a host behind it: wg-dpdk with two AF_XDP ports and one worker, beside wireguard-go
# with the kernel forwarding. Same cables, same client, in turns: BUILD=build sudo -E tests/bench/iperf_ports.sh
# ROUNDS: of each (default 5); SECONDS_EACH: of each direction (default 4). Prints a line per round and the medians.
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"
# shellcheck source=_figures.sh
. "$tests_dir/../bench/_figures.sh"
# shellcheck source=../system/_ports.sh
. "$tests_dir/_ports.sh"

rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-4}

# work GATEWAY: nanoseconds of rounds with packets, and packets, of wg-dpdk's workers so far
work() {
	[[ $1 == wg-dpdk ]] || { echo 0 0 && return; }
	"$BUILD/control/ctl/wg-dpdk-ctl" --json workers | python3 -c '
import json, sys
workers = json.load(sys.stdin)["workers"]
print(sum(w["busy_ns"] for w in workers), sum(w["packets"] for w in workers))'
}

# measure GATEWAY DIRECTION [OPTIONS]: a line in `figures`
measure() {
	local name=$1 direction=$2 before busy_ns packets now_busy_ns now_packets
	shift 2
	before=$(cpu_ticks)
	read -r busy_ns packets < <(work "$name")
	iperf cl1 lan 10.88.0.2 "$seconds" "$@" >/dev/null
	read -r now_busy_ns now_packets < <(work "$name")
	echo "$name $direction $gbits $(($(cpu_ticks) - before)) $((now_busy_ns - busy_ns)) $((now_packets - packets))" |
		tee -a figures
}

round() {
	assert_ping cl1 10.88.0.2
	measure "$1" in
	measure "$1" out -R
}

with_wg_dpdk() {
	start_gateway
	address_ports
	start_client 1
	round wg-dpdk
	stop_client 1
	stop_gateway
}

with_wireguard_go() {
	nic_host gw nic-wan 198.51.1.1/24
	nic_host gw nic-lan 10.88.0.1/24
	in_namespace gw sysctl -qw net.ipv4.conf.nic-wan.rp_filter=0 net.ipv4.conf.nic-lan.rp_filter=0
	start_gateway_wireguard_go wg0
	start_client 1
	round wireguard-go
	stop_client 1
	kill "$gateway_pid"
	wait "$gateway_pid" || true
	gateway_pid=""
	in_namespace gw ip addr flush dev nic-wan
	in_namespace gw ip addr flush dev nic-lan
	in_namespace gw sysctl -qw net.ipv4.conf.nic-wan.rp_filter=1 net.ipv4.conf.nic-lan.rp_filter=1
}

# medians: of Gbit/s, and sums of the rest, of each gateway and direction
medians() {
	sort -k 1,2 -k 3n figures | awk -v seconds="$seconds" '
		function flush() {
			if (n) printf "%-14s %-4s %.2f Gbit/s (%.2f to %.2f), %.1f CPU seconds of the gateway per gigabyte%s\n",
				name, way, rates[int((n + 1) / 2)], rates[1], rates[n], ticks / 100 / (sum * seconds / 8),
				packets ? sprintf(", busy %d ns a packet", busy_ns / packets) : ""
			n = sum = ticks = busy_ns = packets = 0
		}
		$1 != name || $2 != way { flush(); name = $1; way = $2 }
		{ rates[++n] = $3; sum += $3; ticks += $4; busy_ns += $5; packets += $6 }
		END { flush() }'
}

use_af_xdp
{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
make_port_machines
for ((i = 0; i < rounds; i++)); do
	with_wg_dpdk
	with_wireguard_go
done
medians
