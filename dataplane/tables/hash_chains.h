/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A hash table of objects that hold their own link. It doubles when it has as many nodes as chains, and keeps the
 * order of nodes with the same hash. The caller compares, inserts and removes at a link of the chain. Control only;
 * workers never see it.
 */

#include <stdint.h>

#include "base/compiler.h"

struct chain_node {
	struct chain_node *next;
	uint32_t hash; /* set before insertion */
};

struct hash_chains {
	struct chain_node **first; /* a power of two of chains */
	uint32_t n_chains;
	uint32_t n_nodes;
};

/* hash_chains_init: an empty table; 0 or -ENOMEM. */
must_check int hash_chains_init(struct hash_chains *chains);

/* hash_chains_fini: the nodes are not its own. One that is all zero is allowed. */
void hash_chains_fini(struct hash_chains *chains);

/* hash_chains_of: the link to the first node of the chain of `hash`. */
static inline struct chain_node **hash_chains_of(const struct hash_chains *chains, uint32_t hash)
{
	return &chains->first[hash & (chains->n_chains - 1)];
}

/*
 * hash_chains_grow makes room for one more node; links that were found before do not hold any more. Without memory
 * the table stays as it is, and its chains become longer. A doubling touches every node.
 */
void hash_chains_grow(struct hash_chains *chains);

/* hash_chains_insert puts `node` at `link` of its chain; the one there comes after it. */
static inline void hash_chains_insert(
	struct hash_chains *chains, struct chain_node **link, struct chain_node *node)
{
	node->next = *link;
	*link = node;
	chains->n_nodes++;
}

/* hash_chains_remove takes out the node at `link`. */
static inline void hash_chains_remove(struct hash_chains *chains, struct chain_node **link)
{
	*link = (*link)->next;
	chains->n_nodes--;
}

/* hash_chains_bytes: memory in bytes, nodes not included. */
static inline uint64_t hash_chains_bytes(const struct hash_chains *chains)
{
	return chains->n_chains * sizeof(struct chain_node *);
}
