#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# An interface in a network namespace that has nothing else, so that the tunnel is its only way out; the encrypted packets
# go where the gateway was started. Reload and `ip link del` find it there.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
{ gateway_section && gateway_peer 1 "AllowedIPs = 0.0.0.0/0, ::/0" "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" "Address = 192.0.2.1/32, 2001:db8:99::1/128" && client_peer 1; } >cl1.conf
printf '[Interface]\nPrivateKey = %s\nAddress = 10.80.0.1/24\n' "$(wg genkey)" >wg1.conf
make_machines 1
start_client 1

echo "a namespace that is not there is one clear error"
interface_keys='netns = "inside";'
write_gw_conf wg0
# shellcheck disable=SC2046
! in_namespace gw "$BUILD/control/wg-dpdk" $(eal_options 1) -- -c gw.conf >out 2>errors || fail "it runs in a namespace that is not there"
grep 'error: there is no network namespace inside; make it (ip netns add inside)' errors >/dev/null || fail "no reason: $(cat errors)"

echo "the interface, its routes and rules are in there, and nowhere else"
make_namespace inside
rules=$(in_namespace gw sh -c 'ip rule; ip -6 rule')
n_workers=2
start_gateway wg0
assert_ping inside 192.0.2.1
assert_ping inside 2001:db8:99::1
assert_ping cl1 10.77.0.1
! in_namespace gw ip link show wg0 2>/dev/null || fail "wg0 is where the gateway was started"
listens gw udp 51820 || fail "the sockets are not where the gateway was started"
assert_equal "rules" "$rules" "$(in_namespace gw sh -c 'ip rule; ip -6 rule')"

echo "a link with the same number where the gateway was started is none of its business"
in_namespace gw ip link set to-cl1 mtu 1410
assert_equal "wg0's number, as the other link's" "$(in_namespace gw ip -o link show to-cl1 | cut -d : -f 1)" \
	"$(in_namespace inside ip -o link show wg0 | cut -d : -f 1)"
reload "reloaded: 0 peers added"
print_counters
grep '^interface wg0 .* mtu=1420 ' gw.log >/dev/null || fail "wg0 has taken the MTU of another link: $(grep '^interface' gw.log)"

echo "a reload adds one and removes it"
write_gw_conf wg0 wg1
reload "reloaded: 0 peers added"
[[ $(in_namespace inside ip -br addr show wg1) == *10.80.0.1/24* ]] || fail "wg1 is not in the namespace"
sed -i 's/netns = "inside"/netns = ""/' gw.conf
reload "wg0: netns cannot change while it runs"
write_gw_conf wg0
reload "reloaded: 0 peers added"
! in_namespace inside ip link show wg1 2>/dev/null || fail "wg1 is still there"
assert_ping inside 192.0.2.1

echo "its end takes the rules along"
write_gw_conf wg0 wg1
reload "reloaded: 0 peers added"
in_namespace inside ip link del wg0
expect 10 "the log says who went" says 0 "wg0 was deleted: it ends, the others go on"
expect 10 "wg0's socket is gone" test ! -e /run/wireguard/wg0.sock
[[ $(in_namespace inside ip rule) != *suppress_prefixlength* ]] || fail "the rules are still there"
