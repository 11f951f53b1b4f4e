#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A reload of gw.conf adds and removes interfaces, and `ip link del` ends one of several, while another one's packets pass.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_second.sh
. "$tests_dir/_second.sh"

needs_counters

interfaces() {
	wg show interfaces | tr ' ' '\n' | grep -v cl | sort -V | xargs
}

second_peer="AllowedIPs = 10.78.0.12/32, fd78::12/128, 10.99.0.0/16
Endpoint = 198.51.2.2:51821"
{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
cat >cl2.conf <<END
[Interface]
PrivateKey = $(private cl2)
ListenPort = 51821
Address = 10.78.0.12/32, fd78::12/128

[Peer]
PublicKey = $(public gw_second)
AllowedIPs = 10.78.0.0/24, fd78::/64
Endpoint = 198.51.2.1:51999
END
make_machines 2
n_workers=2
start_gateway
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
in_namespace gw "$tests_dir/udp_stream.py" echo 10.77.0.1 7000 &
echo_pid=$!
expect 5 "the echo is there" listens gw udp 7000
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.77.0.1 7000 "${STREAM_SECONDS:-10}" >stream.log &
stream=$!
before=$(handshake_time 1)

echo "a new section is a new interface"
second wg1
write_gw_conf wg0 wg1
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_equal "interfaces" "wg0 wg1" "$(interfaces)"
assert_ping gw 10.78.0.12
assert_ping cl2 fd78::1
[[ -n $(in_namespace gw ip route show 10.99.0.0/16 dev wg1) ]] || fail "no route to what the new peer may have"

echo "it goes with its section, another one of the same port and key comes in the same reload"
second wg2
write_gw_conf wg0 wg2
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_equal "interfaces" "wg0 wg2" "$(interfaces)"
says 0 "wg1 is not in the files any more: it ends" || fail "the log does not say who went"
! in_namespace gw ip link show wg1 2>/dev/null || fail "wg1 is still there"
assert_ping gw 10.78.0.12

echo "what is wrong changes nothing"
cp wg2.conf good.conf
write_gw_conf wg0 wg1 wg2
reload "51999 is already the port of"
sed -e 's/51999/51998/' -e 's/^Address.*/MTU = 9000/' good.conf >wg1.conf
reload "wg1: an MTU of 9000, when packet buffers were made for 1420"
second wg2 "MTU = 1300"
reload "wg2: mtu cannot change while it runs"
assert_equal "interfaces" "wg0 wg2" "$(interfaces)"
cp good.conf wg2.conf

echo "what the host refuses is one interface that is missing"
in_namespace gw ip link add wg1 type veth peer name other
printf '[Interface]\nPrivateKey = %s\n' "$(wg genkey)" >wg1.conf
reload "an interface wg1 exists already"
expect 5 "the rest is done" says 0 "reloaded: 0 peers added"
in_namespace gw ip link del wg1
reload "wg1 is new"
expect 5 "wg1 is there" is_interface gw wg1

echo "ip link del ends one, and a reload brings it back, with other addresses"
in_namespace gw ip link del wg2
expect 10 "wg2 is nowhere" is_nowhere wg2
says 0 "wg2 was deleted: it ends, the others go on" || fail "the log does not say so"
assert_equal "interfaces" "wg0 wg1" "$(interfaces)"
second wg2 "MTU = 1300"
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_ping gw 10.78.0.12
in_namespace gw ip link show wg2 | grep 'mtu 1300' >/dev/null || fail "the MTU is the old one"

echo "many come and go"
names=()
for ((n = 10; n < 40; n++)); do
	names+=("wg$n")
	printf '[Interface]\nPrivateKey = %s\nAddress = 10.80.%s.1/24\n' "$(wg genkey)" "$n" >"wg$n.conf"
done
write_gw_conf wg0 "${names[@]}"
reload "reloaded: 0 peers added"
assert_equal "interfaces" "wg0 ${names[*]}" "$(interfaces)"
write_gw_conf wg0
reload "reloaded: 0 peers added"
assert_equal "interfaces" "wg0" "$(interfaces)"
assert_equal "their links" "wg0" "$(in_namespace gw ip -o link show type tun | sed 's/^[0-9]*: \([^:]*\):.*/\1/' | xargs)"
write_gw_conf wg0 wg2
reload "reloaded: 1 peer added, 0 removed, 2 now"
assert_ping gw 10.78.0.12

wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "$echo_pid"
assert_equal "client 1's last handshake" "$before" "$(handshake_time 1)"
