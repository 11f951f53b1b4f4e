/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/nonces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#define N (10 * NONCES_LEN)

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, WG_COOKIE_NONCE_LEN);
}

/* Over many refills, and from another seed. */
static void test_no_nonce_twice(void **state)
{
	static uint8_t all[2 * N][WG_COOKIE_NONCE_LEN];
	struct nonces nonces;

	(void)state;
	for (unsigned i = 0; i < 2 * N; i++) {
		if (i % N == 0)
			nonces_init(&nonces, (const uint8_t[WG_KEY_LEN]){(uint8_t)(i / N)});
		memcpy(all[i], nonces_next(&nonces), sizeof(all[i]));
	}
	qsort(all, 2 * N, sizeof(all[0]), compare);
	for (unsigned i = 1; i < 2 * N; i++)
		assert_memory_not_equal(all[i - 1], all[i], sizeof(all[0]));
	nonces_fini(&nonces);
}

/* The first ones are the stream of the seed behind its first bytes, which are the next seed. */
static void test_seed_is_replaced(void **state)
{
	const uint8_t seed[WG_KEY_LEN] = {5};
	uint8_t stream[WG_KEY_LEN + NONCES_LEN * WG_COOKIE_NONCE_LEN];
	struct nonces nonces;

	(void)state;
	nonces_init(&nonces, seed);
	randombytes_buf_deterministic(stream, sizeof(stream), seed);
	assert_memory_equal(nonces_next(&nonces), stream + sizeof(stream) - WG_COOKIE_NONCE_LEN,
		WG_COOKIE_NONCE_LEN);
	assert_memory_equal(nonces.seed, stream, WG_KEY_LEN);
}

static void test_wiped(void **state)
{
	const struct nonces zero = {.n_left = 0};
	struct nonces nonces;

	(void)state;
	nonces_init(&nonces, (const uint8_t[WG_KEY_LEN]){5});
	(void)nonces_next(&nonces);
	nonces_fini(&nonces);
	assert_memory_equal(&nonces, &zero, sizeof(zero));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_nonce_twice),
		cmocka_unit_test(test_seed_is_replaced),
		cmocka_unit_test(test_wiped),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
