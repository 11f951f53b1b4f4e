/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead_impl.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void seal_three_times(void *state, struct aead_op *ops, unsigned n)
{
	for (unsigned i = 0; i < 3; i++)
		aead_engine_scalar.seal(state, ops, n);
}

static void *create_fails(void)
{
	return NULL;
}

static void test_fastest_first(void **state)
{
	const struct aead_engine slow = {
		.name = "slow", .seal = seal_three_times, .open = aead_engine_scalar.open};
	const struct aead_engine dead = {.name = "dead", .create = create_fails};
	struct aead_trials trials = {{{.engine = &slow}, {.engine = &dead},
					     {.engine = &aead_engine_scalar}, {.engine = &slow}},
		4};

	(void)state;
	aead_trials_run(&trials);
	assert_int_equal(trials.n, 3);
	assert_ptr_equal(trials.trials[0].engine, &aead_engine_scalar);
	for (unsigned i = 1; i < trials.n; i++) {
		assert_ptr_equal(trials.trials[i].engine, &slow);
		assert_true(trials.trials[i].cycles[2] > trials.trials[0].cycles[2]);
	}
	for (unsigned i = 0; i < trials.n; i++)
		assert_true(trials.trials[i].cycles[0] < trials.trials[i].cycles[2]);
}

static void test_none(void **state)
{
	struct aead_trials trials = {.n = 0};

	(void)state;
	aead_trials_run(&trials);
	assert_int_equal(trials.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fastest_first),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("aead_trial", tests, NULL, NULL);
}
