#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The NIC that the kernel keeps: a gateway whose only interface carries a TCP session to the kernel and the tunnel, both under
# load. The tunnel's packets pass the kernel by, everything else does not, and a gateway that was killed is no obstacle.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# udp_received: datagrams that sockets of gw's kernel got
udp_received() {
	in_namespace gw nstat -asz UdpInDatagrams Udp6InDatagrams | awk '/InDatagrams/ {n += $2} END {print n}'
}

both_under_load() {
	local load before n
	before=$(udp_received)
	iperf cl1 gw 10.77.0.1 3 >tunnel.log &
	load=$!
	in_namespace gw iperf3 -s -1 -B 198.51.1.1 -p 5202 >/dev/null &
	expect 5 "iperf3's second server listens" listens gw tcp 5202
	in_namespace cl1 timeout 10 iperf3 -c 198.51.1.1 -p 5202 -t 2 >kernel.log || fail "TCP to the kernel: $(cat kernel.log)"
	wait "$load" || fail "TCP through the tunnel: $(cat tunnel.log)"
	cat tunnel.log
	n=$(($(udp_received) - before))
	((n < 50)) || fail "the kernel got $n datagrams, so these did not come through the port"
}

use_af_xdp
[[ -f $BUILD/dataplane/io/xdp/take_udp.bpf.o ]] || skip "this build cannot share a NIC: no clang or no libbpf"
{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
make_machines 1
checksums_on cl1 net
checksums_on gw to-cl1
ports=("{ name = \"wan\"; device = \"net_af_xdp0,iface=to-cl1\"; mode = \"shared\"; }")
start_gateway
start_client 1
for outer in v4 v6; do
	call_over 1 "$outer"
	assert_ping cl1 10.77.0.1
	assert_ping cl1 fd77::1
	assert_ping gw 10.77.0.11
	assert_ping cl1 198.51.1.1
	assert_ping cl1 2001:db8:1::1
	both_under_load
done

echo "another listen port while it runs"
before=$(udp_received)
wg set wg0 listen-port 51999
assert_ping gw 10.77.0.11
assert_ping cl1 10.77.0.1
n=$(($(udp_received) - before))
((n < 5)) || fail "the kernel got $n datagrams, so the port does not take those of the new listen port"

echo "after a gateway that was killed"
stop_client 1
kill_gateway
assert_ping cl1 198.51.1.1
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

echo "after one that stopped"
stop_gateway
assert_ping cl1 2001:db8:1::1
! in_namespace gw ip link show to-cl1 | grep -q prog/xdp || fail "the program is still there"
