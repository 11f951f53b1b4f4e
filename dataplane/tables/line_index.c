/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/line_index.h"

#include "tables/rcu.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64 /* a power of two, as every later number */

/*
 * Half of the slots are used at most, and still a run of 32 used ones comes up once in a few million additions to a small
 * index. It grows then, but not for ever: hashes that meet in all their bits fit into no size.
 */
#define SLOTS_PER_LINE_MAX 16

#define GONE ((uintptr_t)1)

static _Atomic uintptr_t *slot_at(struct line_slots *all, uint64_t hash, unsigned n_probed)
{
	return &all->slots[(hash + n_probed) & all->mask];
}

static void *line_of(uintptr_t word)
{
	return (void *)(word & ~LINE_TAG_MASK);
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

/* Release: the line is complete before it is seen. false: the slots around its place are full. */
static bool put(struct line_slots *all, uint64_t hash, const void *line)
{
	for (unsigned i = 0; i < LINE_PROBES_MAX; i++) {
		_Atomic uintptr_t *slot = slot_at(all, hash, i);

		if (line_of(slot_read(slot)))
			continue;
		atomic_store_explicit(slot, (uintptr_t)line | line_tag(hash), memory_order_release);
		return true;
	}
	return false;
}

/* false: at least one line did not fit. */
static bool put_all(struct line_slots *all, const struct line_index *index)
{
	struct line_slots *old = slots_of(index);
	bool is_whole = true;

	for (uint32_t i = 0; old && i <= old->mask; i++) {
		const void *line = line_of(slot_read(&old->slots[i]));

		if (line && !put(all, index->hash_of(line), line))
			is_whole = false;
	}
	return is_whole;
}

/* false: without memory, or at its largest, the index stays as it is and forgets. */
static bool grow(struct line_index *index)
{
	struct line_slots *old = slots_of(index), *all;
	uint64_t n_slots = old ? 2 * ((uint64_t)old->mask + 1) : FIRST_SLOTS;
	bool is_whole = false;

	for (; !is_whole; n_slots *= 2) {
		if (n_slots > FIRST_SLOTS
			&& n_slots > (uint64_t)SLOTS_PER_LINE_MAX * index->n_lines)
			return false;
		all = slots_create((uint32_t)n_slots);
		if (!all)
			return false;
		is_whole = put_all(all, index);
		if (!is_whole)
			free(all);
	}
	/* Release: the slots are filled before they are seen. */
	atomic_store_explicit(&index->slots, all, memory_order_release);
	if (old)
		rcu_retire(index->rcu, old, free);
	return true;
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
	uint64_t hash = index->hash_of(line);

	index->n_lines++;
	if (!all || index->n_lines > all->mask / 2 + 1)
		grow(index);
	do
		all = slots_of(index);
	while (all && !put(all, hash, line) && grow(index));
}

void line_index_remove(struct line_index *index, const void *line)
{
	struct line_slots *all = slots_of(index);
	uint64_t hash = index->hash_of(line);

	index->n_lines--;
	for (unsigned i = 0; all && i < LINE_PROBES_MAX; i++) {
		_Atomic uintptr_t *slot = slot_at(all, hash, i);

		if (line_of(slot_read(slot)) != line)
			continue;
		atomic_store_explicit(slot, slot_read(slot_at(all, hash, i + 1)) ? GONE : 0,
			memory_order_relaxed);
		return;
	}
}
