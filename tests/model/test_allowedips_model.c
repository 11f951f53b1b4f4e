/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Random insertions, removals and look-ups of both families, in the trie and in its slow twin. */

#include "model/allowedips_list.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/rcu.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N_ROUNDS 6
#define N_OPERATIONS 3000
#define N_PEERS 8
#define NODE_LEN 64

struct peer_view {
	char unused;
};

static struct peer_view peers[N_PEERS];
static struct prng prng;

struct twins {
	struct rcu *rcu;
	struct allowedips *trie;
	struct allowedips_list list;
};

/* Few values for most bytes, so that prefixes cover each other and part at every depth. */
static struct ip_addr draw_addr(void)
{
	static const uint8_t values[] = {0, 0, 0, 1, 0x7f, 0x80, 0xff};
	struct ip_addr addr = {.family = prng_below(&prng, 2) ? AF_INET : AF_INET6};

	for (unsigned i = 0; i < ip_addr_bits(addr.family) / 8; i++)
		addr.bytes[i] = prng_below(&prng, 16) ? values[prng_below(&prng, sizeof(values))]
						      : (uint8_t)prng_next(&prng);
	return addr;
}

static struct ip_prefix draw_prefix(const struct allowedips_list *list)
{
	struct ip_prefix prefix;

	if (list->n_entries > 0 && prng_below(&prng, 2))
		prefix = list->entries[prng_below(&prng, list->n_entries)].prefix;
	else
		prefix.addr = draw_addr();
	if (list->n_entries == 0 || prng_below(&prng, 4))
		prefix.len = (uint8_t)prng_below(&prng, ip_addr_bits(prefix.addr.family) + 1);
	else
		prefix = list->entries[prng_below(&prng, list->n_entries)].prefix;
	return prefix;
}

static void fail_at(const char *what, const struct ip_prefix *prefix)
{
	char text[ADDR_TEXT_MAX];

	fail_msg("%s %s", what, ip_prefix_format(prefix, text));
}

static void insert(struct twins *twins)
{
	struct ip_prefix prefix = draw_prefix(&twins->list);
	struct peer_view *peer = &peers[prng_below(&prng, N_PEERS)];

	if (twins->list.n_entries == ALLOWEDIPS_LIST_MAX)
		return;
	if (allowedips_insert(twins->trie, &prefix, peer) != 0)
		fail_at("insert", &prefix);
	allowedips_list_insert(&twins->list, prefix, peer);
}

static void take_out(struct twins *twins)
{
	struct ip_prefix prefix = draw_prefix(&twins->list);
	const struct peer_view *peer = allowedips_list_owner(&twins->list, prefix);
	int expected;

	if (!peer || !prng_below(&prng, 8))
		peer = &peers[prng_below(&prng, N_PEERS)];
	expected = allowedips_list_remove(&twins->list, prefix, peer) ? 0 : -ENOENT;
	if (allowedips_remove(twins->trie, &prefix, peer) != expected)
		fail_at("remove", &prefix);
}

/* An address and some that differ from it in a bit, asked in one burst. */
static void compare(const struct twins *twins)
{
	struct ip_prefix prefix = draw_prefix(&twins->list);
	const uint8_t n_bits = (uint8_t)ip_addr_bits(prefix.addr.family);
	struct allowedips_lookup lookups[4];
	struct ip_addr addrs[4];

	if (allowedips_owner(twins->trie, &prefix) != allowedips_list_owner(&twins->list, prefix))
		fail_at("owner", &prefix);
	for (unsigned i = 0; i < 4; i++) {
		unsigned bit = prng_below(&prng, n_bits);

		addrs[i] = prefix.addr;
		lookups[i] = (struct allowedips_lookup){addrs[i].bytes, addrs[i].family, NULL};
		prefix.addr.bytes[bit / 8] ^= 0x80 >> bit % 8;
	}
	allowedips_find_burst(twins->trie, lookups, 4);
	for (unsigned i = 0; i < 4; i++)
		if (lookups[i].peer != allowedips_list_find(&twins->list, &addrs[i]))
			fail_at("find", &(struct ip_prefix){addrs[i], n_bits});
}

static void clear(struct twins *twins)
{
	while (twins->list.n_entries > 0) {
		size_t i = prng_below(&prng, twins->list.n_entries);
		struct ip_prefix prefix = twins->list.entries[i].prefix;
		const struct peer_view *peer = twins->list.entries[i].peer;

		assert_int_equal(allowedips_remove(twins->trie, &prefix, peer), 0);
		assert_true(allowedips_list_remove(&twins->list, prefix, peer));
		compare(twins);
	}
	rcu_reclaim(twins->rcu);
	assert_int_equal(allowedips_bytes(twins->trie), 0);
}

static void play_round(struct twins *twins)
{
	unsigned growth = 1 + prng_below(&prng, 8); /* insertions for each four removals */

	for (unsigned i = 0; i < N_OPERATIONS; i++) {
		if (prng_below(&prng, growth + 4) < growth)
			insert(twins);
		else
			take_out(twins);
		compare(twins);
	}
	/* As many nodes of glue as there are prefixes, less one in each family, at most. */
	rcu_reclaim(twins->rcu);
	assert_true(allowedips_bytes(twins->trie) <= 2 * twins->list.n_entries * NODE_LEN);
	clear(twins);
}

static void test_against_list(void **state)
{
	static struct twins twins;

	(void)state;
	twins.rcu = rcu_create(1);
	assert_non_null(twins.rcu);
	twins.trie = allowedips_create(twins.rcu);
	assert_non_null(twins.trie);
	for (unsigned i = 0; i < N_ROUNDS; i++)
		play_round(&twins);
	allowedips_destroy(twins.trie);
	rcu_destroy(twins.rcu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_list)};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
