/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What we know of a packet beside its bytes: the private area of every mbuf of the gateway's pool.
 * Whoever holds the mbuf owns it.
 */

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "tables/peer_view.h"

enum packet_kind {
	PACKET_DATAGRAM, /* an outer datagram: from `outer` when received, to packet_destination when sent */
	PACKET_INNER, /* an inner packet for `peer`, to be sealed; empty: a keepalive */
	PACKET_HOST,  /* an inner packet for the host */
	PACKET_FRAME, /* a port's frame for the host */
};

struct packet {
	struct endpoint outer;
	uint8_t iface_id;
	uint8_t kind;      /* enum packet_kind */
	uint8_t outer_tos; /* of the outer header, as it came or as it shall go: DSCP and ECN */
	struct peer_view *
		peer; /* PACKET_INNER: valid until the next quiescent report, or while control holds the peer */
	union {
		struct rte_mbuf *next_staged; /* while control keeps it */
		/* PACKET_DATAGRAM, sent: where to, as long as `peer`; NULL: to `outer`. */
		struct peer_endpoint *to;
	};
};

/* DSCP AF41, as the kernel marks its handshakes: they must get through when the link is full. */
#define HANDSHAKE_TOS 0x88

#define PACKET_BURST \
	64 /* packets received at a time, and the most that one call below a worker handles */

_Static_assert(
	sizeof(struct packet) % RTE_MBUF_PRIV_ALIGN == 0, "size of a mempool's private area");

static inline struct packet *packet_of(struct rte_mbuf *mbuf)
{
	return rte_mbuf_to_priv(mbuf);
}

/* packet_destination: of a datagram that is sent. */
static inline const struct endpoint *packet_destination(const struct packet *packet)
{
	return packet->to ? &packet->to->endpoint : &packet->outer;
}

/* packet_room: bytes that can still be appended behind the data of an unchained mbuf. */
static inline uint16_t packet_room(const struct rte_mbuf *mbuf)
{
	return rte_pktmbuf_tailroom(mbuf);
}

/* packet_keep leaves `len` bytes of an unchained mbuf's data, those behind the first `front`; it has so many. */
static inline void packet_keep(struct rte_mbuf *mbuf, uint16_t front, uint16_t len)
{
	mbuf->data_off = (uint16_t)(mbuf->data_off + front);
	mbuf->data_len = len;
	mbuf->pkt_len = len;
}

/*
 * packet_push makes the data of an unchained mbuf begin `front` bytes earlier, packet_grow makes it end `behind` bytes later, too. They
 * return where it begins now; NULL: there is no room, and nothing has changed.
 */
static inline uint8_t *packet_push(struct rte_mbuf *mbuf, uint16_t front)
{
	if (unlikely(front > mbuf->data_off))
		return NULL;
	packet_keep(mbuf, (uint16_t)-front, (uint16_t)(front + mbuf->data_len));
	return rte_pktmbuf_mtod(mbuf, uint8_t *);
}

static inline uint8_t *packet_grow(struct rte_mbuf *mbuf, uint16_t front, uint16_t behind)
{
	if (unlikely(front > mbuf->data_off || behind > packet_room(mbuf)))
		return NULL;
	packet_keep(mbuf, (uint16_t)-front, (uint16_t)(front + mbuf->data_len + behind));
	return rte_pktmbuf_mtod(mbuf, uint8_t *);
}

/*
 * packet_pool_create: `n` mbufs for packets of the gateway, each with room for an inner packet or a frame of
 * `frame_max_len` bytes and what sealing puts around it, on a NUMA node or SOCKET_ID_ANY. NULL: not enough memory of the
 * EAL there. Init only.
 */
must_check struct rte_mempool *packet_pool_create(
	uint32_t n, uint16_t frame_max_len, int socket_id);
