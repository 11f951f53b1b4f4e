/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What the two variants of the native engine for AVX-512 share. They differ in Poly1305 of packets side by side. */

#include "crypto/aead_native.h"

/* 16 blocks. aead_avx512.c. */
void avx512_chacha20_run(struct chacha20_row *row, void *scratch);
bool avx512_is_supported(void);

/* A step is 6 blocks, in one double round of the 16 lanes. Beside 8 lanes nothing is taken in. */
#define AVX512_STEP_LEN (6 * POLY1305_BLOCK_LEN)
#define AVX512_NARROW \
	{ \
		8, 0, avx2_chacha20_run \
	}
#define AVX512_WIDE \
	{ \
		N_LANES, N_DOUBLE_ROUNDS, avx512_chacha20_run \
	}
