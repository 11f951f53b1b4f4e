# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash
#
# What every system test starts with. It moves the test into network, mount and process namespaces of its own, so
# that nothing of the machine is touched, tests may run beside each other, and everything is gone when the test ends.
#
#   namespace gw                           namespace cl1 (cl2 likewise, with 2 for 1)
#     wg-dpdk, interface wg0                 wireguard-go, interface cl1
#     to-cl1 198.51.1.1 2001:db8:1::1 ------ net 198.51.1.2 2001:db8:1::2
#   inner addresses: wg0 10.77.0.1 fd77::1   cl1 10.77.0.11 fd77::11
#
# Environment: BUILD, the build folder (default build); HANDSHAKE_LCORES, how many the gateway has beside its workers (default 0);
# GATEWAY=wireguard-go tries the tests themselves out.
# Exit status 77: skipped; the last line says why.
set -euo pipefail

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../scripts/lib.sh
. "$tests_dir/../../scripts/lib.sh"
BUILD=$(realpath -m "${BUILD:-$tests_dir/../../build}")
gateway_program=$BUILD/control/wg-dpdk
GATEWAY=${GATEWAY:-wg-dpdk}
HANDSHAKE_LCORES=${HANDSHAKE_LCORES:-0}

skip() {
	echo "skipped: $*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

enter_namespaces() {
	((EUID == 0)) || skip "needs root for network namespaces"
	[[ -c /dev/net/tun ]] || skip "this machine has no /dev/net/tun"
	command -v "${WG_PROGRAM:-wireguard-go}" >/dev/null || skip "${WG_PROGRAM:-wireguard-go} is not installed"
	[[ $GATEWAY != wg-dpdk || -x $BUILD/control/wg-dpdk ]] || fail "no $BUILD/control/wg-dpdk: build first"
	WG_TEST_INSIDE=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc -- bash "$0" "$@"
}

[[ -n ${WG_TEST_INSIDE:-} ]] || enter_namespaces "$@"

mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/test
cd /run/test
declare -A client_pids=()
gateway_pid=""
n_workers=1

# --- the end of a test ---

finish() {
	local status=$?
	trap - EXIT
	if ((status == 0)) && { ! end_gateway TERM || ! sanitizers_are_content; }; then
		echo "FAILED: $why" >&2
		status=1
	fi
	if ((status != 0 && status != 77)); then
		show_state >&2
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 143' TERM INT

show_state() {
	local log namespace
	if gateway_is_alive; then
		echo "--- threads of the gateway: id, state, CPU time, where it waits"
		ps -L -o tid,stat,time,wchan:24,comm -p "$gateway_pid"
		awk '{printf "%s waited %d ms for a CPU\n", FILENAME, $2 / 1000000}' "/proc/$gateway_pid/task/"*/schedstat || true
		kill -USR1 "$gateway_pid" || true
		sleep 0.3
	fi
	for namespace in /run/netns/*; do
		namespace=${namespace##*/}
		echo "--- namespace $namespace"
		in_namespace "$namespace" ip -br addr || true
		in_namespace "$namespace" ip -s link || true
		in_namespace "$namespace" nstat -as 'Udp*' 'Ip*Discards' || true
		in_namespace "$namespace" wg show 2>/dev/null || true
	done
	for log in *.log; do
		[[ -f $log ]] || continue
		echo "--- $log"
		tail -n 40 "$log"
	done
}

# --- waiting and asserting ---

# expect SECONDS WHAT COMMAND...: WHAT must become true within the time, and the gateway must not die meanwhile.
expect() {
	local seconds=$1 what=$2
	shift 2
	wait_for "$seconds" true_or_dead "$@" || fail "after $seconds s still not: $what"
	[[ -z $gateway_pid ]] || gateway_is_alive || fail "the gateway died while waiting for: $what"
}

true_or_dead() {
	[[ -z $gateway_pid ]] || gateway_is_alive || return 0
	"$@"
}

assert_equal() {
	[[ $2 == "$3" ]] || fail "$1: expected $2, got $3"
}

# assert_ping NAMESPACE ADDRESS [OPTIONS]: every packet of a few is answered.
assert_ping() {
	local namespace=$1 out
	shift
	out=$(in_namespace "$namespace" "$tests_dir/ping.py" "$@") || fail "ping $* from $namespace: $out"
}

# assert_no_ping NAMESPACE ADDRESS [OPTIONS]: no packet of a few is answered.
assert_no_ping() {
	local namespace=$1 out status=0
	shift
	out=$(in_namespace "$namespace" "$tests_dir/ping.py" -c 3 -i 0.2 -W 1 "$@") || status=$?
	((status == 2)) || fail "ping $* from $namespace must not be answered: $out"
}

# answers NAMESPACE ADDRESS: is one packet answered soon? For expect.
answers() {
	in_namespace "$1" "$tests_dir/ping.py" -c 1 -W 1 "$2" >/dev/null
}

# --- keys and configurations ---

# private NAME, public NAME: the name's key pair, made when first asked for.
private() {
	[[ -f $1.key ]] || (umask 077 && wg genkey >"$1.key")
	cat "$1.key"
}

public() {
	private "$1" | wg pubkey
}

# gateway_section [LINES...]: the [Interface] section that most tests use.
gateway_section() {
	printf '[Interface]\nPrivateKey = %s\nListenPort = 51820\n' "$(private gw)"
	printf 'Address = 10.77.0.1/24, fd77::1/64\n'
	printf '%s\n' "$@"
}

# gateway_peer N [LINES...]: the gateway's [Peer] section for client N.
gateway_peer() {
	local n=$1
	shift
	printf '\n[Peer]\nPublicKey = %s\n' "$(public "cl$n")"
	printf 'AllowedIPs = 10.77.0.1%s/32, fd77::1%s/128\n' "$n" "$n"
	printf '%s\n' "$@"
}

# client_section N and client_peer N: what a client needs to call the gateway.
client_section() {
	local n=$1
	shift
	printf '[Interface]\nPrivateKey = %s\nAddress = 10.77.0.1%s/32, fd77::1%s/128\n' "$(private "cl$n")" "$n" "$n"
	printf '%s\n' "$@"
}

client_peer() {
	local n=$1
	shift
	printf '\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.77.0.0/24, fd77::/64\n' "$(public gw)"
	printf '%s\n' "$@"
}

outer_v4() {
	echo "Endpoint = 198.51.$1.1:51820"
}

outer_v6() {
	echo "Endpoint = [2001:db8:$1::1]:51820"
}

# --- the machines ---

# make_machines N_CLIENTS
make_machines() {
	local n
	make_namespace gw
	for ((n = 1; n <= $1; n++)); do
		make_namespace "cl$n"
		link_namespaces gw "to-cl$n" "cl$n" net "198.51.$n 2001:db8:$n"
	done
}

make_namespace() {
	ip netns add "$1"
	in_namespace "$1" ip link set lo up
}

# --- the gateway ---

gateway_is_alive() {
	[[ -n $gateway_pid ]] && kill -0 "$gateway_pid" 2>/dev/null
}

# start_gateway [INTERFACE...]: each has its INTERFACE.conf; default wg0.
start_gateway() {
	(($#)) || set -- wg0
	"start_gateway_${GATEWAY/-/_}" "$@"
}

start_gateway_wg_dpdk() {
	local n_before
	write_gw_conf "$@"
	touch gw.log
	n_before=$(count_ready)
	# The options are words on purpose.
	# shellcheck disable=SC2046
	ip netns exec gw "$gateway_program" $(eal_options "$((n_workers + HANDSHAKE_LCORES))") -- -c gw.conf >>gw.log 2>&1 &
	gateway_pid=$!
	expect 30 "the gateway is ready" gateway_is_ready "$n_before"
}

count_ready() {
	grep -c ': ready: ' gw.log || true
}

gateway_is_ready() {
	(($(count_ready) > $1))
}

# write_gw_conf INTERFACE...: each with the keys in interface_keys, which wg(8) files do not know; gateway_keys are for all
write_gw_conf() {
	local name separator=""
	{
		echo "interfaces = ("
		for name; do
			printf '%s{ name = "%s"; config = "%s.conf"; %s }\n' "$separator" "$name" "$name" "${interface_keys:-}"
			separator=", "
		done
		printf ');\nhandshake_lcores = %s;\n%s\n' "$HANDSHAKE_LCORES" "${gateway_keys:-}"
	} >gw.conf
	chmod 600 -- *.conf
}

start_gateway_wireguard_go() {
	(($# == 1 && n_workers == 1)) || skip "wireguard-go is one interface and has no workers"
	wireguard_go_up gw "$1" "$1.conf" gw.log
	gateway_pid=$!
}

# stop_gateway [SIGNAL]: it must end by itself, with status 0 and without a word of a sanitizer.
stop_gateway() {
	end_gateway "${1:-TERM}" || fail "$why"
}

# end_gateway SIGNAL: the same with status 1 and the reason in `why`.
end_gateway() {
	local pid=$gateway_pid status=0
	[[ -n $pid ]] || return 0
	why="the gateway died"
	gateway_is_alive || return 1
	gateway_pid=""
	kill "-$1" "$pid"
	why="the gateway did not stop within 20 s"
	wait_for 20 is_gone "$pid" || return 1
	wait "$pid" || status=$?
	[[ $GATEWAY == wg-dpdk ]] || return 0
	why="the gateway ended with status $status, not 0"
	((status == 0)) || return 1
	why="a sanitizer has something to say"
	! grep -qE 'Sanitizer|runtime error' gw.log
}

# sanitizers_write_files: for a process in the background, whose stderr is closed. What they say is looked for at the end.
sanitizers_write_files() {
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$PWD/sanitizer"
	export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}log_path=$PWD/sanitizer"
}

sanitizers_are_content() {
	why="a sanitizer has something to say: $(cat sanitizer.* 2>/dev/null)"
	! compgen -G 'sanitizer.*' >/dev/null
}

is_gone() {
	local state
	state=$(awk '/^State:/ {print $2}' "/proc/$1/status" 2>/dev/null) || return 0
	[[ $state == Z ]]
}

kill_gateway() {
	kill -KILL "$gateway_pid"
	wait "$gateway_pid" 2>/dev/null || true
	gateway_pid=""
}

# use_short_sessions: the gateway is a program whose sessions live 30 times shorter, with a rekey every 4 s
use_short_sessions() {
	gateway_program=$BUILD/tests/system/wg-dpdk-short-sessions
	[[ -x $gateway_program ]] || skip "$gateway_program is not built"
}

# needs_counters: for a test that reads wg-dpdk's own counters.
needs_counters() {
	[[ $GATEWAY == wg-dpdk ]] || skip "reads wg-dpdk's counters"
}

# reload WORDS: SIGHUP; then the gateway's lines say these words
reload() {
	local n_lines
	n_lines=$(wc -l <gw.log)
	kill -HUP "$gateway_pid"
	expect 20 "the gateway says: $1" says "$n_lines" "$1"
}

# says N_LINES WORDS: does the gateway, behind its first lines?
says() {
	tail -n "+$(($1 + 1))" gw.log | grep -F -- "$2" >/dev/null
}

# drop_count NAME: how many packets the gateway has dropped for this reason.
drop_count() {
	print_counters
	awk -v name="$1" '$1 == "drop" && $2 == name {n = $3} END {print n + 0}' gw.log
}

# peer_counter NAME FIELD: a field of the gateway's line about a peer, such as endpoint or rx_bytes.
peer_counter() {
	print_counters
	awk -v key="$(public "$1")" -v field="$2=" '
		$1 == "peer" && $2 == key { for (i = 3; i <= NF; i++) if (index($i, field) == 1) value = substr($i, length(field) + 1) }
		END { print value }' gw.log
}

# The counters are complete when the log has stopped growing.
print_counters() {
	local before after
	before=$(stat -c %s gw.log)
	kill -USR1 "$gateway_pid"
	wait_for 5 log_is_longer_than "$before" || fail "the gateway printed no counters"
	while sleep 0.05; do
		after=$(stat -c %s gw.log)
		((after > before)) || break
		before=$after
	done
}

log_is_longer_than() {
	(($(stat -c %s gw.log) > $1))
}

drop_count_is() {
	(($(drop_count "$1") == $2))
}

# --- the clients ---

# start_client N: wireguard-go with clN.conf.
start_client() {
	wireguard_go_up "cl$1" "cl$1" "cl$1.conf" "cl$1.log"
	client_pids[$1]=$!
}

stop_client() {
	kill "${client_pids[$1]}"
	wait "${client_pids[$1]}" 2>/dev/null || true
}

# handshake_time N: seconds since 1970 of client N's last handshake; 0: none.
handshake_time() {
	in_namespace "cl$1" wg show "cl$1" latest-handshakes | cut -f 2
}

has_handshake() {
	(($(handshake_time "$1") > 0))
}

expect_handshake() {
	expect 10 "client $1 has a handshake" has_handshake "$1"
}

# call_over N OUTER: client N goes on over v4 or v6. A late packet of the gateway can lead it back, hence the loop.
call_over() {
	expect 10 "client $1 calls over $2" calls_over "$1" "$("outer_$2" "$1" | cut -d ' ' -f 3)"
}

calls_over() {
	in_namespace "cl$1" wg set "cl$1" peer "$(public gw)" endpoint "$2"
	answers "cl$1" 10.77.0.1 && [[ $(in_namespace "cl$1" wg show "cl$1" endpoints | cut -f 2) == "$2" ]]
}

# received_bytes N: outer bytes that client N has verified.
received_bytes() {
	in_namespace "cl$1" wg show "cl$1" transfer | cut -f 2
}

# start_pair OUTER: gateway and client 1, which calls over OUTER (v4 or v6).
start_pair() {
	{ gateway_section && gateway_peer 1; } >wg0.conf
	{ client_section 1 && client_peer 1 "$("outer_$1" 1)"; } >cl1.conf
	make_machines 1
	start_gateway
	start_client 1
}

# --- traffic ---

# iperf FROM TO ADDRESS SECONDS [OPTIONS]: sets gbits and stall (the longest time without a byte, in seconds).
iperf() {
	local from=$1 to=$2 address=$3 seconds=$4
	shift 4
	in_namespace "$to" iperf3 -s -1 -B "$address" >iperf-server.log 2>&1 &
	wait_for 5 listens "$to" tcp 5201 || fail "iperf3's server did not start"
	in_namespace "$from" timeout $((seconds + 10)) iperf3 -c "$address" -t "$seconds" -i 0.1 --json "$@" >iperf.json ||
		fail "iperf3 from $from to $address: $(grep error iperf.json)"
	wait $!
	read -r gbits stall < <("$tests_dir/../../scripts/iperf-figures" iperf.json)
	echo "iperf3 $from to $address $*: $gbits Gbit/s, longest stall $stall s"
}

# listens NAMESPACE tcp|udp PORT
listens() {
	[[ -n $(in_namespace "$1" ss -Hln "--$2" "sport = :$3") ]]
}

assert_less() {
	awk -v a="$2" -v b="$3" 'BEGIN {exit !(a < b)}' || fail "$1: $2, must be less than $3"
}
