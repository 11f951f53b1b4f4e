/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/prefix_table.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "tables/line_index.h"
#include "tables/line_pool.h"
#include "tables/rcu.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define WALKS_MAX 64 /* look-ups that go in step: a worker's burst */

/* The nodes at the top are on everybody's way, so they are in the cache, and nobody waits for them. */
#define STEPS_SHARED 6

/* An address as a string of bits: the first bit is the top one of the first word. IPv4 has 32. */
struct bits {
	uint64_t word[2];
};

struct node;

struct link {
	_Atomic(struct node *) node; /* control writes, workers read */
};

/*
 * A prefix. It has a value, or it is glue: there only because two longer ones part behind it.
 * `len`, `key` and `mask` do not change once the node is linked. One cache line, one miss a step.
 */
struct node {
	struct bits key;  /* zero behind the length */
	struct bits mask; /* ones up to the length */
	struct link child[2];
	_Atomic(void *) value; /* control writes, workers read; NULL: glue */
	uint8_t len;
};

_Static_assert(sizeof(struct node) <= CACHE_LINE, "a node is a line of the pool");

struct prefix_table {
	struct link root[2]; /* IPv4, IPv6 */

	/*
	 * A short cut to the nodes that are whole addresses: no prefix is longer, and most peers have no other. An
	 * address of 100,000 is found in 2 misses instead of 17 steps, half of them misses.
	 */
	struct line_index hosts;

	struct line_pool nodes;
	struct rcu *rcu;
};

static struct bits bits_load(sa_family_t family, const uint8_t *bytes)
{
	if (family == AF_INET)
		return (struct bits){{(uint64_t)be32_load(bytes) << 32, 0}};
	return (struct bits){{be64_load(bytes), be64_load(bytes + 8)}};
}

static uint64_t word_mask(unsigned len)
{
	return len == 0 ? 0 : UINT64_MAX << (64 - len);
}

static struct bits bits_mask(unsigned len)
{
	return (struct bits){{word_mask(len < 64 ? len : 64), word_mask(len < 64 ? 0 : len - 64)}};
}

/* The bit behind the first `len` ones; any bit when there is none: such a node has no children. */
static unsigned bits_at(const struct bits *bits, unsigned len)
{
	return bits->word[len / 64 % 2] >> (63 - len % 64) & 1;
}

/* How many bits at the start are equal, at most `len`. */
static unsigned bits_common(const struct bits *a, const struct bits *b, unsigned len)
{
	uint64_t high = a->word[0] ^ b->word[0], low = a->word[1] ^ b->word[1];
	unsigned n = high ? __builtin_clzll(high) : low ? 64 + __builtin_clzll(low) : 128;

	return n < len ? n : len;
}

static bool node_covers(const struct node *node, const struct bits *key)
{
	return (((key->word[0] ^ node->key.word[0]) & node->mask.word[0])
		       | ((key->word[1] ^ node->key.word[1]) & node->mask.word[1]))
		== 0;
}

static uint64_t bits_hash(const struct bits *bits)
{
	return hash_mix(bits->word[0] ^ bits->word[1] * UINT64_C(0x9e3779b97f4a7c15));
}

static uint64_t node_hash(const void *line)
{
	const struct node *node = line;

	return bits_hash(&node->key);
}

/* Is it the node of exactly this address? The families differ in `n_bits`. */
static bool node_is(const struct node *node, const struct bits *key, unsigned n_bits)
{
	return ((node->key.word[0] ^ key->word[0]) | (node->key.word[1] ^ key->word[1])
		       | (node->len ^ n_bits))
		== 0;
}

/* For workers. Acquire pairs with link_publish: the node is complete when it is seen. */
static const struct node *link_read(const struct link *link)
{
	return atomic_load_explicit(&link->node, memory_order_acquire);
}

/* For control, who is the only one to write. */
static struct node *link_node(const struct link *link)
{
	return atomic_load_explicit(&link->node, memory_order_relaxed);
}

static void link_publish(struct link *link, struct node *node)
{
	atomic_store_explicit(&link->node, node, memory_order_release);
}

static void *node_value(const struct node *node)
{
	return atomic_load_explicit(&node->value, memory_order_relaxed);
}

static void node_give(struct node *node, void *value)
{
	atomic_store_explicit(&node->value, value, memory_order_release);
}

static struct node *node_create(
	struct prefix_table *table, const struct bits *key, unsigned len, void *value)
{
	struct node *node = line_pool_alloc(&table->nodes);

	if (!node)
		return NULL;
	node->mask = bits_mask(len);
	node->key.word[0] = key->word[0] & node->mask.word[0];
	node->key.word[1] = key->word[1] & node->mask.word[1];
	node->len = (uint8_t)len;
	node_give(node, value);
	return node;
}

static void node_adopt(struct node *parent, struct node *child)
{
	link_publish(&parent->child[bits_at(&child->key, parent->len)], child);
}

/* A prefix, and where it is or would be in the trie. */
struct place {
	struct bits key;
	unsigned len;
	unsigned n_bits; /* of the family's addresses */
	unsigned root;
	struct node *above_that; /* above `above` */
	struct node *above; /* the longest shorter prefix that covers it, glue included; or NULL */
	struct node *node;  /* what `above` leads to; not always the prefix itself */
};

/* false: there is no such family or length. */
static bool place_find(
	struct place *out, const struct prefix_table *table, const struct ip_prefix *prefix)
{
	unsigned n_bits = ip_addr_bits(prefix->addr.family);
	struct node *node;

	if (n_bits == 0 || prefix->len > n_bits)
		return false;
	*out = (struct place){
		.key = bits_load(prefix->addr.family, prefix->addr.bytes),
		.len = prefix->len,
		.n_bits = n_bits,
		.root = prefix->addr.family == AF_INET6,
	};
	node = link_node(&table->root[out->root]);
	while (node && node->len < out->len && node_covers(node, &out->key)) {
		out->above_that = out->above;
		out->above = node;
		node = link_node(&node->child[bits_at(&out->key, node->len)]);
	}
	out->node = node;
	return true;
}

static bool place_is_exact(const struct place *place)
{
	return place->node && place->node->len == place->len
		&& node_covers(place->node, &place->key);
}

/* The link to the place's node that is below `above`. */
static struct link *place_link(
	struct prefix_table *table, const struct place *place, struct node *above)
{
	return above ? &above->child[bits_at(&place->key, above->len)] : &table->root[place->root];
}

/*
 * What is at the place becomes a child of the new node when the new prefix covers it, otherwise its
 * neighbour below glue as long as their common start.
 */
static int place_fill(struct prefix_table *table, const struct place *place, void *value)
{
	struct node *fresh = node_create(table, &place->key, place->len, value), *top = fresh;
	unsigned common;

	if (!fresh)
		return -ENOMEM;
	if (place->node) {
		common = bits_common(&fresh->key, &place->node->key,
			fresh->len < place->node->len ? fresh->len : place->node->len);
		if (common < fresh->len) {
			top = node_create(table, &fresh->key, common, NULL);
			if (!top) {
				line_pool_free(fresh);
				return -ENOMEM;
			}
			node_adopt(top, fresh);
		}
		node_adopt(top, place->node);
	}
	link_publish(place_link(table, place, place->above), top);
	if (place->len == place->n_bits)
		line_index_add(&table->hosts, fresh);
	return 0;
}

/* Takes `node` out of the trie unless it has a value or holds two others together. */
static void node_prune(struct prefix_table *table, struct link *link, struct node *node)
{
	struct node *left = link_node(&node->child[0]), *right = link_node(&node->child[1]);

	if (node_value(node) || (left && right))
		return;
	link_publish(link, left ? left : right);
	rcu_retire(table->rcu, node, line_pool_free);
}

struct prefix_table *prefix_table_create(struct rcu *rcu)
{
	struct prefix_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->rcu = rcu;
	line_index_init(&table->hosts, rcu, node_hash);
	return table;
}

/* Nodes that still wait for readers lie in the pool too: they come back before it goes. */
void prefix_table_destroy(struct prefix_table *table)
{
	rcu_synchronize(table->rcu);
	rcu_reclaim(table->rcu);
	line_index_fini(&table->hosts);
	line_pool_fini(&table->nodes);
	free(table);
}

int prefix_table_set(
	struct prefix_table *table, const struct ip_prefix *prefix, void *value, void **out_before)
{
	struct place place;

	*out_before = NULL;
	if (!place_find(&place, table, prefix))
		return -EINVAL;
	if (!place_is_exact(&place))
		return place_fill(table, &place, value);
	*out_before = node_value(place.node);
	node_give(place.node, value);
	return 0;
}

void *prefix_table_take(
	struct prefix_table *table, const struct ip_prefix *prefix, const void *only)
{
	struct place place;
	void *value;

	if (!place_find(&place, table, prefix) || !place_is_exact(&place))
		return NULL;
	value = node_value(place.node);
	if (!value || (only && value != only))
		return NULL;
	node_give(place.node, NULL);
	if (place.len == place.n_bits)
		line_index_remove(&table->hosts, place.node);
	node_prune(table, place_link(table, &place, place.above), place.node);
	/* Glue whose other side has just gone holds nothing together any more. */
	if (place.above)
		node_prune(table, place_link(table, &place, place.above_that), place.above);
	return value;
}

void *prefix_table_get(const struct prefix_table *table, const struct ip_prefix *prefix)
{
	struct place place;

	if (!place_find(&place, table, prefix) || !place_is_exact(&place))
		return NULL;
	return node_value(place.node);
}

/* One address on its way: by the short cut, or down the trie. */
struct walk {
	struct bits key;
	uint64_t hash;
	const struct node *node; /* where it is; NULL: nowhere to go */
	struct prefix_lookup *lookup;
};

/* true: it has to be looked for. A family that has no addresses begins nowhere. */
static bool walk_begin(
	const struct line_slots *hosts, struct prefix_lookup *lookup, struct walk *out)
{
	lookup->value = NULL;
	if (ip_addr_bits(lookup->family) == 0)
		return false;
	out->key = bits_load(lookup->family, lookup->bytes);
	out->hash = bits_hash(&out->key);
	out->lookup = lookup;
	line_slots_prefetch(hosts, out->hash);
	return true;
}

/* Acquire: the value is complete when it is seen. */
static void *value_acquire(const struct node *node)
{
	return atomic_load_explicit(&node->value, memory_order_acquire);
}

/* Asks for the first node that may be the address's own. */
static void walk_search(const struct line_slots *hosts, struct walk *walk)
{
	walk->node = line_slots_first(hosts, walk->hash);
	prefetch(walk->node);
}

/* Others may lie at the address's place or have the same bits of its hash. */
static const struct node *walk_compare(
	const struct line_slots *hosts, const struct walk *walk, unsigned n_bits)
{
	struct line_search search = {.hash = walk->hash};
	const struct node *node = walk->node;

	if (node && node_is(node, &walk->key, n_bits))
		return node;
	do
		node = line_slots_next(hosts, &search);
	while (node && !node_is(node, &walk->key, n_bits));
	return node;
}

/*
 * Down the only path that the address can take, at most `n_steps`. A node that does not cover the address ends it, as
 * everything below has that node's bits too. true: it is not at its end yet.
 */
static bool walk_down(struct walk *walk, unsigned n_steps)
{
	struct prefix_lookup *lookup = walk->lookup;
	const struct bits key = walk->key;
	const struct node *node = walk->node;
	void *longest = lookup->value;
	unsigned i;

	for (i = 0; i < n_steps && node && node_covers(node, &key); i++) {
		void *value = value_acquire(node);

		longest = value ? value : longest;
		node = link_read(&node->child[bits_at(&key, node->len)]);
	}
	lookup->value = longest;
	walk->node = node;
	prefetch(node);
	return i == n_steps && node;
}

/* Ends a walk whose address has a node of its own, or is short; true: it has farther to go. */
static bool walk_arrive(
	const struct prefix_table *table, const struct line_slots *hosts, struct walk *walk)
{
	struct prefix_lookup *lookup = walk->lookup;
	unsigned n_bits = ip_addr_bits(lookup->family);
	const struct node *node = walk_compare(hosts, walk, n_bits);

	if (node) {
		lookup->value = value_acquire(node);
		if (lookup->value)
			return false;
	}
	walk->node = link_read(&table->root[n_bits == 128]);
	return walk_down(walk, STEPS_SHARED);
}

/* At most WALKS_MAX. Each loop takes every walk one step on, and the next one is fetched meanwhile. */
static void find_in_step(
	const struct prefix_table *table, struct prefix_lookup *lookups, unsigned n)
{
	const struct line_slots *hosts = line_index_slots(&table->hosts);
	struct walk walks[WALKS_MAX];
	uint8_t going[WALKS_MAX];
	unsigned n_walks = 0, n_going = 0;

	for (unsigned i = 0; i < n; i++)
		n_walks += walk_begin(hosts, &lookups[i], &walks[n_walks]);
	for (unsigned i = 0; i < n_walks; i++)
		walk_search(hosts, &walks[i]);
	for (unsigned i = 0; i < n_walks; i++)
		if (walk_arrive(table, hosts, &walks[i]))
			going[n_going++] = (uint8_t)i;
	while (n_going) {
		unsigned n_left = 0;

		for (unsigned i = 0; i < n_going; i++)
			if (walk_down(&walks[going[i]], 1))
				going[n_left++] = going[i];
		n_going = n_left;
	}
}

void prefix_table_find_burst(
	const struct prefix_table *table, struct prefix_lookup *lookups, unsigned n)
{
	for (unsigned len; n; lookups += len, n -= len) {
		len = n < WALKS_MAX ? n : WALKS_MAX;
		find_in_step(table, lookups, len);
	}
}

/*
 * The path of an address ends where a node is missing or has other bits. All addresses that agree with this one so far, and in
 * the bit behind, end there too.
 */
void prefix_table_range(const struct prefix_table *table, sa_family_t family, const uint8_t *bytes,
	struct prefix_range *out)
{
	unsigned n_bits = ip_addr_bits(family), n_same = 0;
	const struct bits key = bits_load(family, bytes);
	const struct node *node = link_read(&table->root[n_bits == 128]);
	struct bits mask;

	*out = (struct prefix_range){.family = family};
	while (node && node_covers(node, &key)) {
		void *value = value_acquire(node);

		out->value = value ? value : out->value;
		n_same = node->len + 1U;
		node = link_read(&node->child[bits_at(&key, node->len)]);
	}
	if (node)
		n_same = bits_common(&key, &node->key, node->len) + 1;
	mask = bits_mask(n_same < n_bits ? n_same : n_bits);
	for (unsigned i = 0; i < 2; i++) {
		out->mask[i] = mask.word[i];
		out->key[i] = key.word[i];
	}
}

uint64_t prefix_table_bytes(const struct prefix_table *table)
{
	return table->nodes.n_lines * sizeof(struct node);
}
