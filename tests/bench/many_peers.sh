#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Many peers by wg(8), wg-dpdk beside wireguard-go, in turns: BUILD=build sudo -E tests/bench/many_peers.sh
# PEERS: how many (default 60000; wireguard-go has no room for more than 65,536, then GATEWAYS=wg-dpdk); CHANGES: of syncconf,
# a third each gone, new and with another address (default 999); ROUNDS (default 3). Prints a line per round and gateway.
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"

n_peers=${PEERS:-60000}
third=$((${CHANGES:-999} / 3))

# write_peers FROM TO NET: [Peer] sections by number, with an address of each family
write_peers() {
	python3 - "$@" <<'END'
import base64, sys
first, last, net = (int(word) for word in sys.argv[1:])
for number in range(first, last):
    key = base64.b64encode(number.to_bytes(4, "big") + bytes(27) + b"\x01").decode()
    print(f"[Peer]\nPublicKey = {key}\nAllowedIPs = 10.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255}/32, "
          f"fd64:{net}::{number >> 16:x}:{number & 65535:x}/128")
END
}

resident_kb() {
	awk '/^VmRSS/ {print $2}' "/proc/$gateway_pid/status"
}

# ms COMMAND...: how long it took
ms() {
	local start=${EPOCHREALTIME/./}
	"$@" >/dev/null
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

measure() {
	local before setconf dump syncconf after
	before=$(resident_kb)
	setconf=$(ms in_namespace gw wg setconf wg0 many.conf)
	after=$(resident_kb)
	dump=$(ms in_namespace gw wg show wg0 dump)
	syncconf=$(ms in_namespace gw wg syncconf wg0 changed.conf)
	assert_equal "peers" "$n_peers" "$(in_namespace gw wg show wg0 peers | wc -l)"
	printf '%-12s setconf %6d ms, show dump %6d ms, syncconf %6d ms, %6.2f KiB resident a peer, %d KiB without\n' \
		"$1" "$setconf" "$dump" "$syncconf" "$(awk -v n=$((after - before)) -v peers="$n_peers" 'BEGIN {print n / peers}')" "$before"
}

printf '[Interface]\nPrivateKey = %s\nListenPort = 51820\n' "$(private gw)" >wg0.conf
{ cat wg0.conf && write_peers 0 "$n_peers" 1; } >many.conf
{
	cat wg0.conf
	write_peers "$third" $((2 * third)) 2
	write_peers $((2 * third)) $((n_peers + third)) 1
} >changed.conf
make_machines 0
for ((round = 0; round < ${ROUNDS:-3}; round++)); do
	for GATEWAY in ${GATEWAYS:-wg-dpdk wireguard-go}; do
		start_gateway
		measure "$GATEWAY"
		kill_gateway
		rm -f /run/wireguard/wg0.sock
	done
done
