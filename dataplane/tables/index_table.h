/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Receiver index to keypair. Indices are random in all 32 bits; the low bits are the slot, and a draw
 * whose slot is taken is drawn again, so that a look-up is one load and one comparison. The table
 * doubles when it is half full: two indices in different slots stay in different slots.
 * Control takes, publishes and drops; workers find.
 */

#include <stdint.h>

#include "base/compiler.h"

struct index_table;
struct keypair;
struct rcu;

/* index_table_create: `draw` gives 32 random bits. NULL when memory is short. Init only. */
must_check struct index_table *index_table_create(struct rcu *rcu, uint32_t (*draw)(void));

/* index_table_destroy: NULL is allowed; no worker may use the table any more. The keypairs are not its own. Init only. */
void index_table_destroy(struct index_table *table);

/*
 * index_table_take reserves a fresh index for `holder` (not NULL). 0; -ENOMEM; -EAGAIN when `draw` does
 * not stop giving taken slots, which a sound source of randomness does not do. Control.
 */
must_check int index_table_take(struct index_table *table, void *holder, uint32_t *out_index);

/* index_table_holder: who took `index`; NULL when nobody did. Control. */
void *index_table_holder(const struct index_table *table, uint32_t index);

/* index_table_publish makes workers find `kp` under kp->local_index, which was taken before. Control. */
void index_table_publish(struct index_table *table, struct keypair *kp);

/* index_table_drop makes `index` free again; workers no longer find it. An index that nobody holds is ignored. Control. */
void index_table_drop(struct index_table *table, uint32_t index);

/* index_table_count: how many indices are held. Control. */
uint32_t index_table_count(const struct index_table *table);

/* One question of a burst, and its answer. */
struct index_lookup {
	uint32_t index;
	struct keypair *keypair; /* the answer: published under the index, or NULL */
};

/*
 * index_table_find_burst answers `n` questions in step: what one of them has to wait for from memory, the
 * others wait for at the same time. Worker, between two quiescent reports.
 */
void index_table_find_burst(
	const struct index_table *table, struct index_lookup *lookups, unsigned n);

/* index_table_find: the answer to one question. As above. */
static inline struct keypair *index_table_find(const struct index_table *table, uint32_t index)
{
	struct index_lookup lookup = {.index = index};

	index_table_find_burst(table, &lookup, 1);
	return lookup.keypair;
}
