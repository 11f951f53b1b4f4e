#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A peer with a key that is not configured gets no answer at all, and the others do not notice it.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

{ gateway_section && gateway_peer 1; } >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)"; } >cl1.conf
{ client_section 2 && client_peer 2 "$(outer_v4 2)"; } >cl2.conf
make_machines 2
start_gateway
start_client 1
start_client 2
assert_ping cl1 10.77.0.1
assert_no_ping cl2 10.77.0.1
assert_equal "bytes that the unknown peer got" 0 "$(received_bytes 2)"
assert_ping cl1 10.77.0.1
