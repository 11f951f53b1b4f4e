/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * What a look-up costs, in TSC cycles: random prefixes and indices, random look-ups that hit, the
 * median of several rounds. `burst`: independent look-ups behind each other, as a worker makes
 * them; `alone`: each one waits for the result of the one before.
 */

#include "base/addr.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/rcu.h"
#include "tables/routes.h"

#include <rte_cycles.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOKUPS 65536 /* a power of two */
#define ROUNDS 15

struct peer_view {
	char unused;
};

static struct prng prng = {.state = 1};
static struct peer_view peer;

/* What one kind of table is asked: `found` is what a hit gives, only to carry a dependency. */
struct probe {
	uintptr_t (*find)(const void *table, const void *key);
	const void *table;
	const uint8_t *keys; /* LOOKUPS keys of key_len bytes */
	size_t key_len;
};

static void *must(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The result of a hit is the same address or a multiple of 64: its lowest bit, 0, makes the next key wait for it. */
static uint64_t round_cycles(const struct probe *probe, bool is_alone)
{
	uint64_t begin = rte_rdtsc_precise();
	uintptr_t wait = 0, all = 1;

	for (size_t i = 0; i < LOOKUPS; i++) {
		const uint8_t *key = probe->keys + (i + wait) * probe->key_len;
		uintptr_t found = probe->find(probe->table, key);

		wait = is_alone ? found & 1 : 0;
		all &= found != 0;
	}
	if (!all)
		fputs("a look-up missed\n", stderr);
	return (rte_rdtsc_precise() - begin) / LOOKUPS;
}

static uint64_t median_cycles(const struct probe *probe, bool is_alone)
{
	uint64_t rounds[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		rounds[i] = round_cycles(probe, is_alone);
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_u64);
	return rounds[ROUNDS / 2];
}

static void report(const char *name, size_t n, const struct probe *probe)
{
	printf("%-16s %9zu entries  burst %5" PRIu64 "  alone %5" PRIu64 "\n", name, n,
		median_cycles(probe, false), median_cycles(probe, true));
}

static uintptr_t find_v4(const void *table, const void *key)
{
	return (uintptr_t)allowedips_find(table, AF_INET, key) & ~(uintptr_t)1;
}

static uintptr_t find_v6(const void *table, const void *key)
{
	return (uintptr_t)allowedips_find(table, AF_INET6, key) & ~(uintptr_t)1;
}

static uintptr_t find_index(const void *table, const void *key)
{
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	return (uintptr_t)index_table_find(table, index);
}

static void bench_allowedips(struct rcu *rcu, sa_family_t family, size_t n)
{
	size_t key_len = ip_addr_bits(family) / 8;
	uint8_t *keys = must(malloc(LOOKUPS * key_len));
	struct ip_prefix *prefixes = must(calloc(n, sizeof(*prefixes)));
	struct allowedips *table = must(allowedips_create(rcu));

	for (size_t i = 0; i < n; i++) {
		uint64_t random[2] = {prng_next(&prng), prng_next(&prng)};

		prefixes[i].addr.family = family;
		prefixes[i].len = (uint8_t)ip_addr_bits(family);
		memcpy(prefixes[i].addr.bytes, random, key_len);
		if (allowedips_insert(table, &prefixes[i], &peer) != 0)
			must(NULL);
	}
	for (size_t i = 0; i < LOOKUPS; i++)
		memcpy(keys + i * key_len, prefixes[prng_below(&prng, n)].addr.bytes, key_len);
	report(family == AF_INET ? "allowedips IPv4" : "allowedips IPv6", n,
		&(struct probe){family == AF_INET ? find_v4 : find_v6, table, keys, key_len});
	allowedips_destroy(table);
	free(prefixes);
	free(keys);
}

static uint32_t draw(void)
{
	return (uint32_t)prng_next(&prng);
}

static void bench_index_table(struct rcu *rcu, size_t n)
{
	uint32_t *keys = must(malloc(LOOKUPS * sizeof(*keys)));
	struct keypair **kps = must(calloc(n, sizeof(struct keypair *)));
	struct index_table *table = must(index_table_create(rcu, draw));

	for (size_t i = 0; i < n; i++) {
		kps[i] = must(aligned_alloc(CACHE_LINE, sizeof(struct keypair)));
		if (index_table_take(table, kps[i], &kps[i]->local_index) != 0)
			must(NULL);
		index_table_publish(table, kps[i]);
	}
	for (size_t i = 0; i < LOOKUPS; i++)
		keys[i] = kps[prng_below(&prng, n)]->local_index;
	report("index_table", n,
		&(struct probe){find_index, table, (const uint8_t *)keys, sizeof(*keys)});
	index_table_destroy(table);
	for (size_t i = 0; i < n; i++)
		free(kps[i]);
	free(kps);
	free(keys);
}

/*
 * Lengths as in the Internet's tables, roughly (BGP, 2024): of IPv4's routes three in five are /24, the others mostly /16 to
 * /23; of IPv6's nearly half are /48, the others /29 to /47 and a few shorter.
 */
static uint8_t draw_length(sa_family_t family)
{
	static const uint8_t v4[] = {16, 17, 18, 19, 19, 20, 20, 21, 21, 22, 22, 22, 23, 23};
	static const uint8_t v6[] = {29, 32, 32, 32, 36, 36, 40, 40, 40, 44, 44, 46, 47, 24};

	if (prng_below(&prng, 100) < (family == AF_INET ? 60 : 48))
		return family == AF_INET ? 24 : 48;
	return family == AF_INET ? v4[prng_below(&prng, sizeof(v4))]
				 : v6[prng_below(&prng, sizeof(v6))];
}

/* Within 1.0.0.0 to 223.255.255.255, or 2000::/3. */
static struct ip_prefix draw_prefix(sa_family_t family)
{
	uint64_t random[2] = {prng_next(&prng), prng_next(&prng)};
	struct ip_prefix prefix = {.addr.family = family, .len = draw_length(family)};

	memcpy(prefix.addr.bytes, random, ip_addr_bits(family) / 8);
	prefix.addr.bytes[0] = family == AF_INET ? (uint8_t)(1 + prng_below(&prng, 223))
						 : (uint8_t)(0x20 | (prefix.addr.bytes[0] & 0x1f));
	return prefix;
}

/* One look-up's share of bursts of 32, as a worker makes them. */
static uint64_t round_burst_cycles(
	const struct routes *routes, struct route_lookup *lookups, unsigned n_burst)
{
	uint64_t begin = rte_rdtsc_precise();

	for (size_t i = 0; i < LOOKUPS; i += n_burst)
		routes_find_burst(routes, NULL, &lookups[i], n_burst);
	return (rte_rdtsc_precise() - begin) / LOOKUPS;
}

static uint64_t median_burst_cycles(
	const struct routes *routes, struct route_lookup *lookups, unsigned n_burst)
{
	uint64_t rounds[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		rounds[i] = round_burst_cycles(routes, lookups, n_burst);
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_u64);
	return rounds[ROUNDS / 2];
}

/* Random prefixes with four ways to go on; addresses within random ones of them. */
static void bench_routes(struct rcu *rcu, sa_family_t family, size_t n)
{
	struct ip_addr *addrs = must(calloc(LOOKUPS, sizeof(*addrs)));
	struct route_lookup *lookups = must(calloc(LOOKUPS, sizeof(*lookups)));
	struct ip_prefix *prefixes = must(calloc(n, sizeof(*prefixes)));
	struct routes *routes = must(routes_create(rcu));

	for (size_t i = 0; i < n; i++) {
		struct route route = {
			.n_hops = 1, .hops[0] = {.kind = HOP_PORT, .out_id = (uint8_t)(i % 4)}};

		prefixes[i] = draw_prefix(family);
		if (routes_set(routes, &prefixes[i], &route) != 0)
			must(NULL);
	}
	for (size_t i = 0; i < LOOKUPS; i++) {
		struct ip_prefix prefix = prefixes[prng_below(&prng, n)];
		uint64_t random[2] = {prng_next(&prng), prng_next(&prng)};

		memcpy(addrs[i].bytes, random, sizeof(random));
		memcpy(addrs[i].bytes, prefix.addr.bytes, prefix.len / 8);
		lookups[i] = (struct route_lookup){addrs[i].bytes, family, NULL};
	}
	printf("%-16s %9zu routes   burst of 32 %5" PRIu64 "  one by one %5" PRIu64
	       "  %6.1f bytes a route\n",
		family == AF_INET ? "routes IPv4" : "routes IPv6", n,
		median_burst_cycles(routes, lookups, 32), median_burst_cycles(routes, lookups, 1),
		(double)routes_bytes(routes) / (double)n);
	routes_destroy(routes);
	free(prefixes);
	free(lookups);
	free(addrs);
}

int main(void)
{
	static const size_t sizes[] = {1, 1000, 100000, 1000000};
	struct rcu *rcu = must(rcu_create(1));

	for (size_t i = 0; i < array_len(sizes); i++) {
		bench_allowedips(rcu, AF_INET, sizes[i]);
		bench_allowedips(rcu, AF_INET6, sizes[i]);
		bench_index_table(rcu, sizes[i]);
	}
	for (size_t i = 0; i < array_len(sizes); i++)
		bench_routes(rcu, AF_INET, sizes[i]);
	for (size_t i = 0; i < array_len(sizes) - 1; i++)
		bench_routes(rcu, AF_INET6, sizes[i]);
	rcu_destroy(rcu);
	return 0;
}
