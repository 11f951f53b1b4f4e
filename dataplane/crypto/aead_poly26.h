/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Poly1305 ([8439] 2.5) of several packets at once, a packet to each 64-bit lane of a vector, in limbs of 26
 * bits. For vectors that multiply 32 by 32 bits. The including file has defined
 *   POLY_LANES                the lanes of a vector
 *   POLY_GROUPS_MAX           vectors side by side
 *   vec                       a vector of that many uint64_t
 *   words_load(src, at, ...)  the next block of each packet, in two words
 */

#include "crypto/aead_native.h"

#define N_LIMBS 5
#define LIMB_BITS 26
#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)

/* Words of 64 bits into limbs; limb i is worth 2^(26 i). */
static inline void poly26_split(vec limbs[static N_LIMBS], vec low, vec middle, vec high)
{
	const vec mask = (vec){} + LIMB_MASK;

	limbs[0] = low & mask;
	limbs[1] = low >> 26 & mask;
	limbs[2] = (low >> 52 | middle << 12) & mask;
	limbs[3] = middle >> 14 & mask;
	limbs[4] = middle >> 40 | high << 24;
}

/* Limbs may be a little over 26 bits; the last one keeps what passes 2^130, so that h[2] stays below 8. */
static inline void poly26_save(
	struct poly1305 *const poly[static POLY_LANES], vec h[static N_LIMBS])
{
	vec low, middle, high;

	for (unsigned i = 0; i < N_LIMBS - 1; i++) {
		h[i + 1] += h[i] >> LIMB_BITS;
		h[i] &= (vec){} + LIMB_MASK;
	}
	low = h[0] | h[1] << 26 | h[2] << 52;
	middle = h[2] >> 12 | h[3] << 14 | h[4] << 40;
	high = h[4] >> 24;
	for (unsigned i = 0; i < POLY_LANES; i++) {
		poly[i]->h[0] = low[i];
		poly[i]->h[1] = middle[i];
		poly[i]->h[2] = high[i];
	}
}

/* The next block of each packet onto its h, with the bit above the block. */
static inline __attribute__((always_inline)) void poly26_add(
	vec h[static N_LIMBS], const uint8_t *const src[static POLY_LANES], size_t at)
{
	vec m[N_LIMBS], low, high;

	words_load(src, at, &low, &high);
	poly26_split(m, low, high, (vec){} + 1);
	for (unsigned i = 0; i < N_LIMBS; i++)
		h[i] += m[i];
}

#define MULTIPLY(a, b, to) "vpmuludq %[" #b "], %[" #a "], %[" #to "]\n\t"
#define MULTIPLY_ADD(a, b, sum) MULTIPLY(a, b, t) "vpaddq %[t], %[" #sum "], %[" #sum "]\n\t"
#define ROW5(h, r0, r1, r2, r3, r4) \
	MULTIPLY_ADD(h, r0, d0) \
	MULTIPLY_ADD(h, r1, d1) \
	MULTIPLY_ADD(h, r2, d2) MULTIPLY_ADD(h, r3, d3) MULTIPLY_ADD(h, r4, d4)

/*
 * h = h * r mod 2^130 - 5, limbs below 2^26 or a little over.
 * Sizes: h below 2^28, r below 2^26 and 5 r below 2^28.4, so a sum of five products is below 2^59.
 */
static inline __attribute__((always_inline)) void poly26_multiply(
	vec h[static N_LIMBS], const vec r[static N_LIMBS], const vec f[static N_LIMBS])
{
	const vec mask = (vec){} + LIMB_MASK;
	vec d0, d1, d2, d3, d4, t, carry;

	__asm__(MULTIPLY(h0, r0, d0) MULTIPLY(h0, r1, d1) MULTIPLY(h0, r2, d2) MULTIPLY(h0, r3,
		d3) MULTIPLY(h0, r4, d4) ROW5(h1, f4, r0, r1, r2, r3) ROW5(h2, f3, f4, r0, r1, r2)
			ROW5(h3, f2, f3, f4, r0, r1) ROW5(h4, f1, f2, f3, f4, r0)
		: [d0] "=&v"(d0), [d1] "=&v"(d1), [d2] "=&v"(d2), [d3] "=&v"(d3), [d4] "=&v"(d4),
		[t] "=&v"(t)
		: [h0] "v"(h[0]), [h1] "v"(h[1]), [h2] "v"(h[2]), [h3] "v"(h[3]), [h4] "v"(h[4]),
		[r0] "m"(r[0]), [r1] "m"(r[1]), [r2] "m"(r[2]), [r3] "m"(r[3]), [r4] "m"(r[4]),
		[f1] "m"(f[1]), [f2] "m"(f[2]), [f3] "m"(f[3]), [f4] "m"(f[4]));

	/* Two carries run side by side: from limb 0 to 3 and from 3 over the top to 1. */
	carry = d0 >> LIMB_BITS;
	d0 &= mask;
	d1 += carry;
	carry = d3 >> LIMB_BITS;
	d3 &= mask;
	d4 += carry;
	carry = d1 >> LIMB_BITS;
	h[1] = d1 & mask;
	d2 += carry;
	carry = d4 >> LIMB_BITS;
	d4 &= mask;
	d0 += carry + (carry << 2);
	carry = d2 >> LIMB_BITS;
	h[2] = d2 & mask;
	d3 += carry;
	carry = d0 >> LIMB_BITS;
	h[0] = d0 & mask;
	h[1] += carry;
	carry = d3 >> LIMB_BITS;
	h[3] = d3 & mask;
	h[4] = d4 + carry;
}

/* The multipliers of a vector of packets: in scratch, as they are secret and do not fit the registers. */
struct poly26 {
	vec r[N_LIMBS];
	vec r_folded[N_LIMBS]; /* 5 r: for what passes 2^130; [0] is not used */
};
_Static_assert(POLY_GROUPS_MAX * sizeof(struct poly26) <= NATIVE_SCRATCH_LEN, "fits");

static inline void poly26_load(struct poly26 *multiplier, vec h[static N_LIMBS],
	struct poly1305 *const poly[static POLY_LANES])
{
	const uint8_t *src[POLY_LANES];
	vec low, middle, high;

	for (unsigned i = 0; i < POLY_LANES; i++)
		src[i] = (const uint8_t *)poly[i]->r;
	words_load(src, 0, &low, &middle);
	poly26_split(multiplier->r, low, middle, (vec){});
	for (unsigned i = 1; i < N_LIMBS; i++)
		multiplier->r_folded[i] = multiplier->r[i] + (multiplier->r[i] << 2);

	for (unsigned i = 0; i < POLY_LANES; i++) {
		src[i] = (const uint8_t *)poly[i]->h;
		high[i] = poly[i]->h[2];
	}
	words_load(src, 0, &low, &middle);
	poly26_split(h, low, middle, high);
}

/* Groups of POLY_LANES packets: one waits for its sums while the other multiplies. */
static inline __attribute__((always_inline)) void poly26_run(struct poly26 *multipliers,
	unsigned n_groups, const struct poly_lanes *lanes, size_t n_blocks, size_t n_end_blocks)
{
	vec h[POLY_GROUPS_MAX][N_LIMBS];
	const uint8_t *const *src = lanes->src;

	for (unsigned g = 0; g < n_groups; g++)
		poly26_load(&multipliers[g], h[g], lanes->poly + g * POLY_LANES);
	for (; n_blocks; src = lanes->end, n_blocks = n_end_blocks, n_end_blocks = 0) {
		for (size_t at = 0; at < n_blocks * POLY1305_BLOCK_LEN; at += POLY1305_BLOCK_LEN) {
			for (unsigned g = 0; g < n_groups; g++) {
				poly26_add(h[g], src + g * POLY_LANES, at);
				poly26_multiply(h[g], multipliers[g].r, multipliers[g].r_folded);
			}
		}
	}
	for (unsigned g = 0; g < n_groups; g++)
		poly26_save(lanes->poly + g * POLY_LANES, h[g]);
}

static void poly26_absorb(void *scratch, const struct poly_lanes *lanes, unsigned n_lanes,
	size_t n_blocks, size_t n_end_blocks)
{
	/* Each with a constant, so that its loops are unrolled; there may be one group only. */
	/* NOLINTNEXTLINE(bugprone-branch-clone) */
	if (n_lanes > POLY_LANES)
		poly26_run(scratch, POLY_GROUPS_MAX, lanes, n_blocks, n_end_blocks);
	else
		poly26_run(scratch, 1, lanes, n_blocks, n_end_blocks);
}
