/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "base/compiler.h"
#include "protocol.h"
#include "tables/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SPAN (REPLAY_BLOCKS * REPLAY_BLOCK_BITS) /* counters that have a place at a time */
#define LAP_WRAP (UINT64_C(1) << 45)
#define LAST (WG_REJECT_AFTER_MESSAGES - 1)

enum { FRESH = 1 }; /* the row begins a new window */

static const struct {
	int begins;
	uint64_t counter;
	bool is_accepted;
} rows[] = {
	/* 0: order does not matter, each one once */
	{FRESH, 0, true},
	{0, 0, false},
	{0, 1, true},
	{0, 1, false},
	{0, 9, true},
	{0, 8, true},
	{0, 7, true},
	{0, 7, false},
	{0, 31, true},
	{0, 32, true},
	/* 10 */
	{0, 33, true},
	{0, 31, false},
	{0, 32, false},
	{0, 65, true},
	{0, 64, true},
	{0, 63, true},
	{0, 63, false},
	{0, 64, false},
	/* 18: the far end of the window */
	{0, REPLAY_WINDOW, true},
	{0, REPLAY_WINDOW, false},
	/* 20 */
	{0, 0, false},
	{0, 2, true},
	{0, 2, false},
	{0, SPAN - 1, true},
	{0, 10, true},
	{0, SPAN, true}, /* takes the word of 0 to 31 */
	{0, SPAN, false},
	{0, 11, false},
	{0, 0, false},
	{0, 33, false},
	/* 30 */
	{0, 34, true},
	{0, 34, false},
	{0, SPAN + REPLAY_WINDOW, true},
	{0, SPAN, false},
	{0, SPAN + 1, true},
	{0, SPAN - 1, false},
	{0, SPAN - 2, false}, /* was never seen, but is too old */
	/* 37: far jumps */
	{0, UINT64_C(1) << 40, true},
	{0, UINT64_C(1) << 40, false},
	{0, (UINT64_C(1) << 40) - REPLAY_WINDOW, true},
	/* 40 */
	{0, (UINT64_C(1) << 40) - REPLAY_WINDOW, false},
	{0, (UINT64_C(1) << 40) - SPAN, false},
	{0, (UINT64_C(1) << 40) + 1, true},
	{0, (UINT64_C(1) << 40) - 1, true},
	{0, (UINT64_C(1) << 40) - 1, false},
	{0, 0, false},
	/* 46: a first packet that is not the first one sent */
	{FRESH, 12345, true},
	{0, 12345, false},
	{0, 12344, true},
	{0, 12345 - REPLAY_WINDOW, true},
	/* 50: the largest counters */
	{FRESH, LAST, true},
	{0, LAST, false},
	{0, LAST - 1, true},
	{0, LAST - REPLAY_WINDOW, true},
	{0, LAST - REPLAY_WINDOW, false},
	{0, LAST - SPAN, false},
	{0, UINT64_MAX, true},
	{0, UINT64_MAX, false},
	{0, UINT64_MAX - 1, true},
	{0, LAST, false},
	/* 60: the lap comes round: a refusal, and no counter twice */
	{FRESH, LAP_WRAP - 1, true},
	{0, LAP_WRAP - 1, false},
	{0, LAP_WRAP - 1 + SPAN, false},
	{0, LAP_WRAP - 1, false},
	{FRESH, 5, true},
	{0, LAP_WRAP + 5, false},
	{0, 5, false},
};

static void test_rows(void **state)
{
	struct replay replay;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		if (rows[i].begins == FRESH)
			replay = (struct replay){0};
		if (replay_peek(&replay, rows[i].counter) != rows[i].is_accepted)
			fail_msg("row %zu: peek", i);
		if (replay_commit(&replay, rows[i].counter) != rows[i].is_accepted)
			fail_msg("row %zu: commit", i);
		if (replay_peek(&replay, rows[i].counter))
			fail_msg("row %zu: peek after commit", i);
	}
}

/* Whatever the newest counter's place in its block: everything in the window once, nothing twice. */
static void test_window_is_open(void **state)
{
	(void)state;
	for (uint64_t newest = 3 * SPAN; newest <= 3 * SPAN + 2 * REPLAY_BLOCK_BITS; newest++) {
		struct replay replay = {0};

		assert_true(replay_commit(&replay, newest));
		for (uint64_t age = 1; age <= REPLAY_WINDOW; age++)
			if (!replay_commit(&replay, newest - age))
				fail_msg("newest %lu, %lu older was refused", newest, age);
		for (uint64_t age = 0; age <= REPLAY_WINDOW; age++)
			if (replay_commit(&replay, newest - age))
				fail_msg("newest %lu, %lu older came twice", newest, age);
	}
}

/* Once every word was overtaken, what is a whole span older is refused although it was never seen. */
static void test_window_is_closed(void **state)
{
	struct replay replay = {0};
	uint64_t newest = 0;

	(void)state;
	for (uint64_t counter = 0; counter < 4 * SPAN; counter += REPLAY_BLOCK_BITS) {
		assert_true(replay_commit(&replay, counter));
		newest = counter;
	}
	for (uint64_t age = SPAN; age <= newest; age++)
		if (replay_commit(&replay, newest - age))
			fail_msg("%lu older was accepted", age);
}

static void test_in_order(void **state)
{
	struct replay replay = {0};

	(void)state;
	for (uint64_t counter = 0; counter < 5 * SPAN; counter++) {
		assert_true(replay_commit(&replay, counter));
		assert_false(replay_commit(&replay, counter));
		assert_false(replay_commit(&replay, counter / 2));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_window_is_open),
		cmocka_unit_test(test_window_is_closed),
		cmocka_unit_test(test_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
