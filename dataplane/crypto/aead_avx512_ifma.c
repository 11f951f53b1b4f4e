/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The native engine for AVX-512 with IFMA, which multiplies 52 by 52 bits: Poly1305 over 8 packets in limbs of 44
 * bits, 9 products instead of 25. The rest is aead_avx512.c.
 */

#include "crypto/aead_avx512.h"

#include <immintrin.h>

#define N_LANES 16
#define N_DOUBLE_ROUNDS 10
#define POLY_LANES 8
#define N_GROUPS 2 /* one waits for its sums while the other multiplies */
#define N_LIMBS 3
#define LIMB_BITS 44
#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)
#define TOP_BITS 42 /* of limb 2: 130 - 2 * 44 */
#define TOP_MASK ((UINT64_C(1) << TOP_BITS) - 1)

typedef uint64_t vec __attribute__((vector_size(64), may_alias));

/* The multipliers of 8 packets, in scratch as they are secret. */
struct poly44 {
	vec r[N_LIMBS];
	vec r_folded
		[N_LIMBS]; /* 20 r: for what is 2^132 = 4 * 2^130 higher, which comes back times 5 */
};
_Static_assert(N_GROUPS * sizeof(struct poly44) <= NATIVE_SCRATCH_LEN, "fits");

static inline vec multiply_low(vec sum, vec a, vec b)
{
	return (vec)_mm512_madd52lo_epu64((__m512i)sum, (__m512i)a, (__m512i)b);
}

static inline vec multiply_high(vec sum, vec a, vec b)
{
	return (vec)_mm512_madd52hi_epu64((__m512i)sum, (__m512i)a, (__m512i)b);
}

static inline __m512i quarters_load(const uint8_t *const src[], size_t at)
{
	__m512i x = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(src[0] + at)));

	x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(src[2] + at)), 1);
	x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(src[4] + at)), 2);
	return _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(src[6] + at)), 3);
}

/* The next 16 bytes of each packet as limbs, with `high` above them. */
static inline void limbs_load(
	vec limbs[static N_LIMBS], const uint8_t *const src[static POLY_LANES], size_t at, vec high)
{
	__m512i even = quarters_load(src, at), odd = quarters_load(src + 1, at);
	vec low = (vec)_mm512_unpacklo_epi64(even, odd),
	    middle = (vec)_mm512_unpackhi_epi64(even, odd);

	limbs[0] = low & LIMB_MASK;
	limbs[1] = (low >> LIMB_BITS | middle << (64 - LIMB_BITS)) & LIMB_MASK;
	limbs[2] = middle >> (2 * LIMB_BITS - 64) | high << (128 - 2 * LIMB_BITS);
}

static inline void poly44_load(
	struct poly44 *p, vec h[static N_LIMBS], struct poly1305 *const poly[static POLY_LANES])
{
	const uint8_t *src[POLY_LANES];
	vec high;

	for (unsigned i = 0; i < POLY_LANES; i++)
		src[i] = (const uint8_t *)poly[i]->r;
	limbs_load(p->r, src, 0, (vec){});
	for (unsigned i = 1; i < N_LIMBS; i++)
		p->r_folded[i] = (p->r[i] << 4) + (p->r[i] << 2);

	for (unsigned i = 0; i < POLY_LANES; i++) {
		src[i] = (const uint8_t *)poly[i]->h;
		high[i] = poly[i]->h[2];
	}
	limbs_load(h, src, 0, high);
}

/* Limb 1 may be a little over 44 bits. */
static inline void poly44_save(
	struct poly1305 *const poly[static POLY_LANES], vec h[static N_LIMBS])
{
	vec low, middle, high;

	h[2] += h[1] >> LIMB_BITS;
	h[1] &= LIMB_MASK;
	low = h[0] | h[1] << LIMB_BITS;
	middle = h[1] >> (64 - LIMB_BITS) | h[2] << (2 * LIMB_BITS - 64);
	high = h[2] >> (128 - 2 * LIMB_BITS);
	for (unsigned i = 0; i < POLY_LANES; i++) {
		poly[i]->h[0] = low[i];
		poly[i]->h[1] = middle[i];
		poly[i]->h[2] = high[i];
	}
}

/*
 * h = h * r mod 2^130 - 5. A product's high part is worth 2^52 = 2^8 * 2^44 more than its low part: 8 bits up in the
 * next limb, and above limb 2, 10 bits up of what comes back times 5.
 * Sizes: h below 2^45.1, r below 2^44 and 20 r below 2^48.4, so all factors are below 2^52; sums of three parts of 52
 * bits and a carry stay far below 2^64.
 */
static inline void poly44_multiply(vec h[static N_LIMBS], const struct poly44 *p)
{
	vec low[N_LIMBS], high[N_LIMBS], carry;

#pragma GCC unroll 3
	for (unsigned i = 0; i < N_LIMBS; i++) {
		low[i] = multiply_low((vec){}, h[0], p->r[i]);
		high[i] = multiply_high((vec){}, h[0], p->r[i]);
#pragma GCC unroll 2
		for (unsigned k = 1; k < N_LIMBS; k++) {
			vec factor = k > i ? p->r_folded[N_LIMBS + i - k] : p->r[i - k];

			low[i] = multiply_low(low[i], h[k], factor);
			high[i] = multiply_high(high[i], h[k], factor);
		}
	}
	h[0] = low[0] & LIMB_MASK;
	low[1] += (high[0] << 8) + (low[0] >> LIMB_BITS);
	h[1] = low[1] & LIMB_MASK;
	low[2] += (high[1] << 8) + (low[1] >> LIMB_BITS);
	h[2] = low[2] & TOP_MASK;
	carry = (high[2] << 10) + (low[2] >> TOP_BITS);
	h[0] += carry + (carry << 2);
	h[1] += h[0] >> LIMB_BITS;
	h[0] &= LIMB_MASK;
}

static inline __attribute__((always_inline)) void poly44_run(struct poly44 *p, unsigned n_groups,
	const struct poly_lanes *lanes, size_t n_blocks, size_t n_end_blocks)
{
	vec h[N_GROUPS][N_LIMBS], m[N_LIMBS];
	const uint8_t *const *src = lanes->src;

	for (unsigned g = 0; g < n_groups; g++)
		poly44_load(&p[g], h[g], lanes->poly + g * POLY_LANES);
	for (; n_blocks; src = lanes->end, n_blocks = n_end_blocks, n_end_blocks = 0) {
		for (size_t at = 0; at < n_blocks * POLY1305_BLOCK_LEN; at += POLY1305_BLOCK_LEN) {
#pragma GCC unroll 2
			for (unsigned g = 0; g < n_groups; g++) {
				limbs_load(m, src + g * POLY_LANES, at, (vec){} + 1);
				for (unsigned k = 0; k < N_LIMBS; k++)
					h[g][k] += m[k];
				poly44_multiply(h[g], &p[g]);
			}
		}
	}
	for (unsigned g = 0; g < n_groups; g++)
		poly44_save(lanes->poly + g * POLY_LANES, h[g]);
}

static void poly44_absorb(void *scratch, const struct poly_lanes *lanes, unsigned n_lanes,
	size_t n_blocks, size_t n_end_blocks)
{
	if (n_lanes > POLY_LANES)
		poly44_run(scratch, N_GROUPS, lanes, n_blocks, n_end_blocks);
	else
		poly44_run(scratch, 1, lanes, n_blocks, n_end_blocks);
}

static const struct native_isa ifma = {
	.narrow = AVX512_NARROW,
	.wide = AVX512_WIDE,
	.step_len = AVX512_STEP_LEN,
	.step_reciprocal = NATIVE_RECIPROCAL(AVX512_STEP_LEN),
	.n_poly_lanes = N_GROUPS * POLY_LANES,
	.has_fast_lanes = true,
	.lanes_absorb = poly44_absorb,
};

static bool ifma_is_supported(void)
{
	return avx512_is_supported() && __builtin_cpu_supports("avx512ifma");
}

static void ifma_seal(void *state, struct aead_op *ops, unsigned n)
{
	native_seal(&ifma, state, ops, n);
}

static void ifma_open(void *state, struct aead_op *ops, unsigned n)
{
	native_open(&ifma, state, ops, n);
}

const struct aead_engine aead_engine_native_ifma = {
	.name = "native",
	.isa = "avx512-ifma",
	.simd_bits = 512,
	.is_supported = ifma_is_supported,
	.create = native_create,
	.destroy = native_destroy,
	.seal = ifma_seal,
	.open = ifma_open,
};
