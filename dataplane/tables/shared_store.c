/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/shared_store.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "tables/rcu.h"

#include <stdlib.h>
#include <string.h>

struct holder {
	struct chain_node node; /* its first member */
	uint32_t n_users;
	uint32_t len;
	_Alignas(8) uint8_t bytes[];
};

static struct holder *holder_of(const void *object)
{
	return (struct holder *)((uintptr_t)object - offsetof(struct holder, bytes));
}

static uint32_t hash_of(const uint8_t *bytes, size_t len)
{
	uint64_t hash = len, last = 0;

	for (; len >= 8; bytes += 8, len -= 8)
		hash = hash_mix(hash ^ le64_load(bytes));
	memcpy(&last, bytes, len);
	return (uint32_t)hash_mix(hash ^ last);
}

int shared_store_init(struct shared_store *store, struct rcu *rcu)
{
	*store = (struct shared_store){.rcu = rcu};
	return hash_chains_init(&store->chains);
}

void shared_store_fini(struct shared_store *store)
{
	for (uint32_t i = 0; i < store->chains.n_chains; i++)
		for (struct chain_node *node = store->chains.first[i], *next; node; node = next) {
			next = node->next;
			free(node);
		}
	hash_chains_fini(&store->chains);
}

static struct holder *holder_create(
	struct shared_store *store, const void *bytes, size_t len, uint32_t hash)
{
	struct holder *holder = calloc(1, sizeof(*holder) + len);

	if (!holder)
		return NULL;
	holder->node.hash = hash;
	holder->len = (uint32_t)len;
	memcpy(holder->bytes, bytes, len);
	hash_chains_grow(&store->chains);
	hash_chains_insert(&store->chains, hash_chains_of(&store->chains, hash), &holder->node);
	store->n_bytes += sizeof(*holder) + len;
	return holder;
}

void *shared_take(struct shared_store *store, const void *bytes, size_t len)
{
	uint32_t hash = hash_of(bytes, len);
	struct chain_node *node = *hash_chains_of(&store->chains, hash);
	struct holder *holder;

	for (; node; node = node->next) {
		holder = (struct holder *)node;
		if (node->hash == hash && holder->len == len
			&& memcmp(holder->bytes, bytes, len) == 0)
			break;
	}
	holder = node ? (struct holder *)node : holder_create(store, bytes, len, hash);
	if (!holder)
		return NULL;
	holder->n_users++;
	return holder->bytes;
}

void shared_drop(struct shared_store *store, const void *object)
{
	struct holder *holder = holder_of(object);
	struct chain_node **link = hash_chains_of(&store->chains, holder->node.hash);

	if (--holder->n_users > 0)
		return;
	while (*link != &holder->node)
		link = &(*link)->next;
	hash_chains_remove(&store->chains, link);
	store->n_bytes -= sizeof(*holder) + holder->len;
	if (store->rcu)
		rcu_retire(store->rcu, holder, free);
	else
		free(holder);
}
