/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The native engine's kernels for AVX2: ChaCha20 over 8 blocks, Poly1305 over 4 packets.
 * Vector i of a group of blocks holds word i of each of them, so that a round needs no shuffles.
 */

#include "crypto/aead_native.h"
#include "crypto/aead_poly_mulx.h"

#include "base/bytes.h"

#include <immintrin.h>
#include <stddef.h>

#define N_LANES 8
#define N_WORDS 16
#define N_DOUBLE_ROUNDS 10

/*
 * The rounds are assembly because 16 words, 2 temporaries and gcc do not fit 16 registers
 * (docs/decisions/0004-native-aead.md). Here the words c rest in memory: a pair of quarter rounds needs only two.
 * Shifts and shuffles have but two of the four vector pipes of a Zen core, so the rounds leave room for
 * as many instructions without vectors: the authenticator of another packet.
 */
struct work {
	__m256i x[N_WORDS];
	__m256i key[8]; /* words 4 to 11 of what the rounds start from */
};
_Static_assert(sizeof(struct work) <= NATIVE_SCRATCH_LEN, "fits");
_Static_assert(offsetof(struct work, key) == 512, "KEY");

#define EIGHT(word) word, word, word, word, word, word, word, word
static const struct constants {
	cache_aligned uint32_t sigma[4][N_LANES]; /* "expand 32-byte k" */
	uint8_t by_16[32], by_8[32];              /* how bytes move when each word is rotated */
} constants = {
	{{EIGHT(0x61707865)}, {EIGHT(0x3320646e)}, {EIGHT(0x79622d32)}, {EIGHT(0x6b206574)}},
	{2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9,
		14, 15, 12, 13},
	{3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10,
		15, 12, 13, 14},
};
_Static_assert(offsetof(struct constants, by_16) == 128 && offsetof(struct constants, by_8) == 160
		&& offsetof(struct chacha20_row, counter_low) == 64
		&& offsetof(struct chacha20_row, counter_high) == 128,
	"BY_16, BY_8, ROW");

#define X(i) #i "*32(%[w])"
#define KEY(i) "512+(" #i "-4)*32(%[w])"
#define SIGMA(i) #i "*32(%[k])"
#define BY_16 "128(%[k])"
#define BY_8 "160(%[k])"
#define ROW(offset) #offset "(%[row])"

#define MOVE(from, to) "vmovdqa " from ", " to "\n\t"
#define ADD(to, from) "vpaddd " from ", " to ", " to "\n\t"
#define XOR(to, from) "vpxor " from ", " to ", " to "\n\t"
#define OR(to, from) "vpor " from ", " to ", " to "\n\t"
#define ROTATE_BYTES(reg, by) "vpshufb " by ", " reg ", " reg "\n\t"
#define SHIFT_LEFT(reg, n, to) "vpslld $" #n ", " reg ", " to "\n\t"
#define SHIFT_RIGHT(reg, n, to) "vpsrld $" #n ", " reg ", " to "\n\t"

#define A0 "%%ymm0"
#define A1 "%%ymm1"
#define A2 "%%ymm2"
#define A3 "%%ymm3"
#define B0 "%%ymm4"
#define B1 "%%ymm5"
#define B2 "%%ymm6"
#define B3 "%%ymm7"
#define C_EVEN "%%ymm8" /* c0 or c2 */
#define C_ODD "%%ymm9"  /* c1 or c3 */
#define T0 "%%ymm10"
#define T1 "%%ymm11"
#define D0 "%%ymm12"
#define D1 "%%ymm13"
#define D2 "%%ymm14"
#define D3 "%%ymm15"

/* x += y, z = (z ^ x) rotated: a quarter of a quarter round ([8439] 2.1), of two of them side by side. */
#define STEP_BYTES(x, y, z, x2, y2, z2, by) \
	ADD(x, y) ADD(x2, y2) XOR(z, x) XOR(z2, x2) ROTATE_BYTES(z, by) ROTATE_BYTES(z2, by)
#define STEP_BITS(x, y, z, x2, y2, z2, left, right) \
	ADD(x, y) \
	ADD(x2, y2) \
	XOR(z, x) \
	XOR(z2, x2) \
	SHIFT_LEFT(z, left, T0) \
	SHIFT_RIGHT(z, right, z) \
	SHIFT_LEFT(z2, left, T1) \
	SHIFT_RIGHT(z2, right, z2) OR(z, T0) OR(z2, T1)
#define QUARTER_ROUNDS(a, b, c, d, a2, b2, c2, d2) \
	STEP_BYTES(a, b, d, a2, b2, d2, BY_16) \
	STEP_BITS(c, d, b, c2, d2, b2, 12, 20) \
	STEP_BYTES(a, b, d, a2, b2, d2, BY_8) \
	STEP_BITS(c, d, b, c2, d2, b2, 7, 25)

/* [8439] 2.3: constants, key, number of the block, nonce. */
#define X_LOAD \
	MOVE(SIGMA(0), A0) \
	MOVE(SIGMA(1), A1) MOVE(SIGMA(2), A2) MOVE(SIGMA(3), A3) MOVE(KEY(4), B0) MOVE(KEY(5), B1) \
		MOVE(KEY(6), B2) MOVE(KEY(7), B3) MOVE(KEY(10), C_EVEN) MOVE(KEY(11), C_ODD) \
			MOVE(C_EVEN, X(10)) MOVE(C_ODD, X(11)) MOVE(KEY(8), C_EVEN) \
				MOVE(KEY(9), C_ODD) MOVE(ROW(0), D0) XOR(D1, D1) MOVE(ROW(64), D2) \
					MOVE(ROW(128), D3)
#define X_STORE \
	MOVE(A0, X(0)) \
	MOVE(A1, X(1)) MOVE(A2, X(2)) MOVE(A3, X(3)) MOVE(B0, X(4)) MOVE(B1, X(5)) MOVE(B2, X(6)) \
		MOVE(B3, X(7)) MOVE(C_EVEN, X(8)) MOVE(C_ODD, X(9)) MOVE(D0, X(12)) \
			MOVE(D1, X(13)) MOVE(D2, X(14)) MOVE(D3, X(15))

/* A double round ([8439] 2.3): the columns, the diagonals, and something else between the quarter rounds. */
#define DOUBLE_ROUND(other_1, other_2, other_3) \
	QUARTER_ROUNDS(A0, B0, C_EVEN, D0, A1, B1, C_ODD, D1) \
	MOVE(C_EVEN, X(8)) \
	MOVE(C_ODD, X(9)) MOVE(X(10), C_EVEN) MOVE(X(11), C_ODD) other_1 QUARTER_ROUNDS( \
		A2, B2, C_EVEN, D2, A3, B3, C_ODD, D3) \
	other_2 QUARTER_ROUNDS(A0, B1, C_EVEN, D3, A1, B2, C_ODD, D0) MOVE(C_EVEN, X(10)) \
		MOVE(C_ODD, X(11)) MOVE(X(8), C_EVEN) MOVE(X(9), C_ODD) other_3 \
		QUARTER_ROUNDS(A2, B3, C_EVEN, D1, A3, B0, C_ODD, D2)

#define YMM_CLOBBERED \
	"ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8", "ymm9", "ymm10", \
		"ymm11", "ymm12", "ymm13", "ymm14", "ymm15"

/* The rounds over work->x. Of the double rounds the first n_with_poly take in NATIVE_POLY_STEP blocks of `poly_work` each. */
static inline void rounds_run(struct work *work, const struct chacha20_row *row,
	const struct poly_work *poly_work, unsigned n_with_poly)
{
	unsigned n_without = N_DOUBLE_ROUNDS - n_with_poly;
	const uint8_t *src = poly_work->src;
	POLY_MULX_VARIABLES(poly_work->poly);

	__asm__ volatile(
		X_LOAD "testl %[n_with], %[n_with]\n\t"
		       "jz 2f\n\t"
		       ".p2align 5\n"
		       "1:\n\t" DOUBLE_ROUND(POLY_MULX_BLOCK(0), POLY_MULX_BLOCK(16),
			       POLY_MULX_BLOCK(32)) "addq $48, %[src]\n\t"
						    "decl %[n_with]\n\t"
						    "jnz 1b\n\t"
						    "cmpl $0, %[n_without]\n\t"
						    "jz 3f\n\t"
						    ".p2align 5\n"
						    "2:\n\t" DOUBLE_ROUND(
							    "", "", "") "decl %[n_without]\n\t"
									"jnz 2b\n"
									"3:\n\t" X_STORE
		: [n_with] "+&r"(n_with_poly), [n_without] "+m"(n_without), POLY_MULX_REGISTERS
		: [w] "r"(work), [k] "r"(&constants), [row] "r"(row), POLY_MULX_MEMORY
		: YMM_CLOBBERED, "rdx", "cc", "memory");
	poly_mulx_save(poly_work->poly, h0, h1, h2);
}

/* Rows of 8 words into columns, both ways. */
static inline void transpose(__m256i x[static 8])
{
	__m256i y[8];

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i += 2) {
		y[i] = _mm256_unpacklo_epi32(x[i], x[i + 1]);
		y[i + 1] = _mm256_unpackhi_epi32(x[i], x[i + 1]);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i += 4) {
		x[i] = _mm256_unpacklo_epi64(y[i], y[i + 2]);
		x[i + 1] = _mm256_unpackhi_epi64(y[i], y[i + 2]);
		x[i + 2] = _mm256_unpacklo_epi64(y[i + 1], y[i + 3]);
		x[i + 3] = _mm256_unpackhi_epi64(y[i + 1], y[i + 3]);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 4; i++) {
		y[i] = _mm256_permute2x128_si256(x[i], x[i + 4], 0x20);
		y[i + 4] = _mm256_permute2x128_si256(x[i], x[i + 4], 0x31);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		x[i] = y[i];
}

static inline void key_load(struct work *work, const struct chacha20_row *row)
{
	__m256i key[8];

	if (row->is_one_key) {
#pragma GCC unroll 8
		for (unsigned i = 0; i < 8; i++)
			work->key[i] = _mm256_set1_epi32((int)le32_load(row->key[0] + 4 * i));
		return;
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < N_LANES; i++)
		key[i] = _mm256_loadu_si256((const __m256i *)row->key[i]);
	transpose(key);
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++)
		work->key[i] = key[i];
}

/* Words `first` to `first` + 7 of each lane's keystream, in x, onto the packets. */
static inline void half_xor(const struct chacha20_row *row, unsigned first, __m256i x[static 8])
{
	transpose(x);
#pragma GCC unroll 8
	for (unsigned i = 0; i < N_LANES; i++) {
		const __m256i *src = (const __m256i *)(row->src[i] + 4 * first);

		_mm256_storeu_si256((__m256i *)(row->dst[i] + 4 * first),
			_mm256_xor_si256(_mm256_loadu_si256(src), x[i]));
	}
}

static inline __m256i vector_load(const uint32_t words[static N_LANES])
{
	return _mm256_load_si256((const __m256i *)words);
}

static void chacha20_run(
	const struct chacha20_row *row, void *scratch, const struct poly_work *poly_work)
{
	struct work *work = scratch;
	__m256i x[8];

	key_load(work, row);
	rounds_run(work, row, poly_work, poly_work->n_blocks / NATIVE_POLY_STEP);
	/* Each word plus what the rounds started from. */
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		x[i] = _mm256_add_epi32(work->x[i], vector_load(constants.sigma[i]));
		x[4 + i] = _mm256_add_epi32(work->x[4 + i], work->key[i]);
	}
	half_xor(row, 0, x);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++)
		x[i] = _mm256_add_epi32(work->x[8 + i], work->key[4 + i]);
	x[4] = _mm256_add_epi32(work->x[12], vector_load(row->block));
	x[5] = work->x[13];
	x[6] = _mm256_add_epi32(work->x[14], vector_load(row->counter_low));
	x[7] = _mm256_add_epi32(work->x[15], vector_load(row->counter_high));
	half_xor(row, 8, x);
}

#define POLY_LANES 4
typedef uint64_t vec __attribute__((vector_size(32), may_alias));

static inline __m256i pair_load(const uint8_t *low, const uint8_t *high)
{
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low)),
		_mm_loadu_si128((const __m128i *)high), 1);
}

static inline void words_load(
	const uint8_t *const src[static POLY_LANES], size_t at, vec *out_low, vec *out_high)
{
	__m256i even = pair_load(src[0] + at, src[2] + at),
		odd = pair_load(src[1] + at, src[3] + at);

	*out_low = (vec)_mm256_unpacklo_epi64(even, odd);
	*out_high = (vec)_mm256_unpackhi_epi64(even, odd);
}

#include "crypto/aead_poly26.h"

static const struct native_isa avx2 = {
	.narrow = {N_LANES, NATIVE_POLY_STEP *N_DOUBLE_ROUNDS, chacha20_run},
	.wide = {N_LANES, NATIVE_POLY_STEP *N_DOUBLE_ROUNDS, chacha20_run},
	.n_poly_lanes = POLY_LANES,
	.poly_absorb = poly_mulx_absorb,
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
	.simd_bits = 256,
	.is_supported = avx2_is_supported,
	.create = native_create,
	.destroy = native_destroy,
	.seal = avx2_seal,
	.open = avx2_open,
};
