#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# iperf3 through the gateway without a flood of initiations, with one, and with the same flood at a socket of the gateway's
# machine that nobody reads. The last is what the sender and the kernel take from the others, who share the CPUs; the
# rest is the gateway's: BUILD=build sudo -E tests/bench/flood.sh
# SECONDS_EACH: of each run (default 60); RATE: messages a second, or as many as go (default 500000); HANDSHAKE_LCORES (1).
HANDSHAKE_LCORES=${HANDSHAKE_LCORES:-1}
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"
# shellcheck source=_figures.sh
. "$tests_dir/../bench/_figures.sh"

needs_counters
seconds=${SECONDS_EACH:-60}
rate=${RATE:-500000}
sender=$BUILD/tests/bench/handshake_flood
sink=51999

# kernel_lost: datagrams that found the gateway's socket full, so far
kernel_lost() {
	in_namespace gw cat /proc/net/snmp |
		awk '/^Udp:/ {for (i = 2; i <= NF; i++) if ($i == "RcvbufErrors") at = i; else if (i == at) n = $i} END {print n}'
}

start_flood() {
	ip netns exec flooder "$sender" "$(public gw)" "$1" 198.51.9.1 "$2" 10000 "$rate" 3600 >flood.out &
	flood_pid=$!
}

end_flood() {
	kill "$flood_pid"
	wait "$flood_pid"
}

# comes_in: how long client 2 takes, as a new one
comes_in() {
	local start
	start=$(date +%s.%N)
	start_client 2
	expect 60 "client 2 comes in" answers cl2 10.77.0.1
	awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN {printf "%.1f s\n", b - a}'
	stop_client 2
}

# run NAME: throughput, and what the gateway took for it; client 2 comes in after it
run() {
	local ticks kb handshake
	ticks=$(cpu_ticks) kb=$(resident_kb) handshake=$(handshake_time 1)
	iperf cl1 gw 10.77.0.1 "$seconds" >/dev/null
	ticks=$(($(cpu_ticks) - ticks))
	echo "$1: $gbits Gbit/s, longest stall $stall s; the gateway took $((ticks / seconds)) % of a CPU, memory grew by" \
		"$(($(resident_kb) - kb)) KB, client 1 renewed: $(($(handshake_time 1) > handshake)); a new client: $(comes_in)"
}

# run_flooded NAME good|bad PORT COUNTERS...
run_flooded() {
	local counter lost
	lost=$(kernel_lost)
	start_flood "$2" "$3"
	run "$1"
	end_flood
	cat flood.out
	echo "  the kernel lost $(($(kernel_lost) - lost)) datagrams for want of room in the socket"
	for counter in outer_bad_mac outer_cookie_sent outer_cookie_rate outer_bad_handshake outer_mailbox_full; do
		echo "  $counter $(drop_count $counter)"
	done
}

{ gateway_section && gateway_peer 1 && gateway_peer 2; } >wg0.conf
for n in 1 2; do
	{ client_section "$n" && client_peer "$n" "$(outer_v4 "$n")"; } >"cl$n.conf"
done
make_machines 2
make_namespace flooder
link_namespaces gw to-flooder flooder net "198.51.9 2001:db8:9"
in_namespace gw ip route add 10.66.0.0/16 via 198.51.9.2
in_namespace gw python3 -c "import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('198.51.9.1', $sink))
time.sleep(3600)" &
start_gateway
start_client 1
assert_ping cl1 10.77.0.1
uptime
run "no flood"
run_flooded "wrong mac1, to nobody" bad "$sink"
run_flooded "wrong mac1" bad 51820
run_flooded "right mac1, to nobody" good "$sink"
run_flooded "right mac1" good 51820
run "no flood again"
