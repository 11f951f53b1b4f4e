/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The pieces of the scalar engine, for tests that hold them against [8439] and for engines that need
 * a plain block. Any thread; constant time in keys and data.
 */

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

#define CHACHA20_NONCE_LEN 12
#define CHACHA20_BLOCK_LEN 64
#define POLY1305_BLOCK_LEN 16

/* chacha20_block writes block number `block` of the keystream. [8439] 2.3. */
void chacha20_block(uint8_t out[static CHACHA20_BLOCK_LEN], const uint8_t key[static WG_KEY_LEN],
	uint32_t block, const uint8_t nonce[static CHACHA20_NONCE_LEN]);

/* A one-time authenticator at work. [8439] 2.5. All numbers are little-endian in their words. */
struct poly1305 {
	uint64_t r[2];      /* the clamped multiplier */
	uint64_t r1_folded; /* r[1] * 5 / 4: what it is worth 2^130 higher */
	uint64_t pad[2];    /* added at the end */
	uint64_t h[3];      /* the sum so far: below 2^130 plus a small excess */
};

void poly1305_init(struct poly1305 *poly, const uint8_t key[static WG_KEY_LEN]);

/*
 * poly1305_absorb takes in `len` bytes of the message. Only its last piece may have a `len` that is not a multiple
 * of POLY1305_BLOCK_LEN.
 */
void poly1305_absorb(struct poly1305 *poly, const uint8_t *src, size_t len);

/* poly1305_finish writes the tag and wipes `poly`. */
void poly1305_finish(struct poly1305 *poly, uint8_t out_tag[static WG_TAG_LEN]);
