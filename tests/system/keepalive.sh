#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The gateway's persistent keepalive makes a session without any traffic and keeps sending; an idle peer gets nothing else.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

{ gateway_section && gateway_peer 1 "Endpoint = 198.51.1.2:51821" "PersistentKeepalive = 1"; } >wg0.conf
{ client_section 1 "ListenPort = 51821" && client_peer 1; } >cl1.conf
make_machines 1
start_client 1
start_gateway
expect_handshake 1

has_received_more_than() {
	(($(received_bytes 1) > $1))
}

before=$(received_bytes 1)
expect 6 "three keepalives arrived" has_received_more_than $((before + 2 * 32))
assert_equal "bytes of a keepalive" 0 $((($(received_bytes 1) - before) % 32))
assert_less "bytes in about 3 s" "$(($(received_bytes 1) - before))" $((7 * 32))
