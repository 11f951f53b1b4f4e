#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# One port for everything: two clients, each of an interface of its own that is told by its listen port, and a plain
# host, all on one switch. What goes from tunnel to tunnel never leaves the worker.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# plug NAMESPACE DEV: a cable from the switch to NAMESPACE's DEV
plug() {
	ip link add "to-$1" netns switch type veth peer name "$2" netns "$1"
	in_namespace switch ip link set "to-$1" master bridge up
	in_namespace "$1" ip link set "$2" up
	checksums_on "$1" "$2"
}

second_client() {
	cat <<END
[Interface]
PrivateKey = $(private cl2)
Address = 10.78.0.12/32, fd78::12/128

[Peer]
PublicKey = $(public gw_second)
AllowedIPs = 10.77.0.0/24, fd77::/64, 10.78.0.0/24, fd78::/64, 10.88.0.0/24, fd88::/64
Endpoint = 198.51.1.1:51999
END
}

{ gateway_section && gateway_peer 1; } >wg0.conf
cat >wg1.conf <<END
[Interface]
PrivateKey = $(private gw_second)
ListenPort = 51999
Address = 10.78.0.1/24, fd78::1/64

[Peer]
PublicKey = $(public cl2)
AllowedIPs = 10.78.0.12/32, fd78::12/128
END
{ client_section 1 && client_peer 1 "AllowedIPs = 10.78.0.0/24, fd78::/64, 10.88.0.0/24, fd88::/64" "$(outer_v6 1)"; } >cl1.conf
second_client >cl2.conf
needs_counters
for machine in gw cl1 cl2 lan switch; do
	make_namespace "$machine"
done
in_namespace switch ip link add bridge type bridge || skip "this kernel has no bridge"
in_namespace switch ip link set bridge up
nic_cable wan switch to-gw
in_namespace switch ip link set to-gw master bridge
for machine in cl1 cl2 lan; do
	plug "$machine" net
done
nic_host cl1 net 198.51.1.2/24 2001:db8:1::2/64
nic_host cl2 net 198.51.1.3/24 2001:db8:1::3/64
nic_host lan net 10.88.0.2/24 fd88::2/64
in_namespace lan ip route add 10.76.0.0/14 via 10.88.0.1
in_namespace lan ip route add fd77::/64 via fd88::1
in_namespace lan ip route add fd78::/64 via fd88::1
forwarding_on
add_port wan
n_workers=2
start_gateway wg0 wg1
port_addresses wan 198.51.1.1/24 2001:db8:1::1/64 10.88.0.1/24 fd88::1/64
start_client 1
start_client 2

echo "in and out of the same port"
assert_ping cl1 10.88.0.2
assert_ping cl1 fd88::2
assert_ping cl2 10.88.0.2
assert_ping lan fd78::12
assert_fast "TCP in and out of one port" iperf cl1 lan fd88::2 2
assert_fast "TCP out and in of one port" iperf cl1 lan 10.88.0.2 2 -R

echo "from tunnel to tunnel"
assert_ping cl1 10.78.0.12
assert_ping cl2 fd77::11
before=$(kernel_packets wg1)
assert_fast "TCP from peer to peer" iperf cl1 cl2 10.78.0.12 2
assert_fast "TCP from peer to peer, back" iperf cl1 cl2 fd78::12 2 -R
n=$(($(kernel_packets wg1) - before))
((n < 50)) || fail "the kernel handled $n packets of the second tunnel"
