/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The slow twin of tables/routes.h: lists, searched from one end to the other. */

#include "tables/routes.h"

#define ROUTES_LIST_MAX 1024

struct routes_list {
	struct {
		struct ip_prefix prefix;
		struct route route;
	} routes[ROUTES_LIST_MAX];
	size_t n_routes;
	struct neighbour_entry {
		uint8_t port_id;
		uint16_t vlan;
		struct ip_addr addr;
		struct neighbour neighbour;
	} neighbours[ROUTES_LIST_MAX];
	size_t n_neighbours;
};

void routes_list_set(struct routes_list *list, struct ip_prefix prefix, const struct route *route);

/* routes_list_remove, routes_list_remove_neighbour: false when it is not there. */
bool routes_list_remove(struct routes_list *list, struct ip_prefix prefix);

/* routes_list_find: of the longest prefix, or NULL. */
const struct route *routes_list_find(const struct routes_list *list, const struct ip_addr *addr);

void routes_list_set_neighbour(struct routes_list *list, const struct neighbour_entry *entry);
bool routes_list_remove_neighbour(struct routes_list *list, const struct neighbour_entry *key);
const struct neighbour *routes_list_find_neighbour(
	const struct routes_list *list, const struct neighbour_entry *key);
