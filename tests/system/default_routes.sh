#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Two interfaces of one process with a default route each have tables and rules of their own, as with wg-quick, and
# --check says the rules that the run makes.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters

# gateway_interface N ALLOWED_IPS: wgN.conf, whose peer is the client after it.
gateway_interface() {
	local client=$(($1 + 1))
	cat >"wg$1.conf" <<-END
		[Interface]
		PrivateKey = $(private "gw$1")
		ListenPort = 5182$1
		Address = 10.7$1.0.1/24, fd7$1::1/64

		[Peer]
		PublicKey = $(public "cl$client")
		AllowedIPs = $2
		Endpoint = 198.51.$client.2:51821
	END
}

# client N: it answers for an address of each family far away.
client() {
	cat >"cl$1.conf" <<-END
		[Interface]
		PrivateKey = $(private "cl$1")
		ListenPort = 51821
		Address = 192.0.2.$1/32, 2001:db8:99::$1/128

		[Peer]
		PublicKey = $(public "gw$(($1 - 1))")
		AllowedIPs = 10.7$(($1 - 1)).0.0/24, fd7$(($1 - 1))::/64
	END
}

rules() {
	in_namespace gw sh -c 'ip -4 rule; ip -6 rule'
}

# assert_rules_as_checked: the rules of the run are those that --check said before.
assert_rules_as_checked() {
	local made said
	made=$(rules | awk '/suppress|not from/ {print $1 + 0}' | sort)
	said=$(awk '/ rule add / {print $NF}' checked | sort)
	[[ -n $said && $made == "$said" ]] || fail "--check said rules at $said, the run made $made"
}

check_and_start() {
	write_gw_conf wg0 wg1
	in_namespace gw "$BUILD/control/wg-dpdk" --check -c gw.conf >checked || fail "--check refuses"
	start_gateway wg0 wg1
	assert_rules_as_checked
}

client 1
client 2
make_machines 2
start_client 1
start_client 2

echo "one of IPv4, one of IPv6"
gateway_interface 0 0.0.0.0/0
gateway_interface 1 ::/0
check_and_start
assert_ping gw 192.0.2.1
assert_ping gw 2001:db8:99::2
stop_gateway
assert_equal "rules that are left" "" "$(rules | grep -E 'suppress|not from' || true)"

echo "both of IPv4: the later one is asked first"
gateway_interface 1 "0.0.0.0/0, ::/0"
check_and_start
assert_ping gw 192.0.2.2
assert_ping gw 2001:db8:99::2
assert_ping gw 192.0.2.1 -m 51821
