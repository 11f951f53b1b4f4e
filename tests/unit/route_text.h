/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What workers find in struct routes, as text for tests. */

#include <stdio.h>
#include <string.h>

#include "tables/routes.h"

/* As in "port 1 vlan 7 via 10.0.0.2 mtu 1400 + host"; "none". The next call overwrites it. */
static inline const char *route_text(const struct routes *routes, const char *address)
{
	static const char *const kinds[] = {[HOP_HOST] = "host",
		[HOP_LOCAL] = "local",
		[HOP_PORT] = "port",
		[HOP_INTERFACE] = "interface"};
	static char text[1024];
	struct route_lookup lookup = {0};
	struct ip_addr addr;
	size_t len = 0;

	if (!ip_addr_parse(address, &addr))
		return "no address";
	lookup.bytes = addr.bytes;
	lookup.family = (sa_family_t)addr.family;
	routes_find_burst(routes, NULL, &lookup, 1);
	if (!lookup.route)
		return "none";
	for (unsigned i = 0; i < lookup.route->n_hops; i++) {
		const struct hop *hop = &lookup.route->hops[i];
		char gateway[ADDR_TEXT_MAX];

		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s", i ? " + " : "", kinds[hop->kind]);
		if (hop->kind == HOP_PORT || hop->kind == HOP_INTERFACE)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %u", hop->out_id);
		if (hop->vlan)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, " vlan %u", hop->vlan);
		if (hop->gateway.family)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " via %s",
				ip_addr_format(&hop->gateway, gateway));
		if (hop->mtu)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, " mtu %u", hop->mtu);
	}
	return text;
}

/* The MAC address, or "none". The next call overwrites it. */
static inline const char *neighbour_text(
	const struct routes *routes, uint8_t port_id, uint16_t vlan, const char *address)
{
	static char text[32];
	const struct neighbour *neighbour;
	struct ip_addr addr;

	if (!ip_addr_parse(address, &addr))
		return "no address";
	neighbour = neighbour_find(routes, port_id, vlan, (sa_family_t)addr.family, addr.bytes);
	if (!neighbour)
		return "none";
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", neighbour->mac[0],
		neighbour->mac[1], neighbour->mac[2], neighbour->mac[3], neighbour->mac[4],
		neighbour->mac[5]);
	return text;
}
