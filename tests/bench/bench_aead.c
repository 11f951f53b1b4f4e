/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Cycles of the time stamp counter per packet, for each engine that this CPU can run, in place, with
 * warm buffers: bursts of 32 packets of one length, each packet with its own key. Median of many rounds.
 */

#include "crypto/aead.h"

#include "crypto/aead_impl.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#define N_OPS 32
#define N_ROUNDS 1001
#define N_WARM_UP 50
#define LEN_MAX 1424

static const uint32_t lengths[] = {64, 256, 1024, LEN_MAX};

static const struct aead_engine *const engines[] = {
	&aead_engine_scalar,
	&aead_engine_native_avx2,
	&aead_engine_ipsec_mb_sse,
	&aead_engine_ipsec_mb_avx2,
	&aead_engine_ipsec_mb_avx512,
};

struct result {
	double seal, open; /* cycles per packet */
};

static uint8_t keys[N_OPS][WG_KEY_LEN];
static uint8_t packets[N_OPS][2048];
static uint64_t seal_cycles[N_ROUNDS], open_cycles[N_ROUNDS];

static uint64_t cycles_read(void)
{
	uint64_t cycles;

	_mm_lfence(); /* what is measured stays between two readings */
	cycles = __rdtsc();
	_mm_lfence();
	return cycles;
}

static int cycles_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median_per_packet(uint64_t *cycles)
{
	qsort(cycles, N_ROUNDS, sizeof(*cycles), cycles_compare);
	return (double)cycles[N_ROUNDS / 2] / N_OPS;
}

static void ops_prepare(struct aead_op *ops, uint32_t len)
{
	for (unsigned i = 0; i < N_OPS; i++) {
		memset(keys[i], (int)i + 1, sizeof(keys[i]));
		ops[i] = (struct aead_op){
			.key = keys[i],
			.counter = i,
			.src = packets[i],
			.dst = packets[i],
			.len = len,
		};
	}
}

static void round_measure(
	struct aead *aead, struct aead_op *ops, uint64_t *out_seal, uint64_t *out_open)
{
	uint64_t start = cycles_read(), middle;

	aead_seal(aead, ops, N_OPS);
	middle = cycles_read();
	aead_open(aead, ops, N_OPS);
	*out_open = cycles_read() - middle;
	*out_seal = middle - start;
}

static struct result length_measure(struct aead *aead, uint32_t len)
{
	struct aead_op ops[N_OPS];

	ops_prepare(ops, len);
	for (unsigned i = 0; i < N_WARM_UP; i++)
		round_measure(aead, ops, &seal_cycles[0], &open_cycles[0]);
	for (unsigned i = 0; i < N_ROUNDS; i++)
		round_measure(aead, ops, &seal_cycles[i], &open_cycles[i]);
	return (struct result){median_per_packet(seal_cycles), median_per_packet(open_cycles)};
}

static void engine_measure(const struct aead_engine *engine)
{
	struct aead *aead = aead_create(engine);

	printf("%-10s %4u", engine->name, engine->simd_bits);
	if (!aead) {
		printf("  does not start\n");
		return;
	}
	for (unsigned i = 0; i < array_len(lengths); i++) {
		struct result result = length_measure(aead, lengths[i]);

		printf("  %6.0f %6.0f", result.seal, result.open);
	}
	printf("\n");
	aead_destroy(aead);
}

static void header_print(void)
{
	unsigned words[12] = {0};

	for (unsigned i = 0; i < 3; i++)
		__get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
			&words[4 * i + 3]);
	printf("%.48s: TSC cycles per packet, seal and open, bursts of %d\n", (char *)words, N_OPS);
	printf("%-10s %4s", "engine", "bits");
	for (unsigned i = 0; i < array_len(lengths); i++)
		printf("  %7u bytes", lengths[i]);
	printf("\n");
}

int main(void)
{
	header_print();
	for (unsigned i = 0; i < array_len(engines); i++) {
		if (!engines[i]->is_supported || engines[i]->is_supported())
			engine_measure(engines[i]);
	}
	return 0;
}
