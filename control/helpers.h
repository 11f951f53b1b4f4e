/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Lcores that compute handshakes, so that the control thread need not: it gives them jobs (handshake/noise_job.h) and takes
 * the results, and stays the only one that knows peers. They see nothing but the job, and sleep when there is none. All
 * calls are the control thread's, but helper_run.
 */

#include <stdbool.h>

#include "base/compiler.h"
#include "handshake/noise_job.h"

#define HELPERS_MAX 16
#define HELPERS_JOBS 512 /* that are out at most; a power of two */
/* The rest is for handshakes that we begin, which no stranger can keep from us. */
#define HELPERS_JOBS_RECEIVED (HELPERS_JOBS / 4 * 3)

struct helper;
struct helpers;
struct interface;
struct rte_mbuf;

struct helper_job {
	struct noise_job noise;
	struct interface *iface;
	struct rte_mbuf *mbuf; /* the message that came; NULL: one of ours */
	bool is_lent;          /* by helpers_lend: helpers_post can take it */
	bool is_received;      /* what it was lent for */
	struct helper_job *next;
};

/* helpers_create: for `n` lcores, 1 to HELPERS_MAX. `wake_fd`: control's eventfd. NULL: no memory, or errno. */
must_check struct helpers *helpers_create(unsigned n, int wake_fd);

/* helpers_destroy wipes the jobs and frees what they hold; the lcores must be stopped. NULL is allowed. */
void helpers_destroy(struct helpers *helpers);

/* helpers_start launches the lcores, those of EAL after the first `n_others`; 0 or a negative errno. */
must_check int helpers_start(struct helpers *helpers, unsigned n_others);

/* helpers_stop returns when no lcore computes any more. NULL is allowed. */
void helpers_stop(struct helpers *helpers);

/* helper_run is the loop of one lcore, helpers_member(0 to n - 1); it returns 0 after helpers_ask_to_stop. */
int helper_run(void *helper);
struct helper *helpers_member(struct helpers *helpers, unsigned i);
void helpers_ask_to_stop(struct helpers *helpers);

/* helpers_lend gives a job to fill, for a message that came or for one of ours; NULL: too many are out, or `helpers` is NULL. */
must_check struct helper_job *helpers_lend(struct helpers *helpers, bool is_received);

/* helpers_post: an lcore runs the job, which was lent. */
void helpers_post(struct helpers *helpers, struct helper_job *job);

/*
 * helpers_collect: jobs that have been run, in no order, `n` at most, which is HELPERS_MAX or more; returns how many. None
 * when `helpers` is NULL.
 */
must_check unsigned helpers_collect(
	struct helpers *helpers, struct helper_job **out_jobs, unsigned n);

/* helpers_return wipes the job. */
void helpers_return(struct helpers *helpers, struct helper_job *job);

/* helpers_n_received: jobs for messages that came and are out, of HELPERS_JOBS_RECEIVED. */
unsigned helpers_n_received(const struct helpers *helpers);
