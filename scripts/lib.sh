# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash
#
# What the scripts share: progress lines, waiting with a limit, namespaces, a wireguard-go peer, EAL's options.
# Source it; it changes nothing by itself.

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# step NAME TEXT: one line of progress.
step() {
	printf '%-12s %s\n' "$1" "$2"
}

# run_logged LOG COMMAND...: quiet when it works; on failure the end of its output is shown.
run_logged() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 40 "$log" >&2
	printf '%s: failed: %s\n(the whole output: %s)\n' "${0##*/}" "$*" "$log" >&2
	return 1
}

# wait_for SECONDS COMMAND...: tries until the command succeeds; status 1 when the time is over.
wait_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/./} < end)) || return 1
		sleep 0.05
	done
}

# allowed_cpus: the CPUs that this process may use, one a line.
allowed_cpus() {
	local ranges range
	IFS=, read -ra ranges <<<"$(awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status)"
	for range in "${ranges[@]}"; do
		seq "${range%-*}" "${range#*-}"
	done
}

# eal_options N_WORKERS: EAL's options for a machine without huge pages or a NIC to spare. The control
# thread is lcore 0; workers share its CPU only when there are not enough of them.
eal_options() {
	local cpus lcores i
	mapfile -t cpus < <(allowed_cpus)
	lcores="0@${cpus[0]}"
	for ((i = 1; i <= $1; i++)); do
		lcores+=",$i@${cpus[i % ${#cpus[@]}]}"
	done
	echo "--lcores $lcores --no-huge -m 512 --no-shconf --no-pci --no-telemetry"
}

# link_namespaces A NAME_IN_A B NAME_IN_B NET: a cable from A (.1, ::1) to B (.2, ::2). NET is "V4 V6", two prefixes
# without the last part; a namespace called "-" is the one that the caller is in.
link_namespaces() {
	local a=$1 name_a=$2 b=$3 name_b=$4 v4=${5% *} v6=${5#* }
	ip link add "$name_a" type veth peer name "$name_b" netns "$b"
	if [[ $a != - ]]; then
		ip link set "$name_a" netns "$a"
	fi
	setup_cable_end "$a" "$name_a" "$v4.1" "$v6::1"
	setup_cable_end "$b" "$name_b" "$v4.2" "$v6::2"
}

setup_cable_end() {
	in_namespace "$1" ip addr add "$3/24" dev "$2"
	in_namespace "$1" ip addr add "$4/64" dev "$2" nodad
	in_namespace "$1" ip link set "$2" up
}

# in_namespace NAMESPACE COMMAND...
in_namespace() {
	local namespace=$1
	shift
	if [[ $namespace != - ]]; then
		set -- ip netns exec "$namespace" "$@"
	fi
	"$@"
}

# conf_values KEY FILE: the values of a key of a wg-quick file, one a line.
conf_values() {
	sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//Ip" "$2" | tr ',' '\n' | tr -d ' \t'
}

is_interface() {
	in_namespace "$1" wg show "$2" >/dev/null 2>&1
}

# wireguard_go_up NAMESPACE INTERFACE CONF LOG: starts wireguard-go and sets it up as wg-quick would. Its process
# is a job of the caller, in $!. WG_PROGRAM: another program with the same command line.
wireguard_go_up() {
	local namespace=$1 interface=$2 conf=$3 log=$4 mtu value
	ip netns exec "$namespace" env LOG_LEVEL=verbose WG_SUDO=true "${WG_PROGRAM:-wireguard-go}" -f "$interface" >"$log" 2>&1 &
	wait_for 10 is_interface "$namespace" "$interface" || die "${WG_PROGRAM:-wireguard-go} did not start: see $log"
	grep -viE '^[[:space:]]*(Address|MTU|DNS|Table)[[:space:]]*=' "$conf" >"$conf.wg"
	in_namespace "$namespace" wg setconf "$interface" "$conf.wg"
	mtu=$(conf_values MTU "$conf")
	in_namespace "$namespace" ip link set "$interface" mtu "${mtu:-1420}" up
	for value in $(conf_values Address "$conf"); do
		in_namespace "$namespace" ip addr add "$value" dev "$interface"
	done
	for value in $(conf_values AllowedIPs "$conf"); do
		in_namespace "$namespace" ip route replace "$value" dev "$interface"
	done
}
