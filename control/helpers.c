/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "helpers.h"

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/secure.h"

#define RING_LEN (2 * HELPERS_JOBS) /* an rte_ring holds one less than its length: all jobs fit */

/* An lcore, with rings of its own: so that nobody waits for another one who was interrupted while it changed a ring. */
struct helper {
	struct rte_ring *todo; /* from control */
	struct rte_ring *done; /* and back */
	int todo_fd; /* a semaphore: as much as todo holds; who has taken one finds a job */
	int wake_fd; /* control's */
	unsigned lcore_id;
	unsigned n_out; /* jobs that it was given and that have not been collected; control's */
	_Atomic bool is_stopping; /* control; the semaphore orders it */
};

struct helpers {
	struct helper members[HELPERS_MAX];
	unsigned n;
	unsigned n_started;
	unsigned n_received;
	struct helper_job *free;
	struct helper_job jobs[HELPERS_JOBS];
};

static struct rte_ring *create_ring(void)
{
	size_t size = RTE_ALIGN_CEIL((size_t)rte_ring_get_memsize(RING_LEN), RTE_CACHE_LINE_SIZE);
	struct rte_ring *ring = aligned_alloc(RTE_CACHE_LINE_SIZE, size);

	if (ring && rte_ring_init(ring, "handshakes", RING_LEN, RING_F_SP_ENQ | RING_F_SC_DEQ) == 0)
		return ring;
	free(ring);
	return NULL;
}

static bool helper_init(struct helper *helper, int wake_fd)
{
	helper->wake_fd = wake_fd;
	helper->todo = create_ring();
	helper->done = create_ring();
	helper->todo_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
	return helper->todo && helper->done && helper->todo_fd >= 0;
}

static void helper_fini(struct helper *helper)
{
	if (helper->todo_fd >= 0)
		close(helper->todo_fd);
	free(helper->todo);
	free(helper->done);
}

struct helpers *helpers_create(unsigned n, int wake_fd)
{
	struct helpers *helpers = calloc(1, sizeof(*helpers));
	bool is_ready = true;

	if (!helpers)
		return NULL;
	for (helpers->n = 0; helpers->n < n && is_ready; helpers->n++)
		is_ready = helper_init(&helpers->members[helpers->n], wake_fd);
	if (!is_ready) {
		helpers_destroy(helpers);
		return NULL;
	}
	for (unsigned i = 0; i < HELPERS_JOBS; i++) {
		helpers->jobs[i].next = helpers->free;
		helpers->free = &helpers->jobs[i];
	}
	return helpers;
}

void helpers_destroy(struct helpers *helpers)
{
	if (!helpers)
		return;
	for (unsigned i = 0; i < helpers->n; i++)
		helper_fini(&helpers->members[i]);
	for (unsigned i = 0; i < HELPERS_JOBS; i++)
		rte_pktmbuf_free(helpers->jobs[i].mbuf);
	secure_wipe(helpers->jobs, sizeof(helpers->jobs));
	free(helpers);
}

int helpers_start(struct helpers *helpers, unsigned n_others)
{
	unsigned lcore_id, i = 0;

	RTE_LCORE_FOREACH_WORKER(lcore_id) {
		struct helper *helper = &helpers->members[helpers->n_started];
		int result;

		if (i++ < n_others)
			continue;
		if (helpers->n_started == helpers->n)
			break;
		result = rte_eal_remote_launch(helper_run, helper, lcore_id);
		if (result < 0)
			return result;
		helper->lcore_id = lcore_id;
		helpers->n_started++;
	}
	return helpers->n_started == helpers->n ? 0 : -ENODEV;
}

void helpers_ask_to_stop(struct helpers *helpers)
{
	const uint64_t one = 1;

	for (unsigned i = 0; i < helpers->n; i++) {
		atomic_store_explicit(&helpers->members[i].is_stopping, true, memory_order_relaxed);
		(void)!write(helpers->members[i].todo_fd, &one, sizeof(one));
	}
}

void helpers_stop(struct helpers *helpers)
{
	if (!helpers)
		return;
	helpers_ask_to_stop(helpers);
	for (unsigned i = 0; i < helpers->n_started; i++)
		rte_eal_wait_lcore(helpers->members[i].lcore_id);
	helpers->n_started = 0;
}

struct helper *helpers_member(struct helpers *helpers, unsigned i)
{
	return &helpers->members[i];
}

static void run_one(struct helper *helper)
{
	const uint64_t one = 1;
	struct helper_job *job;
	void *taken;

	if (rte_ring_sc_dequeue(helper->todo, &taken) < 0)
		return; /* it was woken to stop */
	job = taken;
	noise_job_run(&job->noise);
	(void)rte_ring_sp_enqueue(helper->done, job); /* there is room for all jobs */
	(void)!write(helper->wake_fd, &one, sizeof(one));
}

int helper_run(void *arg)
{
	struct helper *helper = arg;
	uint64_t one;

	while (!atomic_load_explicit(&helper->is_stopping, memory_order_relaxed))
		if (read(helper->todo_fd, &one, sizeof(one)) == sizeof(one))
			run_one(helper);
	return 0;
}

struct helper_job *helpers_lend(struct helpers *helpers, bool is_received)
{
	struct helper_job *job = helpers ? helpers->free : NULL;

	if (!job || (is_received && helpers->n_received == HELPERS_JOBS_RECEIVED))
		return NULL;
	helpers->free = job->next;
	helpers->n_received += is_received;
	job->is_received = is_received;
	job->is_lent = true;
	return job;
}

/* To the one with the fewest. */
void helpers_post(struct helpers *helpers, struct helper_job *job)
{
	const uint64_t one = 1;
	struct helper *best = helpers->members;

	for (unsigned i = 1; i < helpers->n; i++)
		if (helpers->members[i].n_out < best->n_out)
			best = &helpers->members[i];
	best->n_out++;
	(void)rte_ring_sp_enqueue(best->todo, job); /* there is room for all jobs */
	(void)!write(best->todo_fd, &one, sizeof(one));
}

unsigned helpers_collect(struct helpers *helpers, struct helper_job **out_jobs, unsigned n)
{
	unsigned n_jobs = 0;

	for (unsigned i = 0; helpers && i < helpers->n; i++) {
		struct helper *helper = &helpers->members[i];
		unsigned n_done = rte_ring_sc_dequeue_burst(helper->done,
			(void **)out_jobs + n_jobs, (n - n_jobs) / (helpers->n - i), NULL);

		helper->n_out -= n_done;
		n_jobs += n_done;
	}
	return n_jobs;
}

void helpers_return(struct helpers *helpers, struct helper_job *job)
{
	helpers->n_received -= job->is_received;
	secure_wipe(job, sizeof(*job));
	job->next = helpers->free;
	helpers->free = job;
}

unsigned helpers_n_received(const struct helpers *helpers)
{
	return helpers ? helpers->n_received : 0;
}
