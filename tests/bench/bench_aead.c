/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Cycles of the time stamp counter per packet, for every engine that this CPU can run, side by side: packets of one
 * length with a key each, in place, in a cache. The engines take turns, so that a noisy machine disturbs all alike;
 * a row has the median, the low end (first percentile: the quiet moments) and the ratio of medians to intel-ipsec-mb
 * with vectors of the same width.
 */

#include "bench/engines.h"

#include <cpuid.h>
#include <stdlib.h>
#include <x86intrin.h>

#define N_ROUNDS 1001

static const uint32_t lengths[] = {64, 256, 512, LEN_MAX};
static const unsigned bursts[] = {1, 4, 8, 32};

enum direction {
	SEAL,
	OPEN,
	N_DIRECTIONS,
};

struct contestant {
	const struct aead_engine *engine;
	struct aead *aead; /* NULL: this CPU cannot run it */
	uint64_t cycles[N_DIRECTIONS][N_ROUNDS];
};

static struct contestant contestants[N_ENGINES];
static struct burst burst;

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

static void contestants_create(void)
{
	for (unsigned i = 0; i < N_ENGINES; i++) {
		contestants[i].engine = engines[i];
		if (engine_is_supported(engines[i]))
			contestants[i].aead = aead_create(engines[i]);
	}
}

static void round_measure(struct contestant *c, unsigned n, unsigned round)
{
	uint64_t start = cycles_read(), middle;

	aead_seal(c->aead, burst.ops, n);
	middle = cycles_read();
	aead_open(c->aead, burst.ops, n);
	c->cycles[OPEN][round] = cycles_read() - middle;
	c->cycles[SEAL][round] = middle - start;
}

static void rounds_measure(unsigned n)
{
	for (unsigned round = 0; round < N_ROUNDS; round++) {
		for (unsigned i = 0; i < N_ENGINES; i++) {
			if (contestants[i].aead)
				round_measure(&contestants[i], n, round);
		}
	}
	for (unsigned i = 0; i < N_ENGINES; i++) {
		for (unsigned d = 0; d < N_DIRECTIONS; d++)
			qsort(contestants[i].cycles[d], N_ROUNDS, sizeof(uint64_t), cycles_compare);
	}
}

static const struct contestant *rival_find(const struct contestant *c)
{
	for (unsigned i = 0; i < N_ENGINES; i++) {
		const struct aead_engine *engine = contestants[i].engine;

		if (contestants[i].aead && strcmp(engine->name, "ipsec-mb") == 0
			&& engine->simd_bits == c->engine->simd_bits)
			return &contestants[i];
	}
	return NULL;
}

static void row_print(const struct contestant *c, uint32_t len, unsigned n)
{
	const struct contestant *rival = rival_find(c);
	char label[32];

	printf("%5u %5u  %-18s", len, n, engine_label(c->engine, label));
	for (unsigned d = 0; d < N_DIRECTIONS; d++) {
		uint64_t median = c->cycles[d][N_ROUNDS / 2], low = c->cycles[d][N_ROUNDS / 100];

		printf("  %6.0f %6.0f", (double)median / n, (double)low / n);
		if (rival && rival != c)
			printf(" %5.2f", (double)median / (double)rival->cycles[d][N_ROUNDS / 2]);
		else
			printf("     -");
	}
	printf("\n");
}

static void header_print(void)
{
	unsigned words[12] = {0};

	for (unsigned i = 0; i < 3; i++)
		__get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
			&words[4 * i + 3]);
	printf("%.48s: TSC cycles per packet\n", (char *)words);
	printf("%5s %5s  %-18s  %20s  %20s\n", "", "", "", "seal", "open");
	printf("%5s %5s  %-18s  %6s %6s %5s  %6s %6s %5s\n", "bytes", "burst", "engine", "median",
		"low", "ratio", "median", "low", "ratio");
}

int main(void)
{
	contestants_create();
	header_print();
	for (unsigned l = 0; l < array_len(lengths); l++) {
		burst_prepare(&burst, lengths[l]);
		for (unsigned b = 0; b < array_len(bursts); b++) {
			rounds_measure(bursts[b]);
			for (unsigned i = 0; i < N_ENGINES; i++) {
				if (contestants[i].aead)
					row_print(&contestants[i], lengths[l], bursts[b]);
			}
		}
	}
	for (unsigned i = 0; i < N_ENGINES; i++)
		aead_destroy(contestants[i].aead);
	return 0;
}
