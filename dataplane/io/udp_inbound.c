/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/udp_inbound.h"

#include <stdlib.h>

#include "drops.h"

/* The longest message, and a line more, so that the beginnings do not share their sets of a cache. */
#define MESSAGE_MAX (1 << 16)
#define SPILL_LEN (MESSAGE_MAX + RTE_CACHE_LINE_SIZE)

bool udp_inbound_init(struct udp_inbound *in, struct rte_mempool *pool, bool is_joined)
{
	in->stock.pool = pool;
	in->n_ask = PACKET_BURST;
	for (unsigned i = 0; i < PACKET_BURST; i++)
		in->msgs[i].msg_hdr = (struct msghdr){.msg_name = &in->names[i],
			.msg_iov = in->iovs[i],
			.msg_iovlen = is_joined ? 2 : 1};
	/* Address space: the pages that no message has reached do not exist. */
	if (is_joined)
		in->spill = malloc((size_t)PACKET_BURST * SPILL_LEN);
	return !is_joined || in->spill;
}

/* Closes the gaps that handed on buffers left. */
static void settle(struct mbuf_stock *stock)
{
	unsigned n = 0;

	for (unsigned i = 0; i < stock->n; i++)
		if (stock->mbufs[i])
			stock->mbufs[n++] = stock->mbufs[i];
	stock->n = n;
}

void udp_inbound_fini(struct udp_inbound *in)
{
	settle(&in->stock);
	mbuf_stock_drain(&in->stock);
	free(in->spill);
}

static uint8_t *spill_of(const struct udp_inbound *in, unsigned i)
{
	return in->spill + (size_t)i * SPILL_LEN;
}

static void begin_message(struct udp_inbound *in)
{
	in->common = (struct packet){.kind = PACKET_DATAGRAM};
	endpoint_from_sockaddr(&in->common.outer, &in->names[in->at]);
	udp_details_read(&in->msgs[in->at].msg_hdr, &in->common);
}

static void end_message(struct udp_inbound *in)
{
	in->done_len = 0;
	if (++in->at == in->n_msgs)
		settle(&in->stock);
}

static unsigned count_pieces(uint32_t len, uint32_t piece_len)
{
	return piece_len ? (len + piece_len - 1) / piece_len : 1;
}

/* A message that is one datagram lies in its buffer already. */
static unsigned take_single(struct udp_inbound *in, struct drops *drops, struct rte_mbuf **out)
{
	const struct mmsghdr *msg = &in->msgs[in->at];
	struct rte_mbuf *mbuf = in->stock.mbufs[in->at];
	bool fits = !(msg->msg_hdr.msg_flags & MSG_TRUNC) && msg->msg_len <= packet_room(mbuf);

	in->stock.mbufs[in->at] = NULL;
	if (fits) {
		begin_message(in);
		*packet_of(mbuf) = in->common;
		rte_pktmbuf_append(mbuf, (uint16_t)msg->msg_len);
		*out = mbuf;
	} else {
		drop_packet(drops, DROP_OUTER_TOO_BIG, mbuf);
	}
	end_message(in);
	return fits;
}

/* Its datagrams are copied from the spill, in front of which belongs what is in the buffer. */
static void begin_joined(struct udp_inbound *in)
{
	const struct rte_mbuf *mbuf = in->stock.mbufs[in->at];

	begin_message(in);
	memcpy(spill_of(in, in->at), rte_pktmbuf_mtod(mbuf, const void *),
		RTE_MIN(packet_room(mbuf), in->msgs[in->at].msg_len));
}

static unsigned take_joined(
	struct udp_inbound *in, struct drops *drops, struct rte_mbuf **out, unsigned room)
{
	const uint32_t piece_len = in->piece_lens[in->at], len = in->msgs[in->at].msg_len;
	unsigned n_left = count_pieces(len - in->done_len, piece_len), n = RTE_MIN(n_left, room);
	bool is_too_big = piece_len > packet_room(in->stock.mbufs[in->at]);

	if (in->done_len == 0)
		begin_joined(in);
	if (is_too_big || rte_pktmbuf_alloc_bulk(in->stock.pool, out, n) != 0) {
		drops_count(drops, is_too_big ? DROP_OUTER_TOO_BIG : DROP_NO_BUFFER, n_left);
		end_message(in);
		return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		uint32_t this_len = RTE_MIN(piece_len, len - in->done_len);

		memcpy(rte_pktmbuf_append(out[i], (uint16_t)this_len),
			spill_of(in, in->at) + in->done_len, this_len);
		*packet_of(out[i]) = in->common;
		in->done_len += this_len;
	}
	if (in->done_len == len)
		end_message(in);
	return n;
}

unsigned udp_inbound_take(
	struct udp_inbound *in, struct drops *drops, struct rte_mbuf **out, unsigned room)
{
	unsigned n = 0;

	while (n < room && udp_inbound_is_waiting(in)) {
		uint32_t piece_len = in->piece_lens[in->at];

		if (piece_len && piece_len < in->msgs[in->at].msg_len)
			n += take_joined(in, drops, out + n, room - n);
		else
			n += take_single(in, drops, out + n);
	}
	return n;
}

/* Looks at the messages that have come, and how many are a burst. */
static void weigh(struct udp_inbound *in)
{
	unsigned n_pieces = 0;

	for (unsigned i = 0; i < in->n_msgs; i++) {
		in->piece_lens[i] = in->spill ? udp_details_piece_len(&in->msgs[i].msg_hdr) : 0;
		n_pieces += count_pieces(in->msgs[i].msg_len, in->piece_lens[i]);
	}
	if (n_pieces)
		in->n_ask = RTE_MAX(PACKET_BURST * in->n_msgs / n_pieces, 1U);
}

/* The first `n` messages, each with the buffer of its place and the spill behind that. */
static void prepare(struct udp_inbound *in, unsigned n)
{
	for (unsigned i = in->n_prepared; i < n; i++) {
		struct rte_mbuf *mbuf = in->stock.mbufs[i];
		uint16_t len = packet_room(mbuf);

		in->iovs[i][0] = (struct iovec){rte_pktmbuf_mtod(mbuf, void *), len};
		if (in->spill)
			in->iovs[i][1] =
				(struct iovec){spill_of(in, i) + len, (size_t)MESSAGE_MAX - len};
		in->msgs[i].msg_hdr.msg_namelen = sizeof(in->names[i]);
		udp_details_expect(&in->msgs[i].msg_hdr, &in->details[i]);
	}
	in->n_prepared = RTE_MAX(in->n_prepared, n);
}

unsigned udp_inbound_receive(
	struct udp_inbound *in, int fd, struct drops *drops, struct rte_mbuf **out, unsigned room)
{
	unsigned n = mbuf_stock_fill(&in->stock);
	int n_received;

	n = RTE_MIN(RTE_MIN(n, room), in->n_ask);
	prepare(in, n);
	n_received = recvmmsg(fd, in->msgs, n, MSG_DONTWAIT, NULL);
	if (n_received <= 0)
		return 0;
	in->n_prepared = 0;
	in->at = 0;
	in->n_msgs = (unsigned)n_received;
	weigh(in);
	return udp_inbound_take(in, drops, out, room);
}
