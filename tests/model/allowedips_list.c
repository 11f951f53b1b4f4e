/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "model/allowedips_list.h"

/* The entry of exactly `prefix`, or n_entries. */
static size_t entry_of(const struct allowedips_list *list, struct ip_prefix prefix)
{
	size_t i = 0;

	ip_prefix_mask(&prefix);
	while (i < list->n_entries
		&& !(list->entries[i].prefix.len == prefix.len
			&& ip_addr_equal(&list->entries[i].prefix.addr, &prefix.addr)))
		i++;
	return i;
}

void allowedips_list_insert(
	struct allowedips_list *list, struct ip_prefix prefix, struct peer_view *peer)
{
	size_t i = entry_of(list, prefix);

	if (i == list->n_entries)
		list->n_entries++;
	ip_prefix_mask(&prefix);
	list->entries[i].prefix = prefix;
	list->entries[i].peer = peer;
}

bool allowedips_list_remove(
	struct allowedips_list *list, struct ip_prefix prefix, const struct peer_view *peer)
{
	size_t i = entry_of(list, prefix);

	if (i == list->n_entries || list->entries[i].peer != peer)
		return false;
	list->entries[i] = list->entries[--list->n_entries];
	return true;
}

struct peer_view *allowedips_list_owner(const struct allowedips_list *list, struct ip_prefix prefix)
{
	size_t i = entry_of(list, prefix);

	return i < list->n_entries ? list->entries[i].peer : NULL;
}

struct peer_view *allowedips_list_find(
	const struct allowedips_list *list, const struct ip_addr *addr)
{
	struct peer_view *peer = NULL;
	int longest = -1;

	for (size_t i = 0; i < list->n_entries; i++) {
		struct ip_prefix host = {.addr = *addr, .len = list->entries[i].prefix.len};

		ip_prefix_mask(&host);
		if (ip_addr_equal(&host.addr, &list->entries[i].prefix.addr)
			&& host.len > longest) {
			longest = host.len;
			peer = list->entries[i].peer;
		}
	}
	return peer;
}
