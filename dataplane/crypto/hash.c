/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/hash.h"

#include <string.h>

#include <blake2.h>

#include "base/secure.h"

void hash_concat(uint8_t out[HASH_LEN], const void *first, size_t first_len, const void *second,
	size_t second_len)
{
	blake2s_state state;

	blake2s_init(&state, HASH_LEN);
	blake2s_update(&state, first, first_len);
	blake2s_update(&state, second, second_len);
	blake2s_final(&state, out, HASH_LEN);
	secure_wipe(&state, sizeof(state));
}

static void mac(
	uint8_t out[WG_MAC_LEN], const uint8_t *key, size_t key_len, const void *data, size_t len)
{
	blake2s_state state;

	blake2s_init_key(&state, WG_MAC_LEN, key, key_len);
	blake2s_update(&state, data, len);
	blake2s_final(&state, out, WG_MAC_LEN);
	secure_wipe(&state, sizeof(state));
}

void hash_mac(uint8_t out[WG_MAC_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len)
{
	mac(out, key, HASH_LEN, data, len);
}

void hash_mac_short_key(
	uint8_t out[WG_MAC_LEN], const uint8_t key[WG_MAC_LEN], const void *data, size_t len)
{
	mac(out, key, WG_MAC_LEN, data, len);
}

/* One of HMAC's two passes: Hash of the key, padded to a block and xored with `pad`, and `data`. */
static void hmac_pass(uint8_t out[HASH_LEN], const uint8_t key[HASH_LEN], uint8_t pad,
	const void *data, size_t len)
{
	uint8_t block[BLAKE2S_BLOCKBYTES];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < HASH_LEN; i++)
		block[i] ^= key[i];
	hash_concat(out, block, sizeof(block), data, len);
	secure_wipe(block, sizeof(block));
}

void hash_hmac(uint8_t out[HASH_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len)
{
	uint8_t inner[HASH_LEN];

	hmac_pass(inner, key, 0x36, data, len);
	hmac_pass(out, key, 0x5c, inner, sizeof(inner));
	secure_wipe(inner, sizeof(inner));
}

static void kdf(
	uint8_t *const outs[], uint8_t n, const uint8_t key[HASH_LEN], const void *data, size_t len)
{
	uint8_t secret[HASH_LEN];
	uint8_t block[HASH_LEN + 1]; /* the output before this one, if any, and this one's number */
	size_t previous_len = 0;

	hash_hmac(secret, key, data, len);
	for (uint8_t i = 0; i < n; i++) {
		block[previous_len] = i + 1;
		hash_hmac(block, secret, block, previous_len + 1);
		memcpy(outs[i], block, HASH_LEN);
		previous_len = HASH_LEN;
	}
	secure_wipe(secret, sizeof(secret));
	secure_wipe(block, sizeof(block));
}

void hash_kdf1(uint8_t out[HASH_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len)
{
	kdf((uint8_t *const[]){out}, 1, key, data, len);
}

void hash_kdf2(uint8_t out_1[HASH_LEN], uint8_t out_2[HASH_LEN], const uint8_t key[HASH_LEN],
	const void *data, size_t len)
{
	kdf((uint8_t *const[]){out_1, out_2}, 2, key, data, len);
}

void hash_kdf3(uint8_t out_1[HASH_LEN], uint8_t out_2[HASH_LEN], uint8_t out_3[HASH_LEN],
	const uint8_t key[HASH_LEN], const void *data, size_t len)
{
	kdf((uint8_t *const[]){out_1, out_2, out_3}, 3, key, data, len);
}
