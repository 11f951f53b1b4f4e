/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/nonces.h"

#include <stddef.h>
#include <string.h>

#include <sodium.h>

#include "base/secure.h"

_Static_assert(WG_KEY_LEN == randombytes_SEEDBYTES, "the seed's length");
_Static_assert(offsetof(struct nonces, stock) == WG_KEY_LEN, "one stream fills both");

void nonces_init(struct nonces *nonces, const uint8_t seed[WG_KEY_LEN])
{
	memcpy(nonces->seed, seed, sizeof(nonces->seed));
	nonces->n_left = 0;
}

void nonces_fini(struct nonces *nonces)
{
	secure_wipe(nonces, sizeof(*nonces));
}

static void refill(struct nonces *nonces)
{
	uint8_t seed[WG_KEY_LEN];

	memcpy(seed, nonces->seed, sizeof(seed));
	randombytes_buf_deterministic(nonces, offsetof(struct nonces, n_left), seed);
	secure_wipe(seed, sizeof(seed));
	nonces->n_left = NONCES_LEN;
}

const uint8_t *nonces_next(struct nonces *nonces)
{
	if (nonces->n_left == 0)
		refill(nonces);
	return nonces->stock[--nonces->n_left];
}
