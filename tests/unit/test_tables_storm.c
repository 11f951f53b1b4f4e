/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * One writer changes the tables as fast as it can while readers look things up: what they find is
 * never freed memory and never somebody else's. Objects are overwritten before they are freed, so
 * that a reader sees it even without a sanitizer. To be run under ThreadSanitizer too.
 */

#include "base/addr.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/rcu.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_READERS 3
#define N_CHANGES 60000
#define N_KEYPAIRS 1500 /* held at a time at most: the table doubles twice */
#define N_COUNTERS (64 * REPLAY_BLOCK_BITS * REPLAY_BLOCKS)
#define BURST 32

#define ALIVE 0x600d
#define POISON 0xdb

struct peer_view {
	unsigned mark; /* ALIVE until it is freed */
	struct ip_prefix prefix;
};

static struct {
	struct rcu *rcu;
	struct allowedips *allowedips;
	struct index_table *indices;
	_Atomic uint32_t recent[N_KEYPAIRS]; /* indices that are or were published */
	atomic_bool is_over;
	struct replay replay;
	atomic_uint n_accepted[N_COUNTERS];
	atomic_uint n_ready;
} storm;

static uint64_t seed;

static struct prng prng_of(unsigned thread)
{
	return (struct prng){.state = seed + thread};
}

/* A world so small that prefixes meet: eight values for each of the bytes that vary. */
static struct ip_addr draw_addr(struct prng *prng)
{
	static const uint8_t values[] = {0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff};
	uint64_t random = prng_next(prng);
	struct ip_addr addr = {.family = random & 1 ? AF_INET6 : AF_INET};

	for (unsigned i = 0; i < ip_addr_bits(addr.family) / 8; i += addr.family == AF_INET ? 2 : 7)
		addr.bytes[i] = values[random >> (8 + 3 * i / 2) & 7];
	return addr;
}

static bool peer_is_right(const struct peer_view *peer, const struct ip_addr *addr)
{
	struct ip_prefix host = {.addr = *addr, .len = peer->prefix.len};

	ip_prefix_mask(&host);
	return peer->mark == ALIVE && ip_addr_equal(&host.addr, &peer->prefix.addr);
}

static bool keypair_is_right(const struct keypair *kp, uint32_t index)
{
	return kp->local_index == index && kp->remote_index == ~index;
}

static unsigned read_burst(struct prng *prng)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < BURST; i++) {
		struct ip_addr addr = draw_addr(prng);
		const struct peer_view *peer =
			allowedips_find(storm.allowedips, addr.family, addr.bytes);
		uint32_t index = atomic_load_explicit(
			&storm.recent[prng_below(prng, N_KEYPAIRS)], memory_order_relaxed);
		const struct keypair *kp = index_table_find(storm.indices, index);

		n_wrong += peer && !peer_is_right(peer, &addr);
		n_wrong += kp && !keypair_is_right(kp, index);
	}
	return n_wrong;
}

struct thread {
	pthread_t id;
	unsigned number;
	unsigned n_wrong;
};

static void *read_tables(void *arg)
{
	struct thread *self = arg;
	struct prng prng = prng_of(self->number);

	while (!atomic_load_explicit(&storm.is_over, memory_order_relaxed)) {
		rcu_online(storm.rcu, self->number);
		for (unsigned n = prng_below(&prng, 64); n-- > 0;) {
			self->n_wrong += read_burst(&prng);
			rcu_quiescent(storm.rcu, self->number);
		}
		rcu_offline(storm.rcu, self->number);
	}
	return NULL;
}

static void *must(void *memory)
{
	assert_non_null(memory);
	return memory;
}

static unsigned n_objects; /* not yet freed; the writer's */

/* The empty assembly keeps the compiler from leaving out writes that nobody reads. */
static void poison(void *object, size_t len)
{
	memset(object, POISON, len);
	__asm__ volatile("" : : "r"(object) : "memory");
}

static void peer_free(void *peer)
{
	poison(peer, sizeof(struct peer_view));
	free(peer);
	n_objects--;
}

static void keypair_free(void *kp)
{
	poison(kp, sizeof(struct keypair));
	free(kp);
	n_objects--;
}

/* Takes the prefix from its owner, or gives it to a new one; the old one is retired. */
static void change_prefix(struct prng *prng, bool is_removal)
{
	struct ip_prefix prefix = {.addr = draw_addr(prng)};
	struct peer_view *old, *peer;

	prefix.len = (uint8_t)prng_below(prng, ip_addr_bits(prefix.addr.family) + 1);
	ip_prefix_mask(&prefix);
	old = allowedips_owner(storm.allowedips, &prefix);
	if (!is_removal) {
		peer = must(malloc(sizeof(*peer)));
		*peer = (struct peer_view){.mark = ALIVE, .prefix = prefix};
		n_objects++;
		assert_int_equal(allowedips_insert(storm.allowedips, &prefix, peer), 0);
	} else if (old) {
		assert_int_equal(allowedips_remove(storm.allowedips, &prefix, old), 0);
	}
	if (old)
		rcu_retire(storm.rcu, old, peer_free);
}

static void drop_keypair(struct keypair **place)
{
	index_table_drop(storm.indices, (*place)->local_index);
	rcu_retire(storm.rcu, *place, keypair_free);
	*place = NULL;
}

static void change_keypair(struct keypair **place, _Atomic uint32_t *recent)
{
	struct keypair *kp;

	if (*place) {
		drop_keypair(place);
		return;
	}
	kp = *place = must(aligned_alloc(CACHE_LINE, sizeof(*kp)));
	n_objects++;
	assert_int_equal(index_table_take(storm.indices, kp, &kp->local_index), 0);
	kp->remote_index = ~kp->local_index;
	index_table_publish(storm.indices, kp);
	atomic_store_explicit(recent, kp->local_index, memory_order_relaxed);
}

static struct prng index_prng;

static uint32_t draw_index(void)
{
	return (uint32_t)prng_next(&index_prng);
}

/* In waves, so that the trie fills up and empties again. */
static bool draw_removal(struct prng *prng, unsigned i)
{
	return prng_below(prng, 4) < (i / 4096 % 2 ? 3 : 1);
}

static void write_tables(void)
{
	static struct keypair *keypairs[N_KEYPAIRS];
	struct prng prng = prng_of(N_READERS), keypair_prng = prng_of(N_READERS + 1);

	for (unsigned i = 0; i < N_CHANGES; i++) {
		uint64_t place = prng_below(&keypair_prng, N_KEYPAIRS);
		bool is_removal = draw_removal(&prng, i);

		change_prefix(&prng, is_removal);
		change_keypair(&keypairs[place], &storm.recent[place]);
		if (i % 64 == 0)
			rcu_reclaim(storm.rcu);
	}
	for (unsigned i = 0; i < N_KEYPAIRS; i++)
		if (keypairs[i])
			drop_keypair(&keypairs[i]);
	/* The same prefixes come again from the same seed. */
	prng = prng_of(N_READERS);
	for (unsigned i = 0; i < N_CHANGES; i++) {
		draw_removal(&prng, i);
		change_prefix(&prng, true);
	}
}

static void start_threads(struct thread *threads, void *(*run)(void *))
{
	for (unsigned i = 0; i < N_READERS; i++) {
		threads[i] = (struct thread){.number = i};
		assert_int_equal(pthread_create(&threads[i].id, NULL, run, &threads[i]), 0);
	}
}

static void join_threads(struct thread *threads)
{
	for (unsigned i = 0; i < N_READERS; i++)
		pthread_join(threads[i].id, NULL);
}

static void test_readers_beside_writer(void **state)
{
	struct thread threads[N_READERS];

	(void)state;
	storm.rcu = must(rcu_create(N_READERS));
	storm.allowedips = must(allowedips_create(storm.rcu));
	index_prng = prng_of(N_READERS + 2);
	storm.indices = must(index_table_create(storm.rcu, draw_index));
	start_threads(threads, read_tables);
	write_tables();
	atomic_store(&storm.is_over, true);
	join_threads(threads);
	for (unsigned i = 0; i < N_READERS; i++)
		assert_int_equal(threads[i].n_wrong, 0);
	assert_int_equal(rcu_reclaim(storm.rcu), 0);
	assert_int_equal(n_objects, 0);
	assert_int_equal(index_table_count(storm.indices), 0);
	assert_int_equal(allowedips_bytes(storm.allowedips), 0);
	index_table_destroy(storm.indices);
	allowedips_destroy(storm.allowedips);
	rcu_destroy(storm.rcu);
}

/*
 * Every thread commits every counter, in blocks of 64 that each one goes through in its own order.
 * Nobody can be a window ahead of a counter without having committed it: each one is accepted once.
 */
static void *commit_counters(void *arg)
{
	struct thread *self = arg;

	atomic_fetch_add(&storm.n_ready, 1);
	while (atomic_load(&storm.n_ready) < N_READERS)
		continue;
	for (uint64_t i = 0; i < N_COUNTERS; i++) {
		uint64_t counter = i ^ self->number * 21;

		if (replay_commit(&storm.replay, counter))
			atomic_fetch_add_explicit(
				&storm.n_accepted[counter], 1, memory_order_relaxed);
	}
	return NULL;
}

static void test_counters_once_in_all(void **state)
{
	struct thread threads[N_READERS];

	(void)state;
	start_threads(threads, commit_counters);
	join_threads(threads);
	for (uint64_t i = 0; i < N_COUNTERS; i++)
		if (atomic_load(&storm.n_accepted[i]) != 1)
			fail_msg("counter %" PRIu64 " was accepted %u times", i,
				atomic_load(&storm.n_accepted[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_beside_writer),
		cmocka_unit_test(test_counters_once_in_all),
	};

	seed = prng_seed().state;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
