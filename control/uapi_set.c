/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "uapi_set.h"

#include <string.h>

#include "allowed_ip.h"
#include "base/secure.h"
#include "handshake/noise.h"
#include "interface.h"
#include "log.h"
#include "peer.h"
#include "settings.h"
#include "uapi_line.h"

/* A removal takes some microseconds: packets and handshakes of others get their turn in between. */
#define REMOVALS_AT_A_TIME 256

void uapi_set_begin(struct uapi_set *set, struct gateway *gw, struct interface *iface)
{
	*set = (struct uapi_set){.gateway = gw, .iface = iface};
}

/* Another request, or a reload, may have removed the peer. */
static void find_again(struct uapi_set *set)
{
	set->peer = set->has_peer ? interface_find_peer(set->iface, set->public_key) : NULL;
	set->has_peer = set->peer != NULL;
}

static void go_on_emptying(struct uapi_set *set)
{
	set->is_emptying = !settings_remove_peers(set->gateway, set->iface, REMOVALS_AT_A_TIME);
}

bool uapi_set_resume(struct uapi_set *set)
{
	if (set->is_emptying)
		go_on_emptying(set);
	find_again(set);
	return !set->is_emptying;
}

static void settle(struct uapi_set *set, uint64_t now_ns)
{
	if (set->has_peer)
		settings_settle_peer(set->gateway, set->peer, now_ns);
	set->has_peer = false;
	set->peer = NULL;
}

static void forget_peer(struct uapi_set *set)
{
	if (set->has_peer)
		peer_remove(set->gateway, set->peer);
	set->has_peer = false;
	set->peer = NULL;
}

/* The interface itself cannot be its peer: what is said of it is heard, and nothing comes of it. */
static bool is_self(const struct uapi_set *set, const uint8_t public_key[WG_KEY_LEN])
{
	const struct noise_local *local = set->iface->noise;

	return noise_local_has_private_key(local)
		&& secure_equal(public_key, noise_local_public_key(local), WG_KEY_LEN);
}

static int select_peer(struct uapi_set *set, const uint8_t public_key[WG_KEY_LEN], uint64_t now_ns)
{
	int result = 0;

	settle(set, now_ns);
	set->is_about_peer = true;
	set->is_created = false;
	if (is_self(set, public_key))
		return 0;
	set->peer = interface_find_peer(set->iface, public_key);
	if (!set->peer) {
		result = peer_create(set->gateway, set->iface, public_key, &set->peer);
		set->is_created = result == 0;
	}
	set->has_peer = result == 0;
	memcpy(set->public_key, public_key, WG_KEY_LEN);
	return result;
}

static int refused_by_host(int result, const struct host_error *error)
{
	if (result < 0)
		log_warning("wg set: %s", error->line);
	return result;
}

static int carry_out(struct uapi_set *set, const struct uapi_line *line, uint64_t now_ns)
{
	struct host_error error;

	switch (line->key) {
	case UAPI_PRIVATE_KEY:
		settings_set_private_key(set->gateway, set->iface, line->bytes, now_ns);
		return 0;
	case UAPI_LISTEN_PORT:
		return refused_by_host(settings_set_listen_port(set->gateway, set->iface,
					       (uint16_t)line->number, &error),
			&error);
	case UAPI_FWMARK:
		return refused_by_host(
			settings_set_fwmark(set->iface, line->number, &error), &error);
	case UAPI_REPLACE_PEERS:
		go_on_emptying(set);
		return 0;
	case UAPI_PUBLIC_KEY:
		return select_peer(set, line->bytes, now_ns);
	default:
		return 0; /* nobody is there to be changed */
	}
}

static int carry_out_on_peer(struct uapi_set *set, const struct uapi_line *line, uint64_t now_ns)
{
	switch (line->key) {
	case UAPI_UPDATE_ONLY:
		if (set->is_created)
			forget_peer(set);
		return 0;
	case UAPI_REMOVE:
		forget_peer(set);
		return 0;
	case UAPI_PRESHARED_KEY:
		settings_set_preshared_key(set->peer, line->bytes);
		return 0;
	case UAPI_ENDPOINT:
		settings_set_endpoint(set->gateway, set->peer, &line->endpoint);
		return 0;
	case UAPI_KEEPALIVE:
		settings_set_keepalive(set->peer, (uint16_t)line->number);
		return 0;
	case UAPI_REPLACE_ALLOWED_IPS:
		allowed_ips_doubt(set->peer);
		return 0;
	case UAPI_ALLOWED_IP:
		return allowed_ip_give(set->peer, &line->prefix);
	case UAPI_ALLOWED_IP_GONE:
		allowed_ip_take(set->peer, &line->prefix);
		return 0;
	default:
		return carry_out(set, line, now_ns);
	}
}

bool uapi_set_line(struct uapi_set *set, char *text, uint64_t now_ns)
{
	struct uapi_line line;

	if (set->error)
		return true;
	set->error = uapi_line_parse(text, set->is_about_peer, &line);
	if (set->error == 0)
		set->error = set->has_peer ? carry_out_on_peer(set, &line, now_ns)
					   : carry_out(set, &line, now_ns);
	secure_wipe(&line, sizeof(line));
	return !set->is_emptying;
}

int uapi_set_end(struct uapi_set *set, uint64_t now_ns)
{
	find_again(set);
	settle(set, now_ns);
	return set->error;
}
