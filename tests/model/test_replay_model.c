/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Random counters against a set of seen ones. What was seen is refused; what was not seen and is
 * at most REPLAY_WINDOW behind the newest is accepted; older ones may be either, and are counted
 * as seen when they were accepted.
 */

#include "model/replay_set.h"
#include "prng.h"
#include "tables/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N_ROUNDS 60

static struct prng prng;

/* Where a session's counters begin: small, or anywhere that leaves room before the lap comes round. */
static uint64_t draw_base(void)
{
	return prng_below(&prng, 2) ? 0 : prng_next(&prng) & ~(UINT64_C(0x3fff) << 31);
}

static uint64_t draw_back(uint64_t newest, uint64_t most)
{
	uint64_t age = prng_below(&prng, most + 1);

	return age < newest ? newest - age : 0;
}

static uint64_t draw_counter(const struct replay_set *set, uint64_t newest)
{
	switch (prng_below(&prng, 8)) {
	case 0: /* seen before */
		return set->n_seen ? set->seen[prng_below(&prng, set->n_seen)] : newest;
	case 1: /* a little disorder */
		return draw_back(newest, 64);
	case 2: /* anywhere in the window and as much behind it */
		return draw_back(newest, 2 * REPLAY_WINDOW);
	case 3: /* at the window's edge */
		return draw_back(newest - (newest > REPLAY_WINDOW ? REPLAY_WINDOW - 40 : 0), 80);
	case 4: /* a gap */
		return newest + prng_below(&prng, REPLAY_WINDOW);
	case 5: /* a loss of many packets */
		return newest + (prng_below(&prng, 8) ? 1 : prng_below(&prng, 1 << 20));
	default:
		return newest + 1;
	}
}

static void play_round(struct replay_set *set)
{
	struct replay replay = {0};
	uint64_t newest = draw_base();

	set->n_seen = 0;
	while (set->n_seen < REPLAY_SET_MAX) {
		uint64_t counter = draw_counter(set, newest);
		bool can = replay_peek(&replay, counter);
		bool is_accepted = replay_commit(&replay, counter);

		assert_true(can == is_accepted);
		if (replay_set_has(set, counter)) {
			if (is_accepted)
				fail_msg("%" PRIu64 " came twice", counter);
			continue;
		}
		if (is_accepted)
			replay_set_add(set, counter);
		else if (counter + REPLAY_WINDOW >= replay_set_newest(set))
			fail_msg("%" PRIu64 " was refused, newest %" PRIu64, counter, newest);
		newest = counter > newest ? counter : newest;
	}
}

static void test_against_set(void **state)
{
	static struct replay_set set;

	(void)state;
	for (unsigned i = 0; i < N_ROUNDS; i++)
		play_round(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_set)};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
