/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* For count_aead, which counts its instructions: count_aead_run ENGINE BYTES [BURSTS] seals and opens bursts of 32 packets. */

#include "contestants.h"

#include <stdlib.h>
#include <string.h>

#define BURST 32
#define LEN_MAX 1424

static struct aead_op ops[BURST];
static uint8_t keys[BURST + 1][WG_KEY_LEN]; /* ipsec-mb reads behind a key */
static uint8_t packets[BURST][LEN_MAX + 144];

/* In place; each packet has its own key. */
static void burst_prepare(uint32_t len)
{
	for (unsigned i = 0; i < BURST; i++) {
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

/* Status 77: this CPU or this build lacks the engine, or there is none of that name. */
int main(int argc, char **argv)
{
	uint32_t len = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : LEN_MAX + 1;
	unsigned long n_bursts = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	int place = argc > 1 ? contestant_find(argv[1], strlen(argv[1])) : -1;
	struct aead *aead = NULL;

	if (place >= 0 && len <= LEN_MAX && !contestant_refusal(&contestants[place], UINT16_MAX))
		aead = aead_create(contestants[place].engine);
	if (!aead)
		return 77;
	burst_prepare(len);
	for (; n_bursts; n_bursts--) {
		aead_seal(aead, ops, BURST);
		aead_open(aead, ops, BURST);
	}
	aead_destroy(aead);
	return 0;
}
