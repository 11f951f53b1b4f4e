/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead_lanes.h"

#define LANES_MIN 3 /* packets; fewer are faster one after the other, without vectors */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void lanes_start(struct lanes *lanes, const struct native_isa *isa, void *scratch)
{
	lanes->isa = isa;
	lanes->scratch = scratch;
	lanes->n = 0;
}

static void lanes_move(struct lanes *lanes, unsigned to, unsigned from)
{
	lanes->at.poly[to] = lanes->at.poly[from];
	lanes->at.src[to] = lanes->at.src[from];
	lanes->at.end[to] = lanes->at.end[from];
	lanes->n_blocks[to] = lanes->n_blocks[from];
	lanes->n_end_blocks[to] = lanes->n_end_blocks[from];
}

/* n_blocks and then n_end_blocks were taken in; lanes that are done make room. */
static void lanes_advance(struct lanes *lanes, uint32_t n_blocks, uint32_t n_end_blocks)
{
	for (unsigned i = lanes->n; i-- > 0;) {
		lanes->n_blocks[i] -= n_blocks;
		lanes->at.src[i] += n_blocks * POLY1305_BLOCK_LEN;
		if (lanes->n_blocks[i])
			continue;
		lanes->n_blocks[i] = lanes->n_end_blocks[i] - n_end_blocks;
		lanes->n_end_blocks[i] = 0;
		lanes->at.src[i] = lanes->at.end[i] + n_end_blocks * POLY1305_BLOCK_LEN;
		if (!lanes->n_blocks[i])
			lanes_move(lanes, i, --lanes->n);
	}
}

/* All lanes go as far as the shortest, and take in their ends when they reach them together. */
static void lanes_step(struct lanes *lanes)
{
	uint32_t n_blocks = lanes->n_blocks[0], n_end_blocks = lanes->n_end_blocks[0];
	uint32_t difference = 0, end_difference = 0;

	for (unsigned i = 1; i < lanes->n; i++) {
		difference |= lanes->n_blocks[i] ^ n_blocks;
		end_difference |= lanes->n_end_blocks[i] ^ n_end_blocks;
		n_blocks = min_u32(n_blocks, lanes->n_blocks[i]);
		n_end_blocks = min_u32(n_end_blocks, lanes->n_end_blocks[i]);
	}
	if (difference)
		n_end_blocks = 0;
	lanes->isa->lanes_absorb(lanes->scratch, &lanes->at, lanes->n, n_blocks, n_end_blocks);
	if (difference | end_difference)
		lanes_advance(lanes, n_blocks, n_end_blocks);
	else
		lanes->n = 0;
}

void lanes_add(struct lanes *lanes, struct poly1305 *poly, const struct tail *tail)
{
	bool has_blocks = tail->n_blocks > 0;
	unsigned i;

	while (lanes->n == lanes->isa->n_poly_lanes)
		lanes_step(lanes);
	i = lanes->n++;
	lanes->at.poly[i] = poly;
	lanes->at.src[i] = has_blocks ? tail->src : tail->end;
	lanes->at.end[i] = tail->end;
	lanes->n_blocks[i] = has_blocks ? tail->n_blocks : tail->n_end_blocks;
	lanes->n_end_blocks[i] = has_blocks ? tail->n_end_blocks : 0;
}

/* Lanes without a packet take in what is there, for nobody. */
static void lanes_fill(struct lanes *lanes, struct poly1305 *nobody)
{
	for (unsigned i = lanes->n; i < lanes->isa->n_poly_lanes; i++) {
		lanes->at.poly[i] = nobody;
		lanes->at.src[i] = lanes->at.src[0];
		lanes->at.end[i] = lanes->at.end[0];
	}
}

void lanes_finish(struct lanes *lanes)
{
	struct poly1305 nobody = {0};

	while (lanes->n >= LANES_MIN) {
		lanes_fill(lanes, &nobody);
		lanes_step(lanes);
	}
	for (unsigned i = 0; i < lanes->n; i++)
		poly_mulx_absorb(lanes->at.poly[i], lanes->at.src[i], lanes->n_blocks[i],
			lanes->at.end[i], lanes->n_end_blocks[i]);
}

void tail_absorb(struct poly1305 *poly, const struct tail *tail)
{
	poly_mulx_absorb(poly, tail->src, tail->n_blocks, tail->end, tail->n_end_blocks);
}
