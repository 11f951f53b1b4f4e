/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "inbox.h"

#include "config/config.h"
#include "dataplane.h"
#include "exchange.h"
#include "gateway.h"
#include "helpers.h"
#include "interface.h"
#include "interfaces.h"
#include "load.h"
#include "log.h"
#include "mailbox.h"
#include "packet.h"
#include "peer.h"
#include "pipeline.h"
#include "publish.h"
#include "tables/peer_view.h"

/* Events handled before the timers get their turn again. */
#define DRAIN_MAX 256
_Static_assert(DRAIN_MAX >= MAILBOX_KINDS * DATAPLANE_WORKERS_MAX, "each mailbox is heard");

/* While the handshake is under way the flag stays; peer.c clears it when that came to something or was given up. */
static void handle_rekey(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	timers_handshake_wanted(&peer->timers, now_ns);
	peer_act(gw, peer, now_ns);
	if (!peer->is_initiation_unanswered) /* too soon after the last one */
		atomic_store_explicit(
			&peer->view->is_handshake_posted, false, memory_order_release);
}

/* The peer was removed while this was on its way. */
static void drop_orphan(struct gateway *gw, struct rte_mbuf *mbuf)
{
	drop_packet(dataplane_control_drops(gw->dataplane, packet_of(mbuf)->iface_id),
		DROP_INNER_PEER_GONE, mbuf);
}

static struct peer *peer_of(const struct gateway *gw, struct rte_mbuf *mbuf)
{
	return peer_book_find(&gw->peers, packet_of(mbuf)->peer->peer_id);
}

/* Endpoint and session are in use before the host sees the packet that brought them. */
static void handle_arrived(
	struct gateway *gw, uint32_t local_index, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	struct peer *peer = peer_of(gw, mbuf);

	if (!peer) {
		drop_orphan(gw, mbuf);
		return;
	}
	publish_endpoint(&gw->publisher, peer->view, &packet_of(mbuf)->outer);
	if (session_confirm(&peer->session, &gw->publisher, peer->view, local_index))
		peer_session_ready(gw, peer, now_ns);
	if (rte_pktmbuf_data_len(mbuf) == 0) {
		rte_pktmbuf_free(mbuf);
		return;
	}
	packet_of(mbuf)->kind = PACKET_HOST;
	dataplane_send(gw->dataplane, peer->view->peer_id, &mbuf, 1);
}

static void handle_stage(struct gateway *gw, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	struct peer *peer = peer_of(gw, mbuf);

	if (peer)
		peer_stage(gw, peer, mbuf, now_ns);
	else
		drop_orphan(gw, mbuf);
}

static void handle_gone(struct gateway *gw, uint32_t iface_id)
{
	struct interface *iface = &gw->interfaces[iface_id];

	if (interface_is_alive(iface) && !gw->is_stopping)
		interfaces_lose(gw, iface);
}

/* One of the workers was the first. */
static void handle_cut_refused(struct interface *iface)
{
	if (interface_is_alive(iface) && !iface->is_cut_refused)
		log_info("%s: the kernel does not cut datagrams for a peer, as its way is narrower "
			 "than they are or its device computes no checksums: they leave one by one",
			iface->config->name);
	iface->is_cut_refused = true;
}

static void handle(struct gateway *gw, const struct event *event, uint64_t now_ns)
{
	struct peer *peer;

	switch (event->type) {
	case EVENT_HANDSHAKE:
		exchange_receive(gw, event->mbuf, now_ns);
		break;
	case EVENT_PROVEN_HANDSHAKE:
		exchange_receive_proven(gw, event->mbuf, now_ns);
		break;
	case EVENT_STAGE:
		handle_stage(gw, event->mbuf, now_ns);
		break;
	case EVENT_REKEY:
		peer = peer_book_find(&gw->peers, event->id);
		if (peer)
			handle_rekey(gw, peer, now_ns);
		break;
	case EVENT_ARRIVED:
		handle_arrived(gw, event->id, event->mbuf, now_ns);
		break;
	case EVENT_TUN_GONE:
		handle_gone(gw, event->id);
		break;
	case EVENT_CUT_REFUSED:
		handle_cut_refused(&gw->interfaces[event->id]);
		break;
	case EVENT_AWAKE:
		peer = peer_book_find(&gw->peers, event->id);
		if (peer)
			peer_act(gw, peer, now_ns);
		break;
	}
}

unsigned inbox_drain(struct gateway *gw, uint64_t now_ns)
{
	struct event events[DRAIN_MAX];
	unsigned n, n_computed;

	load_note_queue(dataplane_load(gw->dataplane), helpers_n_received(gw->helpers),
		HELPERS_JOBS_RECEIVED, now_ns);
	n_computed = exchange_collect(gw, now_ns);
	n = dataplane_drain(gw->dataplane, events, DRAIN_MAX);
	for (unsigned i = 0; i < n; i++)
		handle(gw, &events[i], now_ns);
	return n + n_computed;
}

void inbox_discard(struct gateway *gw)
{
	struct event events[DRAIN_MAX];
	unsigned n;

	while ((n = dataplane_drain(gw->dataplane, events, DRAIN_MAX)))
		for (unsigned i = 0; i < n; i++)
			rte_pktmbuf_free(events[i].mbuf); /* NULL where there is none */
}
