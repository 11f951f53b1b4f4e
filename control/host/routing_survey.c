/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/routing.h"

#include <errno.h>

/* wg-quick's first choice for the table and the mark of a default route. */
#define FIRST_TABLE 51820

/* Where Linux has the main table; rules of ours go before it, as the kernel's own choice would be. */
#define MAIN_RULE_PRIORITY 32766

#define DEFAULT_MTU 1500 /* without any hint: Ethernet */

/*
 * How many peers' endpoints are asked for: 50 us each, so a hundred thousand would hold up the start by 5 s,
 * and they tell nothing new about the host's few interfaces.
 */
#define ENDPOINTS_MAX 1024

static const uint16_t families[] = {AF_INET, AF_INET6};

static uint32_t route_mtu(struct netlink *netlink, const struct netlink_route *route)
{
	struct netlink_link link;
	struct host_error ignored; /* an interface that went just now gives no MTU */

	if (route->mtu || !route->ifindex)
		return route->mtu;
	return netlink_link_get(netlink, route->ifindex, &link, &ignored) < 0 ? 0 : link.mtu;
}

static uint32_t endpoints_mtu(struct netlink *netlink, const struct interface_config *config)
{
	unsigned n_asked = 0;
	uint32_t mtu = 0;

	for (size_t i = 0; i < config->n_peers && n_asked < ENDPOINTS_MAX; i++) {
		const struct ip_addr *addr = &config->peers[i].endpoint.addr;
		struct netlink_route route;
		struct host_error ignored; /* a peer that cannot be reached now gives no MTU */
		uint32_t peer_mtu;

		if (addr->family == AF_UNSPEC)
			continue;
		n_asked++;
		if (netlink_route_get(netlink, addr, &route, &ignored) < 0)
			continue;
		peer_mtu = route_mtu(netlink, &route);
		if (peer_mtu > mtu)
			mtu = peer_mtu;
	}
	return mtu;
}

static void keep_first_default(void *context, const struct netlink_route *route)
{
	struct netlink_route *first = context;

	if (route->dst_len == 0 && route->ifindex && !first->ifindex)
		*first = *route;
}

static uint32_t default_route_mtu(struct netlink *netlink)
{
	for (size_t i = 0; i < array_len(families); i++) {
		struct netlink_route route = {0};
		struct host_error ignored; /* no answer is no default route */
		uint32_t mtu;

		if (netlink_route_dump(netlink, families[i], NETLINK_TABLE_MAIN, keep_first_default,
			    &route, &ignored)
			< 0)
			continue;
		mtu = route_mtu(netlink, &route);
		if (mtu)
			return mtu;
	}
	return 0;
}

/* The MTU to the endpoints, else of the default route, else Ethernet's: wg-quick's order. */
uint32_t routing_survey_mtu(struct netlink *netlink, const struct interface_config *config)
{
	uint32_t mtu = endpoints_mtu(netlink, config);

	if (!mtu)
		mtu = default_route_mtu(netlink);
	return mtu ? mtu : DEFAULT_MTU;
}

static bool is_taken(const struct routing_taken *taken, uint32_t mark)
{
	for (size_t i = 0; i < taken->n_marks; i++)
		if (taken->marks[i] == mark)
			return true;
	return false;
}

void routing_taken_add_mark(struct routing_taken *taken, uint32_t mark)
{
	if (mark && !is_taken(taken, mark)) /* so there are at most two of each interface */
		taken->marks[taken->n_marks++] = mark;
}

void routing_taken_init(struct routing_taken *taken, const struct gw_config *config)
{
	*taken = (struct routing_taken){.n_marks = 0};
	for (size_t i = 0; i < config->n_interfaces; i++)
		routing_taken_add_mark(taken, config->interfaces[i].fwmark);
}

static void count_route(void *context, const struct netlink_route *route)
{
	uint64_t *n_routes = context;

	(void)route;
	++*n_routes;
}

static int survey_table(struct netlink *netlink, const struct routing_taken *taken,
	struct routing_facts *facts, struct host_error *out_error)
{
	uint64_t n_routes = 1;

	for (uint32_t table = FIRST_TABLE; n_routes; table++) {
		n_routes = is_taken(taken, table);
		for (size_t i = 0; i < array_len(families) && !n_routes; i++) {
			int rc = netlink_route_dump(
				netlink, families[i], table, count_route, &n_routes, out_error);

			if (rc < 0)
				return rc;
		}
		facts->free_table = table;
	}
	return 0;
}

struct rule_search {
	uint32_t fwmark;
	uint32_t lowest;
	uint32_t leftover; /* 0: none */
};

static void search_rule(void *context, const struct netlink_rule *rule)
{
	struct rule_search *search = context;

	if (rule->priority && rule->priority < search->lowest)
		search->lowest = rule->priority;
	if (rule->not_fwmark == search->fwmark && rule->table == search->fwmark)
		search->leftover = rule->priority;
}

/*
 * The kernel puts a rule without a priority before all others but the first, so that is what wg-quick gets. We name the
 * number, because only that tells our rules from another tunnel's equal ones when they are removed. Rules of
 * a process that was killed are used again, so that they do not pile up.
 */
static int survey_rules(struct netlink *netlink, uint16_t family, uint32_t fwmark,
	uint32_t taken_priority, uint32_t *out_priority, struct host_error *out_error)
{
	struct rule_search search = {.fwmark = fwmark, .lowest = MAIN_RULE_PRIORITY};
	int rc = netlink_rule_dump(netlink, family, search_rule, &search, out_error);

	if (taken_priority && taken_priority < search.lowest)
		search.lowest = taken_priority;
	if (rc == -EAFNOSUPPORT) /* a host without IPv6; adding the address says so */
		rc = 0;
	*out_priority = search.leftover ? search.leftover : search.lowest - 1;
	return rc;
}

int routing_survey(struct netlink *netlink, const struct interface_config *config,
	const struct routing_taken *taken, struct routing_facts *out_facts,
	struct host_error *out_error)
{
	int rc = survey_table(netlink, taken, out_facts, out_error);

	out_facts->path_mtu = routing_survey_mtu(netlink, config);
	for (size_t i = 0; i < array_len(families) && rc == 0; i++)
		rc = survey_rules(netlink, families[i],
			config->fwmark ? config->fwmark : out_facts->free_table,
			taken->rule_priority[i], &out_facts->rule_priority[i], out_error);
	return rc;
}
