/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The memo of a way: what was kept is recalled whole, in its own generation only, whoever writes meanwhile. */

#include "tables/way.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N_WRITERS 2
#define N_READERS 2
#define N_GENERATIONS 5000

/* A way whose fields all tell its generation; every other one is of IPv6. */
static struct way way_of(uint64_t generation)
{
	struct way way = {.port_id = (uint8_t)(generation * 7),
		.mtu = (uint16_t)(generation * 3),
		.l2_len = generation % 3 ? 14 : 18,
		.is_v4 = generation % 2};

	for (unsigned i = 0; i < sizeof(way.words) / 8; i++)
		way.words[i] = generation * (i + 1);
	return way;
}

static bool is_way(const struct way *way, uint64_t generation)
{
	struct way expected = way_of(generation);
	size_t len = 8 * (expected.is_v4 ? WAY_WORDS_V4 : WAY_WORDS_V6);

	return memcmp(way->header, expected.header, len) == 0 && way->is_v4 == expected.is_v4
		&& way->l2_len == expected.l2_len && way->port_id == expected.port_id
		&& way->mtu == expected.mtu;
}

static void test_empty(void **state)
{
	struct way_memo memo = {0};
	struct way way;
	bool is_v4;

	(void)state;
	assert_false(way_recall(&memo, 1, &way));
	assert_int_equal(way_mtu(&memo, &is_v4), 0);
}

static void test_generations(void **state)
{
	static const uint64_t generations[] = {1, 2, 0xffff, 0x10000, WAY_GENERATION_MAX - 1};
	struct way_memo memo = {0};

	(void)state;
	for (unsigned i = 0; i < sizeof(generations) / sizeof(generations[0]); i++) {
		struct way way = way_of(generations[i]), found;
		bool is_v4;

		way_keep(&memo, generations[i], &way);
		assert_true(way_recall(&memo, generations[i], &found));
		assert_true(is_way(&found, generations[i]));
		assert_int_equal(way_mtu(&memo, &is_v4), way.mtu);
		assert_int_equal(is_v4, way.is_v4);
		assert_false(way_recall(&memo, generations[i] + 1, &found));
		assert_false(way_recall(&memo, generations[i] - 1, &found));
	}
}

static void test_largest(void **state)
{
	struct way_memo memo = {0};
	struct way way, found;

	(void)state;
	memset(&way, 255, sizeof(way));
	way.l2_len = 18;
	way.is_v4 = false;
	way_keep(&memo, 1, &way);
	assert_true(way_recall(&memo, 1, &found));
	assert_memory_equal(found.header, way.header, sizeof(way.header));
	assert_int_equal(found.port_id, 255);
	assert_int_equal(found.l2_len, 18);
	assert_int_equal(found.mtu, UINT16_MAX);
	assert_false(found.is_v4);
}

/* While one writes, others neither read nor write. */
static void test_busy(void **state)
{
	struct way_memo memo = {.stamp = WAY_BUSY};
	struct way way = way_of(1);
	bool is_v4;

	(void)state;
	way_keep(&memo, 1, &way);
	assert_true(atomic_load(&memo.stamp) == WAY_BUSY);
	assert_false(way_recall(&memo, 1, &way));
	assert_int_equal(way_mtu(&memo, &is_v4), 0);
}

static struct way_memo shared;
static _Atomic uint64_t generation_now;
static _Atomic unsigned n_recalled, n_wrong;

/* As workers do: each finds the way of the generation that it has read, a late one after the others. */
static void *write_ways(void *arg)
{
	uint64_t generation;

	(void)arg;
	while ((generation = atomic_load(&generation_now)) < N_GENERATIONS) {
		struct way way = way_of(generation);

		way_keep(&shared, generation, &way);
	}
	return NULL;
}

static void *read_ways(void *arg)
{
	uint64_t generation;

	(void)arg;
	while ((generation = atomic_load(&generation_now)) < N_GENERATIONS) {
		struct way way;

		if (!way_recall(&shared, generation, &way))
			continue;
		atomic_fetch_add(&n_recalled, 1);
		if (!is_way(&way, generation))
			atomic_fetch_add(&n_wrong, 1);
		/* A generation ends when somebody has used it. */
		atomic_compare_exchange_strong(&generation_now, &generation, generation + 1);
	}
	return NULL;
}

static void test_storm(void **state)
{
	pthread_t threads[N_WRITERS + N_READERS];

	(void)state;
	atomic_store(&generation_now, 1);
	for (unsigned i = 0; i < N_WRITERS + N_READERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 i < N_WRITERS ? write_ways : read_ways, NULL),
			0);
	for (unsigned i = 0; i < N_WRITERS + N_READERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(atomic_load(&n_wrong), 0);
	assert_true(atomic_load(&n_recalled) >= N_GENERATIONS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
