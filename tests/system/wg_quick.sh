#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# wg-quick(8) with wg-dpdk as its user-space implementation: up, traffic, down for a server, a road warrior, a site-to-site
# link, a hub and a file that saves itself. After each down, and after an up that fails, the host is what it was before.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
command -v nft >/dev/null || skip "nft is not installed"
[[ ! -e /sys/module/wireguard ]] || skip "this kernel has WireGuard itself, which wg-quick prefers"
sanitizers_write_files
export WG_QUICK_USERSPACE_IMPLEMENTATION=$BUILD/control/wg-dpdk

# resolvconf(8) that keeps what it is given, a file for each interface.
mkdir bin dns
cat >bin/resolvconf <<'END'
#!/bin/bash
case $1 in
-a) cat >"/run/test/dns/$2" ;;
-d) rm -f "/run/test/dns/$2" ;;
-l) cat "/run/test/dns/$2" ;;
esac
END
chmod +x bin/resolvconf

quick() {
	in_namespace gw env PATH="$PWD/bin:$PATH" wg-quick "$1" "$PWD/$2.conf" >quick.log 2>&1
}

# state: all that an up changes.
state() {
	in_namespace gw sh -c 'ip -o addr; ip -o link; ip -4 rule; ip -6 rule; ip -4 route show table all; ip -6 route show table all
		nft list ruleset' | grep -v fe80
	pgrep -af "^$WG_QUICK_USERSPACE_IMPLEMENTATION" || true
	find /run -name '*.sock'
	ls dns
}

is_as_before() {
	[[ $(state) == "$before" ]]
}

up() {
	chmod 600 "$1.conf"
	quick up "$1" || fail "wg-quick up $1: $(cat quick.log)"
}

down() {
	quick down "$1" || fail "wg-quick down $1: $(cat quick.log)"
}

# What wg-dpdk holds goes a moment after the interface, with the process.
expect_as_before() {
	expect 10 "the host is as before: $(diff <(state) <(echo "$before"))" is_as_before
}

is_settled() {
	(($(in_namespace gw ip -6 route show table local | grep -c '^local fe80') == 2))
}

# called_peer N: a peer that the gateway calls, because the client's session from before is of no use any more.
called_peer() {
	gateway_peer "$1" "Endpoint = 198.51.$1.2:51821"
}

make_machines 2
in_namespace gw ip route add default via 198.51.2.2
expect 10 "the cables have their link-local addresses" is_settled
{ client_section 1 "ListenPort = 51821" "Address = 192.0.2.1/32, 2001:db8:99::1/128, fd02::1/128" &&
	client_peer 1 "AllowedIPs = fd01::/64" "$(outer_v4 1)"; } >cl1.conf
{ client_section 2 "ListenPort = 51821" && client_peer 2 "$(outer_v4 2)"; } >cl2.conf
start_client 1
start_client 2
before=$(state)

echo "a server, with hooks and DNS"
{
	gateway_section "MTU = 1300" "DNS = 192.0.2.53, example.org" "PreUp = echo pre-up %i >>hooks" "PostUp = echo post-up %i >>hooks" \
		"PreDown = echo pre-down %i >>hooks" "PostDown = echo post-down %i >>hooks" && gateway_peer 1
} >wg0.conf
up wg0
assert_ping cl1 10.77.0.1
assert_ping gw fd77::11
[[ $(in_namespace gw ip link show wg0) == *"mtu 1300"* ]] || fail "the MTU is not the file's"
assert_equal "DNS" "nameserver 192.0.2.53 search example.org" "$(xargs <dns/wg0)"
down wg0
expect_as_before
assert_equal "hooks" "pre-up wg0 post-up wg0 pre-down wg0 post-down wg0" "$(xargs <hooks)"

echo "a road warrior: everything through the tunnel but the tunnel itself"
{ gateway_section && gateway_peer 1 "AllowedIPs = 0.0.0.0/0, ::/0" "Endpoint = 198.51.1.2:51821"; } >wg0.conf
up wg0
assert_ping gw 192.0.2.1
assert_ping gw 2001:db8:99::1
[[ $(in_namespace gw nft list tables) == *"ip6 wg-quick-wg0"* ]] || fail "wg-quick has set no packet filter, so this proves less than it should"
assert_equal "mark" 0xca6c "$(in_namespace gw wg show wg0 fwmark)"
down wg0
expect_as_before

echo "two sites, IPv6 inside and outside, a network behind each"
{
	printf '[Interface]\nPrivateKey = %s\nListenPort = 51820\nAddress = fd01::1/64\n' "$(private gw)"
	printf '[Peer]\nPublicKey = %s\nEndpoint = [2001:db8:1::2]:51821\nAllowedIPs = fd02::/64\nPersistentKeepalive = 25\n' "$(public cl1)"
} >site.conf
up site
assert_ping gw fd02::1
assert_ping cl1 fd01::1
[[ $(in_namespace gw wg show site endpoints) == *'[2001:db8:1::2]:51821' ]] || fail "the endpoint is not IPv6"
down site
expect_as_before

echo "a hub, whose peers talk to each other, beside a second interface"
{ gateway_section "PostUp = sysctl -q net.ipv4.ip_forward=1" "PostDown = sysctl -q net.ipv4.ip_forward=0" && called_peer 1 && called_peer 2; } >wg0.conf
printf '[Interface]\nPrivateKey = %s\nAddress = 10.78.0.1/24\nTable = off\n' "$(private gw_second)" >wg1.conf
up wg0
up wg1
assert_equal "processes" 2 "$(pgrep -cf "^$WG_QUICK_USERSPACE_IMPLEMENTATION")"
assert_ping gw 10.77.0.11
assert_ping gw 10.77.0.12
assert_ping cl1 10.77.0.12
assert_ping cl2 10.77.0.11
down wg1
assert_ping cl1 10.77.0.12
down wg0
expect_as_before

echo "a file that saves what was changed"
{ gateway_section "SaveConfig = true" && called_peer 1; } >wg0.conf
up wg0
in_namespace gw wg set wg0 peer "$(public cl2)" allowed-ips 10.77.0.12/32 endpoint 198.51.2.2:51821
in_namespace gw ip route add 10.77.0.12/32 dev wg0
down wg0
expect_as_before
grep -qF "PublicKey = $(public cl2)" wg0.conf || fail "the new peer is not in the file: $(cat wg0.conf)"
up wg0
assert_ping gw 10.77.0.11
assert_ping gw 10.77.0.12
in_namespace gw wg syncconf wg0 <(wg-quick strip "$PWD/wg0.conf")
assert_ping cl1 10.77.0.1
down wg0
expect_as_before

echo "an up that fails leaves nothing either"
{ gateway_section "PostUp = false" && gateway_peer 1 "AllowedIPs = 0.0.0.0/0"; } >wg0.conf
! quick up wg0 || fail "an up whose hook fails succeeds"
expect_as_before
printf '[Interface]\nPrivateKey = none\n' >wg0.conf
! quick up wg0 || fail "an up without a key succeeds"
expect_as_before
