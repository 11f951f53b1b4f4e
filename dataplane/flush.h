/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * When has the last packet and the last event that refers to something gone by? Control has taken it out of the tables and
 * sends no packet more that refers to it; then it begins a flush, and asks now and then whether it is over.
 * Nobody waits, and workers know nothing of it. Why this is enough: docs/decisions/0006-peers-that-go.md. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "pipeline.h"

struct mailbox;
struct rcu;
struct rte_ring;

#define FLUSH_WORKERS_MAX 64

enum flush_phase {
	FLUSH_OVER,
	FLUSH_INBOXES,   /* packets that control sent before, to be taken by workers */
	FLUSH_WORKERS,   /* the bursts that workers are in the middle of */
	FLUSH_MAILBOXES, /* what came of all that, to be taken by control */
};

struct flush {
	struct rcu *rcu;
	unsigned n_workers;
	const struct rte_ring *inboxes[FLUSH_WORKERS_MAX];
	const struct mailbox *mailboxes[FLUSH_WORKERS_MAX][MAILBOX_KINDS];
	enum flush_phase phase;
	uint64_t token;
	uint32_t inbox_marks[FLUSH_WORKERS_MAX];
	uint32_t mailbox_marks[FLUSH_WORKERS_MAX][MAILBOX_KINDS];
};

/* flush_init: no workers yet. flush_add_worker adds one; `mailboxes` by kind. Init only. */
void flush_init(struct flush *flush, struct rcu *rcu);
void flush_add_worker(struct flush *flush, const struct rte_ring *inbox,
	struct mailbox *const mailboxes[MAILBOX_KINDS]);

/* flush_begin: the last one must be over. */
void flush_begin(struct flush *flush);

/* flush_is_over: true until the next flush_begin. The events that were drained so far must have been handled. */
must_check bool flush_is_over(struct flush *flush);
