#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# With ports, too, a reload of gw.conf adds and removes interfaces, and `ip link del` ends one of several, while another one's
# packets pass. What is routed into them goes the fast way.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"
# shellcheck source=_second.sh
. "$tests_dir/_second.sh"

# assert_tunnel NAME: the second tunnel works both ways, and the kernel has nothing to do with it. The gateway begins, as the
# client may believe in a session of an interface that went.
assert_tunnel() {
	expect 10 "the second tunnel leads out of $1" answers lan 10.78.0.12
	expect 10 "it does with IPv6" answers lan fd78::12
	before=$(kernel_packets "$1")
	assert_ping cl1 10.91.0.2
	assert_ping cl1 fd91::2
	assert_ping lan 10.78.0.12
	assert_ping lan fd78::12
	(($(kernel_packets "$1") - before < 10)) || fail "the kernel handled packets of $1: this is not the fast path"
}

start_second_tunnel() {
	cat >cl2.conf <<-END
		[Interface]
		PrivateKey = $(private cl2)
		ListenPort = 51821
		Address = 10.78.0.12/32, fd78::12/128

		[Peer]
		PublicKey = $(public gw_second)
		AllowedIPs = 10.91.0.0/24, fd91::/64
		Endpoint = 198.51.1.1:51999
	END
	wireguard_go_up cl1 cl2 cl2.conf cl2.log
	nic_host lan net 10.91.0.2/24 fd91::2/64
	port_addresses lan 10.91.0.1/24 fd91::1/64
	in_namespace lan ip route add 10.78.0.0/24 via 10.91.0.1
	in_namespace lan ip route add fd78::/64 via fd91::1
}

second_peer="AllowedIPs = 10.78.0.12/32, fd78::12/128
Endpoint = 198.51.1.2:51821"
start_port_pair v4
start_second_tunnel
expect 10 "client 1 reaches the host behind" answers cl1 10.88.0.2
in_namespace lan "$tests_dir/udp_stream.py" echo 10.88.0.2 7000 &
echo_pid=$!
expect 5 "the echo is there" listens lan udp 7000
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.88.0.2 7000 "${STREAM_SECONDS:-5}" 0.25 >stream.log &
stream=$!

echo "a new section is a new interface"
second wg1
write_gw_conf wg0 wg1
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_tunnel wg1

echo "it goes with its section, another one of the same port and key comes in the same reload"
second wg2
write_gw_conf wg0 wg2
reload "reloaded: 1 peer added, 0 removed, 2 now"
! in_namespace gw ip link show wg1 2>/dev/null || fail "wg1 is still there"
assert_tunnel wg2

echo "ip link del ends one, the others go on, and a reload brings it back"
in_namespace gw ip link del wg2
expect 10 "wg2 is nowhere" is_nowhere wg2
assert_no_ping lan 10.78.0.12
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_tunnel wg2

echo "many come and go"
names=()
for ((n = 10; n < 18; n++)); do
	names+=("wg$n")
	printf '[Interface]\nPrivateKey = %s\nListenPort = %s\nAddress = 10.80.%s.1/24\n' "$(wg genkey)" "$((52000 + n))" "$n" >"wg$n.conf"
done
write_gw_conf wg0 "${names[@]}"
reload "reloaded: 0 peers added"
write_gw_conf wg0 wg2
reload "reloaded: 1 peer added"
assert_tunnel wg2

wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "$echo_pid"
