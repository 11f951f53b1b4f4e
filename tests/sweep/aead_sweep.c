/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * One engine of the burst AEAD against libsodium: aead_sweep ENGINE [STEP [SIZE]]. Every length up to 2,048 is tried with every
 * STEP-th size of a burst (default 8; 1: all) up to SIZE (default 64). Needs neither DPDK nor cmocka, so that it can be linked statically
 * and run on an emulated CPU. It speaks TAP. Status 77: this CPU lacks the engine's instructions.
 */

#include "packets.h"

#include "base/bytes.h"
#include "crypto/aead_impl.h"
#include "prng.h"

#include <sodium.h>

#include <string.h>

#define STATUS_SKIPPED 77
#define STEP_DEFAULT 8
#define LEN_MAX 2048

/*
 * intel-ipsec-mb 1.3 reads up to 16 bytes behind the key (AVX2) and up to 15 behind the text to seal (SSE). The
 * gateway's keys have other fields behind them, its texts room for the tag.
 */
#define IPSEC_MB_SLACK 16

struct candidate {
	const char *name;
	const struct aead_engine *engine;
	unsigned slack; /* bytes behind keys and inputs that it may read */
};

static const struct candidate candidates[] = {
	{"scalar", &aead_engine_scalar, 0},
	{"avx2", &aead_engine_native_avx2, 0},
	{"avx512", &aead_engine_native_avx512, 0},
	{"avx512-ifma", &aead_engine_native_ifma, 0},
	{"ipsec-mb-sse", &aead_engine_ipsec_mb_sse, IPSEC_MB_SLACK},
	{"ipsec-mb-avx2", &aead_engine_ipsec_mb_avx2, IPSEC_MB_SLACK},
	{"ipsec-mb-avx512", &aead_engine_ipsec_mb_avx512, IPSEC_MB_SLACK},
};

/* Around 0, the ends of 32 and 64 bits, and [W] 6.1's limit. */
static const uint64_t counters[] = {0, 1, INT32_MAX, UINT32_MAX, UINT64_C(1) << 32, INT64_MAX,
	UINT64_C(1) << 63, UINT64_MAX - 8192, UINT64_MAX - 1, UINT64_MAX};

/* Around the edges of blocks, steps and vectors, and of what counts as long. */
static const uint32_t edges[] = {0, 1, 15, 16, 17, 31, 47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128,
	129, 191, 192, 193, 255, 256, 257, 287, 288, 289, 511, 512, 513, 575, 576, 577, 1023, 1024,
	1025, 1280, 1420, 1424, 2047, 2048};

/*
 * [8439]: rows 0 to 2 are A.1, test vectors 2 to 4, the keystream of zeros; row 3 is A.2, test vector 3, which begins
 * with block 42. Those with another first word of the nonce, or with additional data, are not WireGuard's.
 */
static const struct {
	const char *key;
	uint64_t counter;
	uint32_t n_blocks_before; /* of zeros */
	const char *text, *sealed;
} vectors[] = {
	{"0000000000000000000000000000000000000000000000000000000000000000", 0, 0, NULL,
		"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
		"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"},
	{"0000000000000000000000000000000000000000000000000000000000000001", 0, 0, NULL,
		"3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
		"8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0"},
	{"00ff000000000000000000000000000000000000000000000000000000000000", 0, 1, NULL,
		"72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
		"13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096"},
	{"1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
		UINT64_C(0x0200000000000000), 41,
		"'Twas brillig, and the slithy toves\nDid gyre and gimble in the wabe:\n"
		"All mimsy were the borogoves,\nAnd the mome raths outgrabe.",
		"62e6347f95ed87a45ffae7426f27a1df5fb69110044c0d73118effa95b01e5cf"
		"166d3df2d721caf9b21e5fb14c616871fd84c54f9d65b283196c7fe4f60553eb"
		"f39c6402c42234e32a356b3e764312a61a5532055716ead6962568f87d3f3f77"
		"04c6a8d1bcd1bf4d50d6154b6da731b187b58dfd728afa36757a797ac188d1"},
};

static void vector_load(unsigned i, unsigned row)
{
	uint8_t key[WG_KEY_LEN], plain[41 * 64 + 128] = {0}, sealed[128];
	uint32_t before = vectors[row].n_blocks_before * 64;
	size_t len;

	if (sodium_hex2bin(key, sizeof(key), vectors[row].key, 2 * WG_KEY_LEN, NULL, NULL, NULL)
		|| sodium_hex2bin(sealed, sizeof(sealed), vectors[row].sealed,
			strlen(vectors[row].sealed), NULL, &len, NULL))
		fail("row %u is no hexadecimal text", row);
	if (vectors[row].text)
		memcpy(plain + before, vectors[row].text, len);
	packet_set_text(i, key, vectors[row].counter, plain, before + (uint32_t)len);
	if (memcmp(packet_sealed(i) + before, sealed, len) != 0)
		fail("libsodium disagrees with row %u", row);
}

/* How much of test_lengths, which takes most of the time. */
struct effort {
	unsigned long step, size_max;
};

/* From one size of a burst to the next, where not every size must be tried. */
static unsigned long stride(const struct effort *effort)
{
	return 1 + effort->step / 16;
}

static void test_vectors(struct aead *aead, const struct effort *effort)
{
	for (unsigned n = 1; n <= AEAD_BURST_MAX; n += stride(effort)) {
		for (unsigned i = 0; i < n; i++)
			vector_load(i, (n + i) % array_len(vectors));
		packets_check(aead, n);
	}
}

/*
 * Packets whose authenticator ends at a sum around which carries and the last reduction change. Computed for key 80, 81,
 * ... 9f (hexadecimal): the first block that, with the lengths after it, gives that sum, for the first counter from which one can.
 */
static const struct {
	uint64_t counter, low, high; /* the ciphertext */
} sums[] = {
	{4, UINT64_C(0x0901f2ed1fab0d32), UINT64_C(0x7480a075b3877471)},  /* 0 */
	{9, UINT64_C(0x1a01ba8d5ca0c2e1), UINT64_C(0x38aa9e7e3658d033)},  /* 1 */
	{10, UINT64_C(0x8459142592fd3c6a), UINT64_C(0x14cc021d0e904779)}, /* 4 */
	{14, UINT64_C(0xfeb91cebb12dd5d9), UINT64_C(0x5507e74d99c554e4)}, /* 5 */
	{16, UINT64_C(0xedcd73cf21d15f9a), UINT64_C(0x39d147ea99c4049d)}, /* 2^130 - 6 */
	{22, UINT64_C(0xb78304dd1c46b1b2), UINT64_C(0xfb7742a889702828)}, /* 2^130 - 10 */
	{24, UINT64_C(0xe978a2d3f2d78981), UINT64_C(0x56db438d43d9424f)}, /* 2^128 - 1 */
	{26, UINT64_C(0x638c0d3ee13c42dd), UINT64_C(0x4fab3adad0a5afaa)}, /* 2^128 */
	{29, UINT64_C(0x2f364df4e7e09873), UINT64_C(0xbfd20d726abd19b0)}, /* 2^129 */
	{34, UINT64_C(0x4c9d0965eafa312d), UINT64_C(0xc9576df68b1bd2d1)}, /* 2^104 - 1 */
	{42, UINT64_C(0xaa3908027e2b4cf0), UINT64_C(0xa5e6af341004e607)}, /* 2^88 - 1 */
};

/* Packet i with the ciphertext `want`: the text for it is the ciphertext of the ciphertext. */
static void packet_set_sealed(
	unsigned i, const uint8_t *key, uint64_t counter, const uint8_t *want, uint32_t len)
{
	packet_set_text(i, key, counter, want, len);
	packet_set_text(i, key, counter, packet_sealed(i), len);
	if (memcmp(packet_sealed(i), want, len) != 0)
		fail("packet %u is not what was wanted", i);
}

static void test_sums(struct aead *aead, const struct effort *effort)
{
	uint8_t key[WG_KEY_LEN], want[16];

	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(0x80 + i);
	for (unsigned n = 1; n <= AEAD_BURST_MAX; n += stride(effort)) {
		for (unsigned i = 0; i < n; i++) {
			unsigned row = (n + i) % array_len(sums);

			le64_store(want, sums[row].low);
			le64_store(want + 8, sums[row].high);
			packet_set_sealed(i, key, sums[row].counter, want, sizeof(want));
		}
		packets_check(aead, n);
	}
}

/* The largest and the smallest limbs: ciphertexts of ones and of zeros. */
static void test_ones_and_zeros(struct aead *aead, const struct effort *effort)
{
	static uint8_t want[LEN_MAX];
	uint8_t key[WG_KEY_LEN];

	(void)effort;
	for (unsigned row = 0; row < 2 * array_len(edges); row++) {
		memset(want, row % 2 ? 0xff : 0, sizeof(want));
		for (unsigned i = 0; i < AEAD_BURST_MAX; i++) {
			memset(key, (int)(i * 5 + row), sizeof(key));
			packet_set_sealed(i, key, row, want, edges[row / 2]);
		}
		packets_check(aead, AEAD_BURST_MAX);
	}
}

/* Which sizes a length is tried with: every step-th, from one that differs from length to length. */
static void test_lengths(struct aead *aead, const struct effort *effort)
{
	for (uint32_t len = 0; len <= LEN_MAX; len++) {
		unsigned first = 1 + (len * UINT32_C(0x9e3779b1) >> 16) % effort->step;

		for (unsigned n = first, made = 0; n <= effort->size_max; n += effort->step) {
			for (; made < n; made++)
				packet_set(made, UINT64_C(0x0123456789abcdef) * (len + made), len);
			packets_check(aead, n);
		}
	}
}

static void mixed_set(struct prng *prng, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t len = prng_next(prng) % 2 ? edges[prng_below(prng, array_len(edges))]
						   : (uint32_t)prng_below(prng, LEN_MAX + 1);

		packet_set(i, counters[prng_below(prng, array_len(counters))], len);
	}
}

static void test_mixed(struct aead *aead, const struct effort *effort)
{
	struct prng prng = {.state = 1};

	for (unsigned round = 0; round < 4 * AEAD_BURST_MAX; round += stride(effort)) {
		unsigned n = 1 + round % AEAD_BURST_MAX;

		mixed_set(&prng, n);
		packets_check(aead, n);
	}
}

static void test_counters(struct aead *aead, const struct effort *effort)
{
	(void)effort;
	for (unsigned row = 0; row < array_len(edges); row++) {
		for (unsigned i = 0; i < AEAD_BURST_MAX; i++)
			packet_set(i, counters[i % array_len(counters)], edges[row]);
		packets_check(aead, AEAD_BURST_MAX);
	}
}

/* The longest, in bursts with short ones. */
static void test_long(struct aead *aead, const struct effort *effort)
{
	static const uint32_t lens[] = {65535, 0, 65534, 64, 32768, 65520, 1};

	(void)effort;
	for (unsigned n = 1; n <= array_len(lens); n++) {
		for (unsigned i = 0; i < n; i++)
			packet_set(i, i, lens[(n + i) % array_len(lens)]);
		packets_check(aead, n);
	}
}

/* Input and output at every distance from 64 bytes: packet i lies i further, row by row. */
static void test_misaligned(struct aead *aead, const struct effort *effort)
{
	static const uint32_t lens[] = {1, 64, 191, 1424};

	(void)effort;
	for (unsigned row = 0; row < array_len(lens); row++) {
		for (unsigned i = 0; i < AEAD_BURST_MAX; i++)
			packet_set(i, i, lens[row]);
		for (unsigned at = 0; at < 64; at++) {
			const struct place apart = {
				.dst_at = (uint8_t)at, .src_step = 1, .dst_step = 1};

			packets_seal(aead, AEAD_BURST_MAX, &apart);
			packets_open(aead, AEAD_BURST_MAX, &apart);
		}
		packets_seal(
			aead, AEAD_BURST_MAX, &(struct place){.is_in_place = true, .dst_step = 1});
		packets_open(
			aead, AEAD_BURST_MAX, &(struct place){.is_in_place = true, .dst_step = 1});
	}
}

static void both_open(struct aead *aead, unsigned n)
{
	packets_open(aead, n, &(struct place){.is_at_end = true});
	packets_open(aead, n, &(struct place){.is_at_end = true, .is_in_place = true});
}

/* Each packet of mixed bursts in turn: it fails alone and leaves zeros. */
static void test_one_forged(struct aead *aead, const struct effort *effort)
{
	struct prng prng = {.state = 2};
	static const unsigned sizes[] = {1, 2, 3, 8, 9, 16, 17, AEAD_BURST_MAX};

	(void)effort;
	for (unsigned row = 0; row < array_len(sizes); row++) {
		mixed_set(&prng, sizes[row]);
		for (unsigned i = 0; i < sizes[row]; i++) {
			packet_flip(i, i % WG_TAG_LEN, i % 8);
			both_open(aead, sizes[row]);
			packet_flip(i, i % WG_TAG_LEN, i % 8);
		}
	}
}

/* A bit of every byte of ciphertext and tag: 63 bytes a burst, one packet each, beside a good packet. */
static void test_flips(struct aead *aead, const struct effort *effort)
{
	static const uint32_t lens[] = {0, 1, 16, 17, 63, 64, 65, 191, 192, 193, 576, 1424};
	const unsigned n = AEAD_BURST_MAX - 1;

	(void)effort;
	for (unsigned row = 0; row < array_len(lens); row++) {
		for (unsigned i = 0; i < AEAD_BURST_MAX; i++)
			packet_set(i, i, lens[row]);
		for (uint32_t first = 0; first < lens[row] + WG_TAG_LEN; first += n) {
			for (unsigned i = 0; i < n && first + i < lens[row] + WG_TAG_LEN; i++)
				packet_flip(i, first + i, (first + i) % 8);
			both_open(aead, AEAD_BURST_MAX);
			for (unsigned i = 0; i < n && first + i < lens[row] + WG_TAG_LEN; i++)
				packet_flip(i, first + i, (first + i) % 8);
		}
	}
}

static const struct {
	const char *name;
	void (*run)(struct aead *aead, const struct effort *effort);
} tests[] = {
	{"vectors", test_vectors},
	{"sums", test_sums},
	{"ones_and_zeros", test_ones_and_zeros},
	{"lengths", test_lengths},
	{"mixed", test_mixed},
	{"counters", test_counters},
	{"long", test_long},
	{"misaligned", test_misaligned},
	{"one_forged", test_one_forged},
	{"flips", test_flips},
};

static const struct candidate *candidate_find(const char *name)
{
	for (unsigned i = 0; i < array_len(candidates); i++) {
		if (strcmp(name, candidates[i].name) == 0)
			return &candidates[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct candidate *candidate = argc > 1 ? candidate_find(argv[1]) : NULL;
	const struct effort effort = {argc > 2 ? strtoul(argv[2], NULL, 10) : STEP_DEFAULT,
		argc > 3 ? strtoul(argv[3], NULL, 10) : AEAD_BURST_MAX};
	struct aead *aead;

	if (!candidate || effort.step < 1 || effort.step > effort.size_max
		|| effort.size_max > AEAD_BURST_MAX || sodium_init() < 0) {
		fprintf(stderr,
			"usage: aead_sweep ENGINE [STEP [SIZE]], STEP up to SIZE, SIZE up to %d\n",
			AEAD_BURST_MAX);
		return 2;
	}
	if (candidate->engine->is_supported && !candidate->engine->is_supported()) {
		printf("skipped: this CPU lacks the instructions of %s\n", argv[1]);
		return STATUS_SKIPPED;
	}
	packets_init(candidate->slack);
	aead = aead_create(candidate->engine);
	if (!aead)
		fail("no memory");
	for (unsigned i = 0; i < array_len(tests); i++) {
		test_begin(tests[i].name);
		tests[i].run(aead, &effort);
		test_end();
	}
	aead_destroy(aead);
	printf("1..%zu\n", array_len(tests));
	return 0;
}
