/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Random numbers that come again with the same seed (splitmix64), for tests and benchmarks. */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

struct prng {
	uint64_t state;
};

/* prng_seed takes the seed from WG_TEST_SEED or from the clock, and prints how to use it again. */
static inline struct prng prng_seed(void)
{
	const char *text = getenv("WG_TEST_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : clock_read();

	printf("seed %" PRIu64 "; run again with WG_TEST_SEED=%" PRIu64 "\n", seed, seed);
	fflush(stdout);
	return (struct prng){.state = seed};
}

static inline uint64_t prng_next(struct prng *prng)
{
	uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* prng_below: from 0 to n - 1. */
static inline uint64_t prng_below(struct prng *prng, uint64_t n)
{
	return prng_next(prng) % n;
}
