/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The native engine (docs/decisions/0004-native-aead.md): ChaCha20 over blocks of different packets side by
 * side, Poly1305 of other packets meanwhile. aead_native.c decides what goes where for all instruction
 * sets; a `struct native_isa` computes. For these files alone.
 */

#include "crypto/aead_impl.h"
#include "crypto/aead_scalar.h"

#define NATIVE_LANES_MAX 16
#define NATIVE_POLY_LANES_MAX 16
#define NATIVE_STEP_LEN_MAX 96
#define NATIVE_POLY_WORKS 4 /* packets that are taken in beside one row of blocks */
#define NATIVE_SCRATCH_LEN \
	1024 /* bytes of a kernel's words: not on the stack, so that they can be wiped */

/* Steps of native_isa's step_len bytes of a packet for its authenticator to take in. */
struct poly_work {
	struct poly1305 *poly;
	const uint8_t *src;
	uint32_t n_steps;
};

/* Stored at once: a vector that is loaded soon after it was stored in pieces waits until they have left the store buffer. */
typedef uint64_t uint64x2 __attribute__((vector_size(16), may_alias));

/*
 * Blocks to compute, each with its own key, nonce and number: dst = src ^ keystream, CHACHA20_BLOCK_LEN
 * bytes. Element i of the arrays is block i.
 */
struct chacha20_row {
	/* Its number and the packet's counter: words 12 to 15 of what the rounds start from. */
	cache_aligned uint64x2 start[NATIVE_LANES_MAX];
	const uint8_t *key[NATIVE_LANES_MAX];
	const uint8_t *src[NATIVE_LANES_MAX];
	uint8_t *dst[NATIVE_LANES_MAX];
	struct poly_work
		poly_works[NATIVE_POLY_WORKS + 1]; /* to be done beside it; the last has no steps */
	/* All lanes are blocks of one packet in a row: only lane 0 is given, the kernel fills in the others. */
	bool is_one_packet;
};

struct chacha20_kernel {
	unsigned n_lanes;
	unsigned n_steps; /* of the authenticators that cost next to nothing beside these lanes */
	/* Computes all lanes. `scratch` has NATIVE_SCRATCH_LEN bytes, aligned to cache lines. */
	void (*run)(struct chacha20_row *row, void *scratch);
};

/* len / m is len * NATIVE_RECIPROCAL(m) >> 32, for len up to 65,535 + m and m below 1,000: faster than a division. */
#define NATIVE_RECIPROCAL(m) (UINT32_MAX / (m) + 1)

/* Whole blocks of several packets, for their authenticators to take in side by side: those at src, then those at end. */
struct poly_lanes {
	struct poly1305 *poly[NATIVE_POLY_LANES_MAX];
	const uint8_t *src[NATIVE_POLY_LANES_MAX];
	const uint8_t *end[NATIVE_POLY_LANES_MAX];
};

/* One instruction set. */
struct native_isa {
	struct chacha20_kernel narrow, wide; /* the same where there is only one */
	uint32_t step_len;                   /* bytes: some whole blocks */
	uint32_t step_reciprocal;            /* NATIVE_RECIPROCAL(step_len) */
	unsigned n_poly_lanes;
	bool has_fast_lanes; /* so that the ends of long packets gain by them, too */
	/*
	 * Each of n_poly_lanes authenticators takes in n_blocks blocks and n_end_blocks more. Those from n_lanes on do
	 * not matter: they may or may not, but all pointers are good.
	 */
	void (*lanes_absorb)(void *scratch, const struct poly_lanes *lanes, unsigned n_lanes,
		size_t n_blocks, size_t n_end_blocks);
};

void *native_create(void);
void native_destroy(void *state);
void native_seal(const struct native_isa *isa, void *state, struct aead_op *ops, unsigned n);
void native_open(const struct native_isa *isa, void *state, struct aead_op *ops, unsigned n);

/* poly1305_absorb for whole blocks, those at src and then those at `end`, with BMI2. aead_poly_mulx.S. */
void poly_mulx_absorb(struct poly1305 *poly, const uint8_t *src, size_t n_blocks,
	const uint8_t *end, size_t n_end_blocks);

/* 8 blocks with AVX2. aead_avx2.c. */
#define AVX2_STEPS 10 /* of 3 blocks, one in each double round */
void avx2_chacha20_run(struct chacha20_row *row, void *scratch);
