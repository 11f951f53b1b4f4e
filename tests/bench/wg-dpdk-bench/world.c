/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "world.h"

#include <rte_mbuf.h>

#include <stdlib.h>
#include <string.h>

#include "base/secure.h"
#include "crypto/aead.h"
#include "frame.h"
#include "handshake/noise.h"
#include "io/tun_link.h"
#include "io/udp_link.h"
#include "mailbox.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

#define N_MBUFS 8191 /* many batches; 2^n - 1 suits a pool best */
#define MAILBOX_LEN 1024

/* Of a datagram around an inner packet: IPv6, UDP, the message's header, padding and tag. */
#define WORLD_OVERHEAD (40 + 8 + WG_DATA_OVERHEAD + WG_PADDING)

/* Keys and indices need not be secret here, and the same in every run is better. */
static struct prng prng = {.state = 1};

static uint32_t draw_index(void)
{
	return (uint32_t)prng_next(&prng);
}

/*
 * Neighbours in the list of peers are far from each other in the address space, so that neither the tries nor
 * the caches have it easy. An odd factor gives each peer a number of its own below 2^24.
 */
static void spread(uint8_t out[3], unsigned peer)
{
	uint32_t number = peer * UINT32_C(0x9e3779b1);

	out[0] = (uint8_t)(number >> 16);
	out[1] = (uint8_t)(number >> 8);
	out[2] = (uint8_t)number;
}

void world_address(uint8_t *out, sa_family_t family, unsigned peer)
{
	static const uint8_t v6[13] = {0xfd, 0x77, 0x67};

	if (family == AF_INET) {
		out[0] = 10;
		spread(out + 1, peer);
	} else {
		memcpy(out, v6, sizeof(v6));
		spread(out + sizeof(v6), peer);
	}
}

/* Of 11.0.0.0/8: nothing leaves this program. */
struct endpoint world_endpoint(unsigned peer)
{
	struct endpoint endpoint = {
		.addr = {AF_INET, {11}}, .port = NETWORK_UDP_PORT, .local.family = AF_INET};

	spread(endpoint.addr.bytes + 1, peer);
	memcpy(endpoint.local.bytes, network_gateway4, sizeof(network_gateway4));
	return endpoint;
}

static bool own_addresses(struct peer_view *view, unsigned peer)
{
	static const sa_family_t families[] = {AF_INET, AF_INET6};

	for (unsigned i = 0; i < array_len(families); i++) {
		struct ip_prefix prefix = {
			.addr.family = families[i], .len = (uint8_t)ip_addr_bits(families[i])};

		world_address(prefix.addr.bytes, families[i], peer);
		if (publish_allowed_ip(view, &prefix) != 0)
			return false;
	}
	return true;
}

static bool start_session(struct world *w, struct remote *remote, unsigned peer)
{
	struct noise_session session = {.remote_index = peer, .is_initiator = peer % 2};

	for (unsigned i = 0; i < WG_KEY_LEN; i++) {
		session.send_key[i] = (uint8_t)prng_next(&prng);
		session.receive_key[i] = (uint8_t)prng_next(&prng);
	}
	if (index_table_take(w->publisher.indices, remote, &session.local_index) != 0)
		return false;
	remote->keypair =
		publish_keypair(&w->publisher, remote->peer, &session, w->worker.pipeline.now_ns);
	if (!remote->keypair)
		return false;
	publish_sending(remote->peer, remote->keypair);
	memcpy(remote->send_key, session.receive_key, WG_KEY_LEN);
	remote->index = session.local_index;
	return true;
}

static bool add_peer(struct world *w, unsigned peer)
{
	struct remote *remote = &w->remotes[peer];
	struct endpoint endpoint = world_endpoint(peer);

	remote->peer = publish_peer(w->iface);
	if (!remote->peer)
		return false;
	remote->peer->peer_id = w->n_peers++;
	publish_endpoint(&w->publisher, remote->peer, &endpoint);
	atomic_init(&remote->peer->is_awake_posted, true);
	return own_addresses(remote->peer, peer) && start_session(w, remote, peer);
}

static bool create_interface(struct world *w)
{
	w->iface = publish_interface(&w->publisher, 0, w->mtu);
	if (!w->iface)
		return false;
	w->iface->is_on_ports = true;
	w->iface->listen_port = NETWORK_UDP_PORT;
	return true;
}

static bool create_pipeline(struct world *w, const struct aead_engine *engine)
{
	struct pipeline *pl = &w->worker.pipeline;

	w->publisher.rcu = rcu_create(1);
	if (!w->publisher.rcu)
		return false;
	w->publisher.indices = index_table_create(w->publisher.rcu, draw_index);
	pl->indices = w->publisher.indices;
	pl->aead = aead_create(engine);
	pl->now_ns = clock_read();
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++) {
		pl->mailboxes[kind] = mailbox_create(MAILBOX_LEN, -1);
		if (!pl->mailboxes[kind])
			return false;
	}
	return w->publisher.indices && pl->aead && create_interface(w);
}

/* The kernel's side leads nowhere: nothing shall go there. */
static const char *create_worker(struct world *w)
{
	const char *error = network_init(
		&w->net, w->publisher.rcu, w->pool, (uint16_t)(w->mtu + WORLD_OVERHEAD));

	w->link = (struct worker_link){.iface = w->iface,
		.tun = tun_link_create(-1, w->pool),
		.udp = udp_link_create(-1, -1, w->pool)};
	w->worker.links[0] = &w->link;
	w->worker.n_links = 1;
	w->worker.forward = network_forward(&w->net, &w->iface);
	if (!error && (!w->link.tun || !w->link.udp))
		error = "out of memory";
	return error;
}

static bool create_peers(struct world *w, unsigned n_peers)
{
	w->remotes = aligned_alloc(CACHE_LINE, n_peers * sizeof(*w->remotes));
	if (!w->remotes)
		return false;
	memset(w->remotes, 0, n_peers * sizeof(*w->remotes));
	for (unsigned i = 0; i < n_peers; i++)
		if (!add_peer(w, i))
			return false;
	return true;
}

static const char *create_all(struct world *w, const struct aead_engine *engine, unsigned n_peers)
{
	if (!create_pipeline(w, engine) || !create_peers(w, n_peers))
		return "out of memory: a peer needs about 3 KB, use fewer --peers";
	w->pool = packet_pool_create(
		N_MBUFS, (uint16_t)(w->mtu + WORLD_OVERHEAD + FRAME_OVERHEAD), SOCKET_ID_ANY);
	if (!w->pool)
		return "no memory for packet buffers: give EAL more, -m 64 (megabytes) "
		       "for packets up to 1420 bytes, -m 192 for larger ones";
	return create_worker(w);
}

struct world *world_create(const struct aead_engine *engine, unsigned n_peers,
	uint16_t inner_max_len, const char **out_error)
{
	struct world *w = aligned_alloc(CACHE_LINE, RTE_ALIGN_CEIL(sizeof(*w), CACHE_LINE));

	*out_error = "out of memory";
	if (!w)
		return NULL;
	memset(w, 0, sizeof(*w));
	w->mtu = RTE_MAX(inner_max_len, WORLD_MTU);
	*out_error = create_all(w, engine, n_peers);
	if (!*out_error)
		return w;
	world_destroy(w);
	return NULL;
}

static void remove_peer(struct world *w, struct remote *remote)
{
	publish_sending(remote->peer, NULL);
	publish_retire_keypair(&w->publisher, remote->keypair);
	publish_destroy_peer(remote->peer);
}

void world_destroy(struct world *w)
{
	for (unsigned i = 0; i < w->n_peers; i++)
		remove_peer(w, &w->remotes[i]);
	network_fini(&w->net);
	tun_link_destroy(w->link.tun);
	udp_link_destroy(w->link.udp);
	rte_mempool_free(w->pool);
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		mailbox_destroy(w->worker.pipeline.mailboxes[kind]);
	aead_destroy(w->worker.pipeline.aead);
	publish_destroy_interface(w->iface);
	if (w->publisher.indices)
		index_table_destroy(w->publisher.indices);
	if (w->publisher.rcu)
		rcu_destroy(w->publisher.rcu);
	free(w->remotes);
	free(w);
}

void world_drain(struct world *w)
{
	struct event event;

	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		while (mailbox_drain(w->worker.pipeline.mailboxes[kind], &event, 1))
			rte_pktmbuf_free(event.mbuf); /* NULL: a fact without a packet */
}
