/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Every engine, and bursts of equal packets for it: what the programs that measure share. */

#include "crypto/aead_impl.h"

#include <stdio.h>
#include <string.h>

#define LEN_MAX 1424

static const struct aead_engine *const engines[] = {
	&aead_engine_scalar,
	&aead_engine_ipsec_mb_sse,
	&aead_engine_ipsec_mb_avx2,
	&aead_engine_native_avx2,
	&aead_engine_native_avx512,
	&aead_engine_native_ifma,
	&aead_engine_ipsec_mb_avx512,
};
#define N_ENGINES array_len(engines)

struct burst {
	struct aead_op ops[AEAD_BURST_MAX];
	uint8_t keys[AEAD_BURST_MAX][WG_KEY_LEN];
	uint8_t packets[AEAD_BURST_MAX]
		       [LEN_MAX + 144]; /* apart as packet buffers are: no power of two */
};

/* In place; each packet has its own key. */
static inline void burst_prepare(struct burst *burst, uint32_t len)
{
	for (unsigned i = 0; i < AEAD_BURST_MAX; i++) {
		memset(burst->keys[i], (int)i + 1, sizeof(burst->keys[i]));
		burst->ops[i] = (struct aead_op){
			.key = burst->keys[i],
			.counter = i,
			.src = burst->packets[i],
			.dst = burst->packets[i],
			.len = len,
		};
	}
}

static inline bool engine_is_supported(const struct aead_engine *engine)
{
	return !engine->is_supported || engine->is_supported();
}

/* "native avx2", in a buffer of the caller. */
static inline const char *engine_label(const struct aead_engine *engine, char label[static 32])
{
	snprintf(label, 32, "%s %s", engine->name, engine->isa);
	return label;
}
