/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "control_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "dataplane.h"
#include "exchange.h"
#include "handshake/noise.h"
#include "host/routing.h"
#include "peer.h"
#include "prng.h"
#include "schedule.h"
#include "settings.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

struct control_fixture fixture;

static const struct interface_config config = {.name = "wg0", .route_mode = ROUTE_OFF};
static struct prng prng;
static struct drops drops;

static void must(bool is_fine)
{
	if (!is_fine)
		abort();
}

static uint32_t draw(void)
{
	return (uint32_t)prng_next(&prng);
}

void control_fixture_init(void)
{
	static const struct routing_facts facts = {.path_mtu = 1500};
	static const uint8_t private_key[WG_KEY_LEN] = {8, [31] = 0x40};
	struct interface *iface = &fixture.iface;
	struct publisher *pub = &fixture.gw.publisher;
	struct host_error error;

	fixture = (struct control_fixture){.is_flush_over = true};
	prng.state = 1;
	peer_book_init(&fixture.gw.peers);
	fixture.gw.schedule = schedule_create();
	pub->rcu = rcu_create(1);
	pub->indices = index_table_create(pub->rcu, draw);
	iface->gateway = &fixture.gw;
	iface->config = &config;
	TAILQ_INIT(&iface->peers);
	LIST_INIT(&iface->cursors);
	iface->noise = noise_local_create(private_key, &exchange_upcalls, iface);
	iface->view = publish_interface(pub, 0, 1420);
	iface->plan = routing_plan_create(&config, &facts, &error);
	iface->udp.port = 51820;
	must(fixture.gw.schedule && pub->indices && iface->noise && iface->view && iface->plan
		&& allowed_ip_book_init(&iface->allowed_ips) == 0);
}

void control_fixture_fini(void)
{
	struct interface *iface = &fixture.iface;
	struct publisher *pub = &fixture.gw.publisher;

	settings_remove_peers(&fixture.gw, iface, UINT32_MAX);
	peer_book_fini(&fixture.gw.peers);
	must(index_table_count(pub->indices) == 0 && LIST_EMPTY(&iface->cursors));
	allowed_ip_book_fini(&iface->allowed_ips);
	routing_plan_free(iface->plan);
	noise_local_destroy(iface->noise);
	publish_destroy_interface(iface->view);
	index_table_destroy(pub->indices);
	rcu_destroy(pub->rcu);
	schedule_destroy(fixture.gw.schedule);
}

struct peer *control_fixture_add(uint8_t number)
{
	uint8_t public_key[WG_KEY_LEN];
	struct peer *peer;

	memset(public_key, number, sizeof(public_key));
	must(peer_create(&fixture.gw, &fixture.iface, public_key, &peer) == 0);
	return peer;
}

const struct peer *control_fixture_owner(const char *address)
{
	const struct peer_view *view;
	struct ip_addr addr;

	must(ip_addr_parse(address, &addr));
	view = allowedips_find(fixture.iface.view->allowedips, addr.family, addr.bytes);
	return view ? peer_book_find(&fixture.gw.peers, view->peer_id) : NULL;
}

/* The data plane. */

struct rte_mbuf *dataplane_alloc(struct dataplane *dp)
{
	(void)dp;
	fixture.n_messages++;
	return NULL;
}

void dataplane_send(struct dataplane *dp, uint32_t hint, struct rte_mbuf **mbufs, unsigned n)
{
	(void)dp;
	(void)hint;
	(void)mbufs;
	must(n == 0);
}

struct drops *dataplane_control_drops(struct dataplane *dp, uint8_t iface_id)
{
	(void)iface_id;
	(void)dp;
	return &drops;
}

void dataplane_flush_begin(struct dataplane *dp)
{
	(void)dp;
	fixture.n_flushes++;
}

bool dataplane_flush_is_over(struct dataplane *dp)
{
	(void)dp;
	return fixture.is_flush_over;
}

int dataplane_add_interface(
	struct dataplane *dp, struct iface_view *iface, const struct dataplane_link_fds *fds)
{
	(void)dp;
	(void)iface;
	(void)fds;
	return 0;
}

void dataplane_remove_interface(struct dataplane *dp, uint8_t iface_id)
{
	(void)dp;
	(void)iface_id;
}

int dataplane_replace_sockets(
	struct dataplane *dp, uint8_t iface_id, const int udp4_fds[], const int udp6_fds[])
{
	(void)dp;
	(void)iface_id;
	(void)udp4_fds;
	(void)udp6_fds;
	return 0;
}

void dataplane_set_listen_port(struct dataplane *dp, uint8_t iface_id, uint16_t port)
{
	(void)dp;
	(void)iface_id;
	(void)port;
}

struct rte_mempool *dataplane_pool(struct dataplane *dp)
{
	(void)dp;
	return NULL;
}

unsigned dataplane_count_handshakes(const struct dataplane *dp, unsigned *out_room)
{
	(void)dp;
	*out_room = 1024;
	return 3;
}

int dataplane_add_port(struct dataplane *dp, const struct dataplane_port *port)
{
	(void)dp;
	(void)port;
	return 0;
}
