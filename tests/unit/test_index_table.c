/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "prng.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/rcu.h"
#include "unit/failing_alloc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SLOTS 1024 /* at the beginning */

static struct prng prng;

static uint32_t draw_random(void)
{
	return (uint32_t)prng_next(&prng);
}

/* The draws of a test that wants to know them; the last one is repeated for ever. */
static const uint32_t *rigged;
static size_t n_rigged;

static uint32_t draw_rigged(void)
{
	if (n_rigged > 1) {
		n_rigged--;
		return *rigged++;
	}
	return *rigged;
}

static void rig(const uint32_t *draws, size_t n)
{
	rigged = draws;
	n_rigged = n;
}

struct fixture {
	struct rcu *rcu;
	struct index_table *table;
};

static int setup_with(void **state, uint32_t (*draw)(void))
{
	static struct fixture fixture;

	fixture.rcu = rcu_create(1);
	fixture.table = fixture.rcu ? index_table_create(fixture.rcu, draw) : NULL;
	*state = &fixture;
	return fixture.table ? 0 : -1;
}

static int setup_random(void **state)
{
	return setup_with(state, draw_random);
}

static int setup_rigged(void **state)
{
	return setup_with(state, draw_rigged);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	index_table_destroy(fixture->table);
	rcu_destroy(fixture->rcu);
	return 0;
}

static void test_take_publish_drop(void **state)
{
	struct index_table *table = ((struct fixture *)*state)->table;
	static struct keypair kp;
	int holder;

	rig((const uint32_t[]){0xabcd0005}, 1);
	assert_int_equal(index_table_take(table, &holder, &kp.local_index), 0);
	assert_int_equal(kp.local_index, 0xabcd0005);
	assert_int_equal(index_table_count(table), 1);
	assert_ptr_equal(index_table_holder(table, 0xabcd0005), &holder);
	assert_null(index_table_holder(table, 5)); /* the same slot */
	assert_null(index_table_find(table, 0xabcd0005));

	index_table_publish(table, &kp);
	assert_ptr_equal(index_table_find(table, 0xabcd0005), &kp);
	assert_null(index_table_find(table, 5));
	assert_null(index_table_find(table, 0xabcd0006));

	index_table_drop(table, 5); /* nobody holds it */
	assert_ptr_equal(index_table_find(table, 0xabcd0005), &kp);
	index_table_drop(table, 0xabcd0005);
	assert_null(index_table_find(table, 0xabcd0005));
	assert_null(index_table_holder(table, 0xabcd0005));
	assert_int_equal(index_table_count(table), 0);
	index_table_drop(table, 0xabcd0005);
	assert_int_equal(index_table_count(table), 0);
}

static void test_index_zero(void **state)
{
	struct index_table *table = ((struct fixture *)*state)->table;
	static struct keypair kp;
	int holder;

	assert_null(index_table_holder(table, 0));
	rig((const uint32_t[]){0}, 1);
	assert_int_equal(index_table_take(table, &holder, &kp.local_index), 0);
	index_table_publish(table, &kp);
	assert_ptr_equal(index_table_holder(table, 0), &holder);
	assert_ptr_equal(index_table_find(table, 0), &kp);
}

static void test_taken_slot_is_drawn_again(void **state)
{
	struct index_table *table = ((struct fixture *)*state)->table;
	int first, second, third;
	uint32_t index;

	rig((const uint32_t[]){7, 7 + SLOTS, 7, 8}, 4);
	assert_int_equal(index_table_take(table, &first, &index), 0);
	assert_int_equal(index_table_take(table, &second, &index), 0);
	assert_int_equal(index, 8);
	assert_ptr_equal(index_table_holder(table, 7), &first);

	/* The slot is free for another index as soon as the first one is dropped. */
	index_table_drop(table, 7);
	rig((const uint32_t[]){7 + SLOTS}, 1);
	assert_int_equal(index_table_take(table, &third, &index), 0);
	assert_int_equal(index, 7 + SLOTS);
	assert_null(index_table_holder(table, 7));
	assert_int_equal(index_table_count(table), 2);
}

static void test_broken_draw(void **state)
{
	struct index_table *table = ((struct fixture *)*state)->table;
	uint32_t index = 99;
	int holder;

	rig((const uint32_t[]){3}, 1);
	assert_int_equal(index_table_take(table, &holder, &index), 0);
	assert_int_equal(index_table_take(table, &holder, &index), -EAGAIN);
	assert_int_equal(index_table_count(table), 1);
	assert_int_equal(index, 3);
}

/* Everything stays where it was found while the table doubles, published or not. */
static void test_growth(void **state)
{
	enum { N = 5000 };
	struct index_table *table = ((struct fixture *)*state)->table;
	struct keypair *kps = aligned_alloc(CACHE_LINE, N * sizeof(*kps));
	static struct index_lookup lookups[N];

	assert_non_null(kps);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(index_table_take(table, &kps[i], &kps[i].local_index), 0);
		if (i % 2 == 0)
			index_table_publish(table, &kps[i]);
	}
	assert_int_equal(index_table_count(table), N);
	for (size_t i = 0; i < N; i++) {
		uint32_t index = kps[i].local_index;

		assert_ptr_equal(index_table_holder(table, index), &kps[i]);
		assert_ptr_equal(index_table_find(table, index), i % 2 == 0 ? &kps[i] : NULL);
		for (size_t j = 0; j < 10; j++)
			assert_int_not_equal(index, kps[(i + 1 + j) % N].local_index);
		/* Every third is one that nobody has, in a slot that somebody may have. */
		lookups[i].index = index ^ (i % 3 == 0 ? UINT32_C(1) << 31 : 0);
	}
	index_table_find_burst(table, lookups, N);
	for (size_t i = 0; i < N; i++)
		assert_ptr_equal(lookups[i].keypair, i % 2 == 0 && i % 3 != 0 ? &kps[i] : NULL);
	for (size_t i = 0; i < N; i++) {
		index_table_drop(table, kps[i].local_index);
		assert_null(index_table_find(table, kps[i].local_index));
	}
	assert_int_equal(index_table_count(table), 0);
	free(kps);
}

/* More than half of the slots are never taken: the draw that follows must have room. */
static void test_doubles_when_half_full(void **state)
{
	static uint32_t draws[SLOTS];
	struct fixture *fixture = *state;
	uint32_t index;

	for (uint32_t i = 0; i < SLOTS; i++)
		draws[i] = i;
	rig(draws, SLOTS);
	rcu_online(fixture->rcu, 0);
	for (size_t i = 0; i < SLOTS / 2; i++)
		assert_int_equal(index_table_take(fixture->table, fixture, &index), 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 0);
	assert_int_equal(index_table_take(fixture->table, fixture, &index), 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 1); /* the old slots wait for the reader */
	rcu_quiescent(fixture->rcu, 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 0);

	/* A slot that only the larger table has. */
	rig((const uint32_t[]){SLOTS}, 1);
	assert_int_equal(index_table_take(fixture->table, fixture, &index), 0);
	rcu_offline(fixture->rcu, 0);
}

static void test_growth_without_memory(void **state)
{
	struct index_table *table = ((struct fixture *)*state)->table;
	uint32_t indices[SLOTS / 2], index;

	for (size_t i = 0; i < SLOTS / 2; i++)
		assert_int_equal(index_table_take(table, &indices[i], &indices[i]), 0);
	for (int n = 0; n < 2; n++) {
		n_until_failure = n;
		assert_int_equal(index_table_take(table, table, &index), -ENOMEM);
	}
	n_until_failure = NEVER_FAIL;
	assert_int_equal(index_table_count(table), SLOTS / 2);
	for (size_t i = 0; i < SLOTS / 2; i++)
		assert_ptr_equal(index_table_holder(table, indices[i]), &indices[i]);
	assert_int_equal(index_table_take(table, table, &index), 0);
}

static void test_create_fails_clean(void **state)
{
	(void)state;
	for (int n = 0; n < 3; n++) {
		n_until_failure = n;
		assert_null(index_table_create(NULL, draw_random));
	}
	n_until_failure = NEVER_FAIL;
}

static void test_destroy_nothing(void **state)
{
	(void)state;
	index_table_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_destroy_nothing),
		cmocka_unit_test_setup_teardown(test_take_publish_drop, setup_rigged, teardown),
		cmocka_unit_test_setup_teardown(test_index_zero, setup_rigged, teardown),
		cmocka_unit_test_setup_teardown(
			test_taken_slot_is_drawn_again, setup_rigged, teardown),
		cmocka_unit_test_setup_teardown(test_broken_draw, setup_rigged, teardown),
		cmocka_unit_test_setup_teardown(test_growth, setup_random, teardown),
		cmocka_unit_test_setup_teardown(
			test_doubles_when_half_full, setup_rigged, teardown),
		cmocka_unit_test_setup_teardown(test_growth_without_memory, setup_random, teardown),
		cmocka_unit_test(test_create_fails_clean),
	};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
