/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/line_index.h"
#include "tables/rcu.h"
#include "unit/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#define N_LINES 20000
#define PROBES 32 /* how far a line may be from its place */

struct line {
	cache_aligned uint64_t hash;
};

static struct line lines[N_LINES];

struct fixture {
	struct rcu *rcu;
	struct line_index index;
};

static uint64_t hash_of(const void *line)
{
	return ((const struct line *)line)->hash;
}

/* As the finalizer of splitmix64 mixes. */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int setup(void **state)
{
	static struct fixture fixture;

	fixture.rcu = rcu_create(1);
	line_index_init(&fixture.index, fixture.rcu, hash_of);
	for (unsigned i = 0; i < N_LINES; i++)
		lines[i].hash = mix(i + 1);
	*state = &fixture;
	return fixture.rcu ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	line_index_fini(&fixture->index);
	rcu_destroy(fixture->rcu);
	return 0;
}

/* `out_n_vain`: others that were given before it. */
static bool finds(const struct line_index *index, const struct line *line, unsigned *out_n_vain)
{
	struct line_search search = {.hash = line->hash};
	const void *found;

	line_slots_prefetch(line_index_slots(index), line->hash);
	for (*out_n_vain = 0; (found = line_slots_next(line_index_slots(index), &search));
		++*out_n_vain)
		if (found == line)
			return true;
	return false;
}

static unsigned count_found(const struct line_index *index, unsigned n)
{
	unsigned n_found = 0, n_vain;

	for (unsigned i = 0; i < n; i++)
		n_found += finds(index, &lines[i], &n_vain);
	return n_found;
}

static void test_empty(void **state)
{
	struct fixture *fixture = *state;
	unsigned n_vain;

	assert_false(finds(&fixture->index, &lines[0], &n_vain));
	assert_int_equal(n_vain, 0);
}

/* Well mixed hashes: none is forgotten while it grows, few are looked at in vain, and all go again. */
static void test_many(void **state)
{
	struct fixture *fixture = *state;
	unsigned n_all_vain = 0, n_vain;

	for (unsigned i = 0; i < N_LINES; i++) {
		line_index_add(&fixture->index, &lines[i]);
		assert_true(finds(&fixture->index, &lines[i], &n_vain));
	}
	for (unsigned i = 0; i < N_LINES; i++) {
		assert_true(finds(&fixture->index, &lines[i], &n_vain));
		n_all_vain += n_vain;
	}
	assert_true(n_all_vain < N_LINES / 20);
	for (unsigned i = 0; i < N_LINES; i += 2)
		line_index_remove(&fixture->index, &lines[i]);
	for (unsigned i = 0; i < N_LINES; i++)
		assert_int_equal(finds(&fixture->index, &lines[i], &n_vain), i % 2);
	for (unsigned i = 1; i < N_LINES; i += 2)
		line_index_remove(&fixture->index, &lines[i]);
	assert_int_equal(count_found(&fixture->index, N_LINES), 0);
}

/* One place for all: what is too far from it is forgotten, and removing it is no error. */
static void test_one_place(void **state)
{
	struct fixture *fixture = *state;
	const unsigned n = 2 * PROBES;

	for (unsigned i = 0; i < n; i++) {
		lines[i].hash = UINT64_MAX; /* the last slot: the others are at the beginning */
		line_index_add(&fixture->index, &lines[i]);
	}
	assert_int_equal(count_found(&fixture->index, n), PROBES);
	/* The search goes on behind the gap, and a new line fills it. */
	line_index_remove(&fixture->index, &lines[1]);
	assert_int_equal(count_found(&fixture->index, n), PROBES - 1);
	line_index_add(&fixture->index, &lines[1]);
	assert_int_equal(count_found(&fixture->index, n), PROBES);
	for (unsigned i = 0; i < n; i++)
		line_index_remove(&fixture->index, &lines[i]);
	assert_int_equal(count_found(&fixture->index, n), 0);
}

/* Hashes that meet in the bits of a small index: it grows until they part, and forgets none. */
static void test_crowd(void **state)
{
	struct fixture *fixture = *state;
	const unsigned n = PROBES + 8;

	for (unsigned i = 0; i < n; i++) {
		lines[i].hash = (uint64_t)i << 8 | 5;
		line_index_add(&fixture->index, &lines[i]);
		assert_int_equal(count_found(&fixture->index, i + 1), i + 1);
	}
	for (unsigned i = 0; i < n; i++)
		line_index_remove(&fixture->index, &lines[i]);
	assert_int_equal(count_found(&fixture->index, n), 0);
}

/* The slots that were outgrown wait for the reader. */
static void test_growth_waits(void **state)
{
	struct fixture *fixture = *state;

	rcu_online(fixture->rcu, 0);
	for (unsigned i = 0; i < 33; i++)
		line_index_add(&fixture->index, &lines[i]);
	assert_int_equal(rcu_reclaim(fixture->rcu), 1);
	rcu_offline(fixture->rcu, 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 0);
	assert_int_equal(count_found(&fixture->index, 33), 33);
}

static void test_no_memory(void **state)
{
	struct fixture *fixture = *state;

	n_until_failure = 0;
	line_index_add(&fixture->index, &lines[0]);
	assert_int_equal(count_found(&fixture->index, 1), 0);
	n_until_failure = NEVER_FAIL;
	for (unsigned i = 1; i < 33; i++)
		line_index_add(&fixture->index, &lines[i]);
	n_until_failure = 0;
	for (unsigned i = 33; i < 100; i++)
		line_index_add(&fixture->index, &lines[i]);
	n_until_failure = NEVER_FAIL;
	assert_true(count_found(&fixture->index, 100) >= 33);
	for (unsigned i = 0; i < 100; i++)
		line_index_remove(&fixture->index, &lines[i]);
	assert_int_equal(count_found(&fixture->index, 100), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_growth_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
