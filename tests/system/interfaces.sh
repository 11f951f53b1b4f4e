#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# Two interfaces in one process, with keys, ports, addresses and peers of their own, see nothing of each other.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

{ gateway_section && gateway_peer 1; } >wg0.conf
cat >wg1.conf <<END
[Interface]
PrivateKey = $(private gw_second)
ListenPort = 51999
Address = 10.78.0.1/24, fd78::1/64

[Peer]
PublicKey = $(public cl2)
AllowedIPs = 10.78.0.12/32, fd78::12/128
END
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
cat >cl2.conf <<END
[Interface]
PrivateKey = $(private cl2)
Address = 10.78.0.12/32, fd78::12/128

[Peer]
PublicKey = $(public gw_second)
AllowedIPs = 10.78.0.0/24, fd78::/64
Endpoint = 198.51.2.1:51999
END
make_machines 2
start_gateway wg0 wg1
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
assert_ping cl1 fd77::1
assert_ping cl2 10.78.0.1
assert_ping cl2 fd78::1
assert_ping gw 10.77.0.11
assert_ping gw fd78::12

echo "a peer of one interface is a stranger to the other"
in_namespace cl2 wg set cl2 peer "$(public gw_second)" endpoint 198.51.2.1:51820
stop_client 2
sed -i 's/:51999/:51820/' cl2.conf
start_client 2
assert_no_ping cl2 10.78.0.1
