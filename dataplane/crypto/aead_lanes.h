/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Poly1305 over the ends of packets, side by side: a packet to each lane of a kernel's vectors. For the native
 * engine, one worker.
 */

#include "crypto/aead_native.h"

/* What of a packet is not taken in beside the keystream: all of a short one, the end of a long one. */
struct tail {
	const uint8_t *src; /* n_blocks whole ones: in the packet, or `copy` */
	uint32_t n_blocks;
	uint32_t n_end_blocks;
	/* What is left of the packet, padded with zeros; the lengths. [8439] 2.8 */
	_Alignas(16) uint8_t end[2 * POLY1305_BLOCK_LEN];
	uint8_t copy[NATIVE_STEP_LEN_MAX];
};

/* Each of `n` lanes has n_blocks at its src to take in, at least one, then n_end_blocks at its end. */
struct lanes {
	const struct native_isa *isa;
	void *scratch;
	struct poly_lanes at;
	uint32_t n_blocks[NATIVE_POLY_LANES_MAX];
	uint32_t n_end_blocks[NATIVE_POLY_LANES_MAX];
	unsigned n;
};

void lanes_start(struct lanes *lanes, const struct native_isa *isa, void *scratch);

/* lanes_add: `poly` shall take in the tail; it has done so when lanes_finish returns. */
void lanes_add(struct lanes *lanes, struct poly1305 *poly, const struct tail *tail);
void lanes_finish(struct lanes *lanes);

/* tail_absorb does so without vectors, at once. */
void tail_absorb(struct poly1305 *poly, const struct tail *tail);
