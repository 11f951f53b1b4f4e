/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The engine over intel-ipsec-mb, from 1.3 to 2.x: unchecked single jobs, the fastest call that both have
 * (docs/decisions/0001-aead-burst-api.md). The library computes tags and compares none.
 */

#include "crypto/aead_impl.h"

#include "base/bytes.h"
#include "base/secure.h"

#include <intel-ipsec-mb.h>

#include <stdlib.h>

#define NONCE_LEN 12

/* Held by one worker. The manager keeps pointers to keys, never keys. */
struct ipsec_mb {
	IMB_MGR *mgr;
	uint8_t nonces[AEAD_BURST_MAX][NONCE_LEN]; /* the first 4 bytes of each stay zero */
	uint8_t tags[AEAD_BURST_MAX][WG_TAG_LEN];  /* computed while opening */
};

static void ipsec_mb_destroy(void *state)
{
	struct ipsec_mb *mb = state;

	if (mb->mgr)
		free_mb_mgr(mb->mgr);
	secure_wipe(mb, sizeof(*mb));
	free(mb);
}

static void *ipsec_mb_create(void (*mgr_init)(IMB_MGR *mgr))
{
	struct ipsec_mb *mb = calloc(1, sizeof(*mb));

	if (!mb)
		return NULL;
	mb->mgr = alloc_mb_mgr(0);
	if (mb->mgr)
		mgr_init(mb->mgr);
	/* 2.x tests itself in mgr_init and says so in the error number. */
	if (!mb->mgr || imb_get_errno(mb->mgr) != 0) {
		ipsec_mb_destroy(mb);
		return NULL;
	}
	return mb;
}

static void job_submit(struct ipsec_mb *mb, unsigned i, const struct aead_op *op,
	IMB_CIPHER_DIRECTION direction, uint8_t *tag)
{
	IMB_JOB *job = IMB_GET_NEXT_JOB(mb->mgr);

	le64_store(mb->nonces[i] + 4, op->counter);
	job->cipher_mode = IMB_CIPHER_CHACHA20_POLY1305;
	job->hash_alg = IMB_AUTH_CHACHA20_POLY1305;
	job->cipher_direction = direction;
	job->chain_order =
		direction == IMB_DIR_ENCRYPT ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
	job->enc_keys = op->key;
	job->dec_keys = op->key;
	job->key_len_in_bytes = WG_KEY_LEN;
	job->iv = mb->nonces[i];
	job->iv_len_in_bytes = NONCE_LEN;
	job->src = op->src;
	job->dst = op->dst;
	job->cipher_start_src_offset_in_bytes = 0;
	job->msg_len_to_cipher_in_bytes = op->len;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = op->len;
	job->auth_tag_output = tag;
	job->auth_tag_output_len_in_bytes = WG_TAG_LEN;
	job->u.CHACHA20_POLY1305.aad = NULL;
	job->u.CHACHA20_POLY1305.aad_len_in_bytes = 0;
	IMB_SUBMIT_JOB_NOCHECK(mb->mgr);
}

/*
 * Up to 2.x this algorithm's jobs are done when submitted and this finds nothing. Its interface allows a
 * library that gathers jobs, and an unsealed packet must not leave.
 */
static void jobs_finish(struct ipsec_mb *mb)
{
	while (IMB_FLUSH_JOB(mb->mgr))
		;
}

static void ipsec_mb_seal(void *state, struct aead_op *ops, unsigned n)
{
	struct ipsec_mb *mb = state;

	for (unsigned i = 0; i < n; i++)
		job_submit(mb, i, &ops[i], IMB_DIR_ENCRYPT, ops[i].dst + ops[i].len);
	jobs_finish(mb);
}

static void ipsec_mb_open(void *state, struct aead_op *ops, unsigned n)
{
	struct ipsec_mb *mb = state;

	for (unsigned i = 0; i < n; i++)
		job_submit(mb, i, &ops[i], IMB_DIR_DECRYPT, mb->tags[i]);
	jobs_finish(mb);

	for (struct aead_op *op = ops; op < ops + n; op++) {
		op->is_authentic = secure_equal(mb->tags[op - ops], op->src + op->len, WG_TAG_LEN);
		if (!op->is_authentic)
			secure_wipe(op->dst, op->len);
	}
	/* Of a forged packet they would be the right ones. */
	secure_wipe(mb->tags, n * sizeof(mb->tags[0]));
}

static bool has_features(uint64_t features)
{
	return (imb_get_feature_flags() & features) == features;
}

static bool sse_is_supported(void)
{
	return has_features(IMB_CPUFLAGS_SSE);
}

/* 1.3 asks the CPU alone; the compiler's question includes whether the operating system saves the registers. */
static bool avx2_is_supported(void)
{
	return has_features(IMB_CPUFLAGS_AVX2) && __builtin_cpu_supports("avx2");
}

static bool avx512_is_supported(void)
{
	return has_features(IMB_CPUFLAGS_AVX512) && __builtin_cpu_supports("avx512f");
}

static void *sse_create(void)
{
	return ipsec_mb_create(init_mb_mgr_sse);
}

static void *avx2_create(void)
{
	return ipsec_mb_create(init_mb_mgr_avx2);
}

static void *avx512_create(void)
{
	return ipsec_mb_create(init_mb_mgr_avx512);
}

const struct aead_engine aead_engine_ipsec_mb_sse = {
	.name = "ipsec-mb",
	.isa = "sse",
	.simd_bits = 128,
	.is_supported = sse_is_supported,
	.create = sse_create,
	.destroy = ipsec_mb_destroy,
	.seal = ipsec_mb_seal,
	.open = ipsec_mb_open,
};

const struct aead_engine aead_engine_ipsec_mb_avx2 = {
	.name = "ipsec-mb",
	.isa = "avx2",
	.simd_bits = 256,
	.is_supported = avx2_is_supported,
	.create = avx2_create,
	.destroy = ipsec_mb_destroy,
	.seal = ipsec_mb_seal,
	.open = ipsec_mb_open,
};

const struct aead_engine aead_engine_ipsec_mb_avx512 = {
	.name = "ipsec-mb",
	.isa = "avx512",
	.simd_bits = 512,
	.is_supported = avx512_is_supported,
	.create = avx512_create,
	.destroy = ipsec_mb_destroy,
	.seal = ipsec_mb_seal,
	.open = ipsec_mb_open,
};
