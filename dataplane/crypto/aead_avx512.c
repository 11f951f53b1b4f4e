/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The native engine for AVX-512 F and BW: ChaCha20 over 16 blocks, Poly1305 over 8 packets. As aead_avx2.c, in
 * vectors of twice the width.
 */

#include "crypto/aead_avx512.h"

#include "base/bytes.h"

#include <immintrin.h>
#include <stddef.h>

#define N_LANES 16
#define N_WORDS 16
#define N_DOUBLE_ROUNDS 10

struct work {
	__m512i x[N_WORDS];
};
_Static_assert(sizeof(struct work) <= NATIVE_SCRATCH_LEN, "fits");

/* 20 rounds over work->x, and the works, as those of a row. aead_avx512_rounds.S. */
void avx512_rounds(struct work *work, const struct poly_work works[]);

/* In each quarter of the vectors: 4 rows of 4 words into columns. */
static inline void quarters_transpose(__m512i x[static 4])
{
	__m512i low01 = _mm512_unpacklo_epi32(x[0], x[1]),
		high01 = _mm512_unpackhi_epi32(x[0], x[1]);
	__m512i low23 = _mm512_unpacklo_epi32(x[2], x[3]),
		high23 = _mm512_unpackhi_epi32(x[2], x[3]);

	x[0] = _mm512_unpacklo_epi64(low01, low23);
	x[1] = _mm512_unpackhi_epi64(low01, low23);
	x[2] = _mm512_unpacklo_epi64(high01, high23);
	x[3] = _mm512_unpackhi_epi64(high01, high23);
}

/* 4 vectors of 4 quarters into columns of quarters. */
static inline void vectors_transpose(
	__m512i out[static 4], __m512i x0, __m512i x1, __m512i x2, __m512i x3)
{
	__m512i low01 = _mm512_shuffle_i32x4(x0, x1, 0x44),
		high01 = _mm512_shuffle_i32x4(x0, x1, 0xee);
	__m512i low23 = _mm512_shuffle_i32x4(x2, x3, 0x44),
		high23 = _mm512_shuffle_i32x4(x2, x3, 0xee);

	out[0] = _mm512_shuffle_i32x4(low01, low23, 0x88);
	out[1] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
	out[2] = _mm512_shuffle_i32x4(high01, high23, 0x88);
	out[3] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
}

static inline __m512i quarters_load(
	const uint8_t *src0, const uint8_t *src1, const uint8_t *src2, const uint8_t *src3)
{
	__m512i x = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)src0));

	x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)src1), 1);
	x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)src2), 2);
	return _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)src3), 3);
}

/* Words 0 to 7 of each lane's key. */
static inline void keys_load(__m512i key[static 8], const struct chacha20_row *row)
{
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		const uint8_t *const *lane = row->key + i % 4;
		unsigned at = i / 4 * 16;

		key[i] = quarters_load(lane[0] + at, lane[4] + at, lane[8] + at, lane[12] + at);
	}
	quarters_transpose(key);
	quarters_transpose(key + 4);
}

/* Words 12 to 15 of all lanes. */
static inline void starts_load(__m512i start[static 4], const struct chacha20_row *row)
{
	const uint8_t *lane = (const uint8_t *)row->start;

#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++, lane += sizeof(row->start[0]))
		start[i] = quarters_load(lane, lane + 64, lane + 128, lane + 192);
	quarters_transpose(start);
}

/* Lanes 1 to 15 from lane 0; no words need transposing. */
static inline void packet_expand(__m512i start[static N_WORDS], struct chacha20_row *row)
{
	const __m512i numbers =
		_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i offsets = _mm512_setr_epi64(0, 64, 128, 192, 256, 320, 384, 448);
	const __m512i eight = _mm512_set1_epi64(8 * CHACHA20_BLOCK_LEN);
	__m512i src = _mm512_add_epi64(_mm512_set1_epi64((int64_t)row->src[0]), offsets);
	__m512i dst = _mm512_add_epi64(_mm512_set1_epi64((int64_t)row->dst[0]), offsets);

	_mm512_store_si512(&row->src[0], src);
	_mm512_store_si512(&row->src[8], _mm512_add_epi64(src, eight));
	_mm512_store_si512(&row->dst[0], dst);
	_mm512_store_si512(&row->dst[8], _mm512_add_epi64(dst, eight));
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		start[4 + i] = _mm512_set1_epi32((int)le32_load(row->key[0] + 4 * i));
	start[12] = _mm512_add_epi32(_mm512_set1_epi32((int)row->start[0][0]), numbers);
	start[14] = _mm512_set1_epi32((int)row->start[0][1]);
	start[15] = _mm512_set1_epi32((int)(row->start[0][1] >> 32));
}

void avx512_chacha20_run(struct chacha20_row *row, void *scratch)
{
	struct work *work = scratch;
	__m512i start[N_WORDS], x[N_WORDS];

	if (row->is_one_packet) {
		packet_expand(start, row);
	} else {
		keys_load(start + 4, row);
		starts_load(start + 12, row);
	}
	start[0] = _mm512_set1_epi32(0x61707865); /* "expand 32-byte k" */
	start[1] = _mm512_set1_epi32(0x3320646e);
	start[2] = _mm512_set1_epi32(0x79622d32);
	start[3] = _mm512_set1_epi32(0x6b206574);
	start[13] = _mm512_setzero_si512();
#pragma GCC unroll 16
	for (unsigned i = 0; i < N_WORDS; i++)
		work->x[i] = start[i];
	avx512_rounds(work, row->poly_works);
#pragma GCC unroll 16
	for (unsigned i = 0; i < N_WORDS; i++)
		x[i] = _mm512_add_epi32(work->x[i], start[i]);
#pragma GCC unroll 4
	for (unsigned i = 0; i < N_WORDS; i += 4)
		quarters_transpose(x + i);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		__m512i keystream[4]; /* of lanes i, i + 4, i + 8, i + 12 */

		vectors_transpose(keystream, x[i], x[4 + i], x[8 + i], x[12 + i]);
#pragma GCC unroll 4
		for (unsigned k = 0; k < 4; k++)
			_mm512_storeu_si512(row->dst[i + 4 * k],
				_mm512_xor_si512(
					keystream[k], _mm512_loadu_si512(row->src[i + 4 * k])));
	}
}

#define POLY_LANES 8
#define POLY_GROUPS_MAX 1
typedef uint64_t vec __attribute__((vector_size(64), may_alias));

static inline void words_load(
	const uint8_t *const src[static POLY_LANES], size_t at, vec *out_low, vec *out_high)
{
	__m512i even = quarters_load(src[0] + at, src[2] + at, src[4] + at, src[6] + at);
	__m512i odd = quarters_load(src[1] + at, src[3] + at, src[5] + at, src[7] + at);

	*out_low = (vec)_mm512_unpacklo_epi64(even, odd);
	*out_high = (vec)_mm512_unpackhi_epi64(even, odd);
}

#include "crypto/aead_poly26.h"

static const struct native_isa avx512 = {
	.narrow = AVX512_NARROW,
	.wide = AVX512_WIDE,
	.step_len = AVX512_STEP_LEN,
	.step_reciprocal = NATIVE_RECIPROCAL(AVX512_STEP_LEN),
	.n_poly_lanes = POLY_GROUPS_MAX * POLY_LANES,
	.has_fast_lanes = true,
	.lanes_absorb = poly26_absorb,
};

bool avx512_is_supported(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
		&& __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

static void avx512_seal(void *state, struct aead_op *ops, unsigned n)
{
	native_seal(&avx512, state, ops, n);
}

static void avx512_open(void *state, struct aead_op *ops, unsigned n)
{
	native_open(&avx512, state, ops, n);
}

const struct aead_engine aead_engine_native_avx512 = {
	.name = "native",
	.isa = "avx512",
	.simd_bits = 512,
	.is_supported = avx512_is_supported,
	.create = native_create,
	.destroy = native_destroy,
	.seal = avx512_seal,
	.open = avx512_open,
};
