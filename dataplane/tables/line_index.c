/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/line_index.h"

#include "tables/rcu.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64 /* a power of two, as every later number */
#define PROBES_MAX \
	32 /* at most half of the slots are used, so hardly a line is farther from its place */

/*
 * A line's address has six zero bits at its end. A slot keeps six bits of the hash there, so that a
 * line is looked at in vain once in 64 times. A slot whose line is gone keeps a mark when searches must
 * go on behind it; 0 ends them.
 */
#define TAG_MASK ((uintptr_t)(CACHE_LINE - 1))
#define GONE ((uintptr_t)1)

struct line_slots {
	uint32_t mask;
	cache_aligned _Atomic uintptr_t slots[];
};

static uintptr_t tag_of(uint64_t hash)
{
	return hash >> 58;
}

static _Atomic uintptr_t *slot_at(struct line_slots *all, uint64_t hash, unsigned n_probed)
{
	return &all->slots[(hash + n_probed) & all->mask];
}

static void *line_of(uintptr_t word)
{
	return (void *)(word & ~TAG_MASK);
}

static struct line_slots *slots_create(uint32_t n_slots)
{
	size_t size = sizeof(struct line_slots) + n_slots * sizeof(uintptr_t);
	struct line_slots *all = aligned_alloc(CACHE_LINE, size);

	if (!all)
		return NULL;
	memset(all, 0, size);
	all->mask = n_slots - 1;
	return all;
}

/* For control, who is the only one to write it. */
static struct line_slots *slots_of(const struct line_index *index)
{
	return atomic_load_explicit(&index->slots, memory_order_relaxed);
}

static uintptr_t slot_read(_Atomic uintptr_t *slot)
{
	return atomic_load_explicit(slot, memory_order_relaxed);
}

/* Release: the line is complete before it is seen. */
static void put(struct line_slots *all, uint64_t hash, const void *line)
{
	for (unsigned i = 0; i < PROBES_MAX; i++) {
		_Atomic uintptr_t *slot = slot_at(all, hash, i);

		if (line_of(slot_read(slot)))
			continue;
		atomic_store_explicit(slot, (uintptr_t)line | tag_of(hash), memory_order_release);
		return;
	}
}

/* Without memory the index stays as it is and forgets more. */
static void grow(struct line_index *index)
{
	struct line_slots *old = slots_of(index);
	struct line_slots *all = slots_create(old ? 2 * (old->mask + 1) : FIRST_SLOTS);

	if (!all)
		return;
	for (uint32_t i = 0; old && i <= old->mask; i++) {
		const void *line = line_of(slot_read(&old->slots[i]));

		if (line)
			put(all, index->hash_of(line), line);
	}
	/* Release: the slots are filled before they are seen. */
	atomic_store_explicit(&index->slots, all, memory_order_release);
	if (old)
		rcu_retire(index->rcu, old, free);
}

void line_index_init(
	struct line_index *index, struct rcu *rcu, uint64_t (*hash_of)(const void *line))
{
	*index = (struct line_index){.rcu = rcu, .hash_of = hash_of};
}

void line_index_fini(struct line_index *index)
{
	free(slots_of(index));
}

void line_index_add(struct line_index *index, void *line)
{
	struct line_slots *all = slots_of(index);

	if (!all || index->n_lines > all->mask / 2)
		grow(index);
	index->n_lines++;
	all = slots_of(index);
	if (all)
		put(all, index->hash_of(line), line);
}

void line_index_remove(struct line_index *index, const void *line)
{
	struct line_slots *all = slots_of(index);
	uint64_t hash = index->hash_of(line);

	index->n_lines--;
	for (unsigned i = 0; all && i < PROBES_MAX; i++) {
		_Atomic uintptr_t *slot = slot_at(all, hash, i);

		if (line_of(slot_read(slot)) != line)
			continue;
		atomic_store_explicit(slot, slot_read(slot_at(all, hash, i + 1)) ? GONE : 0,
			memory_order_relaxed);
		return;
	}
}

/* Acquire pairs with the release in grow. */
static struct line_slots *slots_acquire(const struct line_index *index)
{
	return atomic_load_explicit(&index->slots, memory_order_acquire);
}

void line_index_prefetch(const struct line_index *index, uint64_t hash)
{
	struct line_slots *all = slots_acquire(index);

	if (all)
		prefetch(slot_at(all, hash, 0));
}

void *line_index_next(const struct line_index *index, struct line_search *search)
{
	struct line_slots *all = slots_acquire(index);

	while (all && search->n_probed < PROBES_MAX) {
		/* Acquire pairs with the release in put. */
		uintptr_t word = atomic_load_explicit(
			slot_at(all, search->hash, search->n_probed++), memory_order_acquire);

		if (!word)
			return NULL;
		if ((word & TAG_MASK) == tag_of(search->hash) && line_of(word))
			return line_of(word);
	}
	return NULL;
}
