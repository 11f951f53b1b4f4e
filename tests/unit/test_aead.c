/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Every engine at every width, forced by name, against libsodium. Buffers end at a page that cannot be
 * touched, so that an engine that reads or writes one byte too many dies here.
 */

#include "crypto/aead.h"

#include "base/bytes.h"
#include "crypto/aead_impl.h"
#include "crypto/aead_scalar.h"

#include <sodium.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define LEN_MAX 65535
#define N_OPS_MAX 200 /* over three times AEAD_BURST_MAX */
#define GAP 5         /* bytes behind the output that must stay as they are; odd: any alignment */

static const struct aead_engine *const engines[] = {
	&aead_engine_scalar,
	&aead_engine_native_avx2,
	&aead_engine_native_avx512,
	&aead_engine_native_ifma,
	&aead_engine_ipsec_mb_sse,
	&aead_engine_ipsec_mb_avx2,
	&aead_engine_ipsec_mb_avx512,
};

/* Reproducible noise. */
static void noise_fill(void *out, size_t len, uint64_t seed)
{
	uint8_t bytes[randombytes_SEEDBYTES] = {0};

	le64_store(bytes, seed);
	randombytes_buf_deterministic(out, len, bytes);
}

static void oracle_seal(uint8_t *out, const struct aead_op *op, const uint8_t *plain)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES] = {0};

	le64_store(nonce + 4, op->counter);
	crypto_aead_chacha20poly1305_ietf_encrypt(
		out, NULL, plain, op->len, NULL, 0, NULL, nonce, op->key);
}

/* The engine of this test; the test is skipped where the CPU lacks it. */
static struct aead *engine_start(void **state)
{
	const struct aead_engine *engine = *state;
	struct aead *aead;
	const char *error;

	if (engine->is_supported && !engine->is_supported()) {
		print_message("skipped: this CPU lacks %s\n", engine->isa);
		skip();
	}
	error = aead_selftest(engine);
	if (error)
		fail_msg("%s", error);
	aead = aead_create(engine);
	assert_non_null(aead);
	return aead;
}

/* Memory between two pages that cannot be touched. */
struct arena {
	uint8_t *start, *end;
	size_t map_len;
};

static struct arena arena_create(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = (len + page - 1) / page * page;
	uint8_t *map = mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map + page, inner, PROT_READ | PROT_WRITE), 0);
	return (struct arena){map + page, map + page + inner, inner + 2 * page};
}

static void arena_destroy(struct arena *arena)
{
	munmap(arena->end + sysconf(_SC_PAGESIZE) - arena->map_len, arena->map_len);
}

/* Where a packet lies: from `src` sealed to `sealed_dst`, and again from `src` opened to `opened_dst`. */
struct place {
	const char *name;
	uint8_t *src, *sealed_dst, *opened_dst;
};

static void check_packet(struct aead *aead, struct aead_op op, const struct place *place)
{
	static uint8_t plain[LEN_MAX], sealed[LEN_MAX + WG_TAG_LEN];

	noise_fill(plain, op.len, op.len);
	oracle_seal(sealed, &op, plain);

	memcpy(place->src, plain, op.len);
	op.src = place->src;
	op.dst = place->sealed_dst;
	aead_seal(aead, &op, 1);
	if (memcmp(op.dst, sealed, op.len + WG_TAG_LEN) != 0)
		fail_msg("seal, %s, length %u", place->name, op.len);

	memcpy(place->src, sealed, op.len + WG_TAG_LEN);
	op.dst = place->opened_dst;
	op.is_authentic = false;
	aead_open(aead, &op, 1);
	if (!op.is_authentic || memcmp(op.dst, plain, op.len) != 0)
		fail_msg("open, %s, length %u", place->name, op.len);
}

static void check_length(struct aead *aead, struct arena *a, struct arena *b, uint32_t len)
{
	uint8_t key[WG_KEY_LEN];
	size_t sealed_len = len + WG_TAG_LEN;
	struct aead_op op = {.key = key, .len = len, .counter = UINT64_C(0x0123456789abcdef) * len};
	uint8_t *a_tail = a->end - sealed_len, *b_tail = b->end - sealed_len;
	const struct place places[] = {
		{"apart, at the end", a_tail, b_tail, b->end - len},
		{"apart, at the start", a->start, b->start, b->start},
		{"apart, odd addresses", a->start + 1, b->start + 7, b->start + 7},
		{"in place, at the end", a_tail, a_tail, a_tail},
		{"in place, odd address", b->start + 3, b->start + 3, b->start + 3},
	};

	noise_fill(key, sizeof(key), len);
	for (unsigned i = 0; i < array_len(places); i++)
		check_packet(aead, op, &places[i]);
}

static void test_every_length(void **state)
{
	struct aead *aead = engine_start(state);
	struct arena a = arena_create(LEN_MAX + 64), b = arena_create(LEN_MAX + 64);

	for (uint32_t len = 0; len <= 2048; len++)
		check_length(aead, &a, &b, len);
	for (uint32_t len = LEN_MAX - 2; len <= LEN_MAX; len++)
		check_length(aead, &a, &b, len);
	arena_destroy(&a);
	arena_destroy(&b);
	aead_destroy(aead);
}

#define ROW_LEN (1424 + WG_TAG_LEN + GAP)

/* A burst of packets of mixed lengths, each with its own key and counter. */
struct burst {
	unsigned n;
	struct aead_op ops[N_OPS_MAX];
	uint8_t keys[N_OPS_MAX][WG_KEY_LEN];
	uint8_t *plain[N_OPS_MAX], *sealed[N_OPS_MAX], *work[N_OPS_MAX];
	uint8_t *memory;
};

static const uint32_t mixed_lengths[] = {
	1280, 0, 16, 64, 1420, 1, 48, 255, 576, 32, 15, 1424, 80, 257, 1024, 112};

static const uint64_t mixed_counters[] = {0, 1, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 60,
	UINT64_MAX - 8192, UINT64_MAX - 1, UINT64_MAX};

static struct burst *burst_create(unsigned n, uint64_t seed)
{
	struct burst *burst = test_calloc(1, sizeof(*burst));
	uint8_t *at = test_malloc(3 * n * ROW_LEN);

	burst->n = n;
	burst->memory = at;
	noise_fill(burst->keys, sizeof(burst->keys), seed);
	noise_fill(at, 3 * n * ROW_LEN, seed + 1);
	for (unsigned i = 0; i < n; i++) {
		struct aead_op *op = &burst->ops[i];

		op->key = burst->keys[i];
		op->counter = mixed_counters[(seed + i) % array_len(mixed_counters)];
		op->len = mixed_lengths[(seed + i) % array_len(mixed_lengths)];
		burst->plain[i] = at;
		burst->sealed[i] = at + ROW_LEN;
		burst->work[i] = at + 2 * ROW_LEN;
		at += 3 * ROW_LEN;
		oracle_seal(burst->sealed[i], op, burst->plain[i]);
	}
	return burst;
}

static void burst_destroy(struct burst *burst)
{
	test_free(burst->memory);
	test_free(burst);
}

static void burst_aim(struct burst *burst, uint8_t **src)
{
	for (unsigned i = 0; i < burst->n; i++) {
		burst->ops[i].src = src[i];
		burst->ops[i].dst = burst->work[i];
		burst->ops[i].is_authentic = false;
	}
}

/* The work rows start with `want` (and `tail_len` bytes more), and nothing was written behind. */
static void burst_check(struct burst *burst, uint8_t **want, size_t tail_len, const char *row)
{
	for (unsigned i = 0; i < burst->n; i++) {
		size_t len = burst->ops[i].len + tail_len;

		if (memcmp(burst->work[i], want[i], len) != 0)
			fail_msg("%s, burst of %u, packet %u", row, burst->n, i);
		for (unsigned k = 0; k < GAP; k++) {
			if (burst->work[i][len + k] != 0xee)
				fail_msg("%s, burst of %u, behind packet %u", row, burst->n, i);
		}
	}
}

static void burst_paint(struct burst *burst)
{
	for (unsigned i = 0; i < burst->n; i++)
		memset(burst->work[i], 0xee, ROW_LEN);
}

/* For work in place: the work rows start with `from`. */
static void burst_load(struct burst *burst, uint8_t **from, size_t tail_len)
{
	burst_paint(burst);
	for (unsigned i = 0; i < burst->n; i++)
		memcpy(burst->work[i], from[i], burst->ops[i].len + tail_len);
}

static void check_burst(struct aead *aead, unsigned n)
{
	struct burst *burst = burst_create(n, n);

	burst_paint(burst);
	burst_aim(burst, burst->plain);
	aead_seal(aead, burst->ops, n);
	burst_check(burst, burst->sealed, WG_TAG_LEN, "seal apart");

	burst_load(burst, burst->plain, 0);
	burst_aim(burst, burst->work);
	aead_seal(aead, burst->ops, n);
	burst_check(burst, burst->sealed, WG_TAG_LEN, "seal in place");

	burst_paint(burst);
	burst_aim(burst, burst->sealed);
	aead_open(aead, burst->ops, n);
	burst_check(burst, burst->plain, 0, "open apart");
	for (unsigned i = 0; i < n; i++)
		assert_true(burst->ops[i].is_authentic);
	burst_destroy(burst);
}

static void test_burst_sizes(void **state)
{
	struct aead *aead = engine_start(state);

	for (unsigned n = 0; n <= AEAD_BURST_MAX + 1; n++)
		check_burst(aead, n);
	check_burst(aead, 2 * AEAD_BURST_MAX);
	check_burst(aead, N_OPS_MAX);
	aead_destroy(aead);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	return sodium_is_zero(bytes, len) == 1;
}

/* Packet `forged` of a sealed burst was changed: it alone must fail. */
static void check_one_fails(struct aead *aead, struct burst *burst, unsigned forged)
{
	aead_open(aead, burst->ops, burst->n);
	for (unsigned i = 0; i < burst->n; i++) {
		const struct aead_op *op = &burst->ops[i];

		assert_int_equal(op->is_authentic, i != forged);
		if (i == forged)
			assert_true(is_zero(op->dst, op->len));
		else
			assert_memory_equal(op->dst, burst->plain[i], op->len);
	}
}

/* Each packet of a full burst in turn, with its first, middle or last byte changed. */
static void test_one_forged_fails_alone(void **state)
{
	struct aead *aead = engine_start(state);
	struct burst *burst = burst_create(AEAD_BURST_MAX, 7);

	for (unsigned forged = 0; forged < burst->n; forged++) {
		size_t sealed_len = burst->ops[forged].len + WG_TAG_LEN;
		size_t at[] = {0, sealed_len / 2, sealed_len - 1};
		uint8_t *byte = burst->sealed[forged] + at[forged % 3];

		*byte ^= 0x10;
		burst_aim(burst, burst->sealed);
		check_one_fails(aead, burst, forged);

		burst_load(burst, burst->sealed, WG_TAG_LEN);
		burst_aim(burst, burst->work);
		check_one_fails(aead, burst, forged);
		*byte ^= 0x10;
	}
	burst_destroy(burst);
	aead_destroy(aead);
}

/* Every bit of the tag counts, for a packet without and one with content. */
static void test_every_tag_bit(void **state)
{
	static const uint32_t lens[] = {0, 100, 1420};
	struct aead *aead = engine_start(state);
	uint8_t key[WG_KEY_LEN], plain[1420], sealed[1420 + WG_TAG_LEN], opened[1420];
	struct aead_op op = {.key = key, .counter = 77, .src = sealed, .dst = opened};

	noise_fill(key, sizeof(key), 1);
	noise_fill(plain, sizeof(plain), 2);
	for (unsigned i = 0; i < array_len(lens); i++) {
		op.len = lens[i];
		oracle_seal(sealed, &op, plain);
		for (unsigned bit = 0; bit < 8 * WG_TAG_LEN; bit++) {
			sealed[op.len + bit / 8] ^= (uint8_t)(1 << bit % 8);
			memset(opened, 0xee, sizeof(opened));
			op.is_authentic = true;
			aead_open(aead, &op, 1);
			if (op.is_authentic || !is_zero(opened, op.len))
				fail_msg("length %u, bit %u", op.len, bit);
			sealed[op.len + bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		aead_open(aead, &op, 1);
		assert_true(op.is_authentic);
	}
	aead_destroy(aead);
}

/* Another key, counter or length than the sealed packet's. */
static void test_wrong_inputs(void **state)
{
	struct aead *aead = engine_start(state);
	uint8_t keys[2][WG_KEY_LEN], plain[64], sealed[64 + WG_TAG_LEN], opened[64];
	const struct aead_op right = {.key = keys[0], .counter = 5, .len = 64};
	const struct aead_op rows[] = {
		{.key = keys[1], .counter = 5, .len = 64},
		{.key = keys[0], .counter = 6, .len = 64},
		{.key = keys[0], .counter = 5 | UINT64_C(1) << 32, .len = 64},
		{.key = keys[0], .counter = 5 | UINT64_C(1) << 63, .len = 64},
		{.key = keys[0], .counter = 5, .len = 63},
		{.key = keys[0], .counter = 5, .len = 0},
	};

	noise_fill(keys, sizeof(keys), 3);
	noise_fill(plain, sizeof(plain), 4);
	oracle_seal(sealed, &right, plain);
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct aead_op op = rows[i];

		op.src = sealed;
		op.dst = opened;
		op.is_authentic = true;
		aead_open(aead, &op, 1);
		if (op.is_authentic || !is_zero(opened, op.len))
			fail_msg("row %u", i);
	}
	aead_destroy(aead);
}

#define STACK_LEN (256 * 1024)

struct stack_job {
	struct aead *aead;
	void (*work)(struct aead *aead, struct aead_op *ops, unsigned n);
	struct aead_op *ops;
	unsigned n;
};

static void *stack_job_run(void *arg)
{
	struct stack_job *job = arg;
	volatile uint8_t above[STACK_LEN
		/ 4]; /* keeps what the thread's end overwrites away from the call */

	above[0] = 0;
	job->work(job->aead, job->ops, job->n);
	return above[0] ? arg : NULL; /* in use until here */
}

/* The key, or the first bytes of a block of the keystream, somewhere in a dead stack. */
static bool is_secret_left(const uint8_t *stack, const struct aead_op *op)
{
	uint8_t nonce[CHACHA20_NONCE_LEN] = {0}, block[CHACHA20_BLOCK_LEN];
	bool is_left =
		memmem(stack, STACK_LEN, op->key, 16) || memmem(stack, STACK_LEN, op->key + 16, 16);

	le64_store(nonce + 4, op->counter);
	for (uint32_t i = 0; i * CHACHA20_BLOCK_LEN < op->len + CHACHA20_BLOCK_LEN; i++) {
		chacha20_block(block, op->key, i, nonce);
		for (unsigned at = 0; at < sizeof(block); at += 16)
			is_left |= memmem(stack, STACK_LEN, block + at, 16) != NULL;
	}
	return is_left;
}

static void check_stack(struct stack_job *job, const char *row)
{
	uint8_t *stack =
		mmap(NULL, STACK_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_attr_t attributes;
	pthread_t thread;

	assert_true(stack != MAP_FAILED);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_LEN), 0);
	assert_int_equal(pthread_create(&thread, &attributes, stack_job_run, job), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (unsigned i = 0; i < job->n; i++) {
		if (is_secret_left(stack, &job->ops[i]))
			fail_msg("%s, burst of %u, packet %u", row, job->n, i);
	}
	pthread_attr_destroy(&attributes);
	munmap(stack, STACK_LEN);
}

/* After a call, neither keys nor keystream lie on the thread's stack. */
static void test_no_secret_on_stack(void **state)
{
	static const unsigned sizes[] = {1, 2, 16, AEAD_BURST_MAX};
	struct aead *aead = engine_start(state);

	for (unsigned i = 0; i < array_len(sizes); i++) {
		struct burst *burst = burst_create(sizes[i], i);

		burst_aim(burst, burst->plain);
		check_stack(&(struct stack_job){aead, aead_seal, burst->ops, burst->n}, "seal");
		burst_aim(burst, burst->sealed);
		check_stack(&(struct stack_job){aead, aead_open, burst->ops, burst->n}, "open");
		burst_destroy(burst);
	}
	aead_destroy(aead);
}

static void test_find(void **state)
{
	struct aead_trials trials;
	static const struct {
		const char *name;
		unsigned max_simd_bits;
		const char *want; /* the engine, or a piece of the error after a '!' */
	} rows[] = {
		/* 0 */ {"scalar", 0, "scalar"},
		/* 1 */ {"scalar", 512, "scalar"},
		/* 2 */ {"auto", 0, "scalar"},
		/* 3 */ {"auto", 64, "scalar"},
		/* 4 */ {"ipsec-mb", 0, "!--force-max-simd-bitwidth"},
		/* 5 */ {"ipsec-mb", 127, "!--force-max-simd-bitwidth"},
		/* 6 */ {"", 512, "!no engine has this name"},
		/* 7 */ {"Scalar", 512, "!no engine has this name"},
		/* 8 */ {"scalar ", 512, "!no engine has this name"},
		/* 9 */ {"native", 128, "!--force-max-simd-bitwidth"},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		const char *error = "";
		const struct aead_engine *engine =
			aead_engine_find(rows[i].name, rows[i].max_simd_bits, &trials, &error);

		if (rows[i].want[0] == '!') {
			if (engine || !strstr(error, rows[i].want + 1))
				fail_msg("row %u: %s", i, error);
		} else if (!engine || error
			|| strcmp(aead_engine_name(engine), rows[i].want) != 0) {
			fail_msg("row %u: %s", i, error);
		}
	}
}

/* "auto" measures each engine that is allowed, never a wider one, and takes the first of its list. */
static void test_find_auto(void **state)
{
	unsigned n_last = 0;

	(void)state;
	for (unsigned bits = 64; bits <= 512; bits *= 2) {
		const char *error;
		struct aead_trials trials;
		const struct aead_engine *engine = aead_engine_find("auto", bits, &trials, &error);

		assert_non_null(engine);
		assert_in_range(trials.n, n_last > 1 ? n_last : 1, array_len(engines));
		assert_ptr_equal(engine, trials.trials[0].engine);
		for (unsigned i = 0; i < trials.n; i++) {
			assert_in_range(trials.trials[i].engine->simd_bits, 0, bits);
			assert_in_range(trials.trials[i].cycles[0], 1, trials.trials[i].cycles[2]);
		}
		n_last = trials.n;
	}
}

#define N_ENGINE_TESTS 6

int main(void)
{
	static const struct {
		const char *name;
		CMUnitTestFunction function;
	} each[N_ENGINE_TESTS] = {
		{"every length", test_every_length},
		{"burst sizes", test_burst_sizes},
		{"one forged fails alone", test_one_forged_fails_alone},
		{"every tag bit", test_every_tag_bit},
		{"wrong inputs", test_wrong_inputs},
		{"no secret on the stack", test_no_secret_on_stack},
	};
	const struct CMUnitTest common[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_auto),
	};
	static struct CMUnitTest tests[N_ENGINE_TESTS * array_len(engines)];
	static char names[array_len(tests)][64];

	if (sodium_init() < 0)
		return 1;
	for (unsigned i = 0; i < array_len(tests); i++) {
		const struct aead_engine *engine = engines[i / N_ENGINE_TESTS];

		snprintf(names[i], sizeof(names[i]), "%s %s: %s", engine->name, engine->isa,
			each[i % N_ENGINE_TESTS].name);
		tests[i].name = names[i];
		tests[i].test_func = each[i % N_ENGINE_TESTS].function;
		tests[i].initial_state = (void *)(uintptr_t)engine;
	}
	return cmocka_run_group_tests_name("aead", common, NULL, NULL)
		+ cmocka_run_group_tests_name("aead engines", tests, NULL, NULL);
}
