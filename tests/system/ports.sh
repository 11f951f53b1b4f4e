#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# From a client through the port wan, the tunnel and the port lan to a host behind the gateway and back: IPv4 and IPv6, inside
# and out, one worker and two. The kernel resolves neighbours, answers pings and takes TCP for the gateway itself.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"
# shellcheck source=_ports.sh
. "$tests_dir/_ports.sh"

# A talk in lines over TCP, as ssh's
echo_server='
import socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
talk = server.accept()[0]
while data := talk.recv(4096):
    talk.sendall(data)
'
echo_client='
import socket, sys
talk = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
for line in range(200):
    talk.sendall(b"%080d" % line)
    data = b""
    while len(data) < 80:
        data += talk.recv(4096)
    assert int(data) == line
'

# serve_names NAMESPACE ADDRESS: a name server that answers every question with its own bytes
serve_names() {
	in_namespace "$1" python3 -c "
import socket, sys
family = socket.AF_INET6 if ':' in '$2' else socket.AF_INET
server = socket.socket(family, socket.SOCK_DGRAM)
server.bind(('$2', 53))
while True:
    question, client = server.recvfrom(512)
    server.sendto(question[:2] + b'\x81\x80' + question[4:], client)
" &
	expect 5 "the name server listens" listens "$1" udp 53
}

ask_name() {
	in_namespace "$1" python3 -c "
import socket
family = socket.AF_INET6 if ':' in '$2' else socket.AF_INET
client = socket.socket(family, socket.SOCK_DGRAM)
client.settimeout(5)
question = b'\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03org\x00\x00\x01\x00\x01'
client.sendto(question, ('$2', 53))
assert client.recv(512)[:2] == b'\x12\x34'
"
}

# two_queues: the ports have a queue for each worker
two_queues() {
	ports=()
	N_QUEUES=2
	add_port wan
	add_port lan
}

large_ping() {
	in_namespace cl1 "$tests_dir/ping.py" -c 1 -W 1 -s 3000 fd88::2 >/dev/null
}

look_around() {
	local outer=$1
	echo "outer $outer, $n_workers workers"
	call_over 1 "$outer"
	assert_ping cl1 10.77.0.1
	assert_ping cl1 fd77::1
	assert_ping cl1 10.88.0.2
	assert_ping cl1 fd88::2
	assert_ping lan 10.77.0.11
	assert_ping lan fd77::11
	assert_ping cl1 10.88.0.2 -M "do" -s 1392
	expect 10 "lan knows how large a packet of the tunnel may be" large_ping
	assert_ping cl1 fd88::2 -s 3000
}

load() {
	local to
	for to in 10.88.0.2 fd88::2; do
		assert_fast "TCP to $to" iperf cl1 lan "$to" 2 -P 2
		assert_fast "TCP from $to" iperf cl1 lan "$to" 2 -P 2 -R
		ask_name cl1 "$to"
	done
}

[[ $DRIVER != net_af_xdp ]] || use_af_xdp
start_port_pair v4
look_around v4
serve_names lan 10.88.0.2
serve_names lan fd88::2
load

echo "the gateway's own addresses while the tunnel is loaded"
in_namespace gw python3 -c "$echo_server" 10.88.0.1 2222 &
expect 5 "the echo server listens" listens gw tcp 2222
iperf cl1 lan 10.88.0.2 4 &
load=$!
in_namespace lan python3 -c "$echo_client" 10.88.0.1 2222
kill -0 "$load" || fail "the load ended before the talk beside it"
wait "$load"
assert_ping lan 10.88.0.1
assert_ping lan fd88::1
assert_ping cl1 198.51.1.1
assert_ping cl1 2001:db8:1::1
look_around v6

echo "two workers"
stop_client 1
stop_gateway
n_workers=2
if [[ $DRIVER == net_af_packet ]]; then
	two_queues
fi
start_gateway
address_ports
start_client 1
look_around v4
load
look_around v6
