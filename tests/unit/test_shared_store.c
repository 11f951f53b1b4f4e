/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The chains are tested with the store, which is their simplest user. */

#include "tables/rcu.h"
#include "tables/shared_store.h"
#include "unit/failing_alloc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_one_copy(void **state)
{
	struct shared_store store;
	const char *a, *b, *c, *d;

	(void)state;
	assert_int_equal(shared_store_init(&store, NULL), 0);
	a = shared_take(&store, "abcdefghij", 10);
	b = shared_take(&store, "abcdefghij", 10);
	c = shared_take(&store, "abcdefghik", 10);
	d = shared_take(&store, "abcdefghi", 9);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_ptr_not_equal(a, d);
	assert_ptr_not_equal(c, d);
	assert_memory_equal(c, "abcdefghik", 10);
	assert_int_equal((uintptr_t)a % 8, 0);
	shared_drop(&store, a);
	assert_ptr_equal(shared_take(&store, "abcdefghij", 10), b); /* b holds it */
	shared_drop(&store, b);
	shared_drop(&store, b);
	shared_drop(&store, c);
	shared_drop(&store, d);
	assert_int_equal(store.chains.n_nodes, 0);
	assert_int_equal(store.n_bytes, 0);
	shared_store_fini(&store);
}

/* Nothing is lost when the chains double, and what is left is freed with the store. */
static void test_many(void **state)
{
	enum { N = 5000 };
	static void *objects[N];
	struct shared_store store;

	(void)state;
	assert_int_equal(shared_store_init(&store, NULL), 0);
	for (int i = 0; i < N; i++)
		assert_non_null(objects[i] = shared_take(&store, &i, sizeof(i)));
	assert_true(store.chains.n_chains >= N);
	for (int i = 0; i < N; i++)
		assert_ptr_equal(shared_take(&store, &i, sizeof(i)), objects[i]);
	for (int i = 0; i < N; i += 2) {
		shared_drop(&store, objects[i]);
		shared_drop(&store, objects[i]);
	}
	assert_int_equal(store.chains.n_nodes, N / 2);
	shared_store_fini(&store);
}

/* A reader that found the object before the last drop may still read it. */
static void test_readers(void **state)
{
	struct rcu *rcu = rcu_create(1);
	struct shared_store store;
	const char *object;

	(void)state;
	assert_non_null(rcu);
	assert_int_equal(shared_store_init(&store, rcu), 0);
	object = shared_take(&store, "way", 4);
	rcu_online(rcu, 0);
	shared_drop(&store, object);
	assert_int_equal(rcu_reclaim(rcu), 1);
	assert_string_equal(object, "way");
	rcu_quiescent(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	rcu_offline(rcu, 0);
	shared_store_fini(&store);
	rcu_destroy(rcu);
}

/* Without memory for new chains they become longer; without memory for the object there is none. */
static void test_out_of_memory(void **state)
{
	struct shared_store store;
	int n = 0;

	(void)state;
	n_until_failure = 0;
	assert_int_equal(shared_store_init(&store, NULL), -ENOMEM);
	shared_store_fini(&store);
	n_until_failure = NEVER_FAIL;
	assert_int_equal(shared_store_init(&store, NULL), 0);
	for (; n < 64; n++)
		assert_non_null(shared_take(&store, &n, sizeof(n)));
	n_until_failure = 1;
	assert_non_null(shared_take(&store, &n, sizeof(n)));
	assert_int_equal(store.chains.n_chains, 64);
	n++;
	assert_null(shared_take(&store, &n, sizeof(n)));
	n_until_failure = NEVER_FAIL;
	assert_non_null(shared_take(&store, &n, sizeof(n)));
	assert_int_equal(store.chains.n_chains, 128);
	shared_store_fini(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_copy),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
