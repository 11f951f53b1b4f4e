/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What a worker's UDP sockets of one interface have received and the pipeline has not taken yet: UDP_GRO joins up to
 * 64 KiB of datagrams to a message, which are more than a burst. Only the owning worker uses it.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "io/mbuf_stock.h"
#include "io/udp_details.h"
#include "packet.h"

struct drops;

struct udp_inbound {
	struct mbuf_stock stock; /* a buffer for each message; NULL: handed on */
	uint8_t *
		spill; /* room for what a message has beyond its buffer; NULL: sockets do not join */

	/* The messages of the last system call, and the place in them where the pipeline goes on. */
	unsigned n_msgs;
	unsigned at;
	uint32_t done_len;    /* of that message */
	struct packet common; /* to its datagrams */

	unsigned n_ask; /* messages to ask for, so that they are about a burst */
	unsigned
		n_prepared; /* messages that the kernel can write into at once: the last call found none */
	struct mmsghdr msgs[PACKET_BURST];
	struct iovec iovs[PACKET_BURST][2];
	struct sockaddr_storage names[PACKET_BURST];
	struct udp_details details[PACKET_BURST];
	uint32_t piece_lens[PACKET_BURST];
};

/* udp_inbound_init; `is_joined`: the sockets have UDP_GRO. false: out of memory. Init only. */
must_check bool udp_inbound_init(struct udp_inbound *in, struct rte_mempool *pool, bool is_joined);
void udp_inbound_fini(struct udp_inbound *in);

/* udp_inbound_is_waiting: there is something to take. */
static inline bool udp_inbound_is_waiting(const struct udp_inbound *in)
{
	return in->at < in->n_msgs;
}

/* udp_inbound_take hands on up to `room` datagrams that wait, and returns how many. Worker. */
unsigned udp_inbound_take(
	struct udp_inbound *in, struct drops *drops, struct rte_mbuf **out, unsigned room);

/* udp_inbound_receive asks a socket, when nothing waits, and takes. Worker. */
unsigned udp_inbound_receive(
	struct udp_inbound *in, int fd, struct drops *drops, struct rte_mbuf **out, unsigned room);
