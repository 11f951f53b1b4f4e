/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline_fixture.h"

#define N_MORE 10

static void test_empty(void **state)
{
	struct stage stage = {.n = 0};

	(void)state;
	assert_null(stage_take(&stage));
	assert_null(stage_take(&stage));
	assert_int_equal(stage.n, 0);
}

static void test_in_order(void **state)
{
	struct rte_mbuf *mbufs[3] = {
		fixture_mbuf("0", 1), fixture_mbuf("1", 1), fixture_mbuf("2", 1)};
	struct stage stage = {.n = 0};

	(void)state;
	/* Twice, so that no link of the first time is left. */
	for (unsigned round = 0; round < 2; round++) {
		assert_null(stage_put(&stage, mbufs[0]));
		assert_null(stage_put(&stage, mbufs[1]));
		assert_ptr_equal(stage_take(&stage), mbufs[0]);
		assert_null(stage_put(&stage, mbufs[2]));
		assert_int_equal(stage.n, 2);
		assert_ptr_equal(stage_take(&stage), mbufs[1]);
		assert_ptr_equal(stage_take(&stage), mbufs[2]);
		assert_null(stage_take(&stage));
		assert_int_equal(stage.n, 0);
	}
	rte_pktmbuf_free_bulk(mbufs, 3);
}

/* The newest are kept, [W] 6.4. */
static void test_oldest_goes_first(void **state)
{
	struct rte_mbuf *mbufs[WG_STAGED_PACKETS_MAX + N_MORE];
	struct stage stage = {.n = 0};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(mbufs); i++) {
		struct rte_mbuf *left;

		mbufs[i] = fixture_mbuf("x", 1);
		left = stage_put(&stage, mbufs[i]);
		assert_ptr_equal(
			left, i < WG_STAGED_PACKETS_MAX ? NULL : mbufs[i - WG_STAGED_PACKETS_MAX]);
		assert_true(stage.n <= WG_STAGED_PACKETS_MAX);
	}
	for (unsigned i = N_MORE; i < RTE_DIM(mbufs); i++)
		assert_ptr_equal(stage_take(&stage), mbufs[i]);
	assert_null(stage_take(&stage));
	rte_pktmbuf_free_bulk(mbufs, RTE_DIM(mbufs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_oldest_goes_first),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
