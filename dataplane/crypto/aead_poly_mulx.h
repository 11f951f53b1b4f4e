/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Poly1305 ([8439] 2.5) of one packet in 64-bit words, with mulx. It uses no vector pipe, so that assembly can
 * strew its blocks between the rounds of ChaCha20. How it multiplies: poly1305_multiply in aead_scalar.c.
 */

#include "crypto/aead_scalar.h"

/*
 * One block, `at` bytes behind %[src]. Operands: registers h0, h1, h2 (the sum), a, b, c, d (temporary) and src; in
 * memory r0, r1, r1_folded. Clobbers rdx.
 */
#define POLY_MULX_BLOCK(at)                                                                        \
	"addq " #at "(%[src]), %[h0]\n\t"                                                          \
	"adcq 8+" #at "(%[src]), %[h1]\n\t"                                                        \
	"adcq $1, %[h2]\n\t"                                                                       \
	/* h0 + 2^64 a = h0 r0 + h1 r1_folded; b + 2^64 c = h0 r1 + h1 r0 + h2 r1_folded; h2 = h2 r0 */                    \
	"movq %[h0], %%rdx\n\t"                                                                    \
	"mulxq %[r0], %[h0], %[a]\n\t"                                                             \
	"mulxq %[r1], %[b], %[c]\n\t"                                                              \
	"movq %[h1], %%rdx\n\t"                                                                    \
	"mulxq %[r1_folded], %[h1], %[d]\n\t"                                                      \
	"addq %[h1], %[h0]\n\t"                                                                    \
	"adcq %[d], %[a]\n\t"                                                                      \
	"mulxq %[r0], %[h1], %[d]\n\t"                                                             \
	"addq %[h1], %[b]\n\t"                                                                     \
	"adcq %[d], %[c]\n\t"                                                                      \
	"movq %[h2], %%rdx\n\t"                                                                    \
	"imulq %[r1_folded], %%rdx\n\t"                                                            \
	"imulq %[r0], %[h2]\n\t"                                                                   \
	"addq %%rdx, %[b]\n\t"                                                                     \
	"adcq $0, %[c]\n\t"                                                                        \
	"addq %[a], %[b]\n\t"                                                                      \
	"adcq %[c], %[h2]\n\t"                                                                     \
	/* All above 2^130 comes back times 5: the bits of 4 and up, plus their quarter. */        \
	"movq %[h2], %[d]\n\t"                                                                     \
	"movq %[h2], %%rdx\n\t"                                                                    \
	"andq $-4, %[d]\n\t"                                                                       \
	"shrq $2, %%rdx\n\t"                                                                       \
	"andl $3, %k[h2]\n\t"                                                                      \
	"movq %[b], %[h1]\n\t"                                                                     \
	"addq %%rdx, %[d]\n\t"                                                                     \
	"addq %[d], %[h0]\n\t"                                                                     \
	"adcq $0, %[h1]\n\t"                                                                       \
	"adcq $0, %[h2]\n\t"

/* The operands, for variables of these names. */
#define POLY_MULX_REGISTERS                                                                        \
	[h0] "+&r"(h0), [h1] "+&r"(h1), [h2] "+&r"(h2), [src] "+&r"(src), [a] "=&r"(a),            \
		[b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
#define POLY_MULX_MEMORY [r0] "m"(r0), [r1] "m"(r1), [r1_folded] "m"(r1_folded)
#define POLY_MULX_VARIABLES(poly)                                                                  \
	uint64_t h0 = (poly)->h[0], h1 = (poly)->h[1], h2 = (poly)->h[2];                          \
	uint64_t r0 = (poly)->r[0], r1 = (poly)->r[1], r1_folded = r1 + (r1 >> 2);                 \
	uint64_t a, b, c, d

static inline void poly_mulx_save(struct poly1305 *poly, uint64_t h0, uint64_t h1, uint64_t h2)
{
	poly->h[0] = h0;
	poly->h[1] = h1;
	poly->h[2] = h2;
}

static void poly_mulx_absorb(struct poly1305 *poly, const uint8_t *src, size_t n_blocks)
{
	POLY_MULX_VARIABLES(poly);

	for (; n_blocks; n_blocks--) {
		__asm__ volatile(POLY_MULX_BLOCK(0) "addq $16, %[src]\n\t"
				 : POLY_MULX_REGISTERS
				 : POLY_MULX_MEMORY
				 : "rdx", "cc", "memory");
	}
	poly_mulx_save(poly, h0, h1, h2);
}
