/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The pieces of the scalar engine against [8439] and libsodium. */

#include "crypto/aead_scalar.h"

#include "base/bytes.h"
#include "base/compiler.h"

#include <sodium.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Reproducible noise. */
static void noise_fill(void *out, size_t len, uint64_t seed)
{
	uint8_t bytes[randombytes_SEEDBYTES] = {0};

	le64_store(bytes, seed);
	randombytes_buf_deterministic(out, len, bytes);
}

/* [8439] 2.3.2 */
static void test_chacha20_block(void **state)
{
	static const uint8_t nonce[CHACHA20_NONCE_LEN] = {0, 0, 0, 9, 0, 0, 0, 0x4a};
	static const uint8_t want[CHACHA20_BLOCK_LEN] = {0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59,
		0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3, 0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33,
		0xc0, 0x68, 0x03, 0x04, 0x22, 0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64,
		0x46, 0x07, 0x9f, 0xaa, 0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5,
		0x12, 0x9c, 0xd1, 0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c,
		0x4e};
	uint8_t key[WG_KEY_LEN], block[CHACHA20_BLOCK_LEN];

	(void)state;
	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	chacha20_block(block, key, 1, nonce);
	assert_memory_equal(block, want, sizeof(want));
}

static void poly1305_tag(uint8_t *tag, const uint8_t *key, const void *message, size_t len)
{
	struct poly1305 poly;

	poly1305_init(&poly, key);
	poly1305_absorb(&poly, message, len);
	poly1305_finish(&poly, tag);
}

/* [8439] 2.5.2 */
static void test_poly1305_text(void **state)
{
	static const char text[] = "Cryptographic Forum Research Group";
	static const uint8_t key[WG_KEY_LEN] = {0x85, 0xd6, 0xbe, 0x78, 0x57, 0x55, 0x6d, 0x33,
		0x7f, 0x44, 0x52, 0xfe, 0x42, 0xd5, 0x06, 0xa8, 0x01, 0x03, 0x80, 0x8a, 0xfb, 0x0d,
		0xb2, 0xfd, 0x4a, 0xbf, 0xf6, 0xaf, 0x41, 0x49, 0xf5, 0x1b};
	static const uint8_t want[WG_TAG_LEN] = {0xa8, 0x06, 0x1d, 0xc1, 0x30, 0x51, 0x36, 0xc6,
		0xc2, 0x2b, 0x8b, 0xaf, 0x0c, 0x01, 0x27, 0xa9};
	uint8_t tag[WG_TAG_LEN];

	(void)state;
	poly1305_tag(tag, key, text, strlen(text));
	assert_memory_equal(tag, want, sizeof(want));
}

/* Sums around 2^130 - 5 and 2^128: [8439] A.3, vectors 7 to 11. */
static void test_poly1305_edges(void **state)
{
#define ONES16 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define ZEROS15 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ONES15 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	static const struct {
		const char *key, *message;
		size_t len;
		const char *tag;
	} rows[] = {
		{"\x02" ZEROS15 "\0" ZEROS15, ONES16, 16, "\x03" ZEROS15},
		{"\x02" ZEROS15 ONES16, "\x02" ZEROS15, 16, "\x03" ZEROS15},
		{"\x01" ZEROS15 "\0" ZEROS15, ONES16 "\xf0" ONES15 "\x11" ZEROS15, 48,
			"\x05" ZEROS15},
		{"\x01" ZEROS15 "\0" ZEROS15,
			ONES16 "\xfb\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe"
			       "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
			48, "\0" ZEROS15},
		{"\x02" ZEROS15 "\0" ZEROS15, "\xfd" ONES15, 16, "\xfa" ONES15},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		uint8_t tag[WG_TAG_LEN];

		poly1305_tag(tag, (const uint8_t *)rows[i].key, rows[i].message, rows[i].len);
		if (memcmp(tag, rows[i].tag, sizeof(tag)) != 0)
			fail_msg("vector %u", 7 + i);
	}
}

/* Noise, and words of all ones or all zeros, which carry the furthest. */
static void test_poly1305_random(void **state)
{
	uint8_t key[WG_KEY_LEN], message[256], tag[WG_TAG_LEN], want[WG_TAG_LEN], mode[256];

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = round % sizeof(message);

		noise_fill(key, sizeof(key), round);
		noise_fill(message, sizeof(message), round + 1);
		noise_fill(mode, sizeof(mode), round + 2);
		for (size_t i = 0; i < len; i++) {
			if (mode[i / 8] & 3)
				message[i] = mode[i / 8] & 1 ? 0xff : 0;
		}
		poly1305_tag(tag, key, message, len);
		crypto_onetimeauth_poly1305(want, message, len, key);
		if (memcmp(tag, want, sizeof(tag)) != 0)
			fail_msg("round %u", round);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chacha20_block),
		cmocka_unit_test(test_poly1305_text),
		cmocka_unit_test(test_poly1305_edges),
		cmocka_unit_test(test_poly1305_random),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("aead_scalar", tests, NULL, NULL);
}
