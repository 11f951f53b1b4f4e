/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "field.h"

#include <sodium.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "prng.h"

/* What a pass touches, where the packets are small enough: first-level caches have 32 or 48 KiB, second-level ones 512 or more. */
#define PASS_BYTES ((size_t)192 * 1024)

static size_t lines_of(uint32_t len)
{
	return (len + WG_TAG_LEN + CACHE_LINE - 1) / CACHE_LINE;
}

static unsigned packets_of(uint32_t len, unsigned burst)
{
	size_t touched = lines_of(len) * CACHE_LINE + WG_KEY_LEN + sizeof(struct aead_op);
	size_t n_bursts = PASS_BYTES / (touched * burst);

	return (unsigned)(n_bursts ? n_bursts : 1) * burst;
}

/* At least one line apart, and an odd number of lines, so that they use all sets of a cache alike. */
static size_t stride_of(uint32_t len)
{
	return ((lines_of(len) + 1) | 1) * CACHE_LINE;
}

static void fill(uint8_t *out, size_t len, struct prng *prng)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)prng_next(prng);
}

static void seal_rightly(const struct field *field, unsigned i)
{
	const struct aead_op *op = &field->ops[i];
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};

	le64_store(nonce + 4, op->counter);
	crypto_aead_chacha20poly1305_ietf_encrypt(field->sealed + i * field->stride, NULL,
		field->plain + i * field->stride, field->len, NULL, 0, NULL, nonce, op->key);
}

static void packets_prepare(struct field *field)
{
	struct prng prng = {.state = 1};

	fill(field->keys[0], field->n * sizeof(field->keys[0]), &prng);
	for (unsigned i = 0; i < field->n; i++) {
		uint8_t *packet = field->packets + i * field->stride;

		field->ops[i] = (struct aead_op){
			.key = field->keys[i],
			.counter = prng_next(&prng),
			.src = packet,
			.dst = packet,
			.len = field->len,
		};
		fill(field->plain + i * field->stride, field->len, &prng);
		seal_rightly(field, i);
	}
}

bool field_create(struct field *out, uint32_t len, unsigned burst)
{
	*out = (struct field){.len = len, .burst = burst};
	out->n = packets_of(len, burst);
	out->stride = stride_of(len);
	out->ops = calloc(out->n, sizeof(out->ops[0]));
	out->keys = calloc(out->n + 1, sizeof(out->keys[0])); /* ipsec-mb reads behind a key */
	out->packets = aligned_alloc(CACHE_LINE, out->n * out->stride);
	out->plain = calloc(out->n, out->stride);
	out->sealed = calloc(out->n, out->stride);
	if (!out->ops || !out->keys || !out->packets || !out->plain || !out->sealed)
		return false;
	packets_prepare(out);
	return true;
}

void field_destroy(struct field *field)
{
	free(field->ops);
	free(field->keys);
	free(field->packets);
	free(field->plain);
	free(field->sealed);
}

void field_reset(struct field *field)
{
	memcpy(field->packets, field->plain, field->n * field->stride);
}

void field_seal(struct field *field, struct aead *aead)
{
	for (unsigned i = 0; i < field->n; i += field->burst)
		aead_seal(aead, field->ops + i, field->burst);
}

void field_open(struct field *field, struct aead *aead)
{
	for (unsigned i = 0; i < field->n; i += field->burst)
		aead_open(aead, field->ops + i, field->burst);
}

static bool packet_equals(const struct field *field, unsigned i, const uint8_t *all, size_t len)
{
	return memcmp(field->ops[i].dst, all + i * field->stride, len) == 0;
}

static unsigned count_sealed_wrong(const struct field *field)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < field->n; i++)
		n_wrong += !packet_equals(field, i, field->sealed, field->len + WG_TAG_LEN);
	return n_wrong;
}

static bool is_opened(const struct field *field, unsigned i)
{
	return field->ops[i].is_authentic && packet_equals(field, i, field->plain, field->len);
}

static bool is_refused(const struct field *field, unsigned i)
{
	const struct aead_op *op = &field->ops[i];

	return !op->is_authentic && sodium_is_zero(op->dst, op->len);
}

/* forged: the place of the packet that must be refused; field->n: none. */
static unsigned count_opened_wrong(const struct field *field, unsigned forged)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < field->n; i++)
		n_wrong += i == forged ? !is_refused(field, i) : !is_opened(field, i);
	return n_wrong;
}

unsigned field_n_wrong(const struct field *field)
{
	return count_opened_wrong(field, field->n);
}

/* Sealed and opened, each packet once. */
unsigned field_n_checks(const struct field *field)
{
	return 2 * field->n;
}

unsigned field_check(struct field *field, struct aead *aead)
{
	const unsigned forged = field->n / 2;
	unsigned n_wrong;

	field_reset(field);
	field_seal(field, aead);
	n_wrong = count_sealed_wrong(field);
	memcpy(field->packets, field->sealed, field->n * field->stride);
	field->ops[forged].dst[field->len] ^= 1;
	field_open(field, aead);
	n_wrong += count_opened_wrong(field, forged);
	return n_wrong;
}
