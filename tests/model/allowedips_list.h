/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The slow twin of tables/allowedips.h: a list of prefixes, of which the longest match is sought. */

#include "base/addr.h"

#define ALLOWEDIPS_LIST_MAX 2048

struct peer_view;

struct allowedips_list {
	struct {
		struct ip_prefix prefix;
		struct peer_view *peer;
	} entries[ALLOWEDIPS_LIST_MAX];
	size_t n_entries;
};

void allowedips_list_insert(
	struct allowedips_list *list, struct ip_prefix prefix, struct peer_view *peer);

/* allowedips_list_remove: false when it is not `peer` who owns the prefix. */
bool allowedips_list_remove(
	struct allowedips_list *list, struct ip_prefix prefix, const struct peer_view *peer);

struct peer_view *allowedips_list_owner(
	const struct allowedips_list *list, struct ip_prefix prefix);
struct peer_view *allowedips_list_find(
	const struct allowedips_list *list, const struct ip_addr *addr);
