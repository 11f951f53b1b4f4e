/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Cryptokey routing: longest prefix to peer, [W] 2: tables/prefix_table.h with peers for values. Control inserts and
 * removes; workers find without a lock while it does.
 */

#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/compiler.h"

struct allowedips;
struct peer_view;
struct rcu;

/* allowedips_create: an empty table; NULL when memory is short. Control. */
must_check struct allowedips *allowedips_create(struct rcu *rcu);

/*
 * allowedips_destroy frees the table and its nodes; workers no longer get to it. It waits until every
 * reader has reported, and frees what else was retired. `rcu` must still stand. Control.
 */
void allowedips_destroy(struct allowedips *table);

/*
 * allowedips_insert gives `prefix` (host bits are ignored) to `peer` (not NULL), taking it from another owner.
 * 0; -ENOMEM, and nothing has changed; -EINVAL for a family or length that does not exist. Control.
 */
must_check int allowedips_insert(
	struct allowedips *table, const struct ip_prefix *prefix, struct peer_view *peer);

/* allowedips_remove takes `prefix` from `peer` (not NULL); 0, or -ENOENT when it is not `peer` who owns it. Control. */
int allowedips_remove(
	struct allowedips *table, const struct ip_prefix *prefix, const struct peer_view *peer);

/* allowedips_owner: who owns exactly `prefix`, or NULL. Control. */
struct peer_view *allowedips_owner(const struct allowedips *table, const struct ip_prefix *prefix);

/* One question of a burst, and its answer. */
struct allowedips_lookup {
	const uint8_t
		*bytes; /* 4 (AF_INET) or 16 (AF_INET6) bytes in network order at any alignment */
	sa_family_t family;
	struct peer_view
		*peer; /* the answer: of the longest prefix that covers the address, or NULL */
};

/*
 * allowedips_find_burst answers `n` questions in step: what one of them has to wait for from memory, the others
 * wait for at the same time. A family that does not exist has no peers. Worker, between two
 * quiescent reports.
 */
void allowedips_find_burst(
	const struct allowedips *table, struct allowedips_lookup *lookups, unsigned n);

/* allowedips_find: the answer to one question. As above. */
static inline struct peer_view *allowedips_find(
	const struct allowedips *table, sa_family_t family, const uint8_t *bytes)
{
	struct allowedips_lookup lookup = {.bytes = bytes, .family = family};

	allowedips_find_burst(table, &lookup, 1);
	return lookup.peer;
}

/* allowedips_bytes: memory of the table's nodes in bytes, removed ones included until they are free. Control. */
uint64_t allowedips_bytes(const struct allowedips *table);
