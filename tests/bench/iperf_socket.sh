#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The gateway without ports, beside wireguard-go, one CPU each, in turns: TCP in both directions, 64-byte UDP packets, and round
# trips, idle and beside TCP. The client is always wg-dpdk, on another CPU: BUILD=build sudo -E tests/bench/iperf_socket.sh
# GATEWAYS: of wg-dpdk, plain (wg-dpdk with offload = false), and paths of wireguard-go, which take turns.
# ROUNDS: of each (default 5); SECONDS_EACH: of each measurement (default 4); GATEWAY_CPU, CLIENT_CPU (default 1 and 0);
# UDP_RATES: 64-byte packets a second that are offered, in thousands (default 100 200 400 800); TESTS: tcp, udp, ping (all).
# Prints a line per measurement and the medians: of Gbit/s, thousands of packets a second or the median of round trips in
# microseconds, and of CPU seconds of the gateway per gigabyte, its microseconds per packet or the 99th percentile of round trips.
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"

rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-4}
read -ra gateways <<<"${GATEWAYS:-wg-dpdk plain wireguard-go}"
read -ra udp_rates <<<"${UDP_RATES:-100 200 400 800}"
tests=${TESTS:-tcp udp ping}

# cpu_ticks: user and system time of the gateway so far, in hundredths of a second
cpu_ticks() {
	awk '{sub(/^.*\) /, ""); print $12 + $13}' "/proc/$gateway_pid/stat"
}

# figure TEST VALUE CPU_SECONDS_PER_UNIT
figure() {
	echo "$name $*" | tee -a figures
}

# tcp TEST FROM TO ADDRESS: Gbit/s, and CPU seconds of the gateway for each gigabyte
tcp() {
	local test=$1 before
	shift
	before=$(cpu_ticks)
	iperf "$@" "$seconds" >/dev/null
	figure "$test" "$gbits" "$(awk -v ticks="$(($(cpu_ticks) - before))" -v gbytes="$gbits" -v s="$seconds" \
		'BEGIN {print gbytes > 0 ? ticks / 100 / (gbytes * s / 8) : "inf"}')"
}

# udp TEST FROM TO ADDRESS THOUSANDS: thousands of packets a second that arrive, and microseconds of the gateway for each
udp() {
	local test=$1-$5 before
	in_namespace "$3" iperf3 -s -1 -B "$4" >iperf-server.log 2>&1 &
	wait_for 5 listens "$3" tcp 5201 || fail "iperf3's server did not start"
	before=$(cpu_ticks)
	in_namespace "$2" timeout $((seconds + 10)) iperf3 -u -l 64 -w 4M -b "$((64 * 8 * $5))k" -c "$4" -t "$seconds" --json >udp.json || true
	wait $!
	read -r kpps share < <(python3 -c '
import json, sys
end = json.load(open("udp.json"))["end"]["sum"]
arrived = end["packets"] - end["lost_packets"]
print(round(arrived / end["seconds"] / 1e3, 1), round(100 * end["lost_packets"] / max(end["packets"], 1), 2))')
	figure "$test" "$kpps" "$(awk -v ticks="$(($(cpu_ticks) - before))" -v k="$kpps" -v s="$seconds" \
		'BEGIN {print ticks * 10 / (k * s)}')" "lost $share %"
}

# round_trips TEST: the median and the 99th percentile, in microseconds
round_trips() {
	local n_times
	in_namespace cl1 ping -n -i 0.005 -c $((seconds * 100)) 10.77.0.1 | sed -n 's/.*time=\([0-9.]*\) ms/\1/p' | sort -n >round-trips.txt
	n_times=$(wc -l <round-trips.txt)
	figure "$1" "$(awk -v n="$n_times" 'NR == int(n / 2 + 1) {print $1 * 1000}' round-trips.txt)" \
		"$(awk -v n="$n_times" 'NR == int(n * 99 / 100 + 1) {print $1 * 1000; exit}' round-trips.txt)"
}

beside_tcp() {
	in_namespace gw iperf3 -s -1 -B 10.77.0.1 >iperf-server.log 2>&1 &
	wait_for 5 listens gw tcp 5201 || fail "iperf3's server did not start"
	in_namespace cl1 iperf3 -c 10.77.0.1 -t "$((seconds + 1))" >/dev/null &
	sleep 0.5
	round_trips ping-loaded
	wait $! || true
}

measure() {
	local rate
	assert_ping cl1 10.77.0.1
	if [[ $tests == *ping* ]]; then
		round_trips ping-idle
		beside_tcp
	fi
	if [[ $tests == *tcp* ]]; then
		tcp tcp-in cl1 gw 10.77.0.1
		tcp tcp-out gw cl1 10.77.0.11
	fi
	[[ $tests != *udp* ]] || for rate in "${udp_rates[@]}"; do
		udp udp-in cl1 gw 10.77.0.1 "$rate"
		udp udp-out gw cl1 10.77.0.11 "$rate"
	done
}

# The client has a /run of its own, for the gateway's sockets are there.
start_fast_client() {
	echo 'interfaces = ( { name = "cl1"; config = "cl1.conf"; } );' >cl1.gw.conf
	chmod 600 cl1.gw.conf cl1.conf
	rm -f cl1.log
	# shellcheck disable=SC2016,SC2046
	ip netns exec cl1 unshare --mount sh -c 'd=$PWD; mkdir -p /tmp/wg-bench; mount --bind "$d" /tmp/wg-bench
		mount -t tmpfs tmpfs /run; cd /tmp/wg-bench; exec "$@"' - "$BUILD/control/wg-dpdk" $(eal_options 1) -- -c cl1.gw.conf >cl1.log 2>&1 &
	client_pid=$!
	wait_for 20 client_is_ready || fail "the client did not start"
}

client_is_ready() {
	grep -qs ': ready: ' cl1.log
}

stop_fast_client() {
	kill "$client_pid"
	wait "$client_pid" 2>/dev/null || true
}

with_gateway() {
	name=$1
	taskset -pc "${GATEWAY_CPU:-1}" $$ >/dev/null
	case $name in
	wg-dpdk) start_gateway ;;
	plain) gateway_keys="offload = false;" start_gateway ;;
	*)
		WG_PROGRAM=$name start_gateway_wireguard_go wg0
		gateway_pid=$!
		;;
	esac
	taskset -pc "${CLIENT_CPU:-0}" $$ >/dev/null
	start_fast_client
	measure
	stop_fast_client
	if [[ $name == wg-dpdk || $name == plain ]]; then
		stop_gateway
	else
		kill "$gateway_pid"
		wait "$gateway_pid" 2>/dev/null || true
		gateway_pid=""
	fi
}

# medians: of both figures, with the lowest and the highest, of each test and gateway
medians() {
	python3 -c '
import collections, statistics, sys
figures = collections.defaultdict(list)
for line in sys.stdin:
    gateway, test, *values = line.split()
    figures[test, gateway].append([float(value) for value in values[:2]])
def text(values):
    return f"{statistics.median(values):.4g} ({min(values):.4g} to {max(values):.4g})"
for (test, gateway), rows in sorted(figures.items()):
    print(f"{test:13} {gateway:14}", *(f"{text(column):28}" for column in zip(*rows)))' <figures
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)" "PersistentKeepalive = 5"; } >cl1.conf
make_machines 1
for ((i = 0; i < rounds; i++)); do
	for gateway in "${gateways[@]}"; do
		with_gateway "$gateway"
	done
done
medians
