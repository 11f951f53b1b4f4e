/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/allowedips.h"

#include "tables/prefix_table.h"

#include <errno.h>
#include <stddef.h>

_Static_assert(sizeof(struct allowedips_lookup) == sizeof(struct prefix_lookup)
		&& offsetof(struct allowedips_lookup, bytes)
			== offsetof(struct prefix_lookup, bytes)
		&& offsetof(struct allowedips_lookup, family)
			== offsetof(struct prefix_lookup, family)
		&& offsetof(struct allowedips_lookup, peer)
			== offsetof(struct prefix_lookup, value),
	"one is seen as the other");

/* The table is a prefix_table whose values are peers; its own name is there for the types only. */
static struct prefix_table *prefixes_of(struct allowedips *table)
{
	return (struct prefix_table *)table;
}

static const struct prefix_table *prefixes_of_const(const struct allowedips *table)
{
	return (const struct prefix_table *)table;
}

struct allowedips *allowedips_create(struct rcu *rcu)
{
	return (struct allowedips *)prefix_table_create(rcu);
}

void allowedips_destroy(struct allowedips *table)
{
	prefix_table_destroy(prefixes_of(table));
}

int allowedips_insert(
	struct allowedips *table, const struct ip_prefix *prefix, struct peer_view *peer)
{
	void *before;

	return prefix_table_set(prefixes_of(table), prefix, peer, &before);
}

int allowedips_remove(
	struct allowedips *table, const struct ip_prefix *prefix, const struct peer_view *peer)
{
	return prefix_table_take(prefixes_of(table), prefix, peer) ? 0 : -ENOENT;
}

struct peer_view *allowedips_owner(const struct allowedips *table, const struct ip_prefix *prefix)
{
	return prefix_table_get(prefixes_of_const(table), prefix);
}

void allowedips_find_burst(
	const struct allowedips *table, struct allowedips_lookup *lookups, unsigned n)
{
	prefix_table_find_burst(prefixes_of_const(table), (struct prefix_lookup *)lookups, n);
}

uint64_t allowedips_bytes(const struct allowedips *table)
{
	return prefix_table_bytes(prefixes_of_const(table));
}
