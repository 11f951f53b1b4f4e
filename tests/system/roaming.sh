#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The client's outer address changes while TCP runs: the gateway follows the authenticated packets.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# move_client FROM TO PORT. The new port makes wireguard-go forget the source address that it has cached.
move_client() {
	sleep 1.5
	in_namespace cl1 sh -c "ip addr del $1 dev net; ip addr add $2 dev net; wg set cl1 listen-port $3"
}

# roam FROM TO PORT ENDPOINT INNER: TCP to the address INNER runs on, and the gateway knows ENDPOINT at the end.
roam() {
	local mover
	move_client "$1" "$2" "$3" &
	mover=$!
	iperf cl1 gw "$5" 4
	wait "$mover"
	assert_less "longest stall in s" "$stall" 3
	[[ $GATEWAY == wireguard-go ]] || assert_equal "the gateway's endpoint" "$4" "$(peer_counter cl1 endpoint)"
	assert_ping gw 10.77.0.11
}

start_pair v4
in_namespace cl1 sysctl -qw net.ipv6.conf.net.accept_dad=0
roam 198.51.1.2/24 198.51.1.77/24 40001 198.51.1.77:40001 10.77.0.1
call_over 1 v6
roam 2001:db8:1::2/64 2001:db8:1::77/64 40002 '[2001:db8:1::77]:40002' fd77::1
