/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "base/compiler.h"
#include "tables/rcu.h"
#include "unit/failing_alloc.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

static unsigned n_freed;

static void count_free(void *object)
{
	unsigned *order = object;

	*order = ++n_freed;
}

static int setup(void **state)
{
	n_freed = 0;
	*state = rcu_create(3);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	rcu_destroy(*state);
	return 0;
}

static void test_waits_for_reader(void **state)
{
	struct rcu *rcu = *state;
	unsigned object = 0;

	rcu_online(rcu, 1);
	rcu_retire(rcu, &object, count_free);
	assert_int_equal(rcu_reclaim(rcu), 1);
	assert_int_equal(n_freed, 0);
	rcu_quiescent(rcu, 1);
	assert_int_equal(n_freed, 0); /* a report frees nothing by itself */
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(n_freed, 1);
	rcu_offline(rcu, 1);
}

static void test_waits_for_every_reader(void **state)
{
	struct rcu *rcu = *state;
	unsigned object = 0;

	rcu_online(rcu, 0);
	rcu_online(rcu, 2);
	rcu_retire(rcu, &object, count_free);
	rcu_quiescent(rcu, 0);
	rcu_quiescent(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 1);
	rcu_offline(rcu, 2);
	assert_int_equal(rcu_reclaim(rcu), 0);
	rcu_offline(rcu, 0);
}

static void test_report_before_retire_does_not_count(void **state)
{
	struct rcu *rcu = *state;
	unsigned object = 0;

	rcu_online(rcu, 0);
	rcu_quiescent(rcu, 0);
	rcu_retire(rcu, &object, count_free);
	assert_int_equal(rcu_reclaim(rcu), 1);
	rcu_offline(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
}

/* A reader that comes online later cannot hold what was retired before, and is not waited for. */
static void test_later_reader_is_not_waited_for(void **state)
{
	struct rcu *rcu = *state;
	unsigned object = 0;

	rcu_retire(rcu, &object, count_free);
	rcu_online(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	rcu_offline(rcu, 0);
}

static void test_frees_in_order(void **state)
{
	struct rcu *rcu = *state;
	unsigned objects[4] = {0};

	rcu_online(rcu, 0);
	rcu_retire(rcu, &objects[0], count_free);
	rcu_retire(rcu, &objects[1], count_free);
	rcu_quiescent(rcu, 0);
	rcu_retire(rcu, &objects[2], count_free);
	rcu_retire(rcu, &objects[3], count_free);
	assert_int_equal(rcu_reclaim(rcu), 2);
	assert_int_equal(objects[0], 1);
	assert_int_equal(objects[1], 2);
	rcu_quiescent(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(objects[2], 3);
	assert_int_equal(objects[3], 4);
	rcu_offline(rcu, 0);
}

static struct rcu *nested_rcu;

static void retire_again(void *object)
{
	n_freed++;
	rcu_retire(nested_rcu, object, count_free);
	rcu_reclaim(nested_rcu);
}

static void test_free_may_retire(void **state)
{
	unsigned objects[RCU_WAITING_MAX + 1] = {0};

	nested_rcu = *state;
	for (size_t i = 0; i < array_len(objects); i++)
		rcu_retire(nested_rcu, &objects[i], retire_again);
	assert_int_equal(rcu_reclaim(nested_rcu), 0);
	assert_int_equal(n_freed, 2 * array_len(objects));
}

static void test_destroy_frees_the_rest(void **state)
{
	unsigned objects[2] = {0};
	struct rcu *rcu = rcu_create(1);

	(void)state;
	n_freed = 0;
	rcu_online(rcu, 0);
	rcu_retire(rcu, &objects[0], count_free);
	rcu_retire(rcu, &objects[1], count_free);
	rcu_destroy(rcu);
	assert_int_equal(n_freed, 2);
}

struct reporter {
	struct rcu *rcu;
	atomic_bool is_online;
	atomic_bool must_stop;
};

static void *report(void *arg)
{
	struct reporter *reporter = arg;

	rcu_online(reporter->rcu, 0);
	atomic_store(&reporter->is_online, true);
	while (!atomic_load(&reporter->must_stop))
		rcu_quiescent(reporter->rcu, 0);
	rcu_offline(reporter->rcu, 0);
	return NULL;
}

static void test_full_queue_waits(void **state)
{
	static unsigned objects[3 * RCU_WAITING_MAX];
	struct reporter reporter = {.rcu = *state};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, report, &reporter), 0);
	while (!atomic_load(&reporter.is_online))
		continue;
	for (size_t i = 0; i < array_len(objects); i++)
		rcu_retire(*state, &objects[i], count_free);
	assert_true(n_freed >= 2 * RCU_WAITING_MAX);
	for (size_t i = 0; i < n_freed; i++)
		assert_int_equal(objects[i], i + 1);

	rcu_synchronize(*state);
	assert_int_equal(rcu_reclaim(*state), 0);
	assert_int_equal(n_freed, array_len(objects));
	atomic_store(&reporter.must_stop, true);
	pthread_join(thread, NULL);
}

static void test_create_fails_clean(void **state)
{
	(void)state;
	for (int n = 0; n < 2; n++) {
		n_until_failure = n;
		assert_null(rcu_create(1));
	}
	n_until_failure = NEVER_FAIL;
}

static void test_destroy_nothing(void **state)
{
	(void)state;
	rcu_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_destroy_nothing),
		cmocka_unit_test_setup_teardown(test_waits_for_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(test_waits_for_every_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_report_before_retire_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_later_reader_is_not_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frees_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_free_may_retire, setup, teardown),
		cmocka_unit_test(test_destroy_frees_the_rest),
		cmocka_unit_test_setup_teardown(test_full_queue_waits, setup, teardown),
		cmocka_unit_test(test_create_fails_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
