/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The socket underlay: a worker's UDP sockets of one interface as a source and a sink of mbufs.
 * A system call carries a whole burst, and where the sockets have UDP_GRO a message many datagrams. Only the owning
 * worker uses it.
 */

#include <stdbool.h>

#include "base/compiler.h"

struct drops;
struct rte_mbuf;
struct rte_mempool;
struct udp_link;

/* udp_link_create: `fd4` and `fd6` are non-blocking sockets, -1: that family is not there. They stay the caller's. Init only. */
must_check struct udp_link *udp_link_create(int fd4, int fd6, struct rte_mempool *pool);
void udp_link_destroy(struct udp_link *link);

/* udp_link_is_refused: not long ago the kernel did not want to cut a message, so datagrams leave one by one. Worker. */
bool udp_link_is_refused(const struct udp_link *link);

/*
 * udp_link_receive fills `out` with at most PACKET_BURST datagrams, each with its source in
 * packet_of(mbuf)->outer, and returns how many. The families take turns. Worker.
 */
unsigned udp_link_receive(struct udp_link *link, struct drops *drops, struct rte_mbuf **out);

/*
 * udp_link_send sends `n` datagrams, each to its packet_destination, and frees them. A full socket
 * buffer is waited for a moment, so that a burst of the host's is slowed down and not cut. Worker.
 */
void udp_link_send(struct udp_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n);
