#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# With mss_clamp what TCP announces on its way through the tunnel fits the tunnel, whoever calls; without it each
# end announces what fits its own link. A host behind the gateway and the client have larger MTUs than the tunnel.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

tunnel_mtu=1300

# announcements NAMESPACE DEV: each SYN that comes there, a line each: VERSION MSS, and whether its checksum is right
announcements() {
	in_namespace "$1" python3 -u - "$2" <<'END'
import socket, sys
sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
sock.bind((sys.argv[1], 0))
print("listening", flush=True)

def is_right(addresses, tcp):
    words = addresses + tcp + bytes(len(tcp) % 2)
    total = 6 + len(tcp) + sum(int.from_bytes(words[i:i + 2], "big") for i in range(0, len(words), 2))
    return total % 0xFFFF == 0

while True:
    packet, where = sock.recvfrom(2048)
    version = packet[0] >> 4
    is_tcp = version == 4 and packet[9] == 6 or version == 6 and packet[6] == 6
    tcp = packet[20:int.from_bytes(packet[2:4], "big")] if version == 4 else packet[40:]
    if where[2] == socket.PACKET_OUTGOING or not is_tcp or not tcp[13] & 2:
        continue
    mss = int.from_bytes(tcp[22:24], "big") if tcp[20:22] == b"\2\4" else "none"
    right = is_right(packet[12:20] if version == 4 else packet[8:40], tcp)
    print(version, mss, "right" if right else "wrong", flush=True)
END
}

# assert_announced FROM TO ADDRESS: a call, and what its SYN (at TO) and its SYN-ACK (at FROM) announce
assert_announced() {
	: >"$1.mss" && : >"$2.mss"
	iperf "$1" "$2" "$3" 1
	assert_equal "what $1 announces to $2" "$4" "$(sort -u "$2.mss")"
	assert_equal "what $2 answers" "$5" "$(sort -u "$1.mss")"
}

[[ $GATEWAY == wg-dpdk ]] || skip "only wg-dpdk has mss_clamp"
{ gateway_section "MTU = $tunnel_mtu" && gateway_peer 1 "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64"; } >cl1.conf
make_machines 1
make_namespace lan
link_namespaces gw to-lan lan net "10.88.0 fd88"
in_namespace lan ip route add 10.77.0.0/24 via 10.88.0.1
in_namespace lan ip route add fd77::/64 via fd88::1
in_namespace gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
touch lan.mss cl1.mss
start_client 1
announcements lan net >>lan.mss &
announcements cl1 cl1 >>cl1.mss &
expect 5 "the captures run" grep -q listening lan.mss
expect 5 "the captures run" grep -q listening cl1.mss

start_gateway
assert_ping gw 10.77.0.11
assert_announced cl1 lan 10.88.0.2 "4 1380 right" "4 1460 right"
assert_announced lan cl1 fd77::11 "6 1440 right" "6 1360 right"

echo "clamped"
stop_gateway
interface_keys="mss_clamp = true;"
start_gateway
assert_ping gw 10.77.0.11
ipv4="4 $((tunnel_mtu - 40)) right" ipv6="6 $((tunnel_mtu - 60)) right"
assert_announced cl1 lan 10.88.0.2 "$ipv4" "$ipv4"
assert_announced lan cl1 10.77.0.11 "$ipv4" "$ipv4"
assert_announced cl1 lan fd88::2 "$ipv6" "$ipv6"
assert_announced lan cl1 fd77::11 "$ipv6" "$ipv6"
