/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "uapi_text.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "base/secure.h"
#include "handshake/noise.h"
#include "interface.h"
#include "peer.h"
#include "tables/peer_view.h"

/* The lines of a part, in a buffer with room for all of them. */
struct lines {
	char *text;
	size_t len;
};

printf_like(2, 3) static void put(struct lines *lines, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	lines->len += (size_t)vsnprintf(
		lines->text + lines->len, UAPI_LINES_MAX - lines->len, format, args);
	va_end(args);
}

static void put_key(struct lines *lines, const char *name, const uint8_t key[WG_KEY_LEN])
{
	char hex[2 * WG_KEY_LEN + 1];

	sodium_bin2hex(hex, sizeof(hex), key, WG_KEY_LEN);
	put(lines, "%s=%s\n", name, hex);
	secure_wipe(hex, sizeof(hex));
}

static void put_interface(struct lines *lines, const struct interface *iface)
{
	if (noise_local_has_private_key(iface->noise))
		put_key(lines, "private_key", noise_local_private_key(iface->noise));
	put(lines, "listen_port=%u\n", iface->udp.port);
	if (iface->fwmark)
		put(lines, "fwmark=%" PRIu32 "\n", iface->fwmark);
}

static void put_peer(struct lines *lines, const struct peer *peer)
{
	const struct endpoint *endpoint = peer_view_endpoint(peer->view);
	char where[ADDR_TEXT_MAX];

	put_key(lines, "public_key", peer->public_key);
	put_key(lines, "preshared_key", noise_remote_preshared_key(peer->noise));
	put(lines, "protocol_version=1\n");
	if (endpoint)
		put(lines, "endpoint=%s\n", endpoint_format(endpoint, where));
	put(lines, "last_handshake_time_sec=%lld\nlast_handshake_time_nsec=%ld\n",
		(long long)peer->last_handshake.tv_sec, peer->last_handshake.tv_nsec);
	put(lines, "tx_bytes=%" PRIu64 "\nrx_bytes=%" PRIu64 "\n",
		atomic_load_explicit(&peer->view->tx_bytes, memory_order_relaxed),
		atomic_load_explicit(&peer->view->rx_bytes, memory_order_relaxed));
	put(lines, "persistent_keepalive_interval=%u\n", timers_keepalive_s(&peer->timers));
}

static void put_allowed_ip(struct lines *lines, const struct allowed_ip *allowed_ip)
{
	char text[ADDR_TEXT_MAX];

	put(lines, "allowed_ip=%s\n", ip_prefix_format(&allowed_ip->prefix, text));
}

/* A peer, or one of its allowed IPs; then on to what follows. */
static void put_of_peers(struct lines *lines, struct peer_cursor *cursor)
{
	if (cursor->allowed_ip) {
		put_allowed_ip(lines, cursor->allowed_ip);
		peer_cursor_next_allowed_ip(cursor);
	} else {
		put_peer(lines, cursor->peer);
		peer_cursor_enter(cursor);
	}
}

void uapi_text_begin(struct uapi_place *place, struct interface *iface)
{
	*place = (struct uapi_place){.is_past_interface = false};
	peer_cursor_open(&place->cursor, iface);
}

void uapi_text_end(struct uapi_place *place)
{
	peer_cursor_close(&place->cursor);
}

size_t uapi_text_next(const struct interface *iface, struct uapi_place *place, char *text)
{
	struct lines lines = {text, 0};

	if (!place->is_past_interface) {
		put_interface(&lines, iface);
		place->is_past_interface = true;
	} else if (place->cursor.peer) {
		put_of_peers(&lines, &place->cursor);
	} else if (!place->is_past_end) {
		put(&lines, "errno=0\n\n");
		place->is_past_end = true;
	}
	return lines.len;
}
