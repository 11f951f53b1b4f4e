/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Random nonces for cookie replies without a system call: ChaCha20 of a seed, which each refill replaces by its first
 * bytes, so that what was given out cannot be computed again. One thread's own.
 */

#include <stdint.h>

#include "wire.h"

#define NONCES_LEN 64

struct nonces {
	uint8_t seed[WG_KEY_LEN];
	uint8_t stock[NONCES_LEN][WG_COOKIE_NONCE_LEN];
	unsigned n_left;
};

/* nonces_init: `seed` is random; the caller wipes its copy. */
void nonces_init(struct nonces *nonces, const uint8_t seed[WG_KEY_LEN]);
void nonces_fini(struct nonces *nonces);

/* nonces_next: valid until the next call. */
const uint8_t *nonces_next(struct nonces *nonces);
