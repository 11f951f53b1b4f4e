#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# The image, with a root file system that nobody can write and few capabilities: it starts, is healthy, shows a code, keeps
# its keys over a restart, ends by itself, and has less than 120 MB. Needs podman and IMAGE, the name of an image of conf/container/Containerfile;
# PODMAN are podman's words, for another place of images.
set -euo pipefail

[[ -n ${IMAGE:-} ]] || { echo "skipped: IMAGE names no image; podman build -f conf/container/Containerfile -t NAME . makes one"; exit 77; }
read -ra podman <<<"${PODMAN:-podman}"
command -v "${podman[0]}" >/dev/null || { echo "skipped: podman is not installed"; exit 77; }
. "$(dirname "$0")/../../scripts/lib.sh"
volume=$(mktemp -d)
name=wg-dpdk-test-$$

finish() {
	local status=$?
	((status == 0)) || "${podman[@]}" logs $name || true
	"${podman[@]}" rm -f $name >/dev/null 2>&1 || true
	rm -rf "$volume"
	exit "$status"
}
trap finish EXIT

# start PEERS
start() {
	# The words of docs/container.md, but for the network: none is needed here.
	"${podman[@]}" run -d --name $name --network none --read-only --tmpfs /run --tmpfs /tmp --cap-drop ALL \
		--cap-add NET_ADMIN --cap-add NET_BIND_SERVICE --cap-add NET_RAW --cap-add SETUID --cap-add SETGID --cap-add KILL \
		--cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER \
		--device /dev/net/tun --sysctl net.ipv4.ip_forward=1 -v "$volume:/config" \
		-e PEERS="$1" -e SERVERURL=vpn.example.org "$IMAGE" >/dev/null
	wait_for 60 inside wg-dpdk-server health || die "the server is not healthy"
}

inside() {
	"${podman[@]}" exec $name "$@" >/dev/null 2>&1
}

stop() {
	"${podman[@]}" stop -t 20 $name >/dev/null
	[[ $("${podman[@]}" inspect -f '{{.State.ExitCode}}' $name) == 0 ]] || die "the server ended badly"
	"${podman[@]}" rm $name >/dev/null
}

start 3
inside /app/show-peer 1 || die "no code is shown"
inside wg show wg0 || die "there is no wg0"
before=$(cat "$volume"/server/* "$volume"/peer?/*key*)
stop
start 4
[[ $(cat "$volume"/server/* "$volume"/peer[123]/*key*) == "$before" ]] || die "keys have changed"
stop
size=$("${podman[@]}" image inspect -f '{{.Size}}' "$IMAGE")
((size < 120000000)) || die "the image has grown to $size bytes"
echo "$IMAGE, $size bytes"
