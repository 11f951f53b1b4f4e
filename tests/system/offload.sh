#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The kernel joins and cuts packets for the gateway: TCP crosses the interface in packets of many segments, both ways and
# over both families, and every byte is right; also when the tunnel's MTU changes, and when the way is too narrow for the
# datagrams, so that the kernel refuses to cut. With offload = false each packet is a segment.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# mean_len DIRECTION: bytes of a packet of wg0 since the last call of this direction, RX or TX
declare -A bytes_before=([RX]=0 [TX]=0) packets_before=([RX]=0 [TX]=0)
mean_len() {
	local bytes packets
	read -r bytes packets < <(in_namespace gw ip -j -s link show wg0 |
		python3 -c 'import json, sys; s = json.load(sys.stdin)[0]["stats64"][sys.argv[1].lower()]; print(s["bytes"], s["packets"])' "$1")
	mean=$(((bytes - bytes_before[$1]) / (packets - packets_before[$1] + 1)))
	bytes_before[$1]=$bytes packets_before[$1]=$packets
	echo "packets of wg0, $1: $mean bytes"
}

# copy FROM TO ADDRESS: a file of random bytes through TCP, which must be the same there
copy() {
	in_namespace "$2" python3 -c '
import socket, sys
server = socket.create_server((sys.argv[1], 7000), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
connection = server.accept()[0]
with open("copy", "wb") as file:
    while data := connection.recv(1 << 20):
        file.write(data)' "$3" &
	wait_for 20 listens "$2" tcp 7000 || fail "the server did not start"
	in_namespace "$1" timeout 60 python3 -c '
import socket, sys
with open("original", "rb") as file, socket.create_connection((sys.argv[1], 7000)) as connection:
    connection.sendfile(file)' "$3" || fail "the file was not sent from $1 to $3"
	wait $!
	cmp original copy || fail "what was sent from $1 is not what arrived at $3"
	mean_len RX
	mean_rx=$mean
	mean_len TX
	mean_tx=$mean
}

needs_counters
head -c 10000000 /dev/urandom >original
start_pair v4
assert_ping cl1 10.77.0.1
copy gw cl1 10.77.0.11
assert_less "the MTU, against a packet that the host gives" 3000 "$mean_tx"
assert_equal "lines about a kernel that does not cut" 0 "$(grep -c 'does not cut' gw.log || true)"
copy cl1 gw 10.77.0.1
assert_less "the MTU, against a packet that the host gets" 1600 "$mean_rx"
copy gw cl1 fd77::11
assert_less "the MTU, against a packet that the host gives" 3000 "$mean_tx"
copy cl1 gw fd77::1
assert_less "the MTU, against a packet that the host gets" 1600 "$mean_rx"

echo "another MTU of the tunnel"
in_namespace gw ip link set wg0 mtu 1300
copy gw cl1 10.77.0.11
assert_less "the MTU, against a packet that the host gives" 3000 "$mean_tx"

echo "a way that is too narrow for the datagrams"
in_namespace gw ip link set wg0 mtu 1420
in_namespace gw ip link set to-cl1 mtu 1400
copy gw cl1 10.77.0.11
assert_ping cl1 10.77.0.1
assert_equal "datagrams that the kernel did not take" 0 "$(drop_count outer_send_failed)"
assert_equal "lines that say so" 1 "$(grep -c 'wg0: the kernel does not cut datagrams' gw.log)"
in_namespace gw ip link set to-cl1 mtu 1500
stop_client 1
stop_gateway

echo "without offload"
gateway_keys="offload = false;"
start_gateway
start_client 1
assert_ping cl1 10.77.0.1
bytes_before=([RX]=0 [TX]=0) packets_before=([RX]=0 [TX]=0)
copy gw cl1 10.77.0.11
assert_less "a packet that the host gives, against the MTU" "$mean_tx" 1421
copy cl1 gw 10.77.0.1
assert_less "a packet that the host gets, against the MTU" "$mean_rx" 1421
