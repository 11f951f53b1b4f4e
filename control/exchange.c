/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "exchange.h"

#include <sodium.h>

#include <string.h>

#include "base/bytes.h"
#include "base/secure.h"
#include "config/config.h"
#include "dataplane.h"
#include "gateway.h"
#include "handshake/cookie.h"
#include "handshake/noise_job.h"
#include "handshake/tai64n.h"
#include "helpers.h"
#include "interface.h"
#include "log.h"
#include "packet.h"
#include "peer.h"
#include "publish.h"
#include "ratelimiter.h"
#include "tables/index_table.h"
#include "tables/peer_view.h"

static struct noise_remote *find(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	const struct peer *peer = interface_find_peer(context, public_key);

	return peer ? peer->noise : NULL;
}

static int index_take(void *context, void *owner, uint32_t *out_index)
{
	const struct interface *iface = context;

	return index_table_take(iface->gateway->publisher.indices, owner, out_index);
}

static void index_drop(void *context, uint32_t index)
{
	const struct interface *iface = context;

	index_table_drop(iface->gateway->publisher.indices, index);
}

const struct noise_upcalls exchange_upcalls = {find, index_take, index_drop};

/* Handshakes that are gone on with before others get their turn again: about a millisecond. */
#define COLLECT_MAX 64
_Static_assert(COLLECT_MAX >= HELPERS_MAX, "each helper is heard");

static uint64_t jitter_ns(void)
{
	return randombytes_uniform((uint32_t)WG_REKEY_JITTER_NS);
}

static struct drops *drops_of(const struct gateway *gw, const struct interface *iface)
{
	return dataplane_control_drops(gw->dataplane, (uint8_t)(iface - gw->interfaces));
}

/* A message to the peer's endpoint, its MACs filled in here; without an endpoint there is nobody to send it to. */
static void send_message(
	struct gateway *gw, struct peer *peer, void *msg, uint16_t len, uint64_t now_ns)
{
	const struct endpoint *to = peer_view_endpoint(peer->view);
	struct rte_mbuf *mbuf;

	if (!to)
		return;
	mbuf = dataplane_alloc(gw->dataplane);
	if (!mbuf) {
		drops_count(drops_of(gw, peer->iface), DROP_NO_BUFFER, 1);
		return;
	}
	cookie_add_macs(&peer->cookie, msg, len, now_ns);
	memcpy(rte_pktmbuf_append(mbuf, len), msg, len);
	packet_of(mbuf)->kind = PACKET_DATAGRAM;
	packet_of(mbuf)->outer = *to;
	packet_of(mbuf)->outer_tos = HANDSHAKE_TOS;
	packet_of(mbuf)->iface_id = peer->view->iface->iface_id;
	dataplane_send(gw->dataplane, peer->view->peer_id, &mbuf, 1);
	peer_view_note_sent(peer->view, now_ns, false);
	atomic_fetch_add_explicit(&peer->view->tx_bytes, len, memory_order_relaxed);
}

/* Our address of old may be why nobody answers: the host chooses one, as the kernel does it. */
static void forget_local(struct gateway *gw, struct peer *peer)
{
	const struct endpoint *known = peer_view_endpoint(peer->view);
	struct endpoint fresh;

	if (!known)
		return;
	fresh = *known;
	fresh.local = (struct ip_addr){.family = AF_UNSPEC};
	publish_endpoint(&gw->publisher, peer->view, &fresh);
}

/* What every authentic handshake message changes. */
static void note_received(
	struct gateway *gw, struct peer *peer, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	publish_endpoint(&gw->publisher, peer->view, &packet_of(mbuf)->outer);
	peer_view_note_received(peer->view, now_ns, false);
	atomic_fetch_add_explicit(
		&peer->view->rx_bytes, rte_pktmbuf_data_len(mbuf), memory_order_relaxed);
}

/* Derives the session's keys and lets workers open with them. */
static bool begin_session(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	struct noise_session session;
	struct keypair *kp = NULL;

	if (noise_begin_session(peer->noise, &session) == NOISE_OK) {
		kp = publish_keypair(&gw->publisher, peer->view, &session, now_ns);
		if (!kp)
			index_table_drop(gw->publisher.indices, session.local_index);
	}
	secure_wipe(&session, sizeof(session));
	if (!kp)
		return false;
	session_add(&peer->session, &gw->publisher, peer->view, kp);
	timers_session_derived(&peer->timers, now_ns);
	return true;
}

static void send_response(
	struct gateway *gw, struct peer *peer, struct wg_msg_response *response, uint64_t now_ns)
{
	send_message(gw, peer, response, sizeof(*response), now_ns);
	timers_response_sent(&peer->timers, now_ns);
}

/* The four messages, when they have been computed. NOISE_UNFINISHED: the job is to be run once more. */

static enum noise_result take_initiation(
	struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	struct noise_remote *remote;
	enum noise_result result = noise_take_initiation(&job->noise, &remote);

	if (result == NOISE_OK)
		send_message(gw, noise_remote_owner(remote), &job->noise.initiation,
			sizeof(job->noise.initiation), now_ns);
	return result;
}

static enum noise_result take_opening(struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	uint8_t ephemeral[WG_KEY_LEN];
	struct noise_remote *remote;
	enum noise_result result = noise_take_opening(&job->noise, now_ns, &remote);

	if (result != NOISE_OK)
		return result;
	note_received(gw, noise_remote_owner(remote), job->mbuf, now_ns);
	randombytes_buf(ephemeral, sizeof(ephemeral));
	result = noise_prepare_response(remote, ephemeral, &job->noise);
	secure_wipe(ephemeral, sizeof(ephemeral));
	return result == NOISE_OK ? NOISE_UNFINISHED : result;
}

static enum noise_result take_response(struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	struct noise_remote *remote;
	struct peer *peer;
	enum noise_result result = noise_take_response(&job->noise, &remote);

	if (result != NOISE_OK)
		return result;
	peer = noise_remote_owner(remote);
	/* The session stands before the answer leaves, so that the first packet finds it. */
	if (begin_session(gw, peer, now_ns))
		send_response(gw, peer, &job->noise.response, now_ns);
	peer_act(gw, peer, now_ns);
	return result;
}

static enum noise_result take_completion(
	struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	struct noise_remote *remote;
	struct peer *peer;
	enum noise_result result = noise_take_completion(&job->noise, &remote);

	if (result != NOISE_OK)
		return result;
	peer = noise_remote_owner(remote);
	note_received(gw, peer, job->mbuf, now_ns);
	if (begin_session(gw, peer, now_ns))
		peer_session_ready(gw, peer, now_ns);
	return result;
}

static enum noise_result take(struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	switch (job->noise.kind) {
	case NOISE_JOB_INITIATE:
		return take_initiation(gw, job, now_ns);
	case NOISE_JOB_OPEN:
	case NOISE_JOB_SHARE:
		return take_opening(gw, job, now_ns);
	case NOISE_JOB_RESPOND:
		return take_response(gw, job, now_ns);
	case NOISE_JOB_COMPLETE:
		return take_completion(gw, job, now_ns);
	}
	return NOISE_NO_HANDSHAKE;
}

static void finish(struct gateway *gw, struct helper_job *job, enum noise_result result)
{
	if (result != NOISE_OK && interface_is_alive(job->iface))
		log_debug("%s: %s: %s", job->iface->config->name,
			job->mbuf ? "handshake message refused" : "no initiation",
			noise_result_text(result));
	if (job->mbuf && result != NOISE_OK)
		drop_packet(drops_of(gw, job->iface), DROP_OUTER_BAD_HANDSHAKE, job->mbuf);
	else
		rte_pktmbuf_free(job->mbuf);
	job->iface->n_jobs--;
	if (job->is_lent)
		helpers_return(gw->helpers, job);
	else
		secure_wipe(job, sizeof(*job));
}

/* A lent job goes to the helpers, and comes back through exchange_collect; another one is run here. */
static void run(struct gateway *gw, struct helper_job *job, uint64_t now_ns)
{
	enum noise_result result;

	if (job->is_lent) {
		helpers_post(gw->helpers, job);
		return;
	}
	do {
		noise_job_run(&job->noise);
		result = take(gw, job, now_ns);
	} while (result == NOISE_UNFINISHED);
	finish(gw, job, result);
}

unsigned exchange_collect(struct gateway *gw, uint64_t now_ns)
{
	struct helper_job *jobs[COLLECT_MAX];
	const unsigned n = helpers_collect(gw->helpers, jobs, array_len(jobs));

	for (unsigned i = 0; i < n; i++) {
		enum noise_result result = interface_is_alive(jobs[i]->iface)
			? take(gw, jobs[i], now_ns)
			: NOISE_OUTDATED;

		if (result == NOISE_UNFINISHED)
			helpers_post(gw->helpers, jobs[i]);
		else
			finish(gw, jobs[i], result);
	}
	return n;
}

/* When all jobs are lent it is computed here, as it is without helpers: that slows us down until they have caught up. */
static void begin_initiation(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	struct helper_job ours = {.is_lent = false}, *job = helpers_lend(gw->helpers, false);
	uint8_t ephemeral[WG_KEY_LEN], timestamp[WG_TIMESTAMP_LEN];
	struct timespec wall;
	enum noise_result result;

	if (!job)
		job = &ours;
	job->iface = peer->iface;
	job->iface->n_jobs++;
	clock_gettime(CLOCK_REALTIME, &wall);
	tai64n_stamp(&peer->stamps, &wall, timestamp);
	randombytes_buf(ephemeral, sizeof(ephemeral));
	result = noise_prepare_initiation(peer->noise, ephemeral, timestamp, &job->noise);
	secure_wipe(ephemeral, sizeof(ephemeral));
	if (result == NOISE_OK)
		run(gw, job, now_ns);
	else
		finish(gw, job, result);
}

void exchange_initiate(struct gateway *gw, struct peer *peer, uint64_t now_ns)
{
	if (!peer_view_endpoint(peer->view))
		return; /* nobody to call: spare the Diffie-Hellman */
	if (peer->is_initiation_unanswered)
		forget_local(gw, peer);
	peer->is_initiation_unanswered = true;
	begin_initiation(gw, peer, now_ns);
	timers_initiation_sent(&peer->timers, now_ns, jitter_ns());
}

static enum noise_result prepare_completion(struct gateway *gw, const struct interface *iface,
	const struct wg_msg_response *msg, struct noise_job *job)
{
	const struct peer *peer =
		index_table_holder(gw->publisher.indices, le32_load(msg->receiver_index));

	return peer && peer->iface == iface ? noise_prepare_completion(peer->noise, msg, job)
					    : NOISE_NO_HANDSHAKE;
}

/* An initiation or a response. Takes the mbuf. */
static void begin_received(
	struct gateway *gw, struct interface *iface, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	struct helper_job ours = {.is_lent = false}, *job = helpers_lend(gw->helpers, true);
	const void *msg = rte_pktmbuf_mtod(mbuf, const void *);
	enum noise_result result;

	if (!job && gw->helpers) {
		drop_packet(drops_of(gw, iface), DROP_OUTER_MAILBOX_FULL, mbuf);
		return;
	}
	if (!job)
		job = &ours;
	job->iface = iface;
	job->iface->n_jobs++;
	job->mbuf = mbuf;
	result = *(const uint8_t *)msg == WG_MSG_INITIATION
		? noise_prepare_opening(iface->noise, msg, &job->noise)
		: prepare_completion(gw, iface, msg, &job->noise);
	if (result == NOISE_OK)
		run(gw, job, now_ns);
	else
		finish(gw, job, result);
}

/*
 * Kept for the next message, [W] 6.6. It shows that the remote is there, yet not who sent it: neither the endpoint nor
 * a timer follows it.
 */
static bool receive_cookie(
	struct gateway *gw, struct interface *iface, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	const struct wg_msg_cookie *msg = rte_pktmbuf_mtod(mbuf, const struct wg_msg_cookie *);
	struct peer *peer =
		index_table_holder(gw->publisher.indices, le32_load(msg->receiver_index));

	if (!peer || peer->iface != iface
		|| !cookie_take_reply(&peer->cookie, peer->public_key, msg, now_ns))
		return false;
	log_debug("%s: a peer under load asks for its cookie with the next message",
		iface->config->name);
	return true;
}

void exchange_receive(struct gateway *gw, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	struct interface *iface = &gw->interfaces[packet_of(mbuf)->iface_id];
	struct drops *drops = drops_of(gw, iface);

	if (!interface_is_alive(iface)) {
		drop_packet(drops, DROP_INTERFACE_GONE, mbuf);
		return;
	}
	if (*rte_pktmbuf_mtod(mbuf, const uint8_t *) == WG_MSG_COOKIE) {
		if (receive_cookie(gw, iface, mbuf, now_ns))
			rte_pktmbuf_free(mbuf);
		else
			drop_packet(drops, DROP_OUTER_BAD_HANDSHAKE, mbuf);
		return;
	}
	begin_received(gw, iface, mbuf, now_ns);
}

void exchange_receive_proven(struct gateway *gw, struct rte_mbuf *mbuf, uint64_t now_ns)
{
	if (ratelimiter_allow_proven(gw->limiter, &packet_of(mbuf)->outer, now_ns))
		exchange_receive(gw, mbuf, now_ns);
	else
		drop_packet(drops_of(gw, &gw->interfaces[packet_of(mbuf)->iface_id]),
			DROP_OUTER_HANDSHAKE_RATE, mbuf);
}
