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

int main(void)
{
	static const size_t sizes[] = {1, 1000, 100000, 1000000};
	struct rcu *rcu = must(rcu_create(1));

	for (size_t i = 0; i < array_len(sizes); i++) {
		bench_allowedips(rcu, AF_INET, sizes[i]);
		bench_allowedips(rcu, AF_INET6, sizes[i]);
		bench_index_table(rcu, sizes[i]);
	}
	rcu_destroy(rcu);
	return 0;
}
