/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A hash for tables: fast, not secret. Who can choose keys can choose ones that meet. Any thread. */

#include <stdint.h>

/* hash_mix: each bit of `x` moves about half of the result (the finalizer of MurmurHash3). */
static inline uint64_t hash_mix(uint64_t x)
{
	x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}
