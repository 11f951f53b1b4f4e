/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "interface.h"

#include <errno.h>
#include <search.h>
#include <string.h>

#include "config/config.h"
#include "dataplane.h"
#include "exchange.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "host/netlink.h"
#include "host/netns.h"
#include "host/routing.h"
#include "host/tun.h"
#include "offload.h"
#include "peer.h"
#include "publish.h"
#include "settings.h"
#include "tables/peer_view.h"

static int compare_peers(const void *a, const void *b)
{
	const struct peer *x = a, *y = b;

	return memcmp(x->public_key, y->public_key, WG_KEY_LEN);
}

int interface_add_peer(struct interface *iface, struct peer *peer)
{
	if (!tsearch(peer, &iface->peers_by_key, compare_peers))
		return -ENOMEM;
	TAILQ_INSERT_TAIL(&iface->peers, peer, others);
	iface->n_peers++;
	return 0;
}

void interface_drop_peer(struct interface *iface, struct peer *peer)
{
	peer_cursors_pass_peer(peer);
	TAILQ_REMOVE(&iface->peers, peer, others);
	tdelete(peer, &iface->peers_by_key, compare_peers);
	iface->n_peers--;
}

struct peer *interface_find_peer(
	const struct interface *iface, const uint8_t public_key[WG_KEY_LEN])
{
	struct peer *const *found;
	struct peer key;

	memcpy(key.public_key, public_key, WG_KEY_LEN);
	found = tfind(&key, &iface->peers_by_key, compare_peers);
	return found ? *found : NULL;
}

struct netlink *interface_netlink(const struct interface *iface)
{
	return iface->netlink ? iface->netlink : iface->gateway->netlink;
}

static int open_netlink(struct interface *iface, struct host_error *out_error)
{
	const char *netns = iface->config->netns;
	int home_fd, result;

	if (!*netns)
		return 0;
	result = netns_enter(netns, &home_fd, out_error);
	if (result < 0)
		return result;
	iface->netlink = netlink_open(out_error);
	result = netns_leave(home_fd, out_error);
	return result == 0 && !iface->netlink ? -ENOMEM : result;
}

/* In its namespace; later calls go by the descriptors, wherever the thread is. */
static int open_tun(struct interface *iface, unsigned n_queues, struct host_error *out_error)
{
	const struct interface_config *config = iface->config;
	int home_fd, result = netns_enter(config->netns, &home_fd, out_error), way_back;

	if (result < 0)
		return result;
	result = offload_open_tun(
		iface->gateway, config->name, n_queues, iface->tun_fds, &iface->ifindex, out_error);
	if (result == 0)
		iface->n_queues = n_queues;
	way_back = netns_leave(home_fd, out_error);
	return way_back < 0 ? way_back : result;
}

static int plan_routing(
	struct interface *iface, struct routing_taken *taken, struct host_error *out_error)
{
	struct routing_facts facts;
	int result = open_netlink(iface, out_error);

	if (result == 0)
		result = routing_survey(
			interface_netlink(iface), iface->config, taken, &facts, out_error);
	if (result < 0)
		return result;
	if (iface->netlink)
		facts.path_mtu = routing_survey_mtu(iface->gateway->netlink, iface->config);
	iface->plan = routing_plan_create(iface->config, &facts, out_error);
	if (!iface->plan)
		return -EINVAL;
	routing_plan_take(iface->plan, taken);
	return 0;
}

int interface_check_peers(const struct interface_config *config, struct host_error *out_error)
{
	uint8_t own_key[WG_KEY_LEN];

	noise_public_key(own_key, config->private_key);
	for (size_t i = 0; i < config->n_peers; i++)
		if (memcmp(config->peers[i].public_key, own_key, WG_KEY_LEN) == 0)
			return host_error_set(out_error, EINVAL,
				"%s: peer %zu is the interface itself: it has the public key of its "
				"PrivateKey; give it the peer's own",
				config->name, i + 1);
	return 0;
}

int interface_plan(struct interface *iface, const struct interface_config *config,
	struct routing_taken *taken, struct gateway *gw, struct host_error *out_error)
{
	int result;

	iface->gateway = gw;
	iface->config = config;
	iface->is_new = true;
	TAILQ_INIT(&iface->peers);
	LIST_INIT(&iface->cursors);
	iface->fwmark = config->fwmark;
	iface->noise = noise_local_create(config->private_key, &exchange_upcalls, iface);
	if (!iface->noise || allowed_ip_book_init(&iface->allowed_ips) < 0)
		return host_error_set(out_error, ENOMEM, "%s: %m", config->name);
	result = interface_check_peers(config, out_error);
	return result < 0 ? result : plan_routing(iface, taken, out_error);
}

int interface_take_peers(struct interface *iface, struct gateway *gw, struct host_error *out_error)
{
	for (size_t i = 0; i < iface->config->n_peers; i++) {
		const struct peer_config *config = &iface->config->peers[i];
		struct peer *peer;
		int result = peer_create(gw, iface, config->public_key, &peer);

		if (result == 0)
			result = settings_take_peer(gw, peer, config);
		if (result < 0)
			return host_error_set(
				out_error, -result, "%s: peers: %m", iface->config->name);
	}
	return 0;
}

static int open_links(struct interface *iface, unsigned n_workers, struct gateway *gw,
	struct host_error *out_error)
{
	const struct interface_config *config = iface->config;
	struct dataplane_link_fds fds;
	int result = offload_open_sockets(
		gw, config->listen_port, settings_fwmark(iface), n_workers, &iface->udp, out_error);

	if (result < 0)
		return result;
	result = open_tun(iface, n_workers, out_error);
	if (result < 0)
		return result;
	memcpy(fds.tun_fds, iface->tun_fds, sizeof(fds.tun_fds));
	memcpy(fds.udp4_fds, iface->udp.fds4, sizeof(fds.udp4_fds));
	memcpy(fds.udp6_fds, iface->udp.fds6, sizeof(fds.udp6_fds));
	result = dataplane_add_interface(gw->dataplane, iface->view, &fds);
	if (result == 0)
		dataplane_set_listen_port(gw->dataplane, iface->view->iface_id, iface->udp.port);
	if (result == -ENOBUFS)
		return host_error_set(out_error, ENOBUFS,
			"%s: no packet buffers for another interface; set a larger mbufs and restart",
			config->name);
	return result < 0 ? host_error_set(out_error, -result, "%s: %m", config->name) : 0;
}

int interface_create(struct interface *iface, uint8_t iface_id, unsigned n_workers,
	struct gateway *gw, struct host_error *out_error)
{
	iface->view = publish_interface(&gw->publisher, iface_id, routing_plan_mtu(iface->plan));
	if (!iface->view)
		return host_error_set(out_error, ENOMEM, "%s: %m", iface->config->name);
	iface->view->is_on_ports = iface->config->underlay == UNDERLAY_PORT;
	iface->view->is_mss_clamped = iface->config->is_mss_clamped;
	iface->view->is_dscp_copied = iface->config->is_dscp_copied;
	if (!publish_checker(&gw->publisher, iface->view, noise_local_public_key(iface->noise)))
		return host_error_set(out_error, ENOMEM, "%s: %m", iface->config->name);
	return open_links(iface, n_workers, gw, out_error);
}

/* In its namespace, for the sysctl is that of the thread. */
int interface_up(struct interface *iface, struct host_error *out_error)
{
	int home_fd, result = netns_enter(iface->config->netns, &home_fd, out_error), way_back;

	iface->is_new = false;
	if (result < 0)
		return result;
	result = routing_apply(iface->plan, interface_netlink(iface), iface->ifindex, out_error);
	way_back = netns_leave(home_fd, out_error);
	return way_back < 0 ? way_back : result;
}

void interface_destroy(struct interface *iface)
{
	if (iface->plan)
		routing_remove(iface->plan, interface_netlink(iface));
	routing_plan_free(iface->plan);
	netlink_close(iface->netlink);
	tun_close(iface->tun_fds, iface->n_queues);
	udp_close(&iface->udp);
	allowed_ip_book_fini(&iface->allowed_ips);
	noise_local_destroy(iface->noise);
	publish_destroy_interface(iface->view);
	*iface = (struct interface){.config = NULL};
}
