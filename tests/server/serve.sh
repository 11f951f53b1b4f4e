#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A server of three peers: a client with nothing but its generated conf connects, reaches an internet that knows no way
# back into the tunnel, and resolves a name there through the server. It still does after a restart with more peers.
# shellcheck source=../system/_lib.sh
. "$(dirname "$0")/../system/_lib.sh"

server_program=$tests_dir/../../scripts/wg-dpdk-server
for needed in nft dnsmasq curl; do
	command -v $needed >/dev/null || skip "$needed is not installed"
done
export PATH=$BUILD/control:$PATH
export WG_DPDK_METRICS=0.0.0.0:9586 WG_DPDK_METRICS_PEERS=false SERVERURL=198.51.1.1 INTERNAL_SUBNET=10.13.13.0,fd13::/64

make_internet() {
	make_namespace inet
	link_namespaces gw eth0 inet net "203.0.113 2001:db8:113"
	echo "nameserver 203.0.113.2" >resolv.conf
	mount --bind resolv.conf /etc/resolv.conf
	in_namespace inet dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --no-resolv --no-hosts --user=root \
		--address=/there.example.test/203.0.113.2 --address=/there.example.test/2001:db8:113::2 >inet-dns.log 2>&1 &
	expect 5 "the internet has a name server" listens inet udp 53
}

# start_server PEERS
start_server() {
	local n_before
	touch gw.log
	n_before=$(count_ready)
	PEERS=$1 ip netns exec gw "$server_program" --config config >>gw.log 2>&1 &
	gateway_pid=$!
	expect 40 "the server is ready" gateway_is_ready "$((n_before + 1))"
	in_namespace gw "$server_program" --config config health || fail "the server is not healthy"
}

# resolves FAMILY ADDRESS: through the name server that the client's conf names.
resolves() {
	[[ $(in_namespace cl1 unshare --mount bash -c \
		"mount --bind cl1-resolv.conf /etc/resolv.conf; timeout 3 getent ahosts$1 there.example.test") == "$2 "* ]]
}

# tells_peers NAMESPACE ADDRESS: how many there are, but none by its key
tells_peers() {
	local text
	text=$(in_namespace "$1" curl --silent --max-time 5 --noproxy '*' "http://$2:9586/metrics") &&
		[[ $text == *wg_dpdk_interface_peers* && $text != *public_key=* ]]
}

# The last hop answers to the server's own address, for it knows no other.
assert_all_works() {
	cp config/peer1/peer1.conf cl1.conf
	conf_values DNS cl1.conf | sed 's/^/nameserver /' >cl1-resolv.conf
	start_client 1
	assert_ping cl1 10.13.13.1
	assert_ping cl1 fd13::1
	assert_ping cl1 203.0.113.2
	assert_ping cl1 2001:db8:113::2
	expect 5 "the client resolves an IPv4 address" resolves v4 203.0.113.2
	expect 5 "the client resolves an IPv6 address" resolves v6 2001:db8:113::2
	expect_handshake 1
	tells_peers gw 127.0.0.1 || fail "there are no metrics"
	# A peer is refused at once.
	! tells_peers cl1 10.13.13.1 || fail "peers see the metrics"
	stop_client 1
}

checksums() {
	find config/server config/peer[123] -type f -exec sha256sum {} +
}

table_is_gone() {
	! in_namespace gw nft list table inet wg_dpdk_server 2>/dev/null
}

mkdir config
make_machines 1
make_internet
start_server 3
assert_all_works
if [[ -n ${WG_DPDK_PORTS:-} ]]; then
	in_namespace gw curl --silent --noproxy '*' http://127.0.0.1:9586/metrics | grep '^wg_dpdk_port_receive_packets_total{port="wan"} [1-9]' ||
		fail "nothing came through the port"
	exit 0
fi
checksums | sort >before
! in_namespace gw ss -Hlun "sport = :53" | grep -vE '10\.13\.13\.1:|\[fd13::1\]:' || fail "names are resolved for others, too"
stop_gateway
expect 5 "no address translation is left" table_is_gone
[[ -z $(find /run/wg-dpdk -type f) ]] || fail "configurations are left"

echo "again, with 20 peers"
start_server 20
checksums | sort | cmp before - || fail "keys or confs have changed"
assert_all_works

echo "without its gateway"
# The name is at most 15 characters, and the process is this test's: its namespace has no others.
kill -KILL "$(pgrep -x wg-dpdk)"
status=0
wait "$gateway_pid" || status=$?
gateway_pid=""
assert_equal "status" 2 "$status"
grep -q "wg-dpdk ended with status -9" gw.log || fail "nobody says why"
expect 5 "no address translation is left" table_is_gone
assert_equal "processes that are left" "" "$(pgrep -f 'listen-address=10.13.13.1' || true)"
