/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The reference: one packet after the other, as [8439] tells it. The other engines must agree with it.
 * No branch and no address depends on a key or on data.
 */

#include "crypto/aead_scalar.h"

#include "base/bytes.h"
#include "base/secure.h"
#include "crypto/aead_impl.h"
#include "crypto/aead_verdict.h"

__extension__ typedef unsigned __int128 uint128; /* not in ISO C */

static uint32_t rotate_left(uint32_t word, unsigned n_bits)
{
	return word << n_bits | word >> (32 - n_bits);
}

/* [8439] 2.1 */
static void quarter_round(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d)
{
	x[a] += x[b];
	x[d] = rotate_left(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rotate_left(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rotate_left(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rotate_left(x[b] ^ x[c], 7);
}

/* The columns of the 4 x 4 words, then its diagonals. [8439] 2.3. */
static void double_round(uint32_t x[static 16])
{
	quarter_round(x, 0, 4, 8, 12);
	quarter_round(x, 1, 5, 9, 13);
	quarter_round(x, 2, 6, 10, 14);
	quarter_round(x, 3, 7, 11, 15);
	quarter_round(x, 0, 5, 10, 15);
	quarter_round(x, 1, 6, 11, 12);
	quarter_round(x, 2, 7, 8, 13);
	quarter_round(x, 3, 4, 9, 14);
}

void chacha20_block(uint8_t out[static CHACHA20_BLOCK_LEN], const uint8_t key[static WG_KEY_LEN],
	uint32_t block, const uint8_t nonce[static CHACHA20_NONCE_LEN])
{
	/* "expand 32-byte k" */
	uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16];

	for (unsigned i = 0; i < 8; i++)
		start[4 + i] = le32_load(key + 4 * i);
	start[12] = block;
	for (unsigned i = 0; i < 3; i++)
		start[13 + i] = le32_load(nonce + 4 * i);

	memcpy(x, start, sizeof(x));
	for (unsigned i = 0; i < 10; i++)
		double_round(x);
	for (unsigned i = 0; i < 16; i++)
		le32_store(out + 4 * i, x[i] + start[i]);

	secure_wipe(start, sizeof(start));
	secure_wipe(x, sizeof(x));
}

/* Block 0 of the keystream makes the authenticator's key; the packet starts at block 1. [8439] 2.8. */
static void chacha20_xor(const struct aead_op *op, const uint8_t nonce[static CHACHA20_NONCE_LEN])
{
	uint8_t keystream[CHACHA20_BLOCK_LEN];
	uint32_t block = 1;

	for (uint32_t at = 0; at < op->len; at += CHACHA20_BLOCK_LEN) {
		uint32_t rest = op->len - at;
		uint32_t n = rest < CHACHA20_BLOCK_LEN ? rest : CHACHA20_BLOCK_LEN;

		chacha20_block(keystream, op->key, block++, nonce);
		for (uint32_t i = 0; i < n; i++)
			op->dst[at + i] = op->src[at + i] ^ keystream[i];
	}
	secure_wipe(keystream, sizeof(keystream));
}

/* [8439] 2.5.1: the clamp. It makes r[1] a multiple of 4, which poly1305_multiply uses. */
void poly1305_init(struct poly1305 *poly, const uint8_t key[static WG_KEY_LEN])
{
	*poly = (struct poly1305){
		.r = {le64_load(key) & UINT64_C(0x0ffffffc0fffffff),
			le64_load(key + 8) & UINT64_C(0x0ffffffc0ffffffc)},
		.pad = {le64_load(key + 16), le64_load(key + 24)},
	};
	poly->r1_folded = poly->r[1] + (poly->r[1] >> 2);
}

/*
 * h = h * r mod 2^130 - 5, not fully reduced.
 * Schoolbook in words of 64 bits. The word of weight 2^128 folds back because 2^130 = 5: r[1] is a multiple
 * of 4, so h[1] * r[1] * 2^128 = h[1] * (r[1] / 4) * 2^130 = h[1] * (r[1] / 4 * 5), and r[1] / 4 * 5 is
 * r[1] + r[1] / 4.
 * Sizes: r < 2^60 and h[2] < 8, so each product fits 124 bits, its sums 128, and those of h[2] 64.
 */
static void poly1305_multiply(struct poly1305 *poly)
{
	uint64_t *h = poly->h, r0 = poly->r[0], r1 = poly->r[1], r1_folded = poly->r1_folded;
	uint128 low = (uint128)h[0] * r0 + (uint128)h[1] * r1_folded;
	uint128 middle = (uint128)h[0] * r1 + (uint128)h[1] * r0 + h[2] * r1_folded;
	uint64_t high = h[2] * r0;

	middle += (uint64_t)(low >> 64);
	high += (uint64_t)(middle >> 64);

	/* All above 2^130 comes back times 5: high / 4 * 5 is the bits of 4 and up, plus their quarter. */
	low = (uint128)(uint64_t)low + (high & ~UINT64_C(3)) + (high >> 2);
	middle = (uint128)(uint64_t)middle + (uint64_t)(low >> 64);
	h[0] = (uint64_t)low;
	h[1] = (uint64_t)middle;
	h[2] = (high & 3) + (uint64_t)(middle >> 64);
}

static void poly1305_add(struct poly1305 *poly, uint64_t word0, uint64_t word1, uint64_t word2)
{
	uint128 sum = (uint128)poly->h[0] + word0;

	poly->h[0] = (uint64_t)sum;
	sum = (uint128)poly->h[1] + word1 + (uint64_t)(sum >> 64);
	poly->h[1] = (uint64_t)sum;
	poly->h[2] += word2 + (uint64_t)(sum >> 64);
}

void poly1305_absorb(struct poly1305 *poly, const uint8_t *src, size_t len)
{
	uint8_t last[POLY1305_BLOCK_LEN] = {0};

	for (; len >= POLY1305_BLOCK_LEN; src += POLY1305_BLOCK_LEN, len -= POLY1305_BLOCK_LEN) {
		poly1305_add(poly, le64_load(src), le64_load(src + 8), 1);
		poly1305_multiply(poly);
	}
	if (!len)
		return;
	memcpy(last, src, len);
	last[len] = 1;
	poly1305_add(poly, le64_load(last), le64_load(last + 8), 0);
	poly1305_multiply(poly);
}

void poly1305_finish(struct poly1305 *poly, uint8_t out_tag[static WG_TAG_LEN])
{
	struct poly1305 reduced = *poly;
	uint64_t mask;

	/* h >= 2^130 - 5 exactly if h + 5 reaches 2^130; then h + 5 without that bit is h mod 2^130 - 5. */
	poly1305_add(&reduced, 5, 0, 0);
	mask = 0 - (reduced.h[2] >> 2); /* h[2] is below 8 */
	for (unsigned i = 0; i < 2; i++)
		poly->h[i] ^= mask & (poly->h[i] ^ reduced.h[i]);

	poly1305_add(poly, poly->pad[0], poly->pad[1], 0);
	le64_store(out_tag, poly->h[0]);
	le64_store(out_tag + 8, poly->h[1]);
	secure_wipe(&reduced, sizeof(reduced));
	secure_wipe(poly, sizeof(*poly));
}

static void nonce_make(uint8_t nonce[static CHACHA20_NONCE_LEN], uint64_t counter)
{
	le32_store(nonce, 0);
	le64_store(nonce + 4, counter);
}

/* The tag of op->len bytes at `ciphertext`: padded with zeros, then both lengths. [8439] 2.8. */
static void tag_make(uint8_t out_tag[static WG_TAG_LEN], const struct aead_op *op,
	const uint8_t *ciphertext, const uint8_t nonce[static CHACHA20_NONCE_LEN])
{
	uint8_t one_time_key[CHACHA20_BLOCK_LEN], last[POLY1305_BLOCK_LEN] = {0}, lengths[16] = {0};
	uint32_t rest = op->len % POLY1305_BLOCK_LEN, whole = op->len - rest;
	struct poly1305 poly;

	chacha20_block(one_time_key, op->key, 0, nonce);
	poly1305_init(&poly, one_time_key);
	poly1305_absorb(&poly, ciphertext, whole);
	if (rest) {
		memcpy(last, ciphertext + whole, rest);
		poly1305_absorb(&poly, last, sizeof(last));
	}
	le64_store(
		lengths + 8, op->len); /* the first length is that of the additional data: none */
	poly1305_absorb(&poly, lengths, sizeof(lengths));
	poly1305_finish(&poly, out_tag);
	secure_wipe(one_time_key, sizeof(one_time_key));
}

static void scalar_seal(void *state, struct aead_op *ops, unsigned n)
{
	uint8_t nonce[CHACHA20_NONCE_LEN];

	(void)state;
	for (struct aead_op *op = ops; op < ops + n; op++) {
		nonce_make(nonce, op->counter);
		chacha20_xor(op, nonce);
		tag_make(op->dst + op->len, op, op->dst, nonce);
	}
}

static void scalar_open(void *state, struct aead_op *ops, unsigned n)
{
	uint8_t nonce[CHACHA20_NONCE_LEN], tag[WG_TAG_LEN];

	(void)state;
	for (struct aead_op *op = ops; op < ops + n; op++) {
		nonce_make(nonce, op->counter);
		tag_make(tag, op, op->src, nonce);
		op->is_authentic = aead_verdict(secure_equal(tag, op->src + op->len, sizeof(tag)));
		if (op->is_authentic)
			chacha20_xor(op, nonce);
		else
			memset(op->dst, 0, op->len);
	}
	secure_wipe(tag, sizeof(tag)); /* of a forged packet it would be the right one */
}

const struct aead_engine aead_engine_scalar = {
	.name = "scalar",
	.isa = "x86-64",
	.seal = scalar_seal,
	.open = scalar_open,
};
