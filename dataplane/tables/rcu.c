/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/rcu.h"

#include <rte_rcu_qsbr.h>

#include <stdlib.h>

/*
 * DPDK's own defer queue (rte_rcu_qsbr_dq) takes its memory from the EAL, and is experimental. This
 * ring needs neither, so that the tables can be tested without an EAL.
 */
struct waiting {
	void *object;
	void (*free_object)(void *object);
	uint64_t token;
};

struct rcu {
	struct rte_rcu_qsbr *qsbr;

	/* Control only. In order of retirement: tokens grow, so the oldest one becomes free first. */
	struct waiting waiting[RCU_WAITING_MAX];
	unsigned oldest;
	unsigned n_waiting;
};

/* All readers are registered for good: an offline one is never waited for, and the check is the short one. */
static bool qsbr_init(struct rte_rcu_qsbr *qsbr, unsigned n_readers)
{
	if (rte_rcu_qsbr_init(qsbr, n_readers) != 0)
		return false;
	for (unsigned id = 0; id < n_readers; id++)
		if (rte_rcu_qsbr_thread_register(qsbr, id) != 0)
			return false;
	return true;
}

struct rcu *rcu_create(unsigned n_readers)
{
	struct rcu *rcu = calloc(1, sizeof(*rcu));

	if (!rcu)
		return NULL;
	rcu->qsbr = aligned_alloc(CACHE_LINE, rte_rcu_qsbr_get_memsize(n_readers));
	if (!rcu->qsbr || !qsbr_init(rcu->qsbr, n_readers)) {
		free(rcu->qsbr);
		free(rcu);
		return NULL;
	}
	return rcu;
}

/* The entry leaves the ring before its function runs, because that may come back here. */
static void free_oldest(struct rcu *rcu)
{
	struct waiting oldest = rcu->waiting[rcu->oldest];

	rcu->oldest = (rcu->oldest + 1) % RCU_WAITING_MAX;
	rcu->n_waiting--;
	oldest.free_object(oldest.object);
}

void rcu_destroy(struct rcu *rcu)
{
	if (!rcu)
		return;
	while (rcu->n_waiting > 0)
		free_oldest(rcu);
	free(rcu->qsbr);
	free(rcu);
}

void rcu_online(struct rcu *rcu, unsigned reader_id)
{
	rte_rcu_qsbr_thread_online(rcu->qsbr, reader_id);
}

void rcu_offline(struct rcu *rcu, unsigned reader_id)
{
	rte_rcu_qsbr_thread_offline(rcu->qsbr, reader_id);
}

void rcu_quiescent(struct rcu *rcu, unsigned reader_id)
{
	rte_rcu_qsbr_quiescent(rcu->qsbr, reader_id);
}

void rcu_retire(struct rcu *rcu, void *object, void (*free_object)(void *object))
{
	while (rcu->n_waiting == RCU_WAITING_MAX && rcu_reclaim(rcu) == RCU_WAITING_MAX)
		rcu_synchronize(rcu);
	rcu->waiting[(rcu->oldest + rcu->n_waiting) % RCU_WAITING_MAX] = (struct waiting){
		.object = object,
		.free_object = free_object,
		.token = rcu_start(rcu),
	};
	rcu->n_waiting++;
}

unsigned rcu_reclaim(struct rcu *rcu)
{
	while (rcu->n_waiting > 0 && rcu_has_passed(rcu, rcu->waiting[rcu->oldest].token))
		free_oldest(rcu);
	return rcu->n_waiting;
}

uint64_t rcu_start(struct rcu *rcu)
{
	return rte_rcu_qsbr_start(rcu->qsbr);
}

bool rcu_has_passed(struct rcu *rcu, uint64_t token)
{
	return rte_rcu_qsbr_check(rcu->qsbr, token, false) != 0;
}

void rcu_synchronize(struct rcu *rcu)
{
	rte_rcu_qsbr_check(rcu->qsbr, rcu_start(rcu), true);
}
