#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A stream in both directions through two gateways back to back, while the first one's other peers come, change and go, it
# reloads, and another interface gets thousands of peers: nothing is lost, doubled or overtaken.
#
#   stream_hub ── lan, gw, wan ── stream_hub, the network ── wan, far, lan ── stream_hub      all of it memory: net_memif
#
# The stream: RATE (packets a second each way, 20000), STREAM_SECONDS (3, and until the changes are done). Beside it: CHANGES
# (of peers, 400), RELOADS (4), PEERS (by setconf, 2000). ROUNDS=N plays N streams without and with changes in turns, and only
# prints what arrived. At 100,000 packets a second the rings hold 0.16 s, and who gets no CPU for so long loses some: on a machine
# with other work run it with nice -n -10. The hub goes before all; it needs little.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

rate=${RATE:-20000}
seconds=${STREAM_SECONDS:-3}
n_changes=${CHANGES:-400}
n_reloads=${RELOADS:-4}
n_peers=${PEERS:-2000}

# memif NAME: the device of a port, 16,384 frames deep
memif() {
	echo "net_memif$1,role=server,id=$1,socket=/run/test/$1.sock,socket-abstract=no,rsize=14,mac=02:00:5e:10:00:0$1"
}

# eal_anywhere: one control thread and one worker, on any CPU, as there are more of them than CPUs
eal_anywhere() {
	local cpus
	cpus=$(allowed_cpus | paste -sd ,)
	echo "--lcores (0-1)@($cpus) --no-huge -m 512 --no-shconf --no-pci --no-telemetry"
}

# conf_of FOLDER WAN LAN INTERFACE...: gw.conf
conf_of() {
	local folder=$1
	ports=("{ name = \"wan\"; device = \"$(memif "$2")\"; }" "{ name = \"lan\"; device = \"$(memif "$3")\"; }")
	shift 3
	(cd "$folder" && write_gw_conf "$@")
}

# start_in NAMESPACE FOLDER: a gateway; its process is in started_pid
start_in() {
	# The options are words on purpose.
	# shellcheck disable=SC2046
	(cd "$2" && exec ip netns exec "$1" "$BUILD/control/wg-dpdk" $(eal_anywhere) -- -c gw.conf) >>"$1.log" 2>&1 &
	started_pid=$!
	expect 30 "the gateway $1 is ready" grep -q ': ready: ' "$1.log"
}

# address_gateway NAMESPACE WAN LAN HUB HUB6 MAC: HUB and HUB6 are behind lan
address_gateway() {
	in_namespace "$1" ip addr add "$2" dev wan
	in_namespace "$1" ip addr add "$3.1/24" dev lan
	in_namespace "$1" ip addr add "$4::1/64" dev lan nodad
	in_namespace "$1" ip neigh replace "$3.2" lladdr "$5" dev lan nud permanent
	in_namespace "$1" ip neigh replace "$4::2" lladdr "$5" dev lan nud permanent
}

start_both() {
	: >gw.log
	: >far.log
	start_in gw .
	gateway_pid=$started_pid
	start_in far far
	far_pid=$started_pid
	address_gateway gw 198.51.1.1/24 10.88.0 fd88 02:50:00:00:00:99
	address_gateway far 198.51.1.2/24 10.89.0 fd89 02:50:00:00:00:99
}

start_hub() {
	local i vdevs=()
	for i in 0 1 2 3; do
		vdevs+=("--vdev=net_memif$i,role=client,id=$i,socket=/run/test/$i.sock,socket-abstract=no,rsize=14,bsize=256")
	done
	: >hub.log
	# shellcheck disable=SC2046
	nice -n -20 "$BUILD/tests/bench/stream_hub" $(eal_anywhere) --file-prefix=hub "${vdevs[@]}" -- "$rate" "$seconds" <hub.in >hub.log 2>&1 &
	hub_pid=$!
	exec 8>hub.in
	expect 20 "the ports have links" grep -q "links up" hub.log
}

# The hub goes last; see there.
stop_all() {
	stop_gateway
	kill "$far_pid"
	expect 20 "the other gateway stops" is_gone "$far_pid"
	wait "$far_pid" || fail "the other gateway ended with status $?: $(tail far.log)"
	exec 8>&-
	wait "$hub_pid" || fail "the hub ended with status $?: $(tail hub.log)"
}

# write_peers N: [Peer] sections
write_peers() {
	python3 - "$1" <<'END'
import base64, sys
for number in range(int(sys.argv[1])):
    key = base64.b64encode(number.to_bytes(4, "big") + bytes(27) + b"\x01").decode()
    print(f"[Peer]\nPublicKey = {key}\nAllowedIPs = 10.{128 + (number >> 16)}.{number >> 8 & 255}.{number & 255}/32")
END
}

# change_peers N: as many requests to wg0, each of one peer: it comes, gets another address, a preshared key, and goes.
change_peers() {
	python3 - "$1" <<'END'
import socket, sys
talk = socket.socket(socket.AF_UNIX)
talk.connect("/run/wireguard/wg0.sock")
answers = talk.makefile("rb")
for number in range(int(sys.argv[1])):
    peer, step = number // 4, number % 4
    key = (bytes(31) + b"\x01")[: 32 - 4] + peer.to_bytes(4, "big")
    line = [f"allowed_ip=10.200.{peer >> 8 & 255}.{peer & 255}/32", f"replace_allowed_ips=true\nallowed_ip=fd20::{peer:x}/128",
            f"preshared_key={'11' * 32}", "remove=true"][step]
    talk.sendall(f"set=1\npublic_key={key.hex()}\n{line}\n\n".encode())
    assert answers.readline() == b"errno=0\n" and answers.readline() == b"\n", (number, line)
END
}

timed() {
	local what=$1 start=${EPOCHREALTIME/./}
	shift
	"$@"
	printf '  %s: %d ms\n' "$what" $(((${EPOCHREALTIME/./} - start) / 1000))
}

reload_often() {
	local i
	{ cat wg1.start && write_peers 10; } >wg1.ten
	for ((i = 0; i < n_reloads; i++)); do
		cp "wg1.$( ((i % 2)) && echo ten || echo start)" wg1.conf
		"$BUILD/control/ctl/wg-dpdk-ctl" --socket /run/wg-dpdk/wg0.sock reload >/dev/null
	done
}

change_much() {
	timed "$n_changes changes of peers" change_peers "$n_changes"
	timed "$n_reloads reloads" reload_often
	{ cat wg1.start && write_peers "$n_peers"; } >wg1.many
	timed "setconf of $n_peers peers" wg setconf wg1 wg1.many
	assert_equal "peers of wg1" "$n_peers" "$(wg show wg1 peers | wc -l)"
	wg setconf wg1 wg1.start
}

has_ended() {
	grep -q '^over' hub.log
}

# stream with|without: the lines of what arrived
stream() {
	start_both
	start_hub
	expect 10 "the other gateway answers" answers gw 10.77.0.2
	assert_ping gw 10.77.0.2
	assert_ping far fd77::1
	printf 1 >&8
	echo "$rate packets a second each way for $seconds s, $1 changes"
	if [[ $1 == with ]]; then
		change_much
	fi
	printf 2 >&8
	expect $((seconds + 20)) "the stream has ended" has_ended
	sed -n '/^stream/s/^/  /p' hub.log
	print_counters
	kill -USR1 "$far_pid"
	expect 5 "the other gateway prints its counters" grep -q '^buffers' far.log
	grep -H '^drop' gw.log far.log | sort -u | sed 's/^/  /' || true
	stop_all
}

needs_counters
sanitizers_write_files
mkdir far
make_namespace gw
make_namespace far
mkfifo hub.in
forwarding_on
in_namespace far sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
{
	gateway_section
	printf '\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.77.0.2/32, 10.89.0.0/24, fd77::2/128, fd89::/64\n' "$(public far)"
	echo "Endpoint = 198.51.1.2:51820"
} >wg0.conf
cat >far/far0.conf <<END
[Interface]
PrivateKey = $(private far)
ListenPort = 51820
Address = 10.77.0.2/32, fd77::2/128

[Peer]
PublicKey = $(public gw)
AllowedIPs = 10.77.0.1/32, 10.88.0.0/24, fd77::1/128, fd88::/64
END
printf '[Interface]\nPrivateKey = %s\nListenPort = 51821\n' "$(private gw_second)" >wg1.start
cp wg1.start wg1.conf
conf_of far 1 3 far0
conf_of . 0 2 wg0 wg1
for ((round = 0; round < ${ROUNDS:-0}; round++)); do
	stream without
	stream with
done
if ((${ROUNDS:-0} == 0)); then
	stream with
	for field in lost twice late; do
		! grep -E "^stream .* $field=[1-9]" hub.log || fail "$field packets: $(cat hub.log)"
	done
fi
