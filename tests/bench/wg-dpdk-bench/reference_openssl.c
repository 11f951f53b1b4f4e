/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * OpenSSL, a packet at a time, in the way that costs least: the cipher is looked up once, there is a context for each
 * direction, and a packet changes key and nonce in one call. Its older EVP_Cipher would save 4 to 8 % more, but its manual
 * says not to use it.
 */

#include "contestants.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <stdlib.h>

#include "base/bytes.h"
#include "base/secure.h"

#define NONCE_LEN 12

struct openssl {
	EVP_CIPHER_CTX *sealing;
	EVP_CIPHER_CTX *opening;
};

static void openssl_destroy(void *state)
{
	struct openssl *o = state;

	EVP_CIPHER_CTX_free(o->sealing);
	EVP_CIPHER_CTX_free(o->opening);
	free(o);
}

static void *openssl_create(void)
{
	struct openssl *o = calloc(1, sizeof(*o));
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	bool is_ready;

	if (o) {
		o->sealing = EVP_CIPHER_CTX_new();
		o->opening = EVP_CIPHER_CTX_new();
	}
	is_ready = o && cipher && o->sealing && o->opening
		&& EVP_EncryptInit_ex2(o->sealing, cipher, NULL, NULL, NULL)
		&& EVP_DecryptInit_ex2(o->opening, cipher, NULL, NULL, NULL);
	EVP_CIPHER_free(cipher); /* the contexts hold it */
	if (is_ready)
		return o;
	if (o)
		openssl_destroy(o);
	return NULL;
}

/* Asking for the tag by its parameter costs less than by EVP_CIPHER_CTX_ctrl. */
static bool seal_one(EVP_CIPHER_CTX *ctx, const struct aead_op *op, const uint8_t *nonce)
{
	uint8_t *tag = op->dst + op->len;
	OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, WG_TAG_LEN),
		OSSL_PARAM_END,
	};
	int len;

	return EVP_EncryptInit_ex2(ctx, NULL, op->key, nonce, NULL)
		&& EVP_EncryptUpdate(ctx, op->dst, &len, op->src, (int)op->len)
		&& EVP_EncryptFinal_ex(ctx, tag, &len) && EVP_CIPHER_CTX_get_params(ctx, params);
}

static bool open_one(EVP_CIPHER_CTX *ctx, const struct aead_op *op, const uint8_t *nonce)
{
	/* Not const in its interface; it is read only. */
	void *tag = (void *)(uintptr_t)(op->src + op->len);
	const OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, WG_TAG_LEN),
		OSSL_PARAM_END,
	};
	int len;

	return EVP_DecryptInit_ex2(ctx, NULL, op->key, nonce, params)
		&& EVP_DecryptUpdate(ctx, op->dst, &len, op->src, (int)op->len)
		&& EVP_DecryptFinal_ex(ctx, op->dst + len, &len);
}

static void openssl_seal(void *state, struct aead_op *ops, unsigned n)
{
	struct openssl *o = state;

	for (struct aead_op *op = ops; op < ops + n; op++) {
		uint8_t nonce[NONCE_LEN] = {0};

		le64_store(nonce + 4, op->counter);
		if (!seal_one(o->sealing, op, nonce))
			secure_wipe(op->dst, op->len + WG_TAG_LEN);
	}
}

static void openssl_open(void *state, struct aead_op *ops, unsigned n)
{
	struct openssl *o = state;

	for (struct aead_op *op = ops; op < ops + n; op++) {
		uint8_t nonce[NONCE_LEN] = {0};

		le64_store(nonce + 4, op->counter);
		op->is_authentic = open_one(o->opening, op, nonce);
		if (!op->is_authentic)
			secure_wipe(op->dst, op->len);
	}
}

const struct aead_engine reference_openssl = {
	.name = "openssl",
	.isa = "its own choice",
	.create = openssl_create,
	.destroy = openssl_destroy,
	.seal = openssl_seal,
	.open = openssl_open,
};
