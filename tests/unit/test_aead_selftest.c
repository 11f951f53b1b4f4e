/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead_impl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Engines with one mistake each. The self-test must find it. */
static void seal_wrong_bit(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.seal(state, ops, n);
	for (unsigned i = 0; i < n; i++) {
		if (ops[i].len == 257)
			ops[i].dst[256] ^= 1;
	}
}

static void seal_wrong_high_counter(void *state, struct aead_op *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct aead_op op = ops[i];

		op.counter &= UINT64_MAX >> 1;
		aead_engine_scalar.seal(state, &op, 1);
	}
}

static void seal_last_key_for_all(void *state, struct aead_op *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct aead_op op = ops[i];

		op.key = ops[n - 1].key;
		aead_engine_scalar.seal(state, &op, 1);
	}
}

static void open_believes_all(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.open(state, ops, n);
	for (unsigned i = 0; i < n; i++)
		ops[i].is_authentic = true;
}

static void open_believes_none_apart(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.open(state, ops, n);
	for (unsigned i = 0; i < n; i++)
		ops[i].is_authentic &= ops[i].src == ops[i].dst;
}

static void open_leaves_plaintext(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.open(state, ops, n);
	for (unsigned i = 0; i < n; i++) {
		if (!ops[i].is_authentic && ops[i].len)
			ops[i].dst[ops[i].len - 1] = 1;
	}
}

static void open_fails_neighbour(void *state, struct aead_op *ops, unsigned n)
{
	aead_engine_scalar.open(state, ops, n);
	for (unsigned i = 1; i < n; i++) {
		if (!ops[i].is_authentic)
			ops[i - 1].is_authentic = false;
	}
}

static void *create_fails(void)
{
	return NULL;
}

static void test_selftest_refuses(void **state)
{
	const struct aead_engine rows[] = {
		/* 0 */ {.seal = seal_wrong_bit},
		/* 1 */ {.seal = seal_wrong_high_counter},
		/* 2 */ {.seal = seal_last_key_for_all},
		/* 3 */ {.open = open_believes_all},
		/* 4 */ {.open = open_believes_none_apart},
		/* 5 */ {.open = open_leaves_plaintext},
		/* 6 */ {.open = open_fails_neighbour},
		/* 7 */ {.create = create_fails},
	};

	(void)state;
	assert_null(aead_selftest(&aead_engine_scalar));
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct aead_engine engine = rows[i];

		engine.seal = engine.seal ? engine.seal : aead_engine_scalar.seal;
		engine.open = engine.open ? engine.open : aead_engine_scalar.open;
		if (!aead_selftest(&engine))
			fail_msg("row %u was accepted", i);
	}
	aead_destroy(NULL);
	assert_null(aead_create(&rows[7]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selftest_refuses),
	};

	return cmocka_run_group_tests_name("aead_selftest", tests, NULL, NULL);
}
