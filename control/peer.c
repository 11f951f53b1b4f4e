/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "dataplane.h"
#include "exchange.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "interface.h"
#include "log.h"
#include "publish.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"

#define SEALED_UNSEEN_MAX (UINT64_C(1) << 13)

static int publish_config(struct gateway *gw, struct peer *peer)
{
	const struct peer_config *config = peer->config;

	if (config->endpoint.addr.family != AF_UNSPEC)
		publish_endpoint(&gw->publisher, peer->view, &config->endpoint);
	for (size_t i = 0; i < config->n_allowed_ips; i++) {
		int result = publish_allowed_ip(peer->view, &config->allowed_ips[i]);

		if (result < 0)
			return result;
	}
	return 0;
}

int peer_create(struct gateway *gw, struct interface *iface, const struct peer_config *config)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int result;

	if (!peer)
		return -ENOMEM;
	peer->iface = iface;
	peer->config = config;
	peer->view = publish_peer(iface->view, gw->n_peers);
	peer->noise =
		noise_remote_create(iface->noise, peer, config->public_key, config->preshared_key);
	cookie_maker_init(&peer->cookie, config->public_key);
	timers_init(&peer->timers, config->keepalive_s);
	if (!peer->view || !peer->noise || publish_config(gw, peer) < 0) {
		result = -ENOMEM;
		goto fail;
	}
	result = schedule_reserve(gw->schedule, gw->n_peers + 1);
	if (result < 0)
		goto fail;
	gw->peers[gw->n_peers++] = peer;
	return 0;
fail:
	peer_destroy(gw, peer);
	return result;
}

static struct rte_mbuf *take_staged(struct gateway *gw, struct peer *peer)
{
	struct rte_mbuf *mbuf = stage_take(&peer->stage);

	if (mbuf)
		gw->n_staged--;
	return mbuf;
}

static void drop_staged(struct gateway *gw, struct peer *peer)
{
	struct rte_mbuf *mbuf;

	while ((mbuf = take_staged(gw, peer)))
		drop_packet(dataplane_control_drops(gw->dataplane), DROP_INNER_GIVEN_UP, mbuf);
}

/* Every key of the peer's sessions and handshake, [W] 6.3. */
static void wipe(struct gateway *gw, struct peer *peer)
{
	session_wipe(&peer->session, &gw->publisher, peer->view);
	noise_remote_forget(peer->noise);
	cookie_forget(&peer->cookie);
}

void peer_destroy(struct gateway *gw, struct peer *peer)
{
	if (!peer)
		return;
	if (peer->view) {
		for (size_t i = 0; i < peer->config->n_allowed_ips; i++)
			publish_withdraw_allowed_ip(peer->view, &peer->config->allowed_ips[i]);
		session_wipe(&peer->session, &gw->publisher, peer->view);
		publish_retire_peer(&gw->publisher, peer->view);
	}
	schedule_set(gw->schedule, &peer->schedule, TIMERS_NEVER);
	drop_staged(gw, peer);
	noise_remote_destroy(peer->noise);
	cookie_forget(&peer->cookie);
	free(peer);
}

static struct timers_marks snapshot(const struct peer_view *view)
{
	return (struct timers_marks){
		.last_sent_ns = atomic_load_explicit(&view->last_sent_ns, memory_order_relaxed),
		.last_received_ns =
			atomic_load_explicit(&view->last_received_ns, memory_order_relaxed),
		.unanswered_since_ns =
			atomic_load_explicit(&view->unanswered_since_ns, memory_order_relaxed),
		.unacked_since_ns =
			atomic_load_explicit(&view->unacked_since_ns, memory_order_relaxed),
	};
}

static bool has_outstanding(const struct peer_view *view)
{
	return atomic_load(&view->unanswered_since_ns) || atomic_load(&view->unacked_since_ns);
}

/*
 * May control look away until traffic wakes it? The flag is cleared before the marks are read again:
 * traffic that comes in between either shows in the marks or posts a new event.
 */
static bool comes_to_rest(struct peer_view *view)
{
	if (has_outstanding(view))
		return false;
	atomic_store(&view->is_awake_posted, false);
	return !has_outstanding(view);
}

/* Can a worker seal now? The margin is more than all workers together may have reserved since. */
static bool has_session(const struct peer *peer, uint64_t now_ns)
{
	const struct keypair *kp = peer->session.current;

	return kp && keypair_is_alive(kp, now_ns)
		&& atomic_load_explicit(&kp->send_counter, memory_order_relaxed)
		< WG_REJECT_AFTER_MESSAGES - SEALED_UNSEEN_MAX;
}

static void send_keepalive(struct gateway *gw, struct peer *peer)
{
	struct rte_mbuf *mbuf = dataplane_alloc(gw->dataplane);

	if (!mbuf) {
		drops_count(dataplane_control_drops(gw->dataplane), DROP_NO_BUFFER, 1);
		return;
	}
	packet_of(mbuf)->kind = PACKET_INNER;
	packet_of(mbuf)->peer = peer->view;
	packet_of(mbuf)->iface_id = peer->view->iface->iface_id;
	dataplane_send(gw->dataplane, peer->view->peer_id, &mbuf, 1);
}

static void carry_out(struct gateway *gw, struct peer *peer, unsigned actions, uint64_t now_ns)
{
	if (actions & TIMERS_DROP_STAGED) {
		drop_staged(gw, peer);
		/* What is sent from now on counts anew, and may ask for a handshake again. */
		atomic_store_explicit(
			&peer->view->is_handshake_posted, false, memory_order_release);
		atomic_store_explicit(&peer->view->unanswered_since_ns, 0, memory_order_relaxed);
	}
	if (actions & TIMERS_WIPE)
		wipe(gw, peer);
	if (actions & TIMERS_INITIATE)
		exchange_initiate(gw, peer, now_ns);
	if (actions & TIMERS_KEEPALIVE && has_session(peer, now_ns))
		send_keepalive(gw, peer);
	else if (actions & TIMERS_KEEPALIVE)
		timers_handshake_wanted(&peer->timers, now_ns);
}

void peer_act(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	uint64_t due_ns;
	unsigned actions;

	/* What was done may change what is due; a third round finds nothing. */
	for (unsigned round = 0; round < 3; round++) {
		struct timers_marks marks = snapshot(peer->view);

		actions = timers_poll(&peer->timers, &marks, now_ns, &due_ns);
		if (!actions)
			break;
		carry_out(gw, peer, actions, now_ns);
	}
	/* Traffic under way may need a keepalive or a handshake this long after it at the earliest. */
	if (!comes_to_rest(peer->view))
		due_ns = RTE_MIN(due_ns, now_ns + WG_KEEPALIVE_TIMEOUT_NS);
	schedule_set(gw->schedule, &peer->schedule, due_ns);
}

/* The oldest packet makes room in the peer's own stage, the new one stays out where there is no more for all. */
static void stage(struct gateway *gw, struct peer *peer, struct rte_mbuf *mbuf)
{
	struct drops *drops = dataplane_control_drops(gw->dataplane);
	struct rte_mbuf *left;

	if (gw->n_staged >= gw->n_staged_max) {
		drop_packet(drops, DROP_INNER_STAGE_FULL, mbuf);
		return;
	}
	left = stage_put(&peer->stage, mbuf);
	if (left)
		drop_packet(drops, DROP_INNER_STAGE_FULL, left);
	else
		gw->n_staged++;
}

void peer_stage(struct gateway *gw, struct peer *peer, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	/* The session may have come while the packet was on its way here. */
	if (has_session(peer, now_ns)) {
		dataplane_send(gw->dataplane, peer->view->peer_id, &mbuf, 1);
		return;
	}
	if (rte_pktmbuf_data_len(mbuf) == 0) /* a keepalive: the new session brings its own */
		rte_pktmbuf_free(mbuf);
	else
		stage(gw, peer, mbuf);
	timers_handshake_wanted(&peer->timers, now_ns);
	peer_act(gw, peer, now_ns);
}

void peer_session_ready(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	struct rte_mbuf *mbufs[WG_STAGED_PACKETS_MAX];
	unsigned n = 0;

	timers_handshake_complete(&peer->timers);
	peer->is_initiation_unanswered = false;
	atomic_store_explicit(&peer->view->is_handshake_posted, false, memory_order_release);
	clock_gettime(CLOCK_REALTIME, &peer->last_handshake);
	while ((mbufs[n] = take_staged(gw, peer)))
		if (++n == RTE_DIM(mbufs))
			break;
	if (n > 0)
		dataplane_send(gw->dataplane, peer->view->peer_id, mbufs, n);
	else if (peer->session.current->is_initiator)
		send_keepalive(gw, peer);
	peer_act(gw, peer, now_ns);
}
