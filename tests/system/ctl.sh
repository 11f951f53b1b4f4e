#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# wg-dpdk-ctl shows a running gateway, reloads it and says why it was refused; finds it by itself, or says which there are;
# shows no secret; and clients that are silent, deaf or talk nonsense are in nobody's way.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

socket=/run/wg-dpdk/wg0.sock

ctl() {
	"$BUILD/control/ctl/wg-dpdk-ctl" "$@"
}

# field EXPRESSION COMMAND...: what Python's EXPRESSION makes of the answer
field() {
	local expression=$1
	shift
	ctl --json "$@" | python3 -c "import json, sys; answer = json.load(sys.stdin); print($expression)"
}

# refused STATUS WORDS COMMAND...: the command ends so, and says these words on stderr alone
refused() {
	local status=0 words=$2 expected=$1 out
	shift 2
	out=$(ctl "$@" 2>ctl.err) || status=$?
	assert_equal "status of $*" "$expected" "$status"
	assert_equal "output of $*" "" "$out"
	grep -qF -- "$words" ctl.err || fail "$*: not \"$words\", but: $(cat ctl.err)"
}

start_nuisances() {
	python3 - "$socket" <<'END' &
import socket, sys, time
silent = []
for number in range(50):
    talk = socket.socket(socket.AF_UNIX)
    talk.connect(sys.argv[1])
    silent.append(talk)
    time.sleep(0.001)
deaf = []
for number in range(8):
    talk = socket.socket(socket.AF_UNIX)
    talk.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    talk.connect(sys.argv[1])
    talk.sendall(b'{"command": "peers"}\n')
    deaf.append(talk)
    time.sleep(0.001)
print("all there", flush=True)
time.sleep(60)
END
	nuisances=$!
}

{
	gateway_section
	gateway_peer 1 "PresharedKey = $(wg genkey)" "PersistentKeepalive = 25"
	gateway_peer 2 "Endpoint = [2001:db8:9::2]:1234"
	for ((i = 0; i < 2000; i++)); do
		printf 'AllowedIPs = 10.50.%d.%d/32, fd50::%x/128\n' $((i / 256)) $((i % 256)) "$i"
	done
} >wg0.conf
printf '[Interface]\nPrivateKey = %s\nListenPort = 51821\n' "$(private gw1)" >wg1.conf
{ client_section 1 && client_peer 1 "$(outer_v4 1)" "$(grep PresharedKey wg0.conf)"; } >cl1.conf
needs_counters
refused 1 "no gateway runs here" status
make_machines 1
gateway_keys='crypto = "auto";'
start_gateway wg0 wg1
start_client 1
assert_ping cl1 10.77.0.1
assert_no_ping gw 10.77.0.77

echo "status"
assert_equal "version, process, totals" "$("$BUILD/control/wg-dpdk" --version) $gateway_pid 2 2 1" \
	"wg-dpdk $(field 'answer["version"], answer["pid"], "{interfaces} {peers} {workers}".format(**answer["totals"])' status)"
assert_equal "the engine is the fastest" True \
	"$(field '[answer["crypto"][k] == answer["crypto"]["trials"][0][k] for k in ("engine", "isa")] == [True, True]' status)"
[[ $(ctl status) == *"2, with 2 peers"*"measured at start"* ]] || fail "status: $(ctl status)"

echo "interfaces and peers"
assert_equal "interfaces" "wg0 51820 2 1, wg1 51821 0 0" \
	"$(field '", ".join("{name} {listen_port} {peers} {active_peers}".format(**i) for i in answer["interfaces"])' interfaces)"
assert_equal "public key" "$(public gw)" "$(field 'answer["interfaces"][0]["public_key"]' interfaces)"
assert_equal "peers" "$(public cl1) $(public cl2)" "$(field '" ".join(p["public_key"] for p in answer["peers"])' peers)"
# Nobody speaks but client 1, and it is quiet now.
assert_equal "what peers and wg say" "$(wg show wg0 dump | awk -v OFS='|' 'NR > 1 {gsub("\\(none\\)", "None"); print $1, $3, $4, $6, $7}')" \
	"$(field '"\n".join("|".join([p["public_key"], str(p["endpoint"]), ",".join(p["allowed_ips"]), str(p["rx_bytes"]), str(p["tx_bytes"])]) for p in answer["peers"])' peers wg0)"
assert_equal "bytes of the interface" "$(wg show wg0 transfer | awk '{n += $2} END {print n}')" "$(field 'answer["interfaces"][0]["rx_bytes"]' interfaces)"
assert_equal "handshakes" "$(wg show wg0 latest-handshakes | cut -f 2 | xargs)" "$(field '" ".join(str(p["latest_handshake_s"] or 0) for p in answer["peers"])' peers)"
assert_equal "peers of wg1" "[]" "$(field 'answer["peers"]' peers wg1)"
ctl peers >table
[[ $(cat table) == *"$(public cl1)"*" s ago "*" B "*"10.77.0.12/32, fd77::12/128 and 4000 more"* ]] || fail "peers: $(cat table)"
refused 1 'no interface "wg7" here' peers wg7

echo "workers and drops"
assert_equal "packets and polls; busy, but not always" "True True True" "$(field '*[(w["packets"] >= 10, w["polls"] > 10,
	0 < w["busy_ns"] < w["uptime_ns"] / 2) for w in answer["workers"]][0]' workers)"
assert_equal "drops" "$(drop_count inner_no_peer)" "$(field 'sum(d["packets"] for d in answer["drops"] if d["name"] == "inner_no_peer")' drops)"
assert_equal "drops of all interfaces, those of wg0 among them" "True [True]" \
	"$(field 'all(sum(d["interfaces"].values()) == d["packets"] for d in answer["drops"]),
	[d["interfaces"]["wg0"] >= 3 for d in answer["drops"] if d["name"] == "inner_no_peer"]' drops)"
[[ $(ctl drops) == *"inner_no_peer"* ]] || fail "drops: $(ctl drops)"

echo "no secret"
for command in status interfaces peers workers drops; do
	ctl --json "$command"
	ctl "$command"
done >everything
for secret in "$(private gw)" "$(private gw1)" "$(conf_values PresharedKey wg0.conf)"; do
	! grep -qF "$secret" everything || fail "a secret was shown"
done

echo "log"
ctl log debug
assert_equal "log level" debug "$(field 'answer["log_level"]' status)"
refused 1 'no log level "loud"' log loud
refused 2 "which level" log
ctl log info

echo "reload"
printf '\n[Peer]\nPublicKey = %s\n' "$(public cl3)" >>wg0.conf
assert_equal "reload" "reloaded: 1 peers added, 0 removed, 3 now" "$(ctl reload)"
cp wg0.conf good.conf
echo "Nonsense = 1" >>wg0.conf
refused 1 "Nonsense" reload
assert_equal "reload with --json" 1 "$(ctl --json reload >answer.json; echo $?)"
grep -q "nothing was changed" answer.json || fail "reload: $(cat answer.json)"
cp good.conf wg0.conf
# Several at once: each gets an answer.
for i in 1 2 3; do
	ctl reload >"reload.$i" &
	reloads+=($!)
done
wait "${reloads[@]}" || fail "one of three reloads was refused"
assert_equal "three reloads" 3 "$(cat reload.? | grep -c '^reloaded: 0 peers added, 0 removed, 3 now$')"

echo "requests"
python3 - "$socket" <<'END' || fail "a request is not answered as it should be"
import socket, sys

ROWS = [
    (b"\n", "a request is a line"),
    (b"[1]\n", "a request is a line"),
    (b'{"command": 1}\n', "a request is a line"),
    (b'{"command": "stop"}\n', "no command"),
    (b'{"command": "status", "interface": "wg0"}\n', "takes nothing more"),
    (b'{"command": "peers", "interface": "wg0", "x": 1}\n', "takes nothing but interface"),
    (b'{"command": "peers", "interface": 1}\n', "is no text"),
    (b'{"command": "peers", "interface": "a234567890123456"}\n', "is no text"),
    (b'{"command": "log"}\n', "needs"),
    (b'{"command": "log", "level": "info", "level": "debug"}\n', "a request is a line"),
    (b'{"command": "\xff"}\n', "a request is a line"),
]


def ask(text):
    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(5)
        talk.connect(sys.argv[1])
        talk.sendall(text)
        return b"".join(iter(lambda: talk.recv(65536), b"")).decode()


for text, words in ROWS:
    answer = ask(text)
    if '"error":' not in answer or words not in answer:
        sys.exit(f"{text}: {answer}")
try:
    answer = ask(600 * b"x")
except ConnectionError:
    answer = ""
if answer:
    sys.exit(f"an endless line: {answer}")
END
refused 2 "no command" --json
refused 2 "no such command: stop" stop
refused 2 "too many words behind status" status now

echo "clients that are no help"
start_nuisances >nuisances.log
expect 10 "they are there" grep -q "all there" nuisances.log
assert_equal "peers beside them" 3 "$(field 'len(answer["peers"])' peers)"
assert_ping cl1 10.77.0.1
kill "$nuisances"

echo "the socket"
assert_equal "who may use it" "600 root" "$(stat -c '%a %U' "$socket")"
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/wg-dpdk/dead.sock")'
assert_equal "a dead one beside it" "$gateway_pid" "$(field 'answer["pid"]' status)"
refused 1 "is that gateway running?" --socket /run/wg-dpdk/dead.sock status
python3 -c '
import socket, time
other = socket.socket(socket.AF_UNIX)
other.bind("/run/wg-dpdk/other.sock")
other.listen()
time.sleep(60)' &
other=$!
expect 5 "another gateway is there" test -S /run/wg-dpdk/other.sock
wait_for 5 refused 1 "/run/wg-dpdk/other.sock, /run/wg-dpdk/wg0.sock; choose one" status
assert_equal "chosen" "$gateway_pid" "$(field 'answer["pid"]' --socket "$socket" status)"
assert_equal "chosen by its process" "$gateway_pid" "$(field 'answer["pid"]' --pid "$gateway_pid" status)"
refused 1 "no gateway runs here" --pid $$ status
refused 2 "no process: x" --pid x status
kill "$other"
kill_gateway
start_gateway wg0 wg1
assert_equal "after a restart" "$gateway_pid" "$(field 'answer["pid"]' status)"
stop_gateway
[[ ! -e $socket ]] || fail "the socket is still there"
