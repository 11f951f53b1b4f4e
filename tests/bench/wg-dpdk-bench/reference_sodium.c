/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* libsodium, a packet at a time. */

#include "contestants.h"

#include <sodium.h>

#include "base/bytes.h"

#define NONCE_LEN crypto_aead_chacha20poly1305_ietf_NPUBBYTES

/* Before it libsodium does not know the CPU and takes its portable code. */
static void *sodium_start(void)
{
	static int state;

	return sodium_init() < 0 ? NULL : &state;
}

static void sodium_seal(void *state, struct aead_op *ops, unsigned n)
{
	(void)state;
	for (struct aead_op *op = ops; op < ops + n; op++) {
		uint8_t nonce[NONCE_LEN] = {0};

		le64_store(nonce + 4, op->counter);
		crypto_aead_chacha20poly1305_ietf_encrypt(
			op->dst, NULL, op->src, op->len, NULL, 0, NULL, nonce, op->key);
	}
}

static void sodium_open(void *state, struct aead_op *ops, unsigned n)
{
	(void)state;
	for (struct aead_op *op = ops; op < ops + n; op++) {
		uint8_t nonce[NONCE_LEN] = {0};

		le64_store(nonce + 4, op->counter);
		op->is_authentic = crypto_aead_chacha20poly1305_ietf_decrypt(op->dst, NULL, NULL,
					   op->src, op->len + WG_TAG_LEN, NULL, 0, nonce, op->key)
			== 0;
	}
}

const struct aead_engine reference_sodium = {
	.name = "libsodium",
	.isa = "its own choice",
	.create = sodium_start,
	.seal = sodium_seal,
	.open = sodium_open,
};
