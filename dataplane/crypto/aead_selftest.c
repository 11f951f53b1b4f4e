/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead_impl.h"

#include "crypto/aead_vectors.h"

#include <stdlib.h>
#include <string.h>

#define LEN_MAX 2048
#define ROW_LEN (LEN_MAX + WG_TAG_LEN + 1) /* odd, so that rows begin at any alignment */

/* Around the edges of blocks of 16 and 64 bytes and of vectors of 4, 8 and 16 blocks; then usual packets. */
static const uint32_t lengths[] = {0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191,
	192, 193, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1420, 1424, LEN_MAX};

#define N_OPS array_len(lengths)

_Static_assert(array_len(known_tags) < N_OPS, "the known answers run as one burst");
_Static_assert(N_OPS <= AEAD_BURST_MAX, "one burst");

struct selftest {
	struct aead_op ops[N_OPS];
	uint8_t keys[N_OPS][WG_KEY_LEN];
	uint8_t plain[N_OPS][ROW_LEN];
	uint8_t sealed[N_OPS][ROW_LEN]; /* what the scalar engine says */
	uint8_t work[N_OPS][ROW_LEN];
	uint8_t opened[N_OPS][ROW_LEN];
};

static void pattern_fill(uint8_t *out, size_t len, size_t start, size_t step)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(start + step * i);
}

static void ops_aim(struct selftest *test, uint8_t (*src)[ROW_LEN], uint8_t (*dst)[ROW_LEN])
{
	for (unsigned i = 0; i < N_OPS; i++) {
		test->ops[i].src = src[i];
		test->ops[i].dst = dst[i];
	}
}

/* Row 0 is the text, row i the known tag i - 1. */
static bool known_answers_hold(struct aead *aead, struct selftest *test)
{
	bool is_good;

	ops_aim(test, test->plain, test->work);
	test->ops[0].key = known_text_key;
	test->ops[0].counter = known_text_counter;
	test->ops[0].len = KNOWN_TEXT_LEN;
	memcpy(test->plain[0], known_text, KNOWN_TEXT_LEN);
	for (unsigned i = 0; i < array_len(known_tags); i++) {
		struct aead_op *op = &test->ops[i + 1];

		pattern_fill(test->keys[i], WG_KEY_LEN, 0x80 + i, 31);
		pattern_fill(test->plain[i + 1], known_tags[i].len, known_tags[i].len, 7);
		op->key = test->keys[i];
		op->counter = known_tags[i].counter;
		op->len = known_tags[i].len;
	}
	aead_seal(aead, test->ops, 1 + array_len(known_tags));

	is_good = memcmp(test->work[0], known_text_sealed, sizeof(known_text_sealed)) == 0;
	for (unsigned i = 0; i < array_len(known_tags); i++)
		is_good &=
			memcmp(test->work[i + 1] + known_tags[i].len, known_tags[i].tag, WG_TAG_LEN)
			== 0;
	return is_good;
}

/* A burst of every length, each packet with its own key and a counter of all eight bytes. */
static void burst_prepare(struct selftest *test)
{
	for (unsigned i = 0; i < N_OPS; i++) {
		pattern_fill(test->keys[i], WG_KEY_LEN, 3 * i, 2 * i + 1);
		pattern_fill(test->plain[i], lengths[i], 5 * i, 2 * i + 3);
		test->ops[i].key = test->keys[i];
		test->ops[i].counter = UINT64_C(0xf1e2d3c4b5a69788) * (i + 1);
		test->ops[i].len = lengths[i];
	}
}

static bool rows_equal(uint8_t (*a)[ROW_LEN], uint8_t (*b)[ROW_LEN], size_t tail_len)
{
	for (unsigned i = 0; i < N_OPS; i++) {
		if (memcmp(a[i], b[i], lengths[i] + tail_len) != 0)
			return false;
	}
	return true;
}

static bool all_authentic(const struct selftest *test)
{
	for (unsigned i = 0; i < N_OPS; i++) {
		if (!test->ops[i].is_authentic)
			return false;
	}
	return true;
}

/* Seals apart and in place, opens apart; opening in place is left to forgery_fails_alone. */
static bool burst_agrees(struct aead *aead, struct selftest *test)
{
	bool is_good;

	ops_aim(test, test->plain, test->sealed);
	aead_engine_scalar.seal(NULL, test->ops, N_OPS);

	ops_aim(test, test->plain, test->work);
	aead_seal(aead, test->ops, N_OPS);
	is_good = rows_equal(test->work, test->sealed, WG_TAG_LEN);

	ops_aim(test, test->work, test->opened);
	aead_open(aead, test->ops, N_OPS);
	is_good &= all_authentic(test) && rows_equal(test->opened, test->plain, 0);

	memcpy(test->work, test->plain, sizeof(test->work));
	ops_aim(test, test->work, test->work);
	aead_seal(aead, test->ops, N_OPS);
	return is_good && rows_equal(test->work, test->sealed, WG_TAG_LEN);
}

/* One wrong bit in the packet `forged`: it alone must fail, and leave zeros. */
static bool forgery_fails_alone(struct aead *aead, struct selftest *test, unsigned forged)
{
	uint8_t zeros[LEN_MAX] = {0};

	memcpy(test->work, test->sealed, sizeof(test->work));
	test->work[forged][lengths[forged] + forged % WG_TAG_LEN] ^= (uint8_t)(1 << forged % 8);
	ops_aim(test, test->work, test->work);
	aead_open(aead, test->ops, N_OPS);

	for (unsigned i = 0; i < N_OPS; i++) {
		bool is_forged = i == forged;

		if (test->ops[i].is_authentic == is_forged
			|| memcmp(test->work[i], is_forged ? zeros : test->plain[i], lengths[i])
				!= 0)
			return false;
	}
	return true;
}

static bool engine_is_good(struct aead *aead, struct selftest *test)
{
	if (!known_answers_hold(aead, test))
		return false;
	burst_prepare(test);
	if (!burst_agrees(aead, test))
		return false;
	for (unsigned forged = 0; forged < N_OPS; forged++) {
		if (!forgery_fails_alone(aead, test, forged))
			return false;
	}
	return true;
}

const char *aead_selftest(const struct aead_engine *engine)
{
	struct selftest *test = calloc(1, sizeof(*test));
	struct aead *aead = aead_create(engine);
	const char *refusal = NULL;

	if (!test || !aead)
		refusal = "the engine does not start: memory is short or its library refuses";
	else if (!engine_is_good(aead, test))
		refusal = "the engine computes wrong results on this CPU: use another engine";
	aead_destroy(aead);
	free(test);
	return refusal;
}
