/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "stages.h"

#include "crypto/aead.h"
#include "frames.h"
#include "io/port_link.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/peer_view.h"
#include "tables/routes.h"
#include "world.h"

static unsigned port_in(const struct stages *s)
{
	return s->is_opening ? NETWORK_WAN : NETWORK_LAN;
}

static unsigned port_out(const struct stages *s)
{
	return s->is_sealing ? NETWORK_WAN : NETWORK_LAN;
}

void stages_write_datagrams(struct stages *s)
{
	frames_write_datagrams(&s->batch, s->world, s->is_opening);
	if (s->is_opening)
		aead_seal(s->world->worker.pipeline.aead, s->batch.ops, s->batch.n);
}

void stages_write_arrivals(struct stages *s)
{
	if (s->is_opening)
		stages_write_datagrams(s);
	else
		frames_write_plain(&s->batch, s->world);
}

static void receive(struct stages *s, unsigned first)
{
	struct worker *worker = &s->world->worker;
	unsigned port_id = port_in(s);
	struct rte_mbuf *in[PACKET_BURST];

	network_put(&s->world->net, port_id, s->batch.mbufs + first, s->burst);
	(void)port_link_receive(worker->forward.ports[port_id].link, &worker->pipeline.drops, in);
}

static void classify_frames(struct stages *s, unsigned first)
{
	const uint64_t mac = frame_mac(s->world->net.facts[port_in(s)].mac);

	for (unsigned i = 0; i < s->burst; i++)
		(void)frame_parse(s->batch.mbufs[first + i], mac, &s->frames[i]);
}

static void find_routes(struct stages *s, const struct item *items, size_t address_at)
{
	const struct routes *routes = s->world->net.routes;
	struct route_lookup lookups[PACKET_BURST];
	unsigned n_asked = 0;

	routes_begin(routes, &s->route_memo);
	for (unsigned i = 0; i < s->burst; i++) {
		struct route_lookup *lookup = &lookups[n_asked];

		*lookup = (struct route_lookup){.bytes = (const uint8_t *)&items[i] + address_at,
			.family = items[i].family};
		n_asked += !routes_recall(
			&s->route_memo, lookup->family, lookup->bytes, &lookup->route);
	}
	routes_find_burst(routes, &s->route_memo, lookups, n_asked);
}

static void find_peers(struct stages *s, const struct item *items, size_t address_at)
{
	struct allowedips_lookup lookups[PACKET_BURST];

	for (unsigned i = 0; i < s->burst; i++)
		lookups[i] =
			(struct allowedips_lookup){.bytes = (const uint8_t *)&items[i] + address_at,
				.family = items[i].family};
	allowedips_find_burst(s->world->iface->allowedips, lookups, s->burst);
}

static void find_sessions(struct stages *s, const struct item *items)
{
	struct index_lookup lookups[PACKET_BURST];

	for (unsigned i = 0; i < s->burst; i++)
		lookups[i].index = items[i].index;
	index_table_find_burst(s->world->publisher.indices, lookups, s->burst);
}

static void find_neighbours(struct stages *s, const struct item *items)
{
	const struct routes *routes = s->world->net.routes;

	for (unsigned i = 0; i < s->burst; i++)
		(void)neighbour_find(routes, NETWORK_LAN, 0, items[i].family, items[i].to_addr);
}

/* What the pipeline asks, in its order. The host's own address and the ways to endpoints it has kept. */
static void look_up(struct stages *s, unsigned first)
{
	const struct item *items = s->batch.items + first;

	if (s->is_opening) {
		find_sessions(s, items);
		find_peers(s, items, offsetof(struct item, from_addr));
	}
	find_routes(s, items, offsetof(struct item, to_addr));
	if (s->is_sealing)
		find_peers(s, items, offsetof(struct item, to_addr));
	else
		find_neighbours(s, items);
}

static void open_and_seal(struct stages *s, unsigned first)
{
	struct aead *aead = s->world->worker.pipeline.aead;

	if (s->is_opening)
		aead_open(aead, s->batch.ops + first, s->burst);
	if (s->is_sealing)
		aead_seal(aead, s->batch.ops + first, s->burst);
}

static void flush(struct stages *s)
{
	struct worker *worker = &s->world->worker;

	for (unsigned i = 0; i < NETWORK_PORTS; i++)
		port_link_flush(worker->forward.ports[i].link, &worker->pipeline.drops);
}

static void transmit(struct stages *s, unsigned first)
{
	struct worker *worker = &s->world->worker;
	struct port_link *link = worker->forward.ports[port_out(s)].link;
	struct rte_mbuf *sent[PACKET_BURST];

	for (unsigned i = 0; i < s->burst; i++)
		port_link_send(link, &worker->pipeline.drops, s->batch.mbufs[first + i]);
	flush(s);
	(void)network_take(&s->world->net, port_out(s), sent, s->burst);
}

/* As a worker does with a port that has a burst. */
static void carry(struct stages *s, unsigned first)
{
	struct worker *worker = &s->world->worker;
	unsigned port_id = port_in(s);

	network_put(&s->world->net, port_id, s->batch.mbufs + first, s->burst);
	(void)worker_poll_port(worker, &worker->forward.ports[port_id]);
	flush(s);
	s->n_out += network_take(&s->world->net, port_out(s), s->out + s->n_out, s->burst);
}

void stages_run(struct stages *s, enum stage stage, struct count *out)
{
	static void (*const runs[STAGES])(struct stages *, unsigned) = {
		[STAGE_RECEIVE] = receive,
		[STAGE_CLASSIFY] = classify_frames,
		[STAGE_LOOK_UP] = look_up,
		[STAGE_AEAD] = open_and_seal,
		[STAGE_TRANSMIT] = transmit,
		[STAGE_TOTAL] = carry,
	};
	struct count begin;

	s->n_out = 0;
	meter_start(&s->meter, &begin);
	for (unsigned i = 0; i < s->batch.n; i += s->burst)
		runs[stage](s, i);
	meter_stop(&s->meter, &begin, out);
}
