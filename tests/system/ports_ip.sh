#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# What a router owes IP: the hop limit, news for who sends too much at once, outer packets that arrive
# in pieces, and headers that contradict themselves.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# hop_limits NAMESPACE ADDRESS: those of the answers
hop_limits() {
	in_namespace "$1" ping -n -c 2 -i 0.2 -W 2 "$2" | sed -nE 's/.*(ttl|hlim)=([0-9]+).*/\2/p' | sort -u
}

# expires_at NAMESPACE ADDRESS BY: a ping with one hop to go is answered by the gateway
expires_at() {
	local out
	out=$(in_namespace "$1" ping -n -c 1 -W 2 -t 1 "$2") || true
	grep -iqE "from $3.*(time to live|time) exceeded" <<<"$out"
}

# path_mtu NAMESPACE ADDRESS: as the kernel has learnt it
path_mtu() {
	in_namespace "$1" ip route get "$2" | sed -nE 's/.* mtu ([0-9]+).*/\1/p'
}

# learns_mtu NAMESPACE ADDRESS MTU: large packets that must not be cut teach the sender
learns_mtu() {
	local size
	for size in 1450 1385 1365; do
		in_namespace "$1" "$tests_dir/ping.py" -c 1 -W 0.5 -M "do" -s "$size" "$2" >/dev/null 2>&1 || true
	done
	[[ $(path_mtu "$1" "$2") == "$3" ]]
}

# pieces_made NAMESPACE: packets that its kernel has made by cutting larger ones
pieces_made() {
	in_namespace "$1" nstat -asz IpFragCreates Ip6FragCreates | awk '/Frag/ {n += $2} END {print n}'
}

# Frames to the gateway whose headers are wrong in one way each
send_malformed() {
	in_namespace lan python3 - "$(in_namespace gw cat /sys/class/net/lan/address)" <<'END'
import socket, struct, sys
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind(("net", 0))
ethernet = bytes.fromhex(sys.argv[1].replace(":", "")) + b"\x02\0\0\0\0\1"

def ipv4(version=0x45, length=28, checksum=None, to=b"\x0a\x4d\0\x0b"):
    header = struct.pack("!BBHHHBBH4s4s", version, 0, length, 0, 0, 64, 17, 0, b"\x0a\x58\0\2", to)
    total = sum(struct.unpack("!10H", header))
    total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return header[:10] + struct.pack("!H", total if checksum is None else checksum) + header[12:]

udp = struct.pack("!HHHH", 1, 2, 8, 0)
for packet in (
    ipv4(version=0x65) + udp, ipv4(version=0x44) + udp, ipv4(length=19) + udp, ipv4(length=400) + udp,
    ipv4(checksum=0x1234) + udp, ipv4()[:12],
    ipv4(to=b"\x0a\x58\0\1") + struct.pack("!HHHH", 1, 2, 400, 0),  # to the gateway itself; others' UDP is not its business
):
    sock.send(ethernet + b"\x08\0" + packet)
sock.send(ethernet + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, 400, 17, 64) + bytes(32) + udp)
END
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
use_af_xdp
make_port_machines
start_gateway
address_ports
start_client 1
assert_ping cl1 10.88.0.2
assert_ping cl1 fd88::2

echo "hop limits"
for address in 10.88.0.2 fd88::2; do
	assert_equal "hop limit of the answer of $address" 63 "$(hop_limits cl1 "$address")"
done
expires_at cl1 10.88.0.2 10.77.0.1 || fail "an IPv4 packet with one hop to go"
expires_at cl1 fd88::2 fd77::1 || fail "an IPv6 packet with one hop to go"
expires_at lan 10.77.0.11 10.88.0.1 || fail "an IPv4 packet with one hop to go, into the tunnel"
expires_at lan fd77::11 fd88::1 || fail "an IPv6 packet with one hop to go, into the tunnel"

echo "too big: for the tunnel, and for a port with an MTU of 1400"
expect 10 "lan knows the tunnel's MTU" learns_mtu lan 10.77.0.11 1420
expect 10 "lan knows the tunnel's MTU, IPv6" learns_mtu lan fd77::11 1420
in_namespace gw ip link set lan mtu 1400
expect 10 "the client knows the port's MTU" learns_mtu cl1 10.88.0.2 1400
expect 10 "the client knows the port's MTU, IPv6" learns_mtu cl1 fd88::2 1400
iperf cl1 lan 10.88.0.2 1
iperf cl1 lan fd88::2 1
assert_less "longest stall in s" "$stall" 1
in_namespace gw ip link set lan mtu 1500

echo "too big for the way to the peer: the sender is told, nothing is cut"
in_namespace lan ip route flush cache
in_namespace lan ip -6 route flush cache
in_namespace gw ip route change 198.51.1.0/24 dev wan mtu 1400
expect 10 "lan knows the way's MTU" learns_mtu lan 10.77.0.11 1340
expect 10 "lan knows the way's MTU, IPv6" learns_mtu lan fd77::11 1340
n_cut=$(pieces_made gw)
iperf lan cl1 10.77.0.11 1
iperf lan cl1 fd77::11 1
assert_equal "outer packets that were cut" "$n_cut" "$(pieces_made gw)"
(($(drop_count inner_over_path) > 0)) || fail "nothing was counted as too big for the way"
in_namespace gw ip route change 198.51.1.0/24 dev wan

echo "outer packets in pieces"
in_namespace cl1 ip route add 198.51.1.1 dev net mtu 1280
in_namespace cl1 ip route add 2001:db8:1::1 dev net mtu 1280
assert_ping cl1 10.88.0.2 -s 1300
call_over 1 v6
assert_ping cl1 10.88.0.2 -s 1300
cut=$(pieces_made cl1)
((cut >= 20)) || fail "the client cut no packets: $cut"

echo "malformed headers"
send_malformed
expect 5 "they are dropped by name" drop_count_is frame_malformed 8
