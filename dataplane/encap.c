/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "encap.h"

#include "base/bytes.h"
#include "crypto/aead.h"
#include "frame.h"
#include "inner_ip.h"
#include "mailbox.h"
#include "mss_clamp.h"
#include "tables/allowedips.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "too_big.h"

/* Senders that are told a second that their packets are too big: the kernel's own default, net.ipv4.icmp_msgs_per_sec. */
#define ANSWER_RATE 1000

/*
 * Packets in a row for one peer share a look at its session and endpoint and one reservation of
 * counters: traffic comes in trains.
 */
struct train {
	struct peer_view *peer;
	struct keypair *keypair;
	struct peer_endpoint *to;
	uint64_t counter; /* of its first packet */
	bool is_data;     /* not only keepalives */
};

/* Which length to seal: a multiple of WG_PADDING that does not go over the MTU, [W] 5.4.6. */
static uint16_t padded_len(uint32_t len, uint32_t mtu)
{
	uint32_t padded = RTE_ALIGN_CEIL(len, WG_PADDING);

	return (uint16_t)(padded > mtu && len <= mtu ? mtu : padded);
}

_Static_assert(WG_TAG_LEN >= WG_PADDING, "padding is written by the block");

/* Puts the header in front and the padding behind; false: there is no room. */
static bool wrap(struct rte_mbuf *mbuf, const struct keypair *kp, uint64_t counter, uint32_t mtu,
	struct aead_op *out)
{
	uint16_t len = rte_pktmbuf_data_len(mbuf), sealed_len = padded_len(len, mtu);
	struct wg_msg_data *msg = (struct wg_msg_data *)packet_grow(
		mbuf, sizeof(*msg), (uint16_t)(sealed_len - len + WG_TAG_LEN));
	uint8_t *text;

	if (!msg)
		return false;
	text = (uint8_t *)(msg + 1);
	memset(text + len, 0, WG_PADDING); /* less is needed; the tag comes over the rest */
	le32_store(msg->type, WG_MSG_DATA);
	le32_store(msg->receiver_index, kp->remote_index);
	le64_store(msg->counter, counter);
	out->key = kp->send_key;
	out->counter = counter;
	out->src = out->dst = text;
	out->len = sealed_len;
	return true;
}

/* Why the packet cannot be sealed now; DROP_N: it can. Where a session is missing control is asked for one. */
static enum drop_reason look_up(
	const struct pipeline *pl, struct peer_view *peer, unsigned n, struct train *out)
{
	struct keypair *kp = atomic_load_explicit(&peer->sending, memory_order_acquire);

	*out = (struct train){
		.peer = peer, .to = atomic_load_explicit(&peer->endpoint, memory_order_acquire)};
	if (!out->to)
		return DROP_INNER_NO_ENDPOINT;
	if (kp && session_is_alive(&kp->send_age, pl->now_ns)
		&& keypair_reserve(kp, n, &out->counter))
		out->keypair = kp;
	return DROP_N;
}

static void note_sent(struct pipeline *pl, const struct train *train, uint64_t bytes)
{
	peer_view_note_sent(train->peer, pl->now_ns, train->is_data);
	atomic_fetch_add_explicit(&train->peer->tx_bytes, bytes, memory_order_relaxed);
	if (keypair_wants_rekey_on_send(train->keypair, train->counter, pl->now_ns))
		pipeline_want_rekey(pl, train->peer);
}

/* The largest inner packet that fits the way to the peer, as far as it is known. */
static uint32_t path_mtu(const struct peer_endpoint *to)
{
	bool is_v4;
	uint32_t mtu = way_mtu(&to->way, &is_v4);
	uint32_t overhead = datagram_overhead(is_v4) + (uint32_t)WG_DATA_OVERHEAD;

	return mtu > overhead ? mtu - overhead : UINT32_MAX;
}

/* Is the packet, longer than `path`, kept from the way to its peer? Its sender gets to know. */
static bool refuse_big(struct pipeline *pl, struct rte_mbuf *mbuf, uint32_t path)
{
	const uint8_t *ip = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	uint32_t limit = too_big_limit(ip, path);

	if (rte_pktmbuf_data_len(mbuf) <= limit || too_big_is_cuttable(ip))
		return false;
	drops_count(&pl->drops, DROP_INNER_OVER_PATH, 1);
	if (pl->n_answers < PACKET_BURST
		&& budget_spend(&pl->answer_budget, pl->now_ns, ANSWER_RATE, PACKET_BURST, 1)
		&& too_big_answer(mbuf, (uint16_t)limit))
		pl->answers[pl->n_answers++] = mbuf;
	else
		rte_pktmbuf_free(mbuf);
	return true;
}

/* What has no session waits for one at control's, what has no endpoint is dropped. */
static void turn_away(
	struct pipeline *pl, struct rte_mbuf **in, unsigned n, enum drop_reason reason)
{
	for (unsigned i = 0; i < n; i++) {
		if (reason == DROP_N)
			pipeline_give(
				pl, MAILBOX_PACKETS, EVENT_STAGE, in[i], DROP_INNER_MAILBOX_FULL);
		else
			drop_packet(&pl->drops, reason, in[i]);
	}
}

/* Prepares the `n` packets of one train; returns how many of them are in `ops` and `out`. */
static unsigned prepare(struct pipeline *pl, struct rte_mbuf **in, unsigned n, struct train *train,
	struct aead_op *ops, struct rte_mbuf **out)
{
	enum drop_reason reason = look_up(pl, packet_of(in[0])->peer, n, train);
	uint32_t mtu, path;
	uint64_t bytes = 0;
	unsigned n_out = 0;

	if (reason != DROP_N || !train->keypair) {
		turn_away(pl, in, n, reason);
		return 0;
	}
	path = path_mtu(train->to);
	mtu = RTE_MIN(path, atomic_load_explicit(&train->peer->iface->mtu, memory_order_relaxed));
	for (unsigned i = 0; i < n; i++) {
		struct packet *packet = packet_of(in[i]);

		if (unlikely(rte_pktmbuf_data_len(in[i]) > path) && refuse_big(pl, in[i], path))
			continue;
		if (!wrap(in[i], train->keypair, train->counter + i, mtu, &ops[n_out])) {
			drop_packet(&pl->drops, DROP_INNER_TOO_BIG, in[i]);
			continue;
		}
		train->is_data |= ops[n_out].len > 0;
		packet->to = train->to;
		packet->kind = PACKET_DATAGRAM;
		bytes += rte_pktmbuf_data_len(in[i]);
		out[n_out++] = in[i];
	}
	if (n_out)
		note_sent(pl, train, bytes);
	return n_out;
}

static unsigned train_len(struct rte_mbuf **in, unsigned n)
{
	unsigned len = 1;

	while (len < n && packet_of(in[len])->peer == packet_of(in[0])->peer)
		len++;
	return len;
}

/*
 * With many peers every line of a peer is a miss. Asked for together, for the whole burst, they are
 * waited for once and not in turn.
 */
static void prefetch_peers(struct rte_mbuf **in, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		peer_view_prefetch_sending(packet_of(in[i])->peer);
	for (unsigned i = 0; i < n; i++) {
		const struct peer_view *peer = packet_of(in[i])->peer;
		const struct keypair *kp =
			atomic_load_explicit(&peer->sending, memory_order_acquire);

		if (kp)
			keypair_prefetch_sending(kp);
		prefetch(atomic_load_explicit(&peer->endpoint, memory_order_acquire));
	}
}

unsigned encap_routed(struct pipeline *pl, struct rte_mbuf **in, unsigned n, struct rte_mbuf **out)
{
	struct aead_op ops[PACKET_BURST];
	struct peer_view *awake[PACKET_BURST]; /* who gets data */
	unsigned n_out = 0, n_awake = 0;

	prefetch_peers(in, n);
	for (unsigned i = 0, len; i < n; i += len) {
		struct train train;

		len = train_len(in + i, n - i);
		n_out += prepare(pl, in + i, len, &train, ops + n_out, out + n_out);
		if (train.is_data)
			awake[n_awake++] = train.peer;
	}
	pipeline_note_traffic(pl, awake, n_awake);
	aead_seal(pl->aead, ops, n_out);
	return n_out;
}

/* Keeps what is an IP packet, with the question whose it is; returns how many. */
static unsigned parse(struct pipeline *pl, struct rte_mbuf **in, unsigned n, struct rte_mbuf **out,
	struct allowedips_lookup *out_lookups)
{
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		struct inner_ip ip;

		if (!inner_ip_parse(rte_pktmbuf_mtod(in[i], const uint8_t *),
			    rte_pktmbuf_data_len(in[i]), &ip)) {
			drop_packet(&pl->drops, DROP_INNER_MALFORMED, in[i]);
			continue;
		}
		out_lookups[n_out] =
			(struct allowedips_lookup){.bytes = ip.to, .family = ip.family};
		out[n_out++] = in[i];
	}
	return n_out;
}

static void clamp_burst(const struct iface_view *iface, struct rte_mbuf **mbufs, unsigned n)
{
	uint32_t mtu = atomic_load_explicit(&iface->mtu, memory_order_relaxed);

	for (unsigned i = 0; i < n; i++)
		mss_clamp_packet(
			rte_pktmbuf_mtod(mbufs[i], uint8_t *), rte_pktmbuf_data_len(mbufs[i]), mtu);
}

unsigned encap_burst(struct pipeline *pl, struct iface_view *iface, struct rte_mbuf **in,
	unsigned n, struct rte_mbuf **out)
{
	struct rte_mbuf *inner[PACKET_BURST], *routed[PACKET_BURST];
	struct allowedips_lookup lookups[PACKET_BURST];
	unsigned n_inner = parse(pl, in, n, inner, lookups), n_routed = 0;
	/* DSCP 0, as the kernel, or that of the packet inside, [RFC 2983]; its ECN either way, [RFC 6040] 4.1. */
	uint8_t tos_mask = iface->is_dscp_copied ? UINT8_MAX : ECN_MASK;

	/* Cryptokey routing forwards, [W] 3. */
	allowedips_find_burst(iface->allowedips, lookups, n_inner);
	for (unsigned i = 0; i < n_inner; i++) {
		struct packet *packet = packet_of(inner[i]);

		if (!lookups[i].peer) {
			drop_packet(&pl->drops, DROP_INNER_NO_PEER, inner[i]);
			continue;
		}
		packet->peer = lookups[i].peer;
		packet->kind = PACKET_INNER;
		packet->outer_tos =
			inner_ip_tos(rte_pktmbuf_mtod(inner[i], const uint8_t *)) & tos_mask;
		packet->iface_id = iface->iface_id;
		routed[n_routed++] = inner[i];
	}
	if (iface->is_mss_clamped)
		clamp_burst(iface, routed, n_routed);
	return encap_routed(pl, routed, n_routed, out);
}
