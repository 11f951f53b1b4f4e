/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "model/routes_list.h"

/* The entry of exactly `prefix`, or n_routes. */
static size_t route_at(const struct routes_list *list, struct ip_prefix prefix)
{
	size_t i = 0;

	ip_prefix_mask(&prefix);
	while (i < list->n_routes
		&& !(list->routes[i].prefix.len == prefix.len
			&& ip_addr_equal(&list->routes[i].prefix.addr, &prefix.addr)))
		i++;
	return i;
}

void routes_list_set(struct routes_list *list, struct ip_prefix prefix, const struct route *route)
{
	size_t i = route_at(list, prefix);

	if (i == list->n_routes)
		list->n_routes++;
	ip_prefix_mask(&prefix);
	list->routes[i].prefix = prefix;
	list->routes[i].route = *route;
}

bool routes_list_remove(struct routes_list *list, struct ip_prefix prefix)
{
	size_t i = route_at(list, prefix);

	if (i == list->n_routes)
		return false;
	list->routes[i] = list->routes[--list->n_routes];
	return true;
}

const struct route *routes_list_find(const struct routes_list *list, const struct ip_addr *addr)
{
	const struct route *route = NULL;
	int longest = -1;

	for (size_t i = 0; i < list->n_routes; i++) {
		struct ip_prefix host = {.addr = *addr, .len = list->routes[i].prefix.len};

		ip_prefix_mask(&host);
		if (host.len > longest && ip_addr_equal(&host.addr, &list->routes[i].prefix.addr)) {
			longest = host.len;
			route = &list->routes[i].route;
		}
	}
	return route;
}

static size_t neighbour_at(const struct routes_list *list, const struct neighbour_entry *key)
{
	size_t i = 0;

	while (i < list->n_neighbours
		&& !(list->neighbours[i].port_id == key->port_id
			&& list->neighbours[i].vlan == key->vlan
			&& ip_addr_equal(&list->neighbours[i].addr, &key->addr)))
		i++;
	return i;
}

void routes_list_set_neighbour(struct routes_list *list, const struct neighbour_entry *entry)
{
	size_t i = neighbour_at(list, entry);

	if (i == list->n_neighbours)
		list->n_neighbours++;
	list->neighbours[i] = *entry;
}

bool routes_list_remove_neighbour(struct routes_list *list, const struct neighbour_entry *key)
{
	size_t i = neighbour_at(list, key);

	if (i == list->n_neighbours)
		return false;
	list->neighbours[i] = list->neighbours[--list->n_neighbours];
	return true;
}

const struct neighbour *routes_list_find_neighbour(
	const struct routes_list *list, const struct neighbour_entry *key)
{
	size_t i = neighbour_at(list, key);

	return i < list->n_neighbours ? &list->neighbours[i].neighbour : NULL;
}
