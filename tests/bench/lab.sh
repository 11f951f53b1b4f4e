#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A gateway between a client (Debian's wireguard-go) and a host behind it, in namespaces, for scripts/bench:
#
#   lab.sh socket|ports N_WORKERS      wg-dpdk with a socket and TUN, or with two AF_XDP ports
#   lab.sh PROGRAM 0                   another program with the command line of wireguard-go; the kernel forwards
#
# It reads a command a line, a function of the last part of this file with its arguments, and answers with lines "NAME FIGURE"
# and then "end". Whatever goes wrong ends it. Environment: BUILD; N_PEERS, which the gateway has (default 1).
#
# Cables have what virtual cables have, segments that a NIC would cut included; those to ports have not, as ports take packets.
kind=$1
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"
# shellcheck source=_figures.sh
. "$tests_dir/../bench/_figures.sh"
n_workers=$2

# --- the three kinds ---

make_plain_machines() {
	make_machines 1
	make_namespace lan
	link_namespaces gw to-lan lan net "10.88.0 fd88"
	in_namespace gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	in_namespace lan ip route add 10.77.0.0/24 via 10.88.0.1
}

start_socket() {
	make_plain_machines
	start_gateway
}

start_ports() {
	# shellcheck source=../system/_ports.sh
	. "$tests_dir/_ports.sh"
	use_af_xdp
	make_port_machines
	start_gateway
	address_ports
}

start_other() {
	GATEWAY=wireguard-go
	n_workers=1
	make_plain_machines
	WG_PROGRAM=$kind start_gateway
	in_namespace gw wg addconf wg0 more.conf
}

start() {
	case $kind in
	socket | ports)
		cat more.conf >>wg0.conf
		"start_$kind"
		;;
	*) start_other ;;
	esac
}

# --- what is measured ---

# tcp STREAMS SECONDS [-R]: from the client to the host behind; -R: from there
tcp() {
	local ticks
	ticks=$(cpu_ticks)
	iperf cl1 lan 10.88.0.2 "$2" -P "$1" "${@:3}" >/dev/null
	ticks=$(($(cpu_ticks) - ticks))
	echo "gbits $gbits"
	awk -v ticks="$ticks" -v gbits="$gbits" -v seconds="$2" \
		'BEGIN { if (gbits > 0) printf "cpu_s_per_gb %.3f\n", ticks / 100 / (gbits * seconds / 8) }'
}

# udp BYTES PPS SECONDS: packets of that many bytes with their IPv4 header, evenly
udp() {
	local payload=$(($1 - 28))
	in_namespace lan iperf3 -s -1 -B 10.88.0.2 >iperf-server.log 2>&1 &
	wait_for 5 listens lan tcp 5201 || fail "iperf3's server did not start"
	in_namespace cl1 timeout $(($3 + 10)) iperf3 -c 10.88.0.2 -u -l "$payload" -b $(($2 * payload * 8)) -t "$3" --json >iperf.json ||
		fail "iperf3 -u: $(grep error iperf.json)"
	wait $!
	python3 -c '
import json
total = json.load(open("iperf.json"))["end"]["sum"]
print("sent_pps", total["packets"] / total["seconds"])
print("lost", total["lost_packets"] / max(total["packets"], 1))'
}

# latency N_PINGS [loaded]: the time of each; loaded: beside one stream of TCP
latency() {
	local load=""
	if [[ ${2:-} == loaded ]]; then
		iperf cl1 lan 10.88.0.2 $(($1 / 100 + 2)) >/dev/null &
		load=$!
		wait_for 5 has_connection || fail "the load did not start"
	fi
	in_namespace cl1 ping -n -i 0.01 -c "$1" -W 2 10.88.0.2 | sed -nE 's/.*time=([0-9.]+) ms/rtt_ms \1/p'
	[[ -z $load ]] || wait "$load"
}

has_connection() {
	[[ -n $(in_namespace lan ss -Htn state established "sport = :5201") ]]
}

# memory: resident, of the gateway as it is
memory() {
	echo "resident_mb $(($(resident_kb) / 1024))"
}

# --- the conversation ---

# more_peers N: beside client 1
more_peers() {
	python3 - "$1" <<'END'
import base64, sys
for n in range(int(sys.argv[1])):
    key = base64.b64encode((n + 1).to_bytes(4, "big") * 8).decode()
    print(f"[Peer]\nPublicKey = {key}\nAllowedIPs = 10.{100 + (n >> 16)}.{n >> 8 & 255}.{n & 255}/32")
END
}

n_more=$((${N_PEERS:-1} - 1))
{ gateway_section && gateway_peer 1; } >wg0.conf
more_peers "$n_more" >more.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
start
start_client 1
expect 10 "the host behind answers" answers cl1 10.88.0.2
echo end
while read -r -a words; do
	"${words[@]}"
	echo end
done
