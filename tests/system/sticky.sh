#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A gateway with several addresses answers from the one that was asked, and goes on when that one is taken away.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# asked_at ENDPOINT ADDRESS: the client calls ENDPOINT, and sees the answers come from there
asked_at() {
	in_namespace cl1 wg set cl1 peer "$(public gw)" endpoint "$1"
	assert_ping cl1 "$2"
	assert_equal "where the client sees the gateway" "$1" "$(in_namespace cl1 wg show cl1 endpoints | cut -f2)"
}

start_pair v4
in_namespace gw ip addr add 198.51.1.9/24 dev to-cl1
in_namespace gw ip addr add 2001:db8:1::9/64 dev to-cl1 nodad
asked_at 198.51.1.9:51820 10.77.0.1
asked_at 198.51.1.1:51820 10.77.0.1
asked_at '[2001:db8:1::9]:51820' fd77::1
asked_at '[2001:db8:1::1]:51820' fd77::1
asked_at 198.51.1.9:51820 fd77::1

# The address goes: the gateway speaks from another one, and the client follows.
in_namespace gw ip addr del 198.51.1.9/24 dev to-cl1
assert_ping gw 10.77.0.11
assert_equal "where the client sees the gateway" 198.51.1.1:51820 "$(in_namespace cl1 wg show cl1 endpoints | cut -f2)"
