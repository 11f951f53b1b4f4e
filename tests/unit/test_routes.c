/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The last test has a reader while control changes; to be run under ThreadSanitizer too. */

#include "prng.h"
#include "tables/rcu.h"
#include "tables/routes.h"
#include "unit/failing_alloc.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum op {
	SET,    /* prefix to port `n` */
	REMOVE, /* the prefix */
	ABSENT, /* as REMOVE, but it is not there */
	FIND,   /* the port of an address; 0: none */
};

static const struct {
	enum op op;
	const char *text;
	unsigned n;
} rows[] = {
	/* 0 */
	{FIND, "192.0.2.1", 0},
	{ABSENT, "0.0.0.0/0", 0},
	{SET, "0.0.0.0/0", 1},
	{SET, "192.0.2.0/24", 2},
	{SET, "192.0.2.7/32", 3},
	{FIND, "192.0.2.7", 3},
	{FIND, "192.0.2.8", 2},
	{FIND, "192.0.3.8", 1},
	{FIND, "2001:db8::1", 0},
	/* 9: replaced in place */
	{SET, "192.0.2.0/24", 4},
	{FIND, "192.0.2.8", 4},
	{FIND, "192.0.2.7", 3},
	{REMOVE, "192.0.2.7/32", 0},
	{FIND, "192.0.2.7", 4},
	{ABSENT, "192.0.2.7/32", 0},
	/* 15: two prefixes that share a copy do not share its end */
	{SET, "198.51.100.0/24", 4},
	{REMOVE, "192.0.2.0/24", 0},
	{FIND, "198.51.100.1", 4},
	{FIND, "192.0.2.7", 1},
	/* 19: set again to the same */
	{SET, "198.51.100.0/24", 4},
	{SET, "198.51.100.0/24", 4},
	{REMOVE, "198.51.100.0/24", 0},
	{ABSENT, "198.51.100.0/24", 0},
	/* 23 */
	{SET, "2001:db8::/32", 5},
	{SET, "2001:db8::1/128", 6},
	{FIND, "2001:db8::1", 6},
	{FIND, "2001:db8::2", 5},
	{REMOVE, "2001:db8::/32", 0},
	{FIND, "2001:db8::2", 0},
	{FIND, "2001:db8::1", 6},
};

struct fixture {
	struct rcu *rcu;
	struct routes *routes;
};

static int setup(void **state)
{
	static struct fixture fixture;

	fixture.rcu = rcu_create(2);
	fixture.routes = fixture.rcu ? routes_create(fixture.rcu) : NULL;
	*state = &fixture;
	return fixture.routes ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rcu_offline(fixture->rcu, 0);
	routes_destroy(fixture->routes);
	rcu_destroy(fixture->rcu);
	return 0;
}

static struct ip_prefix prefix_of(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return prefix;
}

static struct route route_of(unsigned port_id)
{
	return (struct route){
		.n_hops = 1, .hops = {{.kind = HOP_PORT, .out_id = (uint8_t)port_id, .mtu = 1400}}};
}

static const struct route *find(const struct routes *routes, const struct ip_addr *addr)
{
	struct route_lookup lookup = {.bytes = addr->bytes, .family = addr->family};

	routes_find_burst(routes, NULL, &lookup, 1);
	return lookup.route;
}

static bool row_holds(struct routes *routes, size_t i)
{
	struct ip_prefix prefix = prefix_of(rows[i].text);
	struct route route = route_of(rows[i].n);
	const struct route *found;

	switch (rows[i].op) {
	case SET:
		return routes_set(routes, &prefix, &route) == 0;
	case REMOVE:
		return routes_remove(routes, &prefix) == 0;
	case ABSENT:
		return routes_remove(routes, &prefix) == -ENOENT;
	default:
		found = find(routes, &prefix.addr);
		return rows[i].n ? found && found->n_hops == 1 && found->hops[0].mtu == 1400
				&& found->hops[0].out_id == rows[i].n
				 : !found;
	}
}

static void test_rows(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < array_len(rows); i++)
		if (!row_holds(fixture->routes, i))
			fail_msg("row %zu: %s %u", i, rows[i].text, rows[i].n);
}

static void test_bad(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;
	struct ip_prefix good = prefix_of("10.0.0.0/8"), bad = {{.family = AF_INET}, 33};
	struct neighbour neighbour = {{2}};
	struct ip_addr none = {0};
	struct route route = route_of(1);

	assert_int_equal(routes_set(routes, &bad, &route), -EINVAL);
	route.n_hops = 0;
	assert_int_equal(routes_set(routes, &good, &route), -EINVAL);
	route.n_hops = ROUTE_HOPS_MAX + 1;
	assert_int_equal(routes_set(routes, &good, &route), -EINVAL);
	assert_int_equal(neighbour_set(routes, 0, 0, &none, &neighbour), -EINVAL);
	assert_int_equal(neighbour_remove(routes, 0, 0, &none), -ENOENT);
	assert_null(neighbour_find(routes, 0, 0, AF_UNSPEC, none.bytes));
}

/* Every hop gets its part of the flows. */
static void test_hops(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;
	struct ip_prefix prefix = prefix_of("10.0.0.0/8");
	unsigned n_flows[ROUTE_HOPS_MAX] = {0};
	struct route route = {.n_hops = ROUTE_HOPS_MAX};
	const struct route *found;

	for (uint8_t i = 0; i < ROUTE_HOPS_MAX; i++)
		route.hops[i] = (struct hop){HOP_PORT, i, .gateway = {AF_INET, {10, 0, 0, i}}};
	assert_int_equal(routes_set(routes, &prefix, &route), 0);
	memset(&route, 0xff, sizeof(route));
	found = find(routes, &prefix.addr);
	assert_non_null(found);
	for (uint32_t hash = 0; hash < 80; hash++)
		n_flows[route_hop(found, hash)->out_id]++;
	for (unsigned i = 0; i < ROUTE_HOPS_MAX; i++) {
		assert_int_equal(n_flows[i], 80 / ROUTE_HOPS_MAX);
		assert_int_equal(found->hops[i].gateway.bytes[3], i);
	}
}

static void test_forwarding(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;

	assert_false(routes_is_forwarding(routes, AF_INET));
	assert_false(routes_is_forwarding(routes, AF_INET6));
	routes_set_forwarding(routes, AF_INET6, true);
	assert_false(routes_is_forwarding(routes, AF_INET));
	assert_true(routes_is_forwarding(routes, AF_INET6));
	routes_set_forwarding(routes, AF_INET, true);
	routes_set_forwarding(routes, AF_INET6, false);
	assert_true(routes_is_forwarding(routes, AF_INET));
	assert_false(routes_is_forwarding(routes, AF_INET6));
}

static void test_vlans(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;
	const struct vlan_set some = {{[0] = 2, [1] = 1, [63] = UINT64_C(1) << 63}}, none = {0};

	routes_set_vlans(routes, 3, &some);
	for (unsigned vlan = 1; vlan < VLAN_IDS; vlan++) {
		bool is_there = vlan == 1 || vlan == 64 || vlan == 4095;

		assert_int_equal(routes_has_vlan(routes, 3, (uint16_t)vlan), is_there);
		assert_false(routes_has_vlan(routes, 4, (uint16_t)vlan));
	}
	routes_set_vlans(routes, 3, &none);
	assert_false(routes_has_vlan(routes, 3, 64));
}

/* The same address on another port, with another tag or of another family is another neighbour. */
static void test_neighbours(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;
	static const struct {
		uint8_t port_id;
		uint16_t vlan;
		const char *addr;
	} cases[] = {{0, 0, "10.0.0.1"}, {1, 0, "10.0.0.1"}, {0, 1, "10.0.0.1"}, {0, 0, "10.0.0.2"},
		{0, 0, "a00:1::"}, {0, 0, "fe80::1"}, {0, 4094, "fe80::1"}};
	const struct neighbour *found;
	struct ip_prefix addr;

	for (int round = 0; round < 3; round++) {
		for (uint8_t i = 0; i < array_len(cases); i++) {
			struct neighbour neighbour = {{2, 0, 0, 0, (uint8_t)round, i}};

			addr = prefix_of(cases[i].addr);
			assert_int_equal(neighbour_set(routes, cases[i].port_id, cases[i].vlan,
						 &addr.addr, &neighbour),
				0);
		}
		for (uint8_t i = 0; i < array_len(cases); i++) {
			addr = prefix_of(cases[i].addr);
			found = neighbour_find(routes, cases[i].port_id, cases[i].vlan,
				addr.addr.family, addr.addr.bytes);
			assert_non_null(found);
			assert_int_equal(found->mac[4], round);
			assert_int_equal(found->mac[5], i);
		}
	}
	for (uint8_t i = 0; i < array_len(cases); i++) {
		addr = prefix_of(cases[i].addr);
		assert_int_equal(
			neighbour_remove(routes, cases[i].port_id, cases[i].vlan, &addr.addr), 0);
		assert_null(neighbour_find(routes, cases[i].port_id, cases[i].vlan,
			addr.addr.family, addr.addr.bytes));
		assert_int_equal(
			neighbour_remove(routes, cases[i].port_id, cases[i].vlan, &addr.addr),
			-ENOENT);
	}
}

/* Whichever allocation fails, nothing changes and nothing leaks. */
static void test_out_of_memory(void **state)
{
	struct fixture *fixture = *state;
	struct ip_prefix prefix = prefix_of("10.0.0.0/8");
	struct neighbour neighbour = {{2}};
	struct route route = route_of(1);
	int rc;

	for (int n = 0; n < 4; n++) {
		struct routes *other;

		n_until_failure = n;
		other = routes_create(fixture->rcu);
		n_until_failure = NEVER_FAIL;
		assert_true((other != NULL) == (n > 2));
		routes_destroy(other);
	}
	for (int n = 0; n < 2; n++) {
		n_until_failure = n;
		rc = routes_set(fixture->routes, &prefix, &route);
		n_until_failure = NEVER_FAIL;
		assert_int_equal(rc, -ENOMEM);
		assert_null(find(fixture->routes, &prefix.addr));
	}
	for (int n = 0; n < 2; n++) {
		n_until_failure = n;
		rc = neighbour_set(fixture->routes, 1, 0, &prefix.addr, &neighbour);
		n_until_failure = NEVER_FAIL;
		assert_int_equal(rc, -ENOMEM);
		assert_null(neighbour_find(fixture->routes, 1, 0, AF_INET, prefix.addr.bytes));
	}
}

/* Many prefixes with one way: a copy of it, and one or two nodes for each prefix. */
static void test_bytes(void **state)
{
	struct routes *routes = ((struct fixture *)*state)->routes;
	struct ip_prefix prefix = prefix_of("10.0.0.0/24");
	struct route route = route_of(1);

	for (unsigned i = 0; i < 1000; i++) {
		prefix.addr.bytes[1] = (uint8_t)(i >> 8);
		prefix.addr.bytes[2] = (uint8_t)i;
		assert_int_equal(routes_set(routes, &prefix, &route), 0);
	}
	assert_true(routes_bytes(routes) < 1000 * 2 * CACHE_LINE + 1024);
}

/* What a reader finds was put there for that prefix or neighbour, complete and not freed. */
#define N_STORM_CHANGES 100000
#define N_STORM_KEYS 64

static atomic_bool is_over;

static void *read_all(void *argument)
{
	struct fixture *fixture = argument;
	uintptr_t n_wrong = 0;
	struct route_memo memo = {0};

	rcu_online(fixture->rcu, 1);
	while (!atomic_load(&is_over)) {
		struct route_lookup lookups[N_STORM_KEYS];
		uint8_t bytes[N_STORM_KEYS][4];

		for (uint8_t i = 0; i < N_STORM_KEYS; i++) {
			memcpy(bytes[i], (uint8_t[]){10, i, 0, 1}, 4);
			lookups[i] = (struct route_lookup){bytes[i], AF_INET, NULL};
		}
		routes_find_burst(fixture->routes, &memo, lookups, N_STORM_KEYS);
		for (uint8_t i = 0; i < N_STORM_KEYS; i++) {
			const struct route *route = lookups[i].route;
			const struct neighbour *neighbour =
				neighbour_find(fixture->routes, i, 0, AF_INET, bytes[i]);

			n_wrong += route && route_hop(route, i)->out_id != i;
			n_wrong += route && route_hop(route, i)->vlan != route->n_hops;
			n_wrong += neighbour && neighbour->mac[5] != i;
			n_wrong += neighbour && neighbour->mac[0] != neighbour->mac[1];
		}
		rcu_quiescent(fixture->rcu, 1);
	}
	rcu_offline(fixture->rcu, 1);
	return (void *)n_wrong;
}

static void change_one(struct routes *routes, struct prng *prng)
{
	uint64_t random = prng_next(prng);
	uint8_t key = random % N_STORM_KEYS, n_hops = 1 + (random >> 8) % ROUTE_HOPS_MAX;
	struct ip_prefix prefix = {{AF_INET, {10, key}}, (random >> 16 & 1) ? 24 : 16};
	struct ip_addr addr = {AF_INET, {10, key, 0, 1}};
	struct neighbour neighbour = {{n_hops, n_hops, 0, 0, 0, key}};
	struct route route = {.n_hops = n_hops};

	for (unsigned i = 0; i < n_hops; i++)
		route.hops[i] = (struct hop){HOP_PORT, key, .vlan = n_hops};
	if (random >> 17 & 1)
		assert_int_equal(routes_set(routes, &prefix, &route), 0);
	else
		(void)routes_remove(routes, &prefix);
	if (random >> 18 & 1)
		assert_int_equal(neighbour_set(routes, key, 0, &addr, &neighbour), 0);
	else
		(void)neighbour_remove(routes, key, 0, &addr);
	routes_set_forwarding(routes, AF_INET, random >> 19 & 1);
}

static void test_storm(void **state)
{
	struct fixture *fixture = *state;
	struct prng prng = prng_seed();
	pthread_t reader;
	void *n_wrong;

	atomic_store(&is_over, false);
	assert_int_equal(pthread_create(&reader, NULL, read_all, fixture), 0);
	for (unsigned i = 0; i < N_STORM_CHANGES; i++)
		change_one(fixture->routes, &prng);
	atomic_store(&is_over, true);
	assert_int_equal(pthread_join(reader, &n_wrong), 0);
	assert_null(n_wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hops, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forwarding, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vlans, setup, teardown),
		cmocka_unit_test_setup_teardown(test_neighbours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_out_of_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_storm, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
