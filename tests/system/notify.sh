#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# A service manager is told when the gateway is ready, reloads and stops, through a socket that is a file, or an abstract one.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

# The manager, in the gateway's namespace, as an abstract name holds in one: a line in manager.log for each message; at READY=1 it also asks the interface.
start_manager() {
	: >manager.log
	ip netns exec gw python3 - "$1" >>manager.log <<'END' &
import socket, subprocess, sys, time
listen = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listen.bind(sys.argv[1].replace("@", "\0"))
print("listens", flush=True)
while True:
    words = listen.recv(65536).decode().split("\n")
    now_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    for i, word in enumerate(words):
        if word.startswith("MONOTONIC_USEC="):
            words[i] = "MONOTONIC_USEC=" + ("recent" if 0 <= now_us - int(word[15:]) < 10_000_000 else word)
    if words[0] == "READY=1":
        shown = subprocess.run(["wg", "show", "wg0", "listen-port"], capture_output=True, text=True)
        words.append("port " + shown.stdout.strip())
    print("|".join(words), flush=True)
END
	manager=$!
	expect 5 "the manager listens" grep -q listens manager.log
}

# said LINE: what the manager heard last
said() {
	[[ $(tail -n 1 manager.log) == "$1" ]]
}

{ gateway_section && gateway_peer 1; } >wg0.conf
needs_counters
make_machines 0

for NOTIFY_SOCKET in /run/test/notify @wg-dpdk-notify; do
	echo "$NOTIFY_SOCKET"
	export NOTIFY_SOCKET
	start_manager "$NOTIFY_SOCKET"
	start_gateway
	expect 5 "ready" said "READY=1|STATUS=1 interface, 1 peer|port 51820"
	cp wg0.conf good.conf
	gateway_peer 2 >>wg0.conf
	kill -HUP "$gateway_pid"
	expect 10 "ready after a reload" said "READY=1|STATUS=1 interface, 2 peers|port 51820"
	assert_equal "before it" "RELOADING=1|MONOTONIC_USEC=recent" "$(tail -n 2 manager.log | head -n 1)"
	echo Nonsense >>wg0.conf
	kill -HUP "$gateway_pid"
	expect 10 "refused" grep -q '^READY=1|STATUS=reload: .*wg0.conf.*nothing was changed|port 51820$' manager.log
	stop_gateway
	expect 5 "stopping" said "STOPPING=1"
	assert_equal "messages" 6 "$(grep -c = manager.log)"
	kill "$manager"
	cp good.conf wg0.conf
done

echo "nobody listens"
NOTIFY_SOCKET=/run/test/nobody start_gateway
expect 5 "a warning" grep -q "NOTIFY_SOCKET /run/test/nobody: No such file" gw.log
