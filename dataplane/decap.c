/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "decap.h"

#include "base/bytes.h"
#include "classify.h"
#include "crypto/aead.h"
#include "inner_ip.h"
#include "mailbox.h"
#include "mss_clamp.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"

/*
 * A datagram says whose it is; nobody has checked. Keypair and peer are const here, so that nothing
 * that outlives the burst can change before the tag is verified. [W] 5.1.
 */
struct rx_claim {
	struct rte_mbuf *mbuf;
	const struct keypair *keypair;
	uint64_t counter;
};

/* A claim whose tag matched and whose counter is new. Only prove() makes one. */
struct rx_proof {
	struct rte_mbuf *mbuf; /* data: the padded inner packet */
	struct keypair *keypair;
	uint16_t outer_len;
};

static const struct wg_msg_data *message_of(struct rte_mbuf *mbuf)
{
	return rte_pktmbuf_mtod(mbuf, const struct wg_msg_data *);
}

/* Why a claim is refused; DROP_N: it names a session that may still receive. */
static enum drop_reason judge(
	const struct pipeline *pl, const struct iface_view *iface, const struct rx_claim *c)
{
	const struct keypair *kp = c->keypair;

	if (!kp || kp->peer->iface != iface)
		return DROP_OUTER_UNKNOWN_INDEX;
	if (!session_is_alive(&kp->receive_age, pl->now_ns)
		|| c->counter >= WG_REJECT_AFTER_MESSAGES)
		return DROP_OUTER_EXPIRED;
	if (!replay_peek(&kp->replay, c->counter))
		return DROP_OUTER_REPLAYED;
	return DROP_N;
}

/* Field by field: a struct that is put together elsewhere first costs the wait for its copy. */
static void open_op(const struct rx_claim *c, struct aead_op *out)
{
	uint8_t *text = rte_pktmbuf_mtod_offset(c->mbuf, uint8_t *, sizeof(struct wg_msg_data));

	out->key = c->keypair->receive_key;
	out->counter = c->counter;
	out->src = out->dst = text;
	out->len = (uint32_t)(rte_pktmbuf_data_len(c->mbuf) - WG_DATA_OVERHEAD);
	out->is_authentic = false;
}

/* The one way from claim to proof: the tag matched, and then the counter is marked as seen. */
static enum drop_reason prove(
	const struct rx_claim *c, const struct aead_op *op, struct rx_proof *out)
{
	/* The const guarded the keypair until here. */
	struct keypair *kp = (struct keypair *)(uintptr_t)c->keypair;

	if (!op->is_authentic)
		return DROP_OUTER_UNAUTHENTIC;
	if (!replay_commit(&kp->replay, c->counter))
		return DROP_OUTER_REPLAYED;
	*out = (struct rx_proof){c->mbuf, kp, rte_pktmbuf_data_len(c->mbuf)};
	packet_keep(
		c->mbuf, sizeof(struct wg_msg_data), (uint16_t)(out->outer_len - WG_DATA_OVERHEAD));
	return DROP_N;
}

/* Proofs in a row of one session, which are noted together: traffic comes in trains. */
struct train {
	struct keypair *keypair;
	uint64_t bytes; /* of outer packets */
	bool is_data;   /* not only keepalives */
};

/* What authentic packets change, whatever is inside. */
static void note_received(struct pipeline *pl, const struct train *train)
{
	struct peer_view *peer = train->keypair->peer;

	peer_view_note_received(peer, pl->now_ns, train->is_data);
	atomic_fetch_add_explicit(&peer->rx_bytes, train->bytes, memory_order_relaxed);
	if (keypair_wants_rekey_on_receive(train->keypair, pl->now_ns)
		&& atomic_load_explicit(&peer->sending, memory_order_relaxed) == train->keypair)
		pipeline_want_rekey(pl, peer);
}

static void note_burst(struct pipeline *pl, const struct rx_proof *proofs, unsigned n)
{
	struct peer_view *awake[PACKET_BURST]; /* who sent data */
	unsigned n_awake = 0;

	for (unsigned i = 0; i < n;) {
		struct train train = {.keypair = proofs[i].keypair};

		for (; i < n && proofs[i].keypair == train.keypair; i++) {
			train.bytes += proofs[i].outer_len;
			train.is_data |= rte_pktmbuf_data_len(proofs[i].mbuf) > 0;
		}
		note_received(pl, &train);
		if (train.is_data)
			awake[n_awake++] = train.keypair->peer;
	}
	pipeline_note_traffic(pl, awake, n_awake);
}

/*
 * Cryptokey routing backwards, [W] 3: the source must belong to this very peer in the whole table
 * (`owner`), so that a peer with a wide prefix cannot speak for one with a longer prefix inside it.
 */
static enum drop_reason admit(
	const struct rx_proof *p, const struct inner_ip *ip, const struct peer_view *owner)
{
	if (ip->family == AF_UNSPEC)
		return DROP_INNER_MALFORMED;
	if (owner != p->keypair->peer)
		return DROP_INNER_SOURCE;
	if ((packet_of(p->mbuf)->outer_tos & ECN_MASK) == ECN_CONGESTED
		&& !inner_ip_mark_congestion(rte_pktmbuf_mtod(p->mbuf, uint8_t *)))
		return DROP_OUTER_CONGESTION;
	packet_keep(p->mbuf, 0, ip->len);
	return DROP_N;
}

/* Leaves in the buffer what is for the host: nothing of a keepalive or of a packet that is not admitted. */
static void unpack(struct pipeline *pl, const struct rx_proof *p, const struct inner_ip *ip,
	const struct peer_view *owner)
{
	uint16_t len = rte_pktmbuf_data_len(p->mbuf);
	enum drop_reason reason = len > 0 ? admit(p, ip, owner) : DROP_N;

	if (reason == DROP_N)
		return;
	drops_count(&pl->drops, reason, 1);
	packet_keep(p->mbuf, 0, 0);
}

/* What was not admitted is empty by now. */
static void clamp_burst(const struct iface_view *iface, const struct rx_proof *proofs, unsigned n)
{
	uint32_t mtu = atomic_load_explicit(&iface->mtu, memory_order_relaxed);

	for (unsigned i = 0; i < n; i++)
		mss_clamp_packet(rte_pktmbuf_mtod(proofs[i].mbuf, uint8_t *),
			rte_pktmbuf_data_len(proofs[i].mbuf), mtu);
}

static void unpack_burst(struct pipeline *pl, const struct iface_view *iface,
	const struct rx_proof *proofs, unsigned n)
{
	struct allowedips_lookup lookups[PACKET_BURST];
	struct inner_ip ips[PACKET_BURST];

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *data = rte_pktmbuf_mtod(proofs[i].mbuf, const uint8_t *);

		if (!inner_ip_parse(data, rte_pktmbuf_data_len(proofs[i].mbuf), &ips[i]))
			ips[i] = (struct inner_ip){.family = AF_UNSPEC};
		lookups[i] =
			(struct allowedips_lookup){.bytes = ips[i].from, .family = ips[i].family};
	}
	allowedips_find_burst(iface->allowedips, lookups, n);
	for (unsigned i = 0; i < n; i++)
		unpack(pl, &proofs[i], &ips[i], lookups[i].peer);
	if (iface->is_mss_clamped)
		clamp_burst(iface, proofs, n);
}

/* Roaming, [W] 2.1, or a session that we do not seal with yet, [W] 5.4.3. */
static bool is_news(const struct rx_proof *p)
{
	const struct endpoint *known = peer_view_endpoint(p->keypair->peer);

	return !atomic_load_explicit(&p->keypair->is_in_use, memory_order_relaxed) || !known
		|| !endpoint_equal(known, &packet_of(p->mbuf)->outer);
}

/*
 * Control changes what workers read before it hands the packet to the host, so that the host's answer
 * leaves under the new session and to the new endpoint, however fast it is. false: control is too
 * busy; the packet goes its way and the next one tells.
 */
static bool tell(struct pipeline *pl, const struct rx_proof *p)
{
	const struct event event = {
		.type = EVENT_ARRIVED, .id = p->keypair->local_index, .mbuf = p->mbuf};

	packet_of(p->mbuf)->iface_id = p->keypair->peer->iface->iface_id;
	packet_of(p->mbuf)->peer = p->keypair->peer;
	return mailbox_post(pl->mailboxes[MAILBOX_PACKETS], &event);
}

/* Keeps the data messages and puts the others by; returns how many it kept. */
static unsigned sort_out(struct pipeline *pl, struct rte_mbuf **in, unsigned n,
	struct rte_mbuf **out, struct index_lookup *out_lookups)
{
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		switch (classify(
			rte_pktmbuf_mtod(in[i], const uint8_t *), rte_pktmbuf_data_len(in[i]))) {
		case OUTER_DATA:
			out_lookups[n_out].index = le32_load(message_of(in[i])->receiver_index);
			out[n_out++] = in[i];
			break;
		case OUTER_HANDSHAKE:
			pl->handshakes[pl->n_handshakes++] = in[i];
			break;
		case OUTER_OTHER:
			drop_packet(&pl->drops, DROP_OUTER_NOT_WIREGUARD, in[i]);
			break;
		}
	}
	return n_out;
}

/* A claim for each data message, and what judging and opening it needs is on its way from memory. */
static unsigned claim_burst(
	struct pipeline *pl, struct rte_mbuf **in, unsigned n, struct rx_claim *out)
{
	struct rte_mbuf *data[PACKET_BURST];
	struct index_lookup lookups[PACKET_BURST];
	unsigned n_data = sort_out(pl, in, n, data, lookups);

	index_table_find_burst(pl->indices, lookups, n_data);
	for (unsigned i = 0; i < n_data; i++) {
		const struct keypair *kp = lookups[i].keypair;

		out[i] = (struct rx_claim){data[i], kp, le64_load(message_of(data[i])->counter)};
		if (!kp)
			continue;
		keypair_prefetch_receiving(kp, out[i].counter);
		peer_view_prefetch_receiving(kp->peer);
	}
	return n_data;
}

/* Drops the claims that are refused; returns how many are left. */
static unsigned judge_burst(
	struct pipeline *pl, const struct iface_view *iface, struct rx_claim *claims, unsigned n)
{
	unsigned n_left = 0;

	for (unsigned i = 0; i < n; i++) {
		enum drop_reason reason = judge(pl, iface, &claims[i]);

		if (reason != DROP_N) {
			drop_packet(&pl->drops, reason, claims[i].mbuf);
			continue;
		}
		/* For is_news; the AEAD's time hides what it waits for. */
		prefetch(peer_view_endpoint(claims[i].keypair->peer));
		if (n_left != i)
			claims[n_left] = claims[i];
		n_left++;
	}
	return n_left;
}

static unsigned open_burst(
	struct pipeline *pl, const struct rx_claim *claims, unsigned n, struct rx_proof *out)
{
	struct aead_op ops[PACKET_BURST];
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++)
		open_op(&claims[i], &ops[i]);
	aead_open(pl->aead, ops, n);
	for (unsigned i = 0; i < n; i++) {
		enum drop_reason reason = prove(&claims[i], &ops[i], &out[n_out]);

		if (reason == DROP_N)
			n_out++;
		else
			drop_packet(&pl->drops, reason, claims[i].mbuf);
	}
	note_burst(pl, out, n_out);
	return n_out;
}

unsigned decap_burst(struct pipeline *pl, struct iface_view *iface, struct rte_mbuf **in,
	unsigned n, struct rte_mbuf **out)
{
	struct rx_claim claims[PACKET_BURST];
	struct rx_proof proofs[PACKET_BURST];
	unsigned n_claims = claim_burst(pl, in, n, claims);
	unsigned n_judged = judge_burst(pl, iface, claims, n_claims);
	unsigned n_proofs = open_burst(pl, claims, n_judged, proofs);
	unsigned n_out = 0;

	unpack_burst(pl, iface, proofs, n_proofs);
	for (unsigned i = 0; i < n_proofs; i++) {
		if (is_news(&proofs[i]) && tell(pl, &proofs[i]))
			continue;
		if (rte_pktmbuf_data_len(proofs[i].mbuf) > 0)
			out[n_out++] = proofs[i].mbuf;
		else
			rte_pktmbuf_free(proofs[i].mbuf);
	}
	return n_out;
}
