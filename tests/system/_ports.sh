# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash disable=SC2154
#
# A gateway with DPDK ports over virtual cables: what tests of ports start with. Source _lib.sh first.
#
#   namespace cl1           namespace gw                                      namespace lan
#     wireguard-go cl1        nic-wan, twin wan          twin lan, nic-lan      a plain host
#     net ------------------- 198.51.1.1 2001:db8:1::1   10.88.0.1 fd88::1 ---- net 10.88.0.2 fd88::2
#
# The kernel's own ends of the cables in gw, nic-*, are the NICs: they have no addresses and the kernel ignores what they bring.
# Environment: DRIVER=net_af_packet or net_af_xdp; N_QUEUES, of each port (default 1), with net_af_packet.
DRIVER=${DRIVER:-net_af_packet}
N_QUEUES=${N_QUEUES:-1}
ports=()
export LSAN_OPTIONS="suppressions=$tests_dir/leaks_of_libraries.supp:print_suppressions=0"

# use_af_xdp: for a test with fragments, which net_af_packet's sockets put together before we see them
use_af_xdp() {
	python3 -c 'import socket; socket.socket(44, socket.SOCK_RAW)' 2>/dev/null || skip "this kernel has no AF_XDP"
	DRIVER=net_af_xdp
}

# checksums_on NAMESPACE DEV: the kernel writes checksums itself and sends no segments for a NIC to cut, as there is none.
checksums_on() {
	in_namespace "$1" python3 - "$2" <<'END'
import array, fcntl, socket, struct, sys
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
value = array.array("I", [ETHTOOL_STXCSUM, 0])
request = struct.pack("16sP8x", sys.argv[1].encode(), value.buffer_info()[0])
fcntl.ioctl(socket.socket(), SIOCETHTOOL, request)
END
}

# nic_cable NAME NAMESPACE DEV: a cable from gw's nic-NAME to NAMESPACE's DEV. The kernel has its end of it for the
# port only: it gets no address, and answers and forwards nothing that comes there.
nic_cable() {
	local nic=nic-$1
	ip link add "$nic" netns gw type veth peer name "$3" netns "$2"
	in_namespace gw sysctl -qw "net.ipv6.conf.$nic.disable_ipv6=1" "net.ipv4.conf.$nic.rp_filter=1" \
		"net.ipv4.conf.$nic.arp_ignore=1"
	in_namespace gw ip link set "$nic" up
	in_namespace "$2" ip link set "$3" up
	checksums_on "$2" "$3"
}

# nodad ADDRESS: an IPv6 address shall be usable at once
nodad() {
	if [[ $1 == *:* ]]; then
		echo nodad
	fi
}

# nic_host NAMESPACE DEV ADDRESS...: addresses of whom the cable leads to
nic_host() {
	local namespace=$1 dev=$2 address
	shift 2
	for address; do
		# The option is a word or nothing.
		# shellcheck disable=SC2046
		in_namespace "$namespace" ip addr add "$address" dev "$dev" $(nodad "$address")
	done
}

# add_port NAME [KEY=VALUE;...]: a port on nic-NAME, for write_gw_conf
add_port() {
	local device="$DRIVER$((${#ports[@]})),iface=nic-$1"
	ports+=("{ name = \"$1\"; device = \"$device\"; queues = $N_QUEUES; ${2:-} }")
}

# write_gw_conf INTERFACE...: replaces that of _lib.sh
write_gw_conf() {
	local name list=()
	for name; do
		list+=("{ name = \"$name\"; config = \"$name.conf\"; underlay = \"port\"; ${interface_keys:-} }")
	done
	{
		echo "ports = ( $(joined "${ports[@]}") );"
		echo "interfaces = ( $(joined "${list[@]}") );"
	} >gw.conf
	chmod 600 -- *.conf
}

joined() {
	local IFS=,
	echo "$*"
}

# port_addresses NAME ADDRESS...: the kernel's twin gets them, as a NIC would
port_addresses() {
	local name=$1 address
	shift
	for address; do
		# shellcheck disable=SC2046
		in_namespace gw ip addr add "$address" dev "$name" $(nodad "$address")
	done
}

# forwarding_on: gw is a router
forwarding_on() {
	in_namespace gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# make_port_machines [NAMESPACE DEV]: the picture above, but for the gateway; with somebody else at the other end of wan
make_port_machines() {
	needs_counters
	make_namespace gw
	make_namespace lan
	if (($#)); then
		nic_cable wan "$1" "$2"
	else
		make_namespace cl1
		nic_cable wan cl1 net
		nic_host cl1 net 198.51.1.2/24 2001:db8:1::2/64
	fi
	nic_cable lan lan net
	nic_host lan net 10.88.0.2/24 fd88::2/64
	in_namespace lan ip route add 10.77.0.0/24 via 10.88.0.1
	in_namespace lan ip route add fd77::/64 via fd88::1
	forwarding_on
	add_port wan
	add_port lan
}

# address_ports: after start_gateway
address_ports() {
	port_addresses wan 198.51.1.1/24 2001:db8:1::1/64
	port_addresses lan 10.88.0.1/24 fd88::1/64
}

# start_port_pair OUTER: the picture above with everything running
start_port_pair() {
	{ gateway_section && gateway_peer 1; } >wg0.conf
	{ client_section 1 && client_peer 1 "AllowedIPs = 10.88.0.0/24, fd88::/64" "$("outer_$1" 1)"; } >cl1.conf
	make_port_machines
	start_gateway
	address_ports
	start_client 1
}

# kernel_packets DEV: packets that the kernel of gw has handled on it, both ways
kernel_packets() {
	in_namespace gw cat "/sys/class/net/$1/statistics/rx_packets" "/sys/class/net/$1/statistics/tx_packets" |
		awk '{n += $1} END {print n}'
}

# assert_fast WHAT COMMAND...: while it runs, the kernel of gw sees few packets of the tunnel
assert_fast() {
	local what=$1 before n
	shift
	before=$(kernel_packets wg0)
	"$@"
	n=$(($(kernel_packets wg0) - before))
	((n < 50)) || fail "$what: the kernel handled $n packets, so this is not the fast path"
}
