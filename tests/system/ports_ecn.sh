#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Congestion marks through ports, RFC 6040: a mark that outer packets get on their way to the gateway is on the inner packet
# behind it, a packet that cannot carry it is dropped, and outer packets of the gateway show what inner ones can carry.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# congested_wire: the cable between client and gateway, which marks what goes to the gateway while there
# is a file called marking
congested_wire() {
	in_namespace wire python3 -u - <<'END'
import os, select, socket
ETH_P_ALL, OUTGOING = 3, 4
ends = []
for name in ("client", "gateway"):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((name, 0))
    ends.append(end)

def marked(frame):
    frame = bytearray(frame)
    if frame[12:14] == b"\x08\x00":
        frame[15] |= 3
        frame[24:26] = b"\0\0"
        total = sum(int.from_bytes(frame[i:i + 2], "big") for i in range(14, 34, 2))
        total = (total & 0xFFFF) + (total >> 16)
        frame[24:26] = (~(total + (total >> 16)) & 0xFFFF).to_bytes(2, "big")
    elif frame[12:14] == b"\x86\xdd":
        frame[15] |= 0x30
    return frame

print("ready", flush=True)
while True:
    for end in select.select(ends, [], [])[0]:
        frame, where = end.recvfrom(4096)
        if where[2] != OUTGOING:
            is_client = end is ends[0]
            ends[is_client].send(marked(frame) if is_client and os.path.exists("marking") else frame)
END
}

# marks_at_lan: the type of service of every ping that comes to lan
marks_at_lan() {
	in_namespace lan python3 -u - <<'END'
import socket
sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
sock.bind(("net", 0))
print("listening", flush=True)
while True:
    packet, where = sock.recvfrom(2048)
    if where[2] != socket.PACKET_OUTGOING and packet[0] >> 4 == 4 and packet[9] == 1 and packet[20] == 8:
        print(packet[1], flush=True)
    elif where[2] != socket.PACKET_OUTGOING and packet[0] >> 4 == 6 and packet[6] == 58 and packet[40] == 128:
        print((packet[0] & 15) << 4 | packet[1] >> 4, flush=True)
END
}

has_marks() {
	(($(wc -l <marks) == $1))
}

# assert_mark TOS EXPECTED ADDRESS: that of pings of the client, behind the gateway; "": they do not arrive
assert_mark() {
	: >marks
	in_namespace cl1 ping -n -q -c 3 -i 0.2 -Q "$1" "$3" >/dev/null || true
	if [[ -n $2 ]]; then
		expect 10 "three pings arrived" has_marks 3
	else
		sleep 0.5
	fi
	assert_equal "type of service of $1 on its way to $3" "$2" "$(sort -u marks)"
}

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$(outer_v4 1)"; } >cl1.conf
make_namespace wire
make_namespace cl1
make_port_machines wire gateway
ip link add client netns wire type veth peer name net netns cl1
in_namespace wire ip link set client up
in_namespace cl1 ip link set net up
checksums_on cl1 net
nic_host cl1 net 198.51.1.2/24 2001:db8:1::2/64
congested_wire >wire.log &
expect 5 "the wire carries" grep -q ready wire.log
start_gateway
address_ports
start_client 1
marks_at_lan >>marks &
expect 5 "the capture runs" grep -q listening marks
for outer in v4 v6; do
	rm -f marking
	call_over 1 "$outer"
	touch marking
	for address in 10.88.0.2 fd88::2; do
		assert_mark 1 3 "$address"
		assert_mark 2 3 "$address"
		assert_mark 3 3 "$address"
		assert_mark 0 "" "$address"
	done
done
(($(drop_count outer_congestion) >= 12)) || fail "packets that could not carry the mark are not counted"
