#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# --help, --version and --check end with 0 and change nothing; bad files end with 2 and one line that names file and line.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
make_machines 1

# run STATUS ARGUMENTS...: its output in `out`, the number of lines on the error output in `n_errors`
run() {
	local expected=$1 status=0
	shift
	out=$(in_namespace gw "$BUILD/control/wg-dpdk" "$@" 2>errors </dev/null) || status=$?
	errors=$(cat errors)
	n_errors=$(grep -c . errors || true)
	[[ $status == "$expected" ]] || fail "wg-dpdk $* ended with $status, not $expected: $out $errors"
}

host_state() {
	in_namespace gw sh -c 'ip -br addr; ip rule; ip route show table all; ip -6 route show table all' |
		grep -v fe80 # comes a moment later by itself
}

# The cable's own address comes and its routes with it, a second after the cable.
is_settled() {
	in_namespace gw ip -6 route show table local | grep -q '^local fe80'
}

expect 10 "the cable has its link-local address" is_settled
read -ra eal <<<"$(eal_options 1)"
{ gateway_section && gateway_peer 1; } >wg0.conf
write_gw_conf wg0
before=$(host_state)

run 0 --help
[[ $out == *-c* ]] || fail "--help does not speak of -c: $out"
run 0 --version
[[ $out == *[0-9].[0-9]* ]] || fail "--version says no number: $out"
run 0 "${eal[@]}" -- -c gw.conf --check
[[ $out$errors == *wg0* ]] || fail "--check does not say what would run: $out $errors"
[[ $(grep -cE 'crypto auto: .*: [1-9][0-9]*, [1-9][0-9]* and [1-9][0-9]* cycles for 64, 256 and 1424 bytes; taken$' errors) == 1 ]] ||
	fail "--check does not say which engine auto takes, with figures: $errors"
taken=$(sed -n 's/.*crypto auto: \(.*\):.*; taken$/\1/p' errors)
[[ $out == *"crypto $taken"* ]] || fail "--check says another engine than the one taken, $taken: $out"
run 0 "${eal[@]}" --force-max-simd-bitwidth=64 -- -c gw.conf --check
[[ $out == *"crypto scalar"* ]] || fail "--check does not heed EAL's limit: $out"
echo 'ports = ( { name = "wan"; device = "net_null0"; queues = 2; } );' >>gw.conf
run 0 "${eal[@]}" -- -c gw.conf --check
[[ $out == *"port wan: device net_null0, the gateway's own, 2 queues"* ]] || fail "--check does not say the port: $out"
write_gw_conf wg0

echo "bad files and bad options"
run 2 "${eal[@]}" -- -c missing.conf
assert_equal "lines about a missing file" 1 "$n_errors"
for line in "ListenPort = 70000" "NoSuchKey = 1" "Address = 10.77.0.300/24"; do
	{ gateway_section "$line" && gateway_peer 1; } >wg0.conf
	for mode in --check ""; do
		run 2 "${eal[@]}" -- -c gw.conf $mode
		assert_equal "lines about '$line'" 1 "$n_errors"
		[[ $errors =~ wg0.conf:[0-9]+ ]] || fail "no file and line: $errors"
	done
done
run 2 "${eal[@]}" -- --no-such-option
run 2 "${eal[@]}" --
{ gateway_section && gateway_peer 1; } >wg0.conf
run 1 --no-such-option -- -c gw.conf
assert_equal "output about EAL's option" "" "$out"
[[ $errors == *"EAL did not start"* ]] || fail "EAL is not named: $errors"
run 0 "${eal[@]}" --help -- -c gw.conf
[[ $out == *--no-huge* ]] || fail "EAL's help is not shown: $out"
assert_equal "the host" "$before" "$(host_state)"

echo "a peer that is the interface itself is an error of --check, too"
{ gateway_section && gateway_peer 1 && printf '[Peer]\nPublicKey = %s\n' "$(public gw)"; } >wg0.conf
for mode in --check ""; do
	run 1 "${eal[@]}" -- -c gw.conf $mode
	[[ $errors == *"wg0: peer 2 is the interface itself"* ]] || fail "the peer is not named: $errors"
done
assert_equal "the host" "$before" "$(host_state)"

echo "a taken port is one clear error, and nothing is left behind"
{ gateway_section && gateway_peer 1; } >wg0.conf
in_namespace gw python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 51820))
open("bound", "w").close()
sys.stdin.read()' < <(sleep 60) &
expect 5 "the port is taken" test -e bound
run 1 "${eal[@]}" -- -c gw.conf
[[ $errors == *51820* ]] || fail "the port is not named: $errors"
run 1 -l 0 --no-huge -m 512 --no-shconf --no-pci --no-telemetry -- -c gw.conf
[[ $errors == *"no worker"* ]] || fail "a lone lcore is not named: $errors"
{ gateway_section "FwMark = 254" && gateway_peer 1 "AllowedIPs = 0.0.0.0/0"; } >wg0.conf
run 1 "${eal[@]}" -- -c gw.conf
assert_equal "lines about a mark that is no table" 1 "$(grep -c error: errors)"
assert_equal "the host" "$before" "$(host_state)"
