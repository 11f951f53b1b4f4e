/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * One copy of what many have the same of: a million routes have few ways to go on. Objects are strings of bytes
 * that never change. Control takes and drops; workers may read what was published.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "tables/hash_chains.h"

struct rcu;

struct shared_store {
	struct hash_chains chains;
	struct rcu *rcu;
	uint64_t n_bytes; /* of the objects */
};

/* shared_store_init: `rcu` NULL: no worker reads the objects. 0 or -ENOMEM. Init only. */
must_check int shared_store_init(struct shared_store *store, struct rcu *rcu);

/* shared_store_fini frees every object; no worker may read one any more. Init only. */
void shared_store_fini(struct shared_store *store);

/* shared_take: the store's own copy of the `len` bytes at `bytes`, at a multiple of 8; NULL when memory is short. Control. */
must_check void *shared_take(struct shared_store *store, const void *bytes, size_t len);

/* shared_drop: as often as it was taken. After the last time workers may read it until they have reported. Control. */
void shared_drop(struct shared_store *store, const void *object);
