/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/hash_chains.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CHAINS 64 /* a power of two, as every later number */

int hash_chains_init(struct hash_chains *chains)
{
	*chains = (struct hash_chains){.first = calloc(FIRST_CHAINS, sizeof(struct chain_node *))};
	if (!chains->first)
		return -ENOMEM;
	chains->n_chains = FIRST_CHAINS;
	return 0;
}

void hash_chains_fini(struct hash_chains *chains)
{
	free(chains->first);
	*chains = (struct hash_chains){0};
}

/* Each chain becomes two; the nodes of both keep their order. */
static void split(const struct hash_chains *chains, struct chain_node **fresh, uint32_t i)
{
	struct chain_node **low = &fresh[i], **high = &fresh[i + chains->n_chains];

	for (struct chain_node *node = chains->first[i]; node; node = node->next) {
		struct chain_node ***end = node->hash & chains->n_chains ? &high : &low;

		**end = node;
		*end = &node->next;
	}
	*low = *high = NULL;
}

void hash_chains_grow(struct hash_chains *chains)
{
	struct chain_node **fresh;

	if (chains->n_nodes < chains->n_chains || chains->n_chains > UINT32_MAX / 2)
		return;
	fresh = calloc(2 * (size_t)chains->n_chains, sizeof(struct chain_node *));
	if (!fresh)
		return;
	for (uint32_t i = 0; i < chains->n_chains; i++)
		split(chains, fresh, i);
	free(chains->first);
	chains->first = fresh;
	chains->n_chains *= 2;
}
