# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash disable=SC2154
#
# A second interface of the gateway, which comes and goes, sourced after _lib.sh.

# second NAME [LINES...]: NAME.conf, an interface whose peer has the lines of $second_peer
second() {
	local name=$1
	shift
	cat >"$name.conf" <<-END
		[Interface]
		PrivateKey = $(private gw_second)
		ListenPort = 51999
		Address = 10.78.0.1/24, fd78::1/64
		$(printf '%s\n' "$@")

		[Peer]
		PublicKey = $(public cl2)
		$second_peer
	END
}

# is_nowhere NAME: no link, no socket, no port
is_nowhere() {
	! in_namespace gw ip link show "$1" 2>/dev/null && [[ ! -e /run/wireguard/$1.sock ]] && ! listens gw udp 51999
}
