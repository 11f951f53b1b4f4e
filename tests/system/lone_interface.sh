#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# `wg-dpdk wg0` goes to the background when wg(8) can talk to the interface, which takes everything by wg(8) and ip(8); it
# ends on SIGTERM, when the interface is deleted or when its socket's file is removed. Two of them do not see each other.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
sanitizers_write_files
program=$BUILD/control/wg-dpdk

# started NAME: `wg-dpdk NAME` succeeds, its process is in `pid`; without a worker's wait, and with nothing on its outputs
started() {
	in_namespace gw "$program" "$1" >out 2>errors </dev/null || fail "wg-dpdk $1: $(cat out errors)"
	assert_equal "what wg-dpdk $1 says" "" "$(cat out errors)"
	pid=$(pgrep -f "^$program $1\$") || fail "wg-dpdk $1 does not run"
}

has_ended() {
	is_gone "$1" && [[ ! -e /run/wireguard/$2.sock ]] && ! in_namespace gw ip link show "$2" 2>/dev/null
}

make_machines 1
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
start_client 1

echo "silent, without a key, with a port of its own"
exec 9>held.lock
started wg0
exec 9>&-
assert_equal "keys" "(none)" "$(in_namespace gw wg show wg0 private-key)"
(($(in_namespace gw wg show wg0 listen-port) > 0)) || fail "it does not listen"
in_namespace gw ip link show wg0 | grep -q 'mtu 1420 .* state DOWN' || fail "the link: $(in_namespace gw ip link show wg0)"
! find "/proc/$pid/fd" -lname "$PWD/*" | grep . || fail "it holds files of its caller"
[[ $(ps -o sid= -p "$pid") -eq $pid ]] || fail "it belongs to its caller's session"

echo "wg(8) and ip(8) make a gateway of it"
in_namespace gw wg set wg0 private-key <(private gw) listen-port 51820 peer "$(public cl1)" allowed-ips 10.77.0.11/32,fd77::11/128
in_namespace gw ip addr add 10.77.0.1/24 dev wg0
in_namespace gw ip -6 addr add fd77::1/64 dev wg0
in_namespace gw ip link set wg0 mtu 8900 up
assert_ping cl1 10.77.0.1
assert_ping cl1 fd77::1
in_namespace cl1 ip link set cl1 mtu 8900
assert_ping cl1 10.77.0.1 -s 8800

echo "a second one beside it, and the same name again"
started wg1
pid_1=$pid
assert_equal "interfaces" "cl1 wg0 wg1" "$(in_namespace gw wg show interfaces | tr ' ' '\n' | sort | xargs)"
! in_namespace gw "$program" wg1 >out 2>errors || fail "the same name twice"
grep -q 'an interface wg1 exists already; remove it' errors || fail "no reason: $(cat errors)"
assert_equal "lines of the error" 1 "$(wc -l <errors)"

echo "the end: by a signal, without the socket, without the interface"
kill "$pid_1"
expect 10 "wg1 has ended" has_ended "$pid_1" wg1
started wg1
rm /run/wireguard/wg1.sock
expect 10 "wg1 has ended" has_ended "$pid" wg1
started wg1
mv /run/wireguard/wg1.sock /run/wireguard/wg9.sock
touch /run/wireguard/wg1.sock
expect 10 "wg1 has ended" is_gone "$pid"
[[ -e /run/wireguard/wg1.sock ]] || fail "it removed a file that is not its own"
rm /run/wireguard/wg[19].sock
started wg1
in_namespace gw ip link del wg1
expect 10 "wg1 has ended" has_ended "$pid" wg1
assert_ping cl1 10.77.0.1

echo "moved to another namespace it goes on, with its sockets where it was started, until it is deleted there"
started wg1
ip netns add inner
in_namespace gw ip link set wg1 netns inner
in_namespace gw wg set wg1 private-key <(private gw_second) listen-port 51999 peer "$(public cl1)" \
	allowed-ips 0.0.0.0/0 endpoint 198.51.1.2:51821
in_namespace cl1 wg set cl1 listen-port 51821 peer "$(public gw_second)" allowed-ips 10.79.0.1/32
in_namespace cl1 ip route add 10.79.0.1 dev cl1
ip -n inner addr add 10.79.0.1/32 dev wg1
ip -n inner link set wg1 up
ip -n inner route add default dev wg1
assert_ping inner 10.77.0.11
listens gw udp 51999 || fail "the socket is not where the process was started"
ip -n inner link del wg1
expect 10 "wg1 has ended" has_ended "$pid" wg1

echo "in the foreground it tells what happens, and SIGHUP does no harm"
ip netns exec gw env LOG_LEVEL=verbose WG_PROCESS_FOREGROUND=1 "$program" wg1 >gw.log 2>&1 &
gateway_pid=$!
expect 20 "it is ready" grep -q 'ready: 1 interface, 0 peers, 1 worker' gw.log
kill -HUP "$gateway_pid"
expect 5 "it has heard" grep -q 'there is no file to read again' gw.log
stop_gateway
ip netns exec gw env LOG_LEVEL=silent "$program" -f wg1 >gw.log 2>&1 &
gateway_pid=$!
expect 20 "wg1 is there" is_interface gw wg1
stop_gateway
! grep -q 'wg-dpdk:' gw.log || fail "not silent: $(cat gw.log)"
in_namespace gw ip link del wg0
