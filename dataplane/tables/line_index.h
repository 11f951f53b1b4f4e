/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Finds lines of a line_pool by the hash of what they hold, in two cache misses: the slot's and the
 * line's. It may forget a line (slots around its place are full, or memory was short), so it serves as a short cut
 * beside a table that holds all of them. Control adds and removes; workers find without a lock.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct rcu;

/* How far a line may be from its place. */
#define LINE_PROBES_MAX 32

/*
 * A line's address has six zero bits at its end. A slot keeps six bits of the hash there, so that a
 * line is looked at in vain once in 64 times. A slot whose line is gone keeps a mark when searches must
 * go on behind it; 0 ends them.
 */
#define LINE_TAG_MASK ((uintptr_t)(CACHE_LINE - 1))

struct line_slots {
	uint32_t mask;                           /* their number less one */
	cache_aligned _Atomic uintptr_t slots[]; /* control writes, workers read */
};

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

static inline uintptr_t line_tag(uint64_t hash)
{
	return hash >> 58;
}

/* line_index_slots: what a burst of searches looks into; NULL: nothing. Worker, as below. */
static inline struct line_slots *line_index_slots(const struct line_index *index)
{
	/* Acquire pairs with the release in grow. */
	return atomic_load_explicit(&index->slots, memory_order_acquire);
}

/* line_slots_prefetch: a search for `hash` will follow. Worker, as below. */
static inline void line_slots_prefetch(const struct line_slots *all, uint64_t hash)
{
	if (all)
		prefetch(&all->slots[hash & all->mask]);
}

/* The line that a slot's word names if that may have `hash`, else NULL. */
static inline void *line_of_word(uintptr_t word, uint64_t hash)
{
	uintptr_t line = word ^ line_tag(hash); /* the tag leaves zeros behind */

	return line & LINE_TAG_MASK ? NULL : (void *)line;
}

/* line_slots_first: what line_slots_next gives at first, if that is at its place, as nearly always. NULL: ask line_slots_next. Worker, as below. */
static inline void *line_slots_first(const struct line_slots *all, uint64_t hash)
{
	/* Acquire pairs with the release in put. */
	return all ? line_of_word(
		       atomic_load_explicit(&all->slots[hash & all->mask], memory_order_acquire),
		       hash)
		   : NULL;
}

/*
 * line_slots_next: the next line that may have the search's hash, or NULL. Few others than those that
 * have it are given; the caller compares. Worker, between two quiescent reports.
 */
static inline void *line_slots_next(const struct line_slots *all, struct line_search *search)
{
	while (all && search->n_probed < LINE_PROBES_MAX) {
		/* Acquire, as above. */
		uintptr_t word = atomic_load_explicit(
			&all->slots[(search->hash + search->n_probed++) & all->mask],
			memory_order_acquire);
		void *line = line_of_word(word, search->hash);

		if (!word)
			return NULL;
		if (line)
			return line;
	}
	return NULL;
}
