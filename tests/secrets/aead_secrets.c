/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Does a branch or an address depend on a secret? Run by valgrind's memcheck, which takes keys and texts for memory
 * that was never written and reports whatever depends on it: aead_secrets scalar|avx2|leak-branch|leak-address.
 * The two leaks must be reported, else the test shows nothing. Status 77: this CPU lacks the instructions.
 */

#include "crypto/aead_impl.h"

#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define LEN_MAX 1424
#define ROW_LEN (LEN_MAX + WG_TAG_LEN)

/* Short and long packets, whole blocks and rests. */
static const uint32_t lengths[] = {
	0, 1, 16, 63, 64, 65, 128, 191, 192, 193, 257, 512, 576, 1000, 1420, 1424};

static uint8_t keys[AEAD_BURST_MAX][WG_KEY_LEN];
static uint8_t rows[AEAD_BURST_MAX][ROW_LEN];
static struct aead_op ops[AEAD_BURST_MAX];

/* In place; keys are secret, and whether the rows are. */
static void burst_make(unsigned n, bool is_sealing)
{
	for (unsigned i = 0; i < n; i++) {
		ops[i] = (struct aead_op){.key = keys[i],
			.counter = i,
			.src = rows[i],
			.dst = rows[i],
			.len = lengths[(n + i) % array_len(lengths)]};
		memset(keys[i], (int)i, WG_KEY_LEN);
		VALGRIND_MAKE_MEM_UNDEFINED(keys[i], WG_KEY_LEN);
		if (is_sealing)
			VALGRIND_MAKE_MEM_UNDEFINED(rows[i], ROW_LEN);
		else
			VALGRIND_MAKE_MEM_DEFINED(rows[i], ROW_LEN);
	}
}

/* Returns how many packets got the wrong verdict. */
static unsigned check_burst(struct aead *aead, unsigned n)
{
	unsigned n_wrong = 0;

	burst_make(n, true);
	aead_seal(aead, ops, n);
	burst_make(n, false);
	rows[n / 2][0] ^= 1;
	aead_open(aead, ops, n);
	for (unsigned i = 0; i < n; i++)
		n_wrong += ops[i].is_authentic == (i == n / 2);
	return n_wrong;
}

static unsigned check_engine(const struct aead_engine *engine)
{
	static const unsigned sizes[] = {1, 2, 3, 4, 7, 8, 9, 16, 33, AEAD_BURST_MAX};
	struct aead *aead = aead_create(engine);
	unsigned n_wrong = !aead;

	for (unsigned i = 0; aead && i < array_len(sizes); i++)
		n_wrong += check_burst(aead, sizes[i]);
	aead_destroy(aead);
	return n_wrong;
}

/* What must be reported. */
static unsigned leak_branch(void)
{
	volatile unsigned result = 0;

	burst_make(1, true);
	if (keys[0][3] & 4)
		result = result + 1;
	return 0 * result;
}

static unsigned leak_address(void)
{
	volatile uint8_t result;

	burst_make(1, true);
	result = rows[1][keys[0][3]];
	return 0 * (unsigned)result;
}

static unsigned avx2_run(void)
{
	return check_engine(&aead_engine_native_avx2);
}

static unsigned scalar_run(void)
{
	return check_engine(&aead_engine_scalar);
}

static const struct {
	const char *name;
	unsigned (*run)(void);
} cases[] = {
	{"scalar", scalar_run},
	{"avx2", avx2_run},
	{"leak-branch", leak_branch},
	{"leak-address", leak_address},
};

int main(int argc, char **argv)
{
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2"))
		return 77;
	for (unsigned i = 0; argc == 2 && i < array_len(cases); i++) {
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run() ? 1 : 0;
	}
	fprintf(stderr, "usage: aead_secrets scalar|avx2|leak-branch|leak-address\n");
	return 2;
}
