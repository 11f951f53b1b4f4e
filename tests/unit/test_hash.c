/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Known answers. Hash: [7693] appendix B and the BLAKE2 project's blake2s-kat.txt. Mac, Hmac and Kdf: Python's
 * hashlib.blake2s and hmac, with the key 00 01 ... 1f and the data 00 01 02 ... of the length given.
 */

#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "unit/vectors.h"

static uint8_t counting[256];

static void assert_hex(size_t row, const uint8_t *got, size_t len, const char *hex)
{
	uint8_t expected[HASH_LEN];

	vectors_parse(expected, len, hex);
	if (memcmp(got, expected, len) != 0)
		fail_msg("row %zu: expected %s", row, hex);
}

static const struct {
	const char *first, *second, *hash;
} hash_rows[] = {
	{"", "", "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9"},
	{"abc", "", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"},
	{"a", "bc", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"},
	{"", "abc", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"},
};

static void test_hash(void **state)
{
	uint8_t out[HASH_LEN];

	(void)state;
	for (size_t i = 0; i < array_len(hash_rows); i++) {
		hash_concat(out, hash_rows[i].first, strlen(hash_rows[i].first),
			hash_rows[i].second, strlen(hash_rows[i].second));
		assert_hex(i, out, sizeof(out), hash_rows[i].hash);
	}
}

static const struct {
	size_t len;
	const char *mac, *hmac, *kdf[3];
} keyed_rows[] = {
	{0, "9536f9b267655743dee97b8a670f9f53",
		"e2641d24dfa8dd89e8cb77f1cdc77d8c006e5bebdfc4d6a3a3a6f8d5b7586fb0",
		{"7a38c34bf2b8738d7374ca77c44ecb309a11d2b2528304fa86052c365e722624",
			"1a17621f346abdc520746a9fb64d8eb03231d674fc15687537b0780fd9c060fd",
			"4eaf02809ac4b930ef63479de62275f1c55656e61f78a3cc653c18a2223d6c5f"}},
	{255, "cd075928ab7e6883e697fe7fd3ac43ee",
		"9b73679035213d2d7000d8d61e7e2e12fcd284dad2237473759fc4d744568623",
		{"59f13b27f957be920ec929ffecd40db343476c1e553323fce566d02944d336b7",
			"2dba91ddc54fe2f0eb961134c5e759bfa70de9d6e3588649f02bc7caf879ab79",
			"55fbd20c3bee8cdca9a6886847dc94a6fcb37ab3de1e4389f2fcb5e95267ac70"}},
};

static void test_mac_and_hmac(void **state)
{
	uint8_t out[HASH_LEN];

	(void)state;
	for (size_t i = 0; i < array_len(keyed_rows); i++) {
		hash_mac(out, counting, counting, keyed_rows[i].len);
		assert_hex(i, out, WG_MAC_LEN, keyed_rows[i].mac);
		hash_hmac(out, counting, counting, keyed_rows[i].len);
		assert_hex(i, out, sizeof(out), keyed_rows[i].hmac);
	}
}

static void test_kdf(void **state)
{
	uint8_t out[3][HASH_LEN];

	(void)state;
	for (size_t i = 0; i < array_len(keyed_rows); i++) {
		for (unsigned n = 1; n <= 3; n++) {
			memset(out, 0, sizeof(out));
			if (n == 1)
				hash_kdf1(out[0], counting, counting, keyed_rows[i].len);
			else if (n == 2)
				hash_kdf2(out[0], out[1], counting, counting, keyed_rows[i].len);
			else
				hash_kdf3(out[0], out[1], out[2], counting, counting,
					keyed_rows[i].len);
			for (unsigned j = 0; j < n; j++)
				assert_hex(i, out[j], HASH_LEN, keyed_rows[i].kdf[j]);
		}
	}
}

/* The handshake writes the new chaining key over the old one, and the new hash too. */
static void test_output_over_input(void **state)
{
	uint8_t key[HASH_LEN], second[HASH_LEN], hash[HASH_LEN], expected[HASH_LEN];

	(void)state;
	memcpy(key, counting, sizeof(key));
	hash_kdf2(key, second, key, counting, 255);
	assert_hex(1, key, sizeof(key), keyed_rows[1].kdf[0]);
	assert_hex(1, second, sizeof(second), keyed_rows[1].kdf[1]);

	memcpy(hash, counting, sizeof(hash));
	hash_concat(expected, hash, sizeof(hash), "abc", 3);
	hash_concat(hash, hash, sizeof(hash), "abc", 3);
	assert_memory_equal(hash, expected, sizeof(hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_mac_and_hmac),
		cmocka_unit_test(test_kdf),
		cmocka_unit_test(test_output_over_input),
	};

	for (unsigned i = 0; i < sizeof(counting); i++)
		counting[i] = (uint8_t)i;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
