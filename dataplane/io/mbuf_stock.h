/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Empty mbufs at hand for a source that must name its buffers before it knows how many packets there
 * are. What was not used stays for the next time. Only the owning worker uses it.
 */

#include <string.h>

#include <rte_mbuf.h>

#include "packet.h"

struct mbuf_stock {
	struct rte_mempool *pool;
	unsigned n;
	struct rte_mbuf *mbufs[PACKET_BURST];
};

/* mbuf_stock_fill returns how many empty mbufs are at hand: PACKET_BURST, or fewer when the pool is short. */
static inline unsigned mbuf_stock_fill(struct mbuf_stock *stock)
{
	unsigned missing = PACKET_BURST - stock->n;

	if (missing && rte_pktmbuf_alloc_bulk(stock->pool, stock->mbufs + stock->n, missing) == 0)
		stock->n = PACKET_BURST;
	return stock->n;
}

/* mbuf_stock_remove: the first `n` mbufs were handed on. */
static inline void mbuf_stock_remove(struct mbuf_stock *stock, unsigned n)
{
	stock->n -= n;
	memmove(stock->mbufs, stock->mbufs + n, stock->n * sizeof(stock->mbufs[0]));
}

static inline void mbuf_stock_drain(struct mbuf_stock *stock)
{
	rte_pktmbuf_free_bulk(stock->mbufs, stock->n);
	stock->n = 0;
}
