/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Random changes and look-ups in the tables and in their slow twin. */

#include "model/routes_list.h"
#include "prng.h"
#include "tables/rcu.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_ROUNDS 8
#define N_OPERATIONS 4000
#define BURST 8

static struct prng prng;

struct twins {
	struct rcu *rcu;
	struct routes *routes;
	struct routes_list list;
	struct route_memo memo;
};

/* A world so small that prefixes meet. */
static struct ip_addr draw_addr(void)
{
	struct ip_addr addr = {.family = prng_below(&prng, 2) ? AF_INET6 : AF_INET};
	unsigned step = addr.family == AF_INET ? 1 : 4;

	for (unsigned i = 0; i < ip_addr_bits(addr.family) / 8; i += step)
		addr.bytes[i] = (uint8_t)(prng_below(&prng, 4) << 6 | prng_below(&prng, 2));
	return addr;
}

static struct ip_prefix draw_prefix(void)
{
	struct ip_prefix prefix = {.addr = draw_addr()};

	prefix.len = (uint8_t)prng_below(&prng, ip_addr_bits(prefix.addr.family) + 1);
	return prefix;
}

/* Few kinds, so that many prefixes share one. */
static struct route draw_route(void)
{
	struct route route = {.n_hops = (uint8_t)(1 + prng_below(&prng, ROUTE_HOPS_MAX))};

	for (unsigned i = 0; i < route.n_hops; i++)
		route.hops[i] = (struct hop){.kind = (uint8_t)prng_below(&prng, 2),
			.out_id = (uint8_t)prng_below(&prng, 2)};
	return route;
}

static bool routes_are_equal(const struct route *a, const struct route *b)
{
	if (!a || !b)
		return a == b;
	return a->n_hops == b->n_hops
		&& memcmp(a->hops, b->hops, a->n_hops * sizeof(a->hops[0])) == 0;
}

static void change_route(struct twins *twins, unsigned growth)
{
	struct ip_prefix prefix = draw_prefix();
	struct route route = draw_route();

	if (twins->list.n_routes > 0 && prng_below(&prng, 2))
		prefix = twins->list.routes[prng_below(&prng, twins->list.n_routes)].prefix;
	if (prng_below(&prng, growth + 4) < growth && twins->list.n_routes < ROUTES_LIST_MAX) {
		assert_int_equal(routes_set(twins->routes, &prefix, &route), 0);
		routes_list_set(&twins->list, prefix, &route);
	} else {
		int expected = routes_list_remove(&twins->list, prefix) ? 0 : -ENOENT;

		assert_int_equal(routes_remove(twins->routes, &prefix), expected);
	}
}

static struct neighbour_entry draw_neighbour(void)
{
	return (struct neighbour_entry){
		.port_id = (uint8_t)prng_below(&prng, 2),
		.vlan = (uint16_t)prng_below(&prng, 2),
		.addr = draw_addr(),
		.neighbour = {{2, (uint8_t)prng_below(&prng, 3)}},
	};
}

static void change_neighbour(struct twins *twins, unsigned growth)
{
	struct neighbour_entry entry = draw_neighbour();

	if (prng_below(&prng, growth + 4) < growth && twins->list.n_neighbours < ROUTES_LIST_MAX) {
		assert_int_equal(neighbour_set(twins->routes, entry.port_id, entry.vlan,
					 &entry.addr, &entry.neighbour),
			0);
		routes_list_set_neighbour(&twins->list, &entry);
	} else {
		int expected = routes_list_remove_neighbour(&twins->list, &entry) ? 0 : -ENOENT;

		assert_int_equal(
			neighbour_remove(twins->routes, entry.port_id, entry.vlan, &entry.addr),
			expected);
	}
}

static void compare_neighbour(const struct twins *twins)
{
	struct neighbour_entry key = draw_neighbour();
	const struct neighbour *a = neighbour_find(
		twins->routes, key.port_id, key.vlan, key.addr.family, key.addr.bytes);
	const struct neighbour *b = routes_list_find_neighbour(&twins->list, &key);
	char text[ADDR_TEXT_MAX];

	if (!a != !b || (a && memcmp(a, b, sizeof(*a)) != 0))
		fail_msg("neighbour %s", ip_addr_format(&key.addr, text));
}

static void compare_routes(struct twins *twins)
{
	struct route_lookup lookups[BURST];
	struct ip_addr addrs[BURST];
	char text[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < BURST; i++) {
		addrs[i] = draw_addr();
		lookups[i] = (struct route_lookup){addrs[i].bytes, addrs[i].family, NULL};
	}
	routes_find_burst(twins->routes, &twins->memo, lookups, BURST);
	for (unsigned i = 0; i < BURST; i++)
		if (!routes_are_equal(lookups[i].route, routes_list_find(&twins->list, &addrs[i])))
			fail_msg("route to %s", ip_addr_format(&addrs[i], text));
}

/* The first burst fills the memo, and the next ones use it. */
static void compare(struct twins *twins)
{
	compare_neighbour(twins);
	for (unsigned i = 0; i < 3; i++)
		compare_routes(twins);
}

static void clear(struct twins *twins)
{
	while (twins->list.n_routes > 0) {
		struct ip_prefix prefix = twins->list.routes[0].prefix;

		assert_int_equal(routes_remove(twins->routes, &prefix), 0);
		assert_true(routes_list_remove(&twins->list, prefix));
	}
	while (twins->list.n_neighbours > 0) {
		struct neighbour_entry entry = twins->list.neighbours[0];

		assert_int_equal(
			neighbour_remove(twins->routes, entry.port_id, entry.vlan, &entry.addr), 0);
		assert_true(routes_list_remove_neighbour(&twins->list, &entry));
	}
}

static void test_against_list(void **state)
{
	static struct twins twins;
	uint64_t bytes_empty;

	(void)state;
	assert_non_null(twins.rcu = rcu_create(1));
	assert_non_null(twins.routes = routes_create(twins.rcu));
	bytes_empty = routes_bytes(twins.routes);
	for (unsigned round = 0; round < N_ROUNDS; round++) {
		unsigned growth = 1 + prng_below(&prng, 8); /* additions for each four removals */

		for (unsigned i = 0; i < N_OPERATIONS; i++) {
			change_route(&twins, growth);
			change_neighbour(&twins, growth);
			compare(&twins);
		}
		clear(&twins);
		rcu_reclaim(twins.rcu);
		/* The chains of the store do not shrink. */
		assert_true(routes_bytes(twins.routes) <= bytes_empty + 4096 * sizeof(void *));
	}
	routes_destroy(twins.routes);
	rcu_destroy(twins.rcu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_list)};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
