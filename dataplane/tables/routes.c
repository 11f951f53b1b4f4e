/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/routes.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "protocol.h"
#include "tables/line_index.h"
#include "tables/line_pool.h"
#include "tables/prefix_table.h"
#include "tables/rcu.h"
#include "tables/shared_store.h"
#include "tables/way.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct route_lookup) == sizeof(struct prefix_lookup)
		&& offsetof(struct route_lookup, bytes) == offsetof(struct prefix_lookup, bytes)
		&& offsetof(struct route_lookup, family) == offsetof(struct prefix_lookup, family)
		&& offsetof(struct route_lookup, route) == offsetof(struct prefix_lookup, value),
	"one is seen as the other");

/* Whose neighbour it is. A line of a pool; nothing of it changes once it is in the index. */
struct neighbour_line {
	struct neighbour neighbour;
	uint64_t link; /* link_of */
	struct ip_addr addr;
};

_Static_assert(sizeof(struct neighbour_line) <= CACHE_LINE, "a neighbour is a line of the pool");

struct routes {
	struct prefix_table *prefixes; /* values are const struct route, out of `ways` */
	struct shared_store ways;

	/* An index may forget; see neighbour_set. */
	struct line_index neighbours;
	struct line_pool neighbour_lines;

	/* Control writes, workers read: */
	_Atomic uint64_t generation;
	_Atomic bool is_forwarding[2]; /* IPv4, IPv6 */
	_Atomic uint64_t vlans[WG_PORTS_MAX][VLAN_IDS / 64];
	struct rcu *rcu;
};

/* One number for all but the address, so that it is compared at once. */
static inline uint64_t link_of(uint8_t port_id, uint16_t vlan, uint16_t family)
{
	return (uint64_t)port_id << 32 | (uint32_t)vlan << 16 | family;
}

static inline uint64_t neighbour_hash(uint64_t link, uint16_t family, const uint8_t *bytes)
{
	if (family == AF_INET)
		return hash_mix(link << 32 ^ le32_load(bytes));
	return hash_mix(
		(link ^ le64_load(bytes)) * UINT64_C(0x9e3779b97f4a7c15) ^ le64_load(bytes + 8));
}

static uint64_t neighbour_line_hash(const void *line)
{
	const struct neighbour_line *found = line;

	return neighbour_hash(found->link, found->addr.family, found->addr.bytes);
}

struct routes *routes_create(struct rcu *rcu)
{
	struct routes *routes = calloc(1, sizeof(*routes));

	if (!routes)
		return NULL;
	routes->rcu = rcu;
	atomic_init(&routes->generation, 1);
	line_index_init(&routes->neighbours, rcu, neighbour_line_hash);
	routes->prefixes = prefix_table_create(rcu);
	if (!routes->prefixes || shared_store_init(&routes->ways, rcu) != 0) {
		routes_destroy(routes);
		return NULL;
	}
	return routes;
}

uint64_t routes_generation(const struct routes *routes)
{
	/* Acquire: what was looked up under an older generation is no older than that. */
	return atomic_load_explicit(&routes->generation, memory_order_acquire);
}

/* Release: behind the change. Whoever reads the new generation finds what it stands for. */
void routes_touch(struct routes *routes)
{
	uint64_t generation = atomic_load_explicit(&routes->generation, memory_order_relaxed);

	atomic_store_explicit(&routes->generation, generation % (WAY_GENERATION_MAX - 1) + 1,
		memory_order_release);
}

/* Lines that still wait for readers come back into the pool before it goes. */
void routes_destroy(struct routes *routes)
{
	if (!routes)
		return;
	rcu_synchronize(routes->rcu);
	rcu_reclaim(routes->rcu);
	if (routes->prefixes)
		prefix_table_destroy(routes->prefixes);
	shared_store_fini(&routes->ways);
	line_index_fini(&routes->neighbours);
	line_pool_fini(&routes->neighbour_lines);
	free(routes);
}

int routes_set(struct routes *routes, const struct ip_prefix *prefix, const struct route *route)
{
	const size_t len = offsetof(struct route, hops) + route->n_hops * sizeof(route->hops[0]);
	void *way, *before;
	int rc;

	if (route->n_hops == 0 || route->n_hops > ROUTE_HOPS_MAX)
		return -EINVAL;
	way = shared_take(&routes->ways, route, len);
	if (!way)
		return -ENOMEM;
	rc = prefix_table_set(routes->prefixes, prefix, way, &before);
	routes_touch(routes);
	if (rc != 0)
		shared_drop(&routes->ways, way);
	else if (before)
		shared_drop(&routes->ways, before);
	return rc;
}

int routes_remove(struct routes *routes, const struct ip_prefix *prefix)
{
	const void *way = prefix_table_take(routes->prefixes, prefix, NULL);

	if (!way)
		return -ENOENT;
	routes_touch(routes);
	shared_drop(&routes->ways, way);
	return 0;
}

void routes_set_forwarding(struct routes *routes, sa_family_t family, bool is_forwarding)
{
	/* Relaxed: nothing else hangs on it. */
	atomic_store_explicit(
		&routes->is_forwarding[family == AF_INET6], is_forwarding, memory_order_relaxed);
}

bool routes_is_forwarding(const struct routes *routes, sa_family_t family)
{
	return atomic_load_explicit(
		&routes->is_forwarding[family == AF_INET6], memory_order_relaxed);
}

void routes_set_vlans(struct routes *routes, uint8_t port_id, const struct vlan_set *vlans)
{
	/* Relaxed: a frame of a link that has just come or gone may be judged either way. */
	for (unsigned i = 0; i < array_len(vlans->words); i++)
		atomic_store_explicit(
			&routes->vlans[port_id][i], vlans->words[i], memory_order_relaxed);
}

bool routes_has_vlan(const struct routes *routes, uint8_t port_id, uint16_t vlan)
{
	const _Atomic uint64_t *word = &routes->vlans[port_id][vlan / 64];

	return atomic_load_explicit(word, memory_order_relaxed) >> (vlan % 64) & 1;
}

void routes_begin(const struct routes *routes, struct route_memo *memo)
{
	/* Before the table is looked into: what is found is no older. */
	uint64_t generation = routes_generation(routes);

	if (memo->generation != generation)
		*memo = (struct route_memo){.generation = generation};
	memo->is_forwarding[0] = routes_is_forwarding(routes, AF_INET);
	memo->is_forwarding[1] = routes_is_forwarding(routes, AF_INET6);
}

/* The range of the first question of a family. */
static void learn(const struct routes *routes, struct prefix_range ranges[2], sa_family_t family,
	const struct route_lookup *lookups, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (lookups[i].family != family)
			continue;
		ranges[1] = ranges[0];
		prefix_table_range(routes->prefixes, family, lookups[i].bytes, &ranges[0]);
		return;
	}
}

void routes_find_burst(const struct routes *routes, struct route_memo *memo,
	struct route_lookup *lookups, unsigned n)
{
	prefix_table_find_burst(routes->prefixes, (struct prefix_lookup *)lookups, n);
	if (!memo)
		return;
	learn(routes, memo->ranges[0], AF_INET, lookups, n);
	learn(routes, memo->ranges[1], AF_INET6, lookups, n);
}

static inline bool line_is(
	const struct neighbour_line *line, uint64_t link, uint16_t family, const uint8_t *bytes)
{
	return line->link == link && ip_bytes_equal(family, line->addr.bytes, bytes);
}

/* Of what does not lie at its place. Out of line, so that a look there costs little. */
static __attribute__((noinline)) struct neighbour_line *line_search(const struct line_slots *all,
	uint64_t hash, uint64_t link, uint16_t family, const uint8_t *bytes)
{
	struct line_search search = {.hash = hash};
	struct neighbour_line *line;

	do
		line = line_slots_next(all, &search);
	while (line && !line_is(line, link, family, bytes));
	return line;
}

/* NULL: it is not there, or the index forgot it. */
static inline struct neighbour_line *line_find(const struct routes *routes, uint8_t port_id,
	uint16_t vlan, uint16_t family, const uint8_t *bytes)
{
	const struct line_slots *all = line_index_slots(&routes->neighbours);
	uint64_t link = link_of(port_id, vlan, family);
	uint64_t hash = neighbour_hash(link, family, bytes);
	struct neighbour_line *line = line_slots_first(all, hash);

	if (line && line_is(line, link, family, bytes))
		return line;
	return line_search(all, hash, link, family, bytes);
}

/* Workers no longer find it. */
static void line_retire(struct routes *routes, struct neighbour_line *line)
{
	line_index_remove(&routes->neighbours, line);
	rcu_retire(routes->rcu, line, line_pool_free);
}

/*
 * The new line goes in before the old one leaves, so that the neighbour is there all the time. An index may forget a line,
 * though it hardly ever does: one that was forgotten at once is a failure, and one forgotten later, when the
 * index grew, is asked of the kernel again. Its line is lost until the tables go.
 */
int neighbour_set(struct routes *routes, uint8_t port_id, uint16_t vlan, const struct ip_addr *addr,
	const struct neighbour *neighbour)
{
	struct neighbour_line *line, *before;

	if (ip_addr_bits(addr->family) == 0)
		return -EINVAL;
	before = line_find(routes, port_id, vlan, addr->family, addr->bytes);
	if (before && memcmp(&before->neighbour, neighbour, sizeof(*neighbour)) == 0)
		return 0;
	line = line_pool_alloc(&routes->neighbour_lines);
	if (!line)
		return -ENOMEM;
	*line = (struct neighbour_line){*neighbour, link_of(port_id, vlan, addr->family), *addr};
	line_index_add(&routes->neighbours, line);
	if (before)
		line_retire(routes, before);
	routes_touch(routes);
	if (line_find(routes, port_id, vlan, addr->family, addr->bytes) == line)
		return 0;
	line_retire(routes, line);
	return -ENOMEM;
}

int neighbour_remove(
	struct routes *routes, uint8_t port_id, uint16_t vlan, const struct ip_addr *addr)
{
	struct neighbour_line *line;

	if (ip_addr_bits(addr->family) == 0)
		return -ENOENT;
	line = line_find(routes, port_id, vlan, addr->family, addr->bytes);
	if (!line)
		return -ENOENT;
	line_retire(routes, line);
	routes_touch(routes);
	return 0;
}

const struct neighbour *neighbour_find(const struct routes *routes, uint8_t port_id, uint16_t vlan,
	sa_family_t family, const uint8_t *bytes)
{
	const struct neighbour_line *line;

	if (ip_addr_bits(family) == 0)
		return NULL;
	line = line_find(routes, port_id, vlan, family, bytes);
	return line ? &line->neighbour : NULL;
}

uint64_t routes_bytes(const struct routes *routes)
{
	return prefix_table_bytes(routes->prefixes) + routes->ways.n_bytes
		+ hash_chains_bytes(&routes->ways.chains)
		+ routes->neighbour_lines.n_lines * CACHE_LINE;
}
