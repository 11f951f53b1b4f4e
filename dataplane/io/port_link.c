/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/port_link.h"

#include <rte_ethdev.h>
#include <rte_spinlock.h>

#include <stdlib.h>

#include "drops.h"
#include "io/port.h"
#include "packet.h"

#define SEND_TRIES \
	8 /* a queue that is full for a moment has room again when the device has looked */

struct port_send_locks {
	struct {
		cache_aligned rte_spinlock_t lock;
	} queues[RTE_MAX_QUEUES_PER_PORT < 64 ? RTE_MAX_QUEUES_PER_PORT : 64];
};

struct port_send_locks *port_send_locks_create(void)
{
	struct port_send_locks *locks = aligned_alloc(CACHE_LINE, sizeof(*locks));

	for (unsigned i = 0; locks && i < RTE_DIM(locks->queues); i++)
		rte_spinlock_init(&locks->queues[i].lock);
	return locks;
}

struct port_link *port_link_create(const struct port_facts *facts, struct port_send_locks *locks,
	unsigned port_id, unsigned worker_id, unsigned n_workers)
{
	struct port_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->ethdev_id = facts->ethdev_id;
	link->n_rx_queues = facts->n_rx_queues;
	link->n_workers = (uint16_t)n_workers;
	link->first_rx_queue = link->next_rx_queue =
		(uint16_t)((worker_id + n_workers - port_id % n_workers) % n_workers);
	link->tx_queue = (uint16_t)(worker_id % facts->n_tx_queues);
	if (facts->n_tx_queues < n_workers)
		link->tx_lock = &locks->queues[link->tx_queue].lock;
	return link;
}

void port_link_destroy(struct port_link *link)
{
	if (!link)
		return;
	rte_pktmbuf_free_bulk(link->pending, link->n_pending);
	free(link);
}

/* The pipeline works on packets in one piece. The buffers are made for the MTU, so others are not expected. */
static unsigned keep_whole(struct drops *drops, struct rte_mbuf **mbufs, unsigned n)
{
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		if (mbufs[i]->nb_segs == 1)
			mbufs[n_out++] = mbufs[i];
		else
			drop_packet(drops, DROP_FRAME_IN_PIECES, mbufs[i]);
	}
	return n_out;
}

unsigned port_link_receive(struct port_link *link, struct drops *drops, struct rte_mbuf **out)
{
	uint16_t queue = link->next_rx_queue, n;

	if (queue >= link->n_rx_queues)
		return 0; /* fewer queues than workers, and none is ours */
	n = rte_eth_rx_burst(link->ethdev_id, queue, out, PACKET_BURST);
	link->next_rx_queue = (uint16_t)(queue + link->n_workers);
	if (link->next_rx_queue >= link->n_rx_queues)
		link->next_rx_queue = link->first_rx_queue;
	return keep_whole(drops, out, n);
}

static uint16_t send_some(struct port_link *link, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t n_sent;

	if (link->tx_lock)
		rte_spinlock_lock(link->tx_lock);
	n_sent = rte_eth_tx_burst(link->ethdev_id, link->tx_queue, mbufs, n);
	if (link->tx_lock)
		rte_spinlock_unlock(link->tx_lock);
	return n_sent;
}

void port_link_flush(struct port_link *link, struct drops *drops)
{
	uint16_t n = (uint16_t)link->n_pending, n_sent = 0;

	for (unsigned i = 0; n_sent < n && i < SEND_TRIES; i++)
		n_sent = (uint16_t)(n_sent
			+ send_some(link, link->pending + n_sent, (uint16_t)(n - n_sent)));
	for (; n_sent < n; n_sent++)
		drop_packet(drops, DROP_PORT_FULL, link->pending[n_sent]);
	link->n_pending = 0;
}
