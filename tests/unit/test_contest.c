/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* wg-dpdk-bench's contest finds engines that answer wrongly, beside right ones, whose figures it must not blame. */

#include "contest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "field.h"

#define LEN_MAX 200 /* where engines are wrong */

static void seal_rightly(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.seal(state, ops, n);
}

static void open_rightly(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.open(state, ops, n);
}

static void seal_wrong_text(void *state, struct aead_op *ops, unsigned n)
{
	seal_rightly(state, ops, n);
	ops[n - 1].dst[0] ^= 1;
}

static void seal_wrong_tag(void *state, struct aead_op *ops, unsigned n)
{
	seal_rightly(state, ops, n);
	ops[0].dst[ops[0].len + WG_TAG_LEN - 1] ^= 0x80;
}

/* Takes the tags of seal_wrong_tag for right ones, too. */
static void open_wrong_tag(void *state, struct aead_op *ops, unsigned n)
{
	for (struct aead_op *op = ops; op < ops + n; op++) {
		uint8_t packet[LEN_MAX + WG_TAG_LEN];

		memcpy(packet, op->src, op->len + WG_TAG_LEN);
		open_rightly(state, op, 1);
		if (op->is_authentic)
			continue;
		packet[op->len + WG_TAG_LEN - 1] ^= 0x80;
		op->src = packet;
		open_rightly(state, op, 1);
		op->src = op->dst;
	}
}

/* Two keys change places, sealing and opening: such an engine understands itself. */
static void swap_keys(struct aead_op *ops, unsigned n)
{
	const uint8_t *key = ops[0].key;

	ops[0].key = ops[n - 1].key;
	ops[n - 1].key = key;
}

static void seal_with_swapped_keys(void *state, struct aead_op *ops, unsigned n)
{
	swap_keys(ops, n);
	seal_rightly(state, ops, n);
	swap_keys(ops, n);
}

static void open_with_swapped_keys(void *state, struct aead_op *ops, unsigned n)
{
	swap_keys(ops, n);
	open_rightly(state, ops, n);
	swap_keys(ops, n);
}

static void open_anything(void *state, struct aead_op *ops, unsigned n)
{
	open_rightly(state, ops, n);
	for (unsigned i = 0; i < n; i++)
		ops[i].is_authentic = true;
}

static void open_nothing(void *state, struct aead_op *ops, unsigned n)
{
	open_rightly(state, ops, n);
	for (unsigned i = 0; i < n; i++)
		ops[i].is_authentic = false;
}

static void open_wrong_text(void *state, struct aead_op *ops, unsigned n)
{
	open_rightly(state, ops, n);
	ops[n - 1].dst[ops[n - 1].len - 1] ^= 1;
}

static void open_leaving_text(void *state, struct aead_op *ops, unsigned n)
{
	open_rightly(state, ops, n);
	for (unsigned i = 0; i < n; i++)
		ops[i].dst[0] |= !ops[i].is_authentic;
}

/* What an engine that counts was asked. */
static unsigned shortest_burst, longest_burst;

static void count_burst(unsigned n)
{
	shortest_burst = n < shortest_burst ? n : shortest_burst;
	longest_burst = n > longest_burst ? n : longest_burst;
}

static void seal_counting(void *state, struct aead_op *ops, unsigned n)
{
	count_burst(n);
	seal_rightly(state, ops, n);
}

static void open_counting(void *state, struct aead_op *ops, unsigned n)
{
	count_burst(n);
	open_rightly(state, ops, n);
}

static const struct aead_engine wrong_engines[] = {
	{.seal = seal_wrong_text, .open = open_rightly},
	{.seal = seal_wrong_tag, .open = open_wrong_tag},
	{.seal = seal_with_swapped_keys, .open = open_with_swapped_keys},
	{.seal = seal_rightly, .open = open_anything},
	{.seal = seal_rightly, .open = open_nothing},
	{.seal = seal_rightly, .open = open_wrong_text},
	{.seal = seal_rightly, .open = open_leaving_text},
};
static const struct aead_engine counting_engine = {.seal = seal_counting, .open = open_counting};

/* In place of wg-dpdk-bench's own ones: the first and the last are right. */
const struct contestant contestants[CONTESTANTS] = {
	{"right", &aead_engine_scalar},
	{"0", &wrong_engines[0]},
	{"1", &wrong_engines[1]},
	{"2", &wrong_engines[2]},
	{"3", &wrong_engines[3]},
	{"4", &wrong_engines[4]},
	{"5", &wrong_engines[5]},
	{"6", &wrong_engines[6]},
	{"counting", &counting_engine},
};

const struct contestant *contestant_rival(const struct contestant *c)
{
	return c == &contestants[1] ? &contestants[0] : NULL;
}

static struct contest_result result;

static void run(const struct contest_plan *plan)
{
	if (!contest_run(plan, &result))
		fail_msg("the contest did not run");
}

static void test_finds_wrong_answers(void **state)
{
	struct contest_plan plan = {
		.lens = {2, {1, LEN_MAX}}, .bursts = {1, {3}}, .n_rounds = 2, .total_ns = 1};
	uint64_t n_wrong = 0;

	(void)state;
	memset(plan.takes_part, true, sizeof(plan.takes_part));
	run(&plan);
	assert_int_equal(result.n_rows, 2 * CONTESTANTS);
	for (unsigned i = 0; i < result.n_rows; i++) {
		const struct contest_row *row = &result.rows[i];
		bool is_right = row->who == &contestants[0] || row->who->engine == &counting_engine;

		if (is_right != (row->n_wrong == 0))
			fail_msg("%s, %u bytes: %u wrong", row->who->label, row->len, row->n_wrong);
		n_wrong += row->n_wrong;
	}
	assert_true(result.n_wrong == n_wrong && n_wrong < result.n_checked);
}

static void test_measures_what_was_asked(void **state)
{
	struct contest_plan plan = {
		.lens = {2, {64, 9000}}, .bursts = {2, {5, 64}}, .n_rounds = 3, .total_ns = 1};

	(void)state;
	plan.takes_part[CONTESTANTS - 1] = true;
	shortest_burst = AEAD_BURST_MAX, longest_burst = 0;
	run(&plan);
	assert_int_equal(result.n_rows, 4);
	for (unsigned i = 0; i < result.n_rows; i++) {
		const struct contest_row *row = &result.rows[i];

		assert_int_equal(row->len, plan.lens.values[i / 2]);
		assert_int_equal(row->burst, plan.bursts.values[i % 2]);
		for (unsigned way = 0; way < CONTEST_WAYS; way++) {
			const struct contest_cost *cost = &row->of[way];

			assert_true(cost->low_tsc > 0 && cost->low_tsc <= cost->median.tsc
				&& cost->median.tsc <= cost->high_tsc);
		}
	}
	assert_int_equal(shortest_burst, 5);
	assert_int_equal(longest_burst, 64);
	assert_true(result.core_per_tsc > 0);
}

static void test_ratio(void **state)
{
	struct contest_result r = {.n_rows = 4};

	(void)state;
	r.rows[0] = (struct contest_row){.len = 64, .burst = 1, .who = &contestants[0]};
	r.rows[1] = (struct contest_row){.len = 64, .burst = 32, .who = &contestants[0]};
	r.rows[2] = (struct contest_row){.len = 64, .burst = 32, .who = &contestants[1]};
	r.rows[3] = (struct contest_row){.len = 256, .burst = 32, .who = &contestants[1]};
	for (unsigned i = 0; i < r.n_rows; i++)
		r.rows[i].of[CONTEST_OPEN].median.tsc = 100 << i;
	assert_true(contest_ratio(&r, &r.rows[2], CONTEST_OPEN) == 2);
	assert_true(contest_ratio(&r, &r.rows[1], CONTEST_OPEN) == 0); /* has no rival */
	assert_true(contest_ratio(&r, &r.rows[3], CONTEST_OPEN) == 0); /* none of its length */
}

static void test_median(void **state)
{
	const struct figures figures[] = {{5, 1, 70}, {9, 2, 60}, {1, 3, 80}};
	const struct figures middle = median_figures(figures, sizeof(figures[0]), 3);

	(void)state;
	assert_true(middle.tsc == 5 && middle.cpu_cycles == 2 && middle.instructions == 70);
	assert_true(median(&figures[1].tsc, sizeof(figures[0]), 1) == 9);
}

/* Larger than a first-level cache, smaller than a second-level one, but for a single burst that is larger. */
static void test_field_fills_a_cache(void **state)
{
	static const struct {
		uint32_t len;
		unsigned burst;
	} rows[] = {{1, 1}, {64, 32}, {64, 64}, {256, 33}, {512, 1}, {1424, 4}, {1424, 64},
		{9000, 1}, {9000, 64}};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct field field;
		size_t bytes;

		assert_true(field_create(&field, rows[i].len, rows[i].burst));
		bytes = field.n * (rows[i].len + sizeof(struct aead_op) + WG_KEY_LEN);
		if (field.n % field.burst != 0 || bytes < 64 * 1024
			|| (bytes > 256 * 1024 && field.n != field.burst))
			fail_msg("row %u: %u packets, %zu bytes", i, field.n, bytes);
		field_destroy(&field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_wrong_answers),
		cmocka_unit_test(test_measures_what_was_asked),
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_field_fills_a_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
