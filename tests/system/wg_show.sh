#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# wg(8) shows the gateway: every form of `wg show`, `wg showconf`, the same text for the same configuration as wireguard-go's,
# many requests on a connection, and clients that ask for nonsense, do not read or do not speak.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# ask INTERFACE TEXT: what its socket answers
ask() {
	python3 - "$1" "$2" <<'END'
import socket, sys
talk = socket.socket(socket.AF_UNIX)
talk.settimeout(5)
talk.connect(f"/var/run/wireguard/{sys.argv[1]}.sock")
talk.sendall(sys.argv[2].encode().decode("unicode_escape").encode())
talk.shutdown(socket.SHUT_WR)
while data := talk.recv(65536):
    sys.stdout.write(data.decode())
END
}

# timeless: without what changes by itself
timeless() {
	grep -vE '^(last_handshake|tx_bytes|rx_bytes|listen_port)'
}

# shown SUBCOMMAND INTERFACE [FORM]: what wg(8) says, in an order of its own, without the name and what changes by itself
shown() {
	local words=("$@")
	[[ -n ${words[2]:-} ]] || unset 'words[2]'
	wg "${words[@]}" | case ${words[2]:-} in
	latest-handshakes | transfer) cut -f 1 ;;
	dump) cut -f 1-4,8 ;;
	*) grep -vE '^  (latest handshake|transfer)|^interface:' ;;
	esac | sort
}

# Clients that are no help: silent ones, one that sends no line, one that never reads
start_nuisances() {
	python3 - <<'END' &
import socket, time
silent = []
for number in range(100):
    talk = socket.socket(socket.AF_UNIX)
    talk.connect("/var/run/wireguard/wg0.sock")
    silent.append(talk)
    time.sleep(0.001)
endless = socket.socket(socket.AF_UNIX)
endless.connect("/var/run/wireguard/wg0.sock")
try:
    endless.sendall(b"x" * 1000000)
except OSError:
    print("the endless line was cut off", flush=True)
deaf = socket.socket(socket.AF_UNIX)
deaf.connect("/var/run/wireguard/wg0.sock")
deaf.setblocking(False)
try:
    for number in range(100000):
        deaf.send(b"get=1\n\n")
except OSError:
    print("the deaf one has to wait", flush=True)
time.sleep(60)
END
	nuisances=$!
}

{
	gateway_section "FwMark = 0x1234"
	gateway_peer 1 "PresharedKey = $(wg genkey)" "PersistentKeepalive = 25"
	gateway_peer 2 "Endpoint = [2001:db8:9::2]:1234"
	printf 'AllowedIPs = 10.99.1.2/24\n'
	for ((i = 0; i < 2000; i++)); do
		printf 'AllowedIPs = 10.50.%d.%d/32, fd50::%x/128\n' $((i / 256)) $((i % 256)) "$i"
	done
} >wg0.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)" "$(grep PresharedKey wg0.conf)"; } >cl1.conf
needs_counters
make_machines 1
start_gateway
start_client 1
assert_ping cl1 10.77.0.1

echo "wg show"
assert_equal "interfaces" "cl1 wg0" "$(wg show interfaces | tr ' ' '\n' | sort | xargs)"
assert_equal "public key" "$(public gw)" "$(wg show wg0 public-key)"
assert_equal "listen port" 51820 "$(wg show wg0 listen-port)"
assert_equal "mark" 0x1234 "$(wg show wg0 fwmark)"
assert_equal "preshared key" "$(conf_values PresharedKey wg0.conf)" "$(wg show wg0 preshared-keys | awk -v key="$(public cl1)" '$1 == key {print $2}')"
assert_equal "keepalive" 25 "$(wg show wg0 persistent-keepalive | awk -v key="$(public cl1)" '$1 == key {print $2}')"
assert_equal "endpoint" "[2001:db8:9::2]:1234" "$(wg show wg0 endpoints | awk -v key="$(public cl2)" '$1 == key {print $2}')"
assert_equal "allowed IPs" 4003 "$(wg show wg0 allowed-ips | awk -v key="$(public cl2)" '$1 == key {print NF - 1}')"
age=$(($(date +%s) - $(wg show wg0 latest-handshakes | awk -v key="$(public cl1)" '$1 == key {print $2}')))
((age >= 0 && age < 30)) || fail "the handshake is $age s old"
wg show wg0 transfer | awk -v key="$(public cl1)" '$1 == key {exit !($2 > 500 && $3 > 500)}' || fail "transfer: $(wg show wg0 transfer)"
assert_equal "lines of wg show all dump" 3 "$(wg show all dump | grep -c '^wg0')"
[[ $(wg show wg0) == *"(hidden)"* ]] || fail "wg show wg0: $(wg show wg0 | head)"

echo "wg showconf gives a configuration that means the same"
wg showconf wg0 >shown.conf
make_namespace apart
ip netns exec apart env LOG_LEVEL=error wireguard-go -f other >other.log 2>&1 &
other=$!
expect 5 "wireguard-go is there" test -S /var/run/wireguard/other.sock
in_namespace apart wg setconf other shown.conf
diff <(ask wg0 'get=1\n\n' | timeless | sort) <(ask other 'get=1\n\n' | timeless | sort) ||
	fail "not what wireguard-go says of the same configuration"

echo "every form of wg show, beside wireguard-go's"
for form in "" public-key private-key listen-port fwmark peers preshared-keys endpoints allowed-ips latest-handshakes transfer \
	persistent-keepalive dump; do
	diff <(shown show wg0 "$form") <(shown show other "$form") || fail "wg show wg0 $form is not as wireguard-go's"
done
diff <(shown showconf wg0) <(shown showconf other) || fail "wg showconf is not as wireguard-go's"
for form in public-key listen-port peers allowed-ips dump; do
	assert_equal "wg show all $form" "$(wg show wg0 "$form" | sed 's/^/wg0\t/' | sort)" "$(wg show all "$form" | grep -P '^wg0\t' | sort)"
done
kill "$other"

echo "requests"
assert_equal "two requests on a connection" 2 "$(ask wg0 'get=1\n\nget=1\n\n' | grep -c '^errno=0$')"
assert_equal "a get that says more" "errno=-22" "$(ask wg0 'get=1\nwhat=1\n\n' | xargs)"
assert_equal "nonsense, and a get" "errno=-71 errno=0" "$(ask wg0 'what=1\n\nget=1\n\n' | grep errno | xargs)"
assert_equal "an endless line" "" "$(ask wg0 "$(printf 'x%.0s' {1..5000})" 2>/dev/null)"
assert_equal "empty lines" "" "$(ask wg0 '\n\n\n')"

echo "clients that are no help"
start_nuisances >nuisances.log
expect 10 "the deaf one waits" grep -q "deaf one has to wait" nuisances.log
assert_equal "lines of wg show wg0 dump" 3 "$(wg show wg0 dump | wc -l)"
assert_ping cl1 10.77.0.1
kill "$nuisances"

echo "the socket"
assert_equal "who may use it" "700 root" "$(stat -c '%a %U' /var/run/wireguard/wg0.sock)"
"$BUILD/control/wg-dpdk" --no-huge -m 64 --no-shconf --no-pci -- -c gw.conf >second.log 2>&1 && fail "a second gateway started"
kill_gateway
[[ -S /var/run/wireguard/wg0.sock ]] || fail "the socket of a gateway that was killed is gone, so this shows nothing"
start_gateway
assert_equal "interface after a restart" 51820 "$(wg show wg0 listen-port)"
stop_gateway
[[ ! -e /var/run/wireguard/wg0.sock ]] || fail "the socket is still there"
