/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A burst of datagrams on its way into a UDP socket: those of equal length in a row to one endpoint are one message, which
 * the kernel or the NIC cuts (UDP_SEGMENT). Only the owning worker uses it.
 */

#include <stdbool.h>
#include <sys/socket.h>

#include "io/udp_details.h"
#include "packet.h"

struct drops;

struct udp_outbound {
	bool is_joined;   /* kernel and configuration allow it */
	unsigned n_apart; /* bursts that go datagram by datagram, as the kernel refused to cut */
	struct mmsghdr msgs[PACKET_BURST];
	struct iovec iovs[PACKET_BURST]; /* of the datagrams, in a row */
	struct sockaddr_storage names[PACKET_BURST];
	struct udp_details details[PACKET_BURST];
};

/* udp_outbound_send: all of the family of socket `fd`, -1: there is none. They stay the caller's. Worker. */
void udp_outbound_send(
	struct udp_outbound *out, int fd, struct drops *drops, struct rte_mbuf **mbufs, unsigned n);
