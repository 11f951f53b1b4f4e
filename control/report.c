/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/addr.h"
#include "config/config.h"
#include "config/key_text.h"
#include "dataplane.h"
#include "gateway.h"
#include "interface.h"
#include "io/port.h"
#include "peer.h"
#include "ports.h"
#include "route_mirror.h"
#include "tables/peer_view.h"

static void print_peer(const struct peer *peer, const struct timespec *now)
{
	const struct endpoint *endpoint = peer_view_endpoint(peer->view);
	char key[KEY_TEXT_LEN + 1], where[ADDR_TEXT_MAX], age[24] = "never";

	key_text_encode(peer->public_key, key);
	if (peer->last_handshake.tv_sec)
		snprintf(age, sizeof(age), "%lld",
			(long long)(now->tv_sec - peer->last_handshake.tv_sec));
	printf("peer %s interface=%s endpoint=%s rx_bytes=%" PRIu64 " tx_bytes=%" PRIu64
	       " handshake_age_s=%s staged=%u\n",
		key, peer->iface->config->name,
		endpoint ? endpoint_format(endpoint, where) : "none",
		atomic_load_explicit(&peer->view->rx_bytes, memory_order_relaxed),
		atomic_load_explicit(&peer->view->tx_bytes, memory_order_relaxed), age,
		peer->stage.n);
}

static void print_interface(const struct interface *iface)
{
	printf("interface %s listen_port=%u mtu=%u peers=%u\n", iface->config->name,
		iface->udp.port, atomic_load_explicit(&iface->view->mtu, memory_order_relaxed),
		iface->n_peers);
}

static void print_port(const struct gateway_port *port)
{
	struct port_counters counters;

	port_count(port->port, &counters);
	printf("port %s link=%s mtu=%u received=%" PRIu64 " sent=%" PRIu64 " missed=%" PRIu64
	       " errors=%" PRIu64 "\n",
		port->config->name, port->is_up ? "up" : "down",
		atomic_load_explicit(&port_facts(port->port)->mtu, memory_order_relaxed),
		counters.n_received, counters.n_sent, counters.n_missed, counters.n_errors);
}

static void print_routes(const struct route_mirror *mirror)
{
	struct route_mirror_stats stats;

	route_mirror_get_stats(mirror, &stats);
	printf("routes kernel=%" PRIu64 " neighbours=%" PRIu64 " losses=%" PRIu64
	       " refused=%" PRIu64 "\n",
		stats.n_routes, stats.n_neighbours, stats.n_losses, stats.n_refused);
}

void report_print(const struct gateway *gw)
{
	uint64_t drops[DROP_N];
	struct timespec now;
	unsigned n_buffers, n_in_use;
	const struct peer *peer;

	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (interface_is_alive(&gw->interfaces[i]))
			print_interface(&gw->interfaces[i]);
	for (unsigned i = 0; i < gw->n_ports; i++)
		print_port(&gw->ports[i]);
	if (gw->mirror)
		print_routes(gw->mirror);
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (interface_is_alive(&gw->interfaces[i]))
			TAILQ_FOREACH(peer, &gw->interfaces[i].peers, others)
				print_peer(peer, &now);
	dataplane_count_buffers(gw->dataplane, &n_buffers, &n_in_use);
	printf("buffers total=%u in_use=%u\n", n_buffers, n_in_use);
	dataplane_sum_drops(gw->dataplane, drops);
	for (unsigned reason = 0; reason < DROP_N; reason++)
		if (drops[reason])
			printf("drop %s %" PRIu64 "\n", drop_name(reason), drops[reason]);
	fflush(stdout);
}
