#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The outer header shows the inner packet's congestion bits and nothing else of its type of service: RFC 6040, and
# the kernel's WireGuard. With dscp = "copy" it shows all of it. Handshakes are marked AF41, as the kernel's are.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# outer_marks: the type of service of every outer packet that comes to the client, a line each: MESSAGE-TYPE TOS
outer_marks() {
	in_namespace cl1 python3 -u - <<'END'
import socket
sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
sock.bind(("net", 0))
print("listening", flush=True)
while True:
    frame, where = sock.recvfrom(2048)
    if where[2] == socket.PACKET_OUTGOING:
        continue
    if frame[0] >> 4 == 4 and frame[9] == 17:
        print(frame[28], frame[1], flush=True)
    elif frame[0] >> 4 == 6 and frame[6] == 17:
        print(frame[48], (frame[0] & 15) << 4 | frame[1] >> 4, flush=True)
END
}

# assert_mark TOS EXPECTED ADDRESS: pings with that type of service leave with the expected outer one
assert_mark() {
	: >marks
	in_namespace gw ping -q -c 3 -i 0.2 -Q "$1" "$3" >/dev/null
	assert_equal "outer type of service of inner $1" "4 $2" "$(grep '^4 ' marks | sort | uniq -c | sort -rn | awk 'NR == 1 {print $2, $3}')"
}

needs_counters
{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
make_machines 1
start_client 1
outer_marks >>marks &
expect 5 "the capture runs" grep -q listening marks
start_gateway
assert_ping gw 10.77.0.11
assert_equal "type of service of the initiation" "1 136" "$(grep '^1 ' marks | head -n 1)"
for tos in 0:0 1:1 2:2 3:3 0xb8:0 0xba:2; do
	assert_mark "${tos%:*}" "${tos#*:}" 10.77.0.11
	assert_mark "${tos%:*}" "${tos#*:}" fd77::11
done

echo "copied"
stop_gateway
interface_keys='dscp = "copy";'
start_gateway
assert_ping gw 10.77.0.11
for tos in 0:0 1:1 0xb8:184 0xba:186 0xff:255; do
	assert_mark "${tos%:*}" "${tos#*:}" 10.77.0.11
	assert_mark "${tos%:*}" "${tos#*:}" fd77::11
done

echo "over IPv6"
call_over 1 v6
assert_mark 0xb9 185 10.77.0.11
assert_mark 0xb9 185 fd77::11
