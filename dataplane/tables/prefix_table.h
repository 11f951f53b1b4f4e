/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Longest prefix to a value: a path-compressed binary trie per family, one code path for both. What the values
 * are is the business of the tables that cover it, tables/allowedips.h and tables/routes.h. Control sets and takes;
 * workers find without a lock while it does.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/compiler.h"

struct prefix_table;
struct rcu;

/* prefix_table_create: an empty table; NULL when memory is short. Control. */
must_check struct prefix_table *prefix_table_create(struct rcu *rcu);

/*
 * prefix_table_destroy frees the table and its nodes, not the values; workers no longer get to it. It waits until
 * every reader has reported, and frees what else was retired. `rcu` must still stand. Control.
 */
void prefix_table_destroy(struct prefix_table *table);

/*
 * prefix_table_set gives `value` (complete, not NULL) to `prefix` (host bits are ignored). The value that it replaces, or NULL, is
 * *out_before: it may be retired now. 0; -ENOMEM, and nothing has changed; -EINVAL for a family or length that
 * does not exist. Control.
 */
must_check int prefix_table_set(
	struct prefix_table *table, const struct ip_prefix *prefix, void *value, void **out_before);

/*
 * prefix_table_take takes `prefix` out and returns its value, which may be retired now. NULL: it is not there, or
 * has another value than `only` (NULL: any will do). Control.
 */
void *prefix_table_take(
	struct prefix_table *table, const struct ip_prefix *prefix, const void *only);

/* prefix_table_get: the value of exactly `prefix`, or NULL. Control. */
void *prefix_table_get(const struct prefix_table *table, const struct ip_prefix *prefix);

/* One question of a burst, and its answer. The look-ups of the tables that cover this one are seen as these. */
struct __attribute__((may_alias)) prefix_lookup {
	const uint8_t
		*bytes; /* 4 (AF_INET) or 16 (AF_INET6) bytes in network order at any alignment */
	sa_family_t family;
	void *value; /* the answer: of the longest prefix that covers the address, or NULL */
};

/*
 * prefix_table_find_burst answers `n` questions in step: what one of them has to wait for from memory, the others
 * wait for at the same time. A family that does not exist has no prefixes. Worker, between two quiescent reports.
 */
void prefix_table_find_burst(
	const struct prefix_table *table, struct prefix_lookup *lookups, unsigned n);

/*
 * All addresses that begin as one that was looked up, so that the same prefix is their longest: packets in a row often go the
 * same way. It holds until the table changes. With zeros it is of no family.
 */
struct prefix_range {
	uint64_t key[2], mask[2]; /* the first bit on top of the first word; IPv4 has 32 */
	void *value;
	sa_family_t family;
};

/* prefix_table_range: the range around an address of a family that exists. Worker, as above. */
void prefix_table_range(const struct prefix_table *table, sa_family_t family, const uint8_t *bytes,
	struct prefix_range *out);

/* prefix_range_has: is the address in it? Any thread. */
static inline bool prefix_range_has(
	const struct prefix_range *range, sa_family_t family, const uint8_t *bytes)
{
	if (range->family != family)
		return false;
	if (family == AF_INET)
		return ((((uint64_t)be32_load(bytes) << 32) ^ range->key[0]) & range->mask[0]) == 0;
	return (((be64_load(bytes) ^ range->key[0]) & range->mask[0])
		       | ((be64_load(bytes + 8) ^ range->key[1]) & range->mask[1]))
		== 0;
}

/* prefix_table_bytes: memory of the table's nodes in bytes, removed ones included until they are free. Control. */
uint64_t prefix_table_bytes(const struct prefix_table *table);
