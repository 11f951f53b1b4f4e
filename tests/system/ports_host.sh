#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The kernel's side of a port: its twin answers ARP and neighbour discovery with the port's MAC address, and a flood of
# packets for the kernel, whole ones or fragments, is cut to host_rate while the tunnel goes on.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

host_rate=500

# flood NAMESPACE ADDRESS KIND SECONDS: small UDP packets, or first fragments that no second one follows
flood() {
	in_namespace "$1" timeout "$4" python3 - "$2" "$3" <<'END' || true
import socket, struct, sys, time
address, kind = sys.argv[1:]
if kind == "whole":
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    packets = [bytes(64)] * 16
else:
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    packets = [
        struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, number, 0x2000, 64, 17, 0, bytes(4), socket.inet_aton(address)) + bytes(64)
        for number in range(16)
    ]
while True:
    for packet in packets:
        try:
            sock.sendto(packet, (address, 9))
        except OSError:
            pass  # an ICMP error, or a queue that is full
    time.sleep(0.0005)  # the flood shall fill neither the CPU nor the cable that it shares
END
}

# twin_packets NAME: those that the kernel got from the port
twin_packets() {
	in_namespace gw cat "/sys/class/net/$1/statistics/rx_packets"
}

# survive_flood NAMESPACE ADDRESS KIND TWIN
survive_flood() {
	local before before_dropped flood n
	before=$(twin_packets "$4")
	before_dropped=$(drop_count frame_host_rate)
	flood "$1" "$2" "$3" 4 &
	flood=$!
	sleep 0.5
	iperf cl1 lan 10.88.0.2 2
	assert_less "longest stall in s beside a flood of $3 packets" "$stall" 1
	wait "$flood" || true
	n=$(($(twin_packets "$4") - before))
	echo "flood: the kernel got $n packets, dropped: $(drop_count frame_host_rate)"
	# 4 s and what starts and stops beside, and the first 256 at once
	((n <= host_rate * 8 + 256)) || fail "the kernel got $n packets of the flood"
	(($(drop_count frame_host_rate) - before_dropped > 1000)) || fail "the flood was not cut"
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
use_af_xdp
make_port_machines
ports=()
add_port wan "host_rate = $host_rate;"
add_port lan "host_rate = $host_rate;"
start_gateway
address_ports
start_client 1
assert_ping cl1 10.88.0.2

echo "neighbours"
mac=$(in_namespace gw cat /sys/class/net/nic-lan/address)
for address in 10.88.0.1 fd88::1; do
	assert_ping lan "$address"
	in_namespace lan ip neigh show "$address" | grep -q "$mac" || fail "$address is not known by the port's address $mac"
done

echo "floods"
survive_flood lan 10.88.0.1 whole lan
survive_flood cl1 198.51.1.1 fragments wan
assert_ping cl1 10.88.0.2
assert_ping lan 10.88.0.1
