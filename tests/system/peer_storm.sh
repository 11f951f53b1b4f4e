#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A peer is removed and added again all the time while packets to it and from it are under way, in two workers: nothing refers to
# what is gone, and a stream of another peer loses nothing.
# Runs alone
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
{ gateway_section && gateway_peer 1 && gateway_peer 2; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
{ client_section 2 "ListenPort = 51777" && client_peer 2 "$(outer_v4 2)" "PersistentKeepalive = 1"; } >cl2.conf
make_machines 2
n_workers=2
start_gateway
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
assert_ping cl2 10.77.0.1

# flood FROM ADDRESS: packets without an end that nobody answers
flood() {
	in_namespace "$1" python3 - "$2" <<'END' &
import socket, sys, time
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    while True:
        for number in range(20):
            try:
                sock.sendto(b"x" * 100, (sys.argv[1], 9000 + number))
            except OSError:
                pass
        time.sleep(0.005)
END
	floods+=($!)
}

floods=()
flood gw 10.77.0.12
flood cl2 10.77.0.1
in_namespace gw "$tests_dir/udp_stream.py" echo 10.77.0.1 7000 &
floods+=($!)
expect 5 "the echo is there" listens gw udp 7000
in_namespace cl1 "$tests_dir/udp_stream.py" send 10.77.0.1 7000 8 >stream.log &
stream=$!

key=$(public cl2)
n_rounds=0
while kill -0 "$stream" 2>/dev/null; do
	wg set wg0 peer "$key" remove
	wg set wg0 peer "$key" endpoint 198.51.2.2:51777 allowed-ips 10.77.0.12/32,fd77::12/128
	n_rounds=$((n_rounds + 1))
done
wait "$stream" || fail "client 1 lost packets: $(cat stream.log)"
cat stream.log
kill "${floods[@]}"
n_gone=$(drop_count inner_peer_gone)
echo "removed and added $n_rounds times; packets that were under way: $n_gone"
((n_gone > 0)) || fail "no packet was under way when its peer went"
expect 20 "client 2 is back" answers cl2 10.77.0.1
