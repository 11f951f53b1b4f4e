/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Finds lines of a line_pool by the hash of what they hold, in two cache misses: the slot's and the
 * line's. It may forget a line (slots around its place are full, or memory was short), so it serves as a short cut
 * beside a table that holds all of them. Control adds and removes; workers find without a lock.
 */

#include <stdatomic.h>
#include <stdint.h>

#include "base/compiler.h"

struct line_slots;
struct rcu;

struct line_index {
	_Atomic(struct line_slots *) slots; /* control writes, workers read; NULL: no line yet */

	/* Control only. */
	uint32_t n_lines;
	struct rcu *rcu;
	uint64_t (*hash_of)(const void *line);
};

/* Where a search stands. Begin with {.hash = ...}. */
struct line_search {
	uint64_t hash;
	unsigned n_probed;
};

/* line_index_init: an empty index; `hash_of` gives the hash of a line, all 64 bits of it well mixed. Init only. */
void line_index_init(
	struct line_index *index, struct rcu *rcu, uint64_t (*hash_of)(const void *line));

/* line_index_fini: no worker may use it any more. The lines are not its own. Init only. */
void line_index_fini(struct line_index *index);

/* line_index_add: `line` is complete and not in it. Control. */
void line_index_add(struct line_index *index, void *line);

/* line_index_remove: workers no longer find `line`, which may now be retired. One that it forgot is ignored. Control. */
void line_index_remove(struct line_index *index, const void *line);

/* line_index_prefetch: a search for `hash` will follow. Worker, as below. */
void line_index_prefetch(const struct line_index *index, uint64_t hash);

/*
 * line_index_next: the next line that may have the search's hash, or NULL. Few others than those that
 * have it are given; the caller compares. Worker, between two quiescent reports.
 */
void *line_index_next(const struct line_index *index, struct line_search *search);
