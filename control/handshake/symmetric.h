/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The variables of a Noise handshake and the steps that change them, [N] 5.2 and [W] 5.4. Any thread, one at a time per
 * object; no state beside it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "crypto/hash.h"
#include "wire.h"

struct symmetric {
	uint8_t chaining_key[HASH_LEN];
	uint8_t hash[HASH_LEN];
	uint8_t key[WG_KEY_LEN]; /* used and wiped within one message */
};

/* symmetric_dh: X25519; false for a public key of low order. */
must_check bool symmetric_dh(uint8_t out_shared[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN]);

/* symmetric_init: both sides start from the names and from the responder's static key. [W] 5.4.2. */
void symmetric_init(struct symmetric *sym, const uint8_t responder_public_key[WG_KEY_LEN]);

void symmetric_mix_ephemeral(struct symmetric *sym, const uint8_t public_key[WG_KEY_LEN]);
void symmetric_mix_shared(struct symmetric *sym, const uint8_t shared[WG_KEY_LEN]);

/* symmetric_mix_dh: false: see symmetric_dh. */
must_check bool symmetric_mix_dh(struct symmetric *sym, const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN]);
void symmetric_mix_psk(struct symmetric *sym, const uint8_t preshared_key[WG_KEY_LEN]);

/* symmetric_seal writes `len` bytes and their tag to `out`; symmetric_open: false: not authentic. */
void symmetric_seal(struct symmetric *sym, uint8_t *out, const void *plain, size_t len);
must_check bool symmetric_open(
	struct symmetric *sym, void *out, const uint8_t *sealed, size_t sealed_len);
