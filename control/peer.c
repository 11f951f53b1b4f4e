/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "dataplane.h"
#include "exchange.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "interface.h"
#include "log.h"
#include "protocol.h"
#include "publish.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"

#define SEALED_UNSEEN_MAX (UINT64_C(1) << 13)

static struct rte_mbuf *take_staged(struct gateway *gw, struct peer *peer)
{
	struct rte_mbuf *mbuf = stage_take(&peer->stage);

	if (mbuf)
		gw->n_staged--;
	return mbuf;
}

static struct drops *drops_of(const struct gateway *gw, const struct peer *peer)
{
	return dataplane_control_drops(gw->dataplane, peer->view->iface->iface_id);
}

static void drop_staged(struct gateway *gw, struct peer *peer, enum drop_reason reason)
{
	struct rte_mbuf *mbuf;

	while ((mbuf = take_staged(gw, peer)))
		drop_packet(drops_of(gw, peer), reason, mbuf);
}

/* Every key of the peer's sessions and handshake, [W] 6.3. */
static void wipe(struct gateway *gw, struct peer *peer)
{
	session_wipe(&peer->session, &gw->publisher, peer->view);
	noise_remote_forget(peer->noise);
	cookie_forget(&peer->cookie);
}

/* What can fail, so that an error has little to undo. */
static int make_parts(struct gateway *gw, struct peer *peer, const uint8_t public_key[WG_KEY_LEN])
{
	static const uint8_t no_preshared_key[WG_KEY_LEN];
	uint32_t peer_id;
	int result;

	peer->noise = noise_remote_create(peer->iface->noise, peer, public_key, no_preshared_key);
	peer->view = publish_peer(peer->iface->view);
	if (!peer->noise || !peer->view)
		return -ENOMEM;
	result = schedule_reserve(gw->schedule, gw->peers.n_peers + 1);
	if (result == 0)
		result = interface_add_peer(peer->iface, peer);
	if (result < 0)
		return result;
	result = peer_book_add(&gw->peers, peer, &peer_id);
	if (result < 0)
		interface_drop_peer(peer->iface, peer);
	else
		peer->view->peer_id = peer_id;
	return result;
}

int peer_create(struct gateway *gw, struct interface *iface, const uint8_t public_key[WG_KEY_LEN],
	struct peer **out_peer)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int result;

	if (!peer)
		return -ENOMEM;
	peer->iface = iface;
	memcpy(peer->public_key, public_key, WG_KEY_LEN);
	TAILQ_INIT(&peer->allowed_ips);
	cookie_maker_init(&peer->cookie, public_key);
	timers_init(&peer->timers, 0);
	result = make_parts(gw, peer, public_key);
	if (result < 0)
		peer_free(peer);
	else
		*out_peer = peer;
	return result;
}

void peer_remove(struct gateway *gw, struct peer *peer)
{
	allowed_ips_take_all(peer);
	wipe(gw, peer);
	schedule_set(gw->schedule, &peer->schedule, TIMERS_NEVER);
	drop_staged(gw, peer, DROP_INNER_PEER_GONE);
	noise_remote_destroy(peer->noise);
	peer->noise = NULL;
	interface_drop_peer(peer->iface, peer);
	peer_book_bury(&gw->peers, peer);
}

void peer_free(struct peer *peer)
{
	noise_remote_destroy(peer->noise);
	publish_destroy_peer(peer->view);
	free(peer);
}

void peer_reset(struct gateway *gw, struct peer *peer)
{
	session_wipe(&peer->session, &gw->publisher, peer->view);
	noise_remote_forget_identity(peer->noise);
	timers_init(&peer->timers, timers_keepalive_s(&peer->timers));
	peer->is_initiation_unanswered = false;
	atomic_store_explicit(&peer->view->is_handshake_posted, false, memory_order_release);
	atomic_store_explicit(&peer->view->unanswered_since_ns, 0, memory_order_relaxed);
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

	return kp && session_is_alive(&kp->send_age, now_ns)
		&& atomic_load_explicit(&kp->send_counter, memory_order_relaxed)
		< WG_REJECT_AFTER_MESSAGES - SEALED_UNSEEN_MAX;
}

static void send_keepalive(struct gateway *gw, struct peer *peer)
{
	struct rte_mbuf *mbuf = dataplane_alloc(gw->dataplane);

	if (!mbuf) {
		drops_count(drops_of(gw, peer), DROP_NO_BUFFER, 1);
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
		drop_staged(gw, peer, DROP_INNER_GIVEN_UP);
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
	struct drops *drops = drops_of(gw, peer);
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

bool peer_is_active(const struct peer *peer, const struct timespec *now)
{
	const time_t age_s = now->tv_sec - peer->last_handshake.tv_sec;

	return age_s < (time_t)(WG_REJECT_AFTER_TIME_NS / NSEC_PER_SEC);
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
	else if (peer->session.current->send_age.is_initiator)
		send_keepalive(gw, peer);
	peer_act(gw, peer, now_ns);
}
