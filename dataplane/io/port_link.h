/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A worker's share of a port: the queues that it receives from and the one that it sends on. Packets to be sent
 * gather until a burst is full or the worker flushes. Only the owning worker uses it.
 */

#include <rte_spinlock.h>

#include <stdint.h>

#include "base/compiler.h"
#include "packet.h"

struct drops;
struct port_facts;

/* Private, but for port_link_send, which is in line. */
struct port_link {
	uint16_t ethdev_id;
	uint16_t n_rx_queues, n_workers, next_rx_queue, first_rx_queue;
	uint16_t tx_queue;
	rte_spinlock_t *tx_lock; /* NULL: the queue is ours alone */
	unsigned n_pending;
	struct rte_mbuf *pending[PACKET_BURST];
};

/* port_send_locks: one for each send queue, shared by the links of a port when it has fewer queues than there are workers. */
struct port_send_locks;
must_check struct port_send_locks *port_send_locks_create(void);

/*
 * port_link_create: worker `worker_id` of `n_workers` and port `port_id`, whose queue q is worker (port_id + q) % n_workers',
 * so that ports with one queue share the workers out. `facts` and `locks` stay the caller's. NULL: no memory. Init only.
 */
must_check struct port_link *port_link_create(const struct port_facts *facts,
	struct port_send_locks *locks, unsigned port_id, unsigned worker_id, unsigned n_workers);
void port_link_destroy(struct port_link *link);

/* port_link_receive fills `out` with at most PACKET_BURST frames and returns how many. Its queues take turns. Worker. */
unsigned port_link_receive(struct port_link *link, struct drops *drops, struct rte_mbuf **out);

/* port_link_flush sends what has gathered; what the device does not take is dropped by name. Worker. */
void port_link_flush(struct port_link *link, struct drops *drops);

/* port_link_send takes a frame to be sent soon. Worker. */
static inline void port_link_send(
	struct port_link *link, struct drops *drops, struct rte_mbuf *mbuf)
{
	link->pending[link->n_pending++] = mbuf;
	if (link->n_pending == PACKET_BURST)
		port_link_flush(link, drops);
}
