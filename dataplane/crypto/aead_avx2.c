/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The native engine's kernels for AVX2: ChaCha20 over 8 blocks, Poly1305 over 4 packets.
 * Vector i of a group of blocks holds word i of each of them, so that a round needs no shuffles.
 */

#include "crypto/aead_native.h"

#include "base/bytes.h"

#include <immintrin.h>
#include <stddef.h>

#define N_LANES 8
#define N_WORDS 16

struct work {
	__m256i x[N_WORDS];
	/* What the rounds start from, but constants: words 4 to 11, then 12, 14 and 15. */
	__m256i key[8];
	__m256i block, counter_low, counter_high;
};
_Static_assert(sizeof(struct work) <= NATIVE_SCRATCH_LEN, "fits");
_Static_assert(offsetof(struct work, key) == 512 && offsetof(struct work, block) == 768
		&& offsetof(struct work, counter_high) == 832,
	"aead_avx2_rounds.S");

/* 20 rounds, left in work->x, and the works, as those of a row. aead_avx2_rounds.S. */
void avx2_rounds(struct work *work, const struct poly_work works[]);

/* In each half of the vectors: 4 rows of 4 words into columns. */
static inline void halves_transpose(__m256i x[static 4])
{
	__m256i low01 = _mm256_unpacklo_epi32(x[0], x[1]),
		high01 = _mm256_unpackhi_epi32(x[0], x[1]);
	__m256i low23 = _mm256_unpacklo_epi32(x[2], x[3]),
		high23 = _mm256_unpackhi_epi32(x[2], x[3]);

	x[0] = _mm256_unpacklo_epi64(low01, low23);
	x[1] = _mm256_unpackhi_epi64(low01, low23);
	x[2] = _mm256_unpacklo_epi64(high01, high23);
	x[3] = _mm256_unpackhi_epi64(high01, high23);
}

static inline void vector_store(void *to, __m256i vector)
{
	_mm256_store_si256(to, vector);
}

static inline __m256i pair_load(const void *low, const void *high)
{
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128(low)), _mm_loadu_si128(high), 1);
}

/* Lanes 1 to 7 from lane 0; the words of the key need no transposing. */
static inline void packet_expand(struct work *work, struct chacha20_row *row)
{
	const __m256i ones = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	const __m256i blocks = _mm256_setr_epi64x(0, 64, 128, 192), four = _mm256_set1_epi64x(256);
	__m256i src = _mm256_add_epi64(_mm256_set1_epi64x((int64_t)row->src[0]), blocks);
	__m256i dst = _mm256_add_epi64(_mm256_set1_epi64x((int64_t)row->dst[0]), blocks);

	__m256i start = _mm256_broadcastsi128_si256((__m128i)row->start[0]);

	work->block = _mm256_add_epi32(_mm256_shuffle_epi32(start, 0x00), ones);
	work->counter_low = _mm256_shuffle_epi32(start, 0xaa);
	work->counter_high = _mm256_shuffle_epi32(start, 0xff);
	vector_store(&row->src[0], src);
	vector_store(&row->src[4], _mm256_add_epi64(src, four));
	vector_store(&row->dst[0], dst);
	vector_store(&row->dst[4], _mm256_add_epi64(dst, four));
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		work->key[i] = _mm256_set1_epi32((int)le32_load(row->key[0] + 4 * i));
}

/* Words 0 to 7 of each lane's key. */
static inline void keys_load(struct work *work, const struct chacha20_row *row)
{
	__m256i key[8];

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		const uint8_t *const *lane = row->key + i % 4;
		unsigned at = i / 4 * 16;

		key[i] = pair_load(lane[0] + at, lane[4] + at);
	}
	halves_transpose(key);
	halves_transpose(key + 4);
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		work->key[i] = key[i];
}

/* Words 12, 14 and 15 of what each lane starts from. */
static inline void starts_load(struct work *work, const struct chacha20_row *row)
{
	__m256i start[4];

#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++)
		start[i] = pair_load(&row->start[i], &row->start[i + 4]);
	halves_transpose(start);
	work->block = start[0];
	work->counter_low = start[2];
	work->counter_high = start[3];
}

static inline void vector_xor(uint8_t *dst, const uint8_t *src, __m256i keystream)
{
	_mm256_storeu_si256((__m256i *)dst,
		_mm256_xor_si256(_mm256_loadu_si256((const __m256i *)src), keystream));
}

/* Words `first` to `first` + 7 of each lane's keystream, in x, onto the packets. */
static inline void half_xor(const struct chacha20_row *row, unsigned first, __m256i x[static 8])
{
	const unsigned at = 4 * first;

	halves_transpose(x);
	halves_transpose(x + 4);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		vector_xor(row->dst[i] + at, row->src[i] + at,
			_mm256_permute2x128_si256(x[i], x[i + 4], 0x20));
		vector_xor(row->dst[i + 4] + at, row->src[i + 4] + at,
			_mm256_permute2x128_si256(x[i], x[i + 4], 0x31));
	}
}

void avx2_chacha20_run(struct chacha20_row *row, void *scratch)
{
	static const uint32_t sigma[] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
	struct work *work = scratch;
	__m256i x[8];

	if (row->is_one_packet) {
		packet_expand(work, row);
	} else {
		starts_load(work, row);
		keys_load(work, row);
	}
	avx2_rounds(work, row->poly_works);
	/* Each word plus what the rounds started from. */
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		x[i] = _mm256_add_epi32(work->x[i], _mm256_set1_epi32((int)sigma[i]));
		x[4 + i] = _mm256_add_epi32(work->x[4 + i], work->key[i]);
	}
	half_xor(row, 0, x);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++)
		x[i] = _mm256_add_epi32(work->x[8 + i], work->key[4 + i]);
	x[4] = _mm256_add_epi32(work->x[12], work->block);
	x[5] = work->x[13];
	x[6] = _mm256_add_epi32(work->x[14], work->counter_low);
	x[7] = _mm256_add_epi32(work->x[15], work->counter_high);
	half_xor(row, 8, x);
}

/*
 * Few blocks: two in a vector, a row of the matrix ([8439] 2.3) in each half. Diagonals need shuffles, but a double round takes less
 * time than that of 8 blocks.
 */
#define N_FEW_LANES 4

struct rows {
	__m256i a, b, c, d;
};

static inline __m256i rotate_bits(__m256i x, int left)
{
	return _mm256_or_si256(_mm256_slli_epi32(x, left), _mm256_srli_epi32(x, 32 - left));
}

static inline void rows_round(struct rows *x)
{
	const __m256i by_16 = _mm256_set_epi64x(
		0x0d0c0f0e09080b0a, 0x0504070601000302, 0x0d0c0f0e09080b0a, 0x0504070601000302);
	const __m256i by_8 = _mm256_set_epi64x(
		0x0e0d0c0f0a09080b, 0x0605040702010003, 0x0e0d0c0f0a09080b, 0x0605040702010003);

	x->a = _mm256_add_epi32(x->a, x->b);
	x->d = _mm256_shuffle_epi8(_mm256_xor_si256(x->d, x->a), by_16);
	x->c = _mm256_add_epi32(x->c, x->d);
	x->b = rotate_bits(_mm256_xor_si256(x->b, x->c), 12);
	x->a = _mm256_add_epi32(x->a, x->b);
	x->d = _mm256_shuffle_epi8(_mm256_xor_si256(x->d, x->a), by_8);
	x->c = _mm256_add_epi32(x->c, x->d);
	x->b = rotate_bits(_mm256_xor_si256(x->b, x->c), 7);
}

static inline void rows_double_round(struct rows *x)
{
	rows_round(x);
	x->b = _mm256_shuffle_epi32(x->b, 0x39);
	x->c = _mm256_shuffle_epi32(x->c, 0x4e);
	x->d = _mm256_shuffle_epi32(x->d, 0x93);
	rows_round(x);
	x->b = _mm256_shuffle_epi32(x->b, 0x93);
	x->c = _mm256_shuffle_epi32(x->c, 0x4e);
	x->d = _mm256_shuffle_epi32(x->d, 0x39);
}

/* What lanes `at` and at + 1 start from. */
static inline struct rows rows_start(const struct chacha20_row *row, unsigned at)
{
	const uint8_t *const *key = row->key + at;

	return (struct rows){
		_mm256_broadcastsi128_si256(
			_mm_setr_epi32(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574)),
		pair_load(key[0], key[1]),
		pair_load(key[0] + 16, key[1] + 16),
		pair_load(&row->start[at], &row->start[at + 1]),
	};
}

static inline void rows_xor(const struct chacha20_row *row, unsigned at, const struct rows *x)
{
	const struct rows start = rows_start(row, at);
	__m256i a = _mm256_add_epi32(x->a, start.a), b = _mm256_add_epi32(x->b, start.b);
	__m256i c = _mm256_add_epi32(x->c, start.c), d = _mm256_add_epi32(x->d, start.d);

	vector_xor(row->dst[at], row->src[at], _mm256_permute2x128_si256(a, b, 0x20));
	vector_xor(row->dst[at] + 32, row->src[at] + 32, _mm256_permute2x128_si256(c, d, 0x20));
	vector_xor(row->dst[at + 1], row->src[at + 1], _mm256_permute2x128_si256(a, b, 0x31));
	vector_xor(row->dst[at + 1] + 32, row->src[at + 1] + 32,
		_mm256_permute2x128_si256(c, d, 0x31));
}

static void few_chacha20_run(struct chacha20_row *row, void *scratch)
{
	struct rows x = rows_start(row, 0), y = rows_start(row, 2);

	(void)scratch;
	for (unsigned i = 0; i < 10; i++) {
		rows_double_round(&x);
		rows_double_round(&y);
		/* Nothing goes to the stack: rows stay in registers, and keys are loaded again. */
		__asm__("" : "+x"(x.a), "+x"(x.b), "+x"(x.c), "+x"(x.d) : : "memory");
		__asm__("" : "+x"(y.a), "+x"(y.b), "+x"(y.c), "+x"(y.d) : : "memory");
	}
	rows_xor(row, 0, &x);
	rows_xor(row, 2, &y);
}

#define POLY_LANES 4
#define POLY_GROUPS_MAX 2
typedef uint64_t vec __attribute__((vector_size(32), may_alias));

static inline void words_load(
	const uint8_t *const src[static POLY_LANES], size_t at, vec *out_low, vec *out_high)
{
	__m256i even = pair_load(src[0] + at, src[2] + at),
		odd = pair_load(src[1] + at, src[3] + at);

	*out_low = (vec)_mm256_unpacklo_epi64(even, odd);
	*out_high = (vec)_mm256_unpackhi_epi64(even, odd);
}

#include "crypto/aead_poly26.h"

#define STEP_LEN (3 * POLY1305_BLOCK_LEN)

static const struct native_isa avx2 = {
	.narrow = {N_FEW_LANES, 0, few_chacha20_run},
	.wide = {N_LANES, AVX2_STEPS, avx2_chacha20_run},
	.step_len = STEP_LEN,
	.step_reciprocal = NATIVE_RECIPROCAL(STEP_LEN),
	.n_poly_lanes = POLY_GROUPS_MAX * POLY_LANES,
	.lanes_absorb = poly26_absorb,
};

static bool avx2_is_supported(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

static void avx2_seal(void *state, struct aead_op *ops, unsigned n)
{
	native_seal(&avx2, state, ops, n);
}

static void avx2_open(void *state, struct aead_op *ops, unsigned n)
{
	native_open(&avx2, state, ops, n);
}

const struct aead_engine aead_engine_native_avx2 = {
	.name = "native",
	.isa = "avx2",
	.simd_bits = 256,
	.is_supported = avx2_is_supported,
	.create = native_create,
	.destroy = native_destroy,
	.seal = avx2_seal,
	.open = avx2_open,
};
