# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash disable=SC2154
#
# What a gateway has used so far, for the measurements beside this file. Source ../system/_lib.sh first.

# cpu_ticks: user and system time of the gateway so far, in hundredths of a second
cpu_ticks() {
	awk '{print $14 + $15}' "/proc/$gateway_pid/stat"
}

resident_kb() {
	awk '/^VmRSS/ {print $2}' "/proc/$gateway_pid/status"
}
