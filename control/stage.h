/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Packets of one peer that wait for its session, [W] 6.4: at most WG_STAGED_PACKETS_MAX, the oldest goes first. Control. */

#include <rte_mbuf.h>

#include "packet.h"
#include "protocol.h"

struct stage {
	struct rte_mbuf *oldest;
	struct rte_mbuf *newest;
	unsigned n;
};

/* stage_take removes the oldest packet; NULL: there is none. */
static inline struct rte_mbuf *stage_take(struct stage *stage)
{
	struct rte_mbuf *mbuf = stage->oldest;

	if (mbuf) {
		stage->oldest = packet_of(mbuf)->next_staged;
		stage->n--;
	}
	return mbuf;
}

/* stage_put adds a packet and returns the one that had to leave for it, or NULL. */
static inline struct rte_mbuf *stage_put(struct stage *stage, struct rte_mbuf *mbuf)
{
	struct rte_mbuf *left = stage->n == WG_STAGED_PACKETS_MAX ? stage_take(stage) : NULL;

	packet_of(mbuf)->next_staged = NULL;
	if (stage->oldest)
		packet_of(stage->newest)->next_staged = mbuf;
	else
		stage->oldest = mbuf;
	stage->newest = mbuf;
	stage->n++;
	return left;
}
