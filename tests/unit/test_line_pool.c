/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/line_pool.h"
#include "unit/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N 100000 /* lines; several chunks */

static void test_lines(void **state)
{
	static const uint8_t zero[CACHE_LINE];
	static uint8_t *lines[N];
	struct line_pool pool = {0};

	(void)state;
	for (size_t i = 0; i < N; i++) {
		lines[i] = line_pool_alloc(&pool);
		assert_non_null(lines[i]);
		assert_int_equal((uintptr_t)lines[i] % CACHE_LINE, 0);
		assert_memory_equal(lines[i], zero, CACHE_LINE);
		memset(lines[i], (int)(i % 251), CACHE_LINE);
	}
	assert_int_equal(pool.n_lines, N);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < CACHE_LINE; j++)
			assert_true(lines[i][j] == i % 251);
	for (size_t i = 0; i < N; i++)
		line_pool_free(lines[i]);
	assert_int_equal(pool.n_lines, 0);
	line_pool_fini(&pool);
}

/* Freed lines come first: a pool that gives and takes does not grow. */
static void test_reuse(void **state)
{
	static const uint8_t zero[CACHE_LINE];
	struct line_pool pool = {0};
	uint8_t *first = line_pool_alloc(&pool), *second = line_pool_alloc(&pool);

	(void)state;
	assert_ptr_not_equal(first, second);
	memset(first, 0xff, CACHE_LINE);
	line_pool_free(first);
	assert_ptr_equal(line_pool_alloc(&pool), first);
	assert_memory_equal(first, zero, CACHE_LINE);
	line_pool_fini(&pool);
	assert_int_equal(pool.n_lines, 0);
}

static void test_no_memory(void **state)
{
	struct line_pool pool = {0};

	(void)state;
	n_until_failure = 0;
	assert_null(line_pool_alloc(&pool));
	assert_int_equal(pool.n_lines, 0);
	n_until_failure = NEVER_FAIL;
	assert_non_null(line_pool_alloc(&pool));
	line_pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
