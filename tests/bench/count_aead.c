/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* For count_aead, which counts its instructions: count_aead_run LABEL BYTES [BURSTS] seals and opens bursts of 32 packets. */

#include "bench/engines.h"

#include <stdlib.h>

#define BURST 32

static struct burst burst;

/* Status 77: this CPU lacks the engine, or there is none of that label. */
int main(int argc, char **argv)
{
	uint32_t len = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : LEN_MAX + 1;
	unsigned long n_bursts = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	struct aead *aead = NULL;
	char label[32];

	for (unsigned i = 0; i < N_ENGINES && len <= LEN_MAX; i++) {
		if (strcmp(engine_label(engines[i], label), argv[1]) == 0
			&& engine_is_supported(engines[i]))
			aead = aead_create(engines[i]);
	}
	if (!aead)
		return 77;
	burst_prepare(&burst, len);
	for (; n_bursts; n_bursts--) {
		aead_seal(aead, burst.ops, BURST);
		aead_open(aead, burst.ops, BURST);
	}
	aead_destroy(aead);
	return 0;
}
