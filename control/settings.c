/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "settings.h"

#include <errno.h>
#include <stdlib.h>

#include "allowed_ip.h"
#include "config/config.h"
#include "dataplane.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "host/routing.h"
#include "interface.h"
#include "offload.h"
#include "peer.h"
#include "ports.h"
#include "publish.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"
#include "tables/routes.h"

void settings_set_private_key(struct gateway *gw, struct interface *iface,
	const uint8_t private_key[WG_KEY_LEN], uint64_t now_ns)
{
	struct peer *peer;

	if (!noise_local_set_private_key(iface->noise, private_key))
		return;
	if (!publish_checker(&gw->publisher, iface->view, noise_local_public_key(iface->noise)))
		gw->secrets_due_ns = now_ns; /* as soon as there is memory */
	peer = noise_local_has_private_key(iface->noise)
		? interface_find_peer(iface, noise_local_public_key(iface->noise))
		: NULL;
	if (peer)
		peer_remove(gw, peer);
	TAILQ_FOREACH(peer, &iface->peers, others) {
		peer_reset(gw, peer);
		settings_settle_peer(gw, peer, now_ns);
	}
}

static void close_sockets(void *sockets)
{
	udp_close(sockets);
	free(sockets);
}

/* Workers may be in the middle of a burst on the old sockets, so those close later. */
static int replace_sockets(struct gateway *gw, struct interface *iface,
	const struct udp_sockets *fresh, struct host_error *out_error)
{
	struct udp_sockets *old = malloc(sizeof(*old));
	int result = -ENOMEM;

	if (old)
		result = dataplane_replace_sockets(
			gw->dataplane, iface->view->iface_id, fresh->fds4, fresh->fds6);
	if (result < 0) {
		free(old);
		return host_error_set(out_error, -result, "%s: sockets: %m", iface->config->name);
	}
	*old = iface->udp;
	iface->udp = *fresh;
	rcu_retire(gw->publisher.rcu, old, close_sockets);
	return 0;
}

int settings_set_listen_port(
	struct gateway *gw, struct interface *iface, uint16_t port, struct host_error *out_error)
{
	struct udp_sockets fresh;
	int result;

	if (port == iface->udp.port)
		return 0;
	result = offload_open_sockets(
		gw, port, settings_fwmark(iface), iface->udp.n_workers, &fresh, out_error);
	if (result == 0)
		result = replace_sockets(gw, iface, &fresh, out_error);
	if (result < 0) {
		udp_close(&fresh);
		return result;
	}
	dataplane_set_listen_port(gw->dataplane, iface->view->iface_id, iface->udp.port);
	if (gw->routes)
		routes_touch(gw->routes); /* what leaves names the port */
	return ports_take_listen_ports(gw, out_error);
}

uint32_t settings_fwmark(const struct interface *iface)
{
	return iface->fwmark ? iface->fwmark : routing_plan_fwmark(iface->plan);
}

int settings_set_fwmark(struct interface *iface, uint32_t fwmark, struct host_error *out_error)
{
	uint32_t before = iface->fwmark;
	int result;

	iface->fwmark = fwmark;
	result = udp_set_fwmark(&iface->udp, settings_fwmark(iface), out_error);
	if (result < 0)
		iface->fwmark = before;
	return result;
}

bool settings_remove_peers(struct gateway *gw, struct interface *iface, unsigned n)
{
	while (n-- > 0 && !TAILQ_EMPTY(&iface->peers))
		peer_remove(gw, TAILQ_FIRST(&iface->peers));
	return TAILQ_EMPTY(&iface->peers);
}

void settings_set_endpoint(struct gateway *gw, struct peer *peer, const struct endpoint *endpoint)
{
	peer->endpoint = *endpoint;
	publish_endpoint(&gw->publisher, peer->view, endpoint);
}

void settings_set_preshared_key(struct peer *peer, const uint8_t preshared_key[WG_KEY_LEN])
{
	noise_remote_set_preshared_key(peer->noise, preshared_key);
}

void settings_set_keepalive(struct peer *peer, uint16_t keepalive_s)
{
	timers_set_keepalive(&peer->timers, keepalive_s);
}

/* A peer that has moved is not called back to where it was said to be, as long as the same is said. */
int settings_take_peer(struct gateway *gw, struct peer *peer, const struct peer_config *config)
{
	int result = 0;

	if (config->endpoint.addr.family != AF_UNSPEC
		&& !endpoint_equal(&config->endpoint, &peer->endpoint))
		settings_set_endpoint(gw, peer, &config->endpoint);
	settings_set_preshared_key(peer, config->preshared_key);
	settings_set_keepalive(peer, config->keepalive_s);
	allowed_ips_doubt(peer);
	for (size_t i = 0; i < config->n_allowed_ips && result == 0; i++)
		result = allowed_ip_give(peer, &config->allowed_ips[i]);
	return result;
}

/* What waits for a session is not to wait for the next attempt, now that there may be where to send it. */
void settings_settle_peer(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	allowed_ips_settle(peer);
	if (peer->stage.n > 0)
		timers_handshake_wanted(&peer->timers, now_ns);
	peer_act(gw, peer, now_ns);
}
