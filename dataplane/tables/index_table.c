/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/index_table.h"

#include "tables/keypair.h"
#include "tables/rcu.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define FIRST_SLOTS 1024 /* a power of two, as every later number */

/* Half of the slots are free, so a sound draw fails this often in a row once in 2^64 times. */
#define DRAWS_MAX 64

/*
 * What workers see. The index itself is compared in the keypair, which never changes: a slot is one
 * word that is published at once, and the cache line of a keypair that fits is needed next anyway.
 */
struct slots {
	uint32_t mask;
	_Atomic(struct keypair *) keypair[];
};

/* What control knows of a slot; a free one has no holder. */
struct holding {
	void *holder;
	uint32_t index;
};

struct index_table {
	_Atomic(struct slots *) slots; /* control writes, workers read */

	/* Control only. */
	struct holding *holdings; /* one for each slot */
	uint32_t n_held;
	struct rcu *rcu;
	uint32_t (*draw)(void);
};

static struct slots *slots_create(uint32_t n_slots)
{
	struct slots *slots = calloc(1, sizeof(*slots) + n_slots * sizeof(slots->keypair[0]));

	if (slots)
		slots->mask = n_slots - 1;
	return slots;
}

/* For control, who is the only one to write it. */
static struct slots *slots_of(const struct index_table *table)
{
	return atomic_load_explicit(&table->slots, memory_order_relaxed);
}

static struct holding *holding_of(const struct index_table *table, uint32_t index)
{
	return &table->holdings[index & slots_of(table)->mask];
}

struct index_table *index_table_create(struct rcu *rcu, uint32_t (*draw)(void))
{
	struct index_table *table = calloc(1, sizeof(*table));
	struct slots *slots = slots_create(FIRST_SLOTS);
	struct holding *holdings = calloc(FIRST_SLOTS, sizeof(*holdings));

	if (!table || !slots || !holdings) {
		free(table);
		free(slots);
		free(holdings);
		return NULL;
	}
	atomic_init(&table->slots, slots);
	table->holdings = holdings;
	table->rcu = rcu;
	table->draw = draw;
	return table;
}

void index_table_destroy(struct index_table *table)
{
	if (!table)
		return;
	free(slots_of(table));
	free(table->holdings);
	free(table);
}

/* A worker that still reads the old slots misses only what is published after it began to. */
static int table_double(struct index_table *table)
{
	struct slots *old = slots_of(table);
	uint32_t n_old = old->mask + 1;
	struct slots *slots = slots_create(2 * n_old);
	struct holding *holdings = calloc(2 * n_old, sizeof(*holdings));

	if (!slots || !holdings) {
		free(slots);
		free(holdings);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n_old; i++) {
		uint32_t to = table->holdings[i].index & slots->mask;

		if (!table->holdings[i].holder)
			continue;
		holdings[to] = table->holdings[i];
		atomic_init(&slots->keypair[to],
			atomic_load_explicit(&old->keypair[i], memory_order_relaxed));
	}
	free(table->holdings);
	table->holdings = holdings;
	/* Release: the slots are filled before they are seen. */
	atomic_store_explicit(&table->slots, slots, memory_order_release);
	rcu_retire(table->rcu, old, free);
	return 0;
}

int index_table_take(struct index_table *table, void *holder, uint32_t *out_index)
{
	int rc = table->n_held > slots_of(table)->mask / 2 ? table_double(table) : 0;

	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < DRAWS_MAX; i++) {
		uint32_t index = table->draw();
		struct holding *holding = holding_of(table, index);

		if (holding->holder)
			continue;
		*holding = (struct holding){.holder = holder, .index = index};
		table->n_held++;
		*out_index = index;
		return 0;
	}
	return -EAGAIN;
}

void *index_table_holder(const struct index_table *table, uint32_t index)
{
	const struct holding *holding = holding_of(table, index);

	return holding->index == index ? holding->holder : NULL;
}

void index_table_publish(struct index_table *table, struct keypair *kp)
{
	struct slots *slots = slots_of(table);

	assert(index_table_holder(table, kp->local_index));
	/* Release: the keypair is complete before it is seen. */
	atomic_store_explicit(
		&slots->keypair[kp->local_index & slots->mask], kp, memory_order_release);
}

void index_table_drop(struct index_table *table, uint32_t index)
{
	struct slots *slots = slots_of(table);

	if (!index_table_holder(table, index))
		return;
	atomic_store_explicit(&slots->keypair[index & slots->mask], NULL, memory_order_relaxed);
	*holding_of(table, index) = (struct holding){.holder = NULL};
	table->n_held--;
}

uint32_t index_table_count(const struct index_table *table)
{
	return table->n_held;
}

/* Acquire pairs with the two releases above. */
void index_table_find_burst(
	const struct index_table *table, struct index_lookup *lookups, unsigned n)
{
	struct slots *slots = atomic_load_explicit(&table->slots, memory_order_acquire);

	for (unsigned i = 0; i < n; i++)
		prefetch(&slots->keypair[lookups[i].index & slots->mask]);
	for (unsigned i = 0; i < n; i++) {
		struct keypair *kp = atomic_load_explicit(
			&slots->keypair[lookups[i].index & slots->mask], memory_order_acquire);

		prefetch(kp ? &kp->local_index : NULL);
		lookups[i].keypair = kp;
	}
	for (unsigned i = 0; i < n; i++)
		if (lookups[i].keypair && lookups[i].keypair->local_index != lookups[i].index)
			lookups[i].keypair = NULL;
}
