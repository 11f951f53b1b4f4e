/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead.h"

#include "base/secure.h"
#include "crypto/aead_impl.h"

#include <stdlib.h>
#include <string.h>

struct aead {
	const struct aead_engine *engine;
	void *state;
};

/* Preferred first: the first one that works is taken. */
static const struct aead_engine *const engines[] = {
	&aead_engine_native_ifma,
	&aead_engine_native_avx512,
	&aead_engine_native_avx2,
	&aead_engine_ipsec_mb_avx512,
	&aead_engine_ipsec_mb_avx2,
	&aead_engine_ipsec_mb_sse,
	&aead_engine_scalar,
};

/* NULL: the engine may be used; else why not. */
static const char *engine_refusal(const struct aead_engine *engine, unsigned max_simd_bits)
{
	if (engine->simd_bits > max_simd_bits)
		return "the engine needs wider vectors than are allowed: "
		       "raise EAL's --force-max-simd-bitwidth";
	if (engine->is_supported && !engine->is_supported())
		return "this CPU lacks instructions that the engine needs: use another engine";
	return aead_selftest(engine);
}

_Static_assert(array_len(engines) <= AEAD_ENGINES_MAX, "room for every trial");

static const struct aead_engine *fastest_find(
	unsigned max_simd_bits, struct aead_trials *out_trials, const char **out_error)
{
	for (unsigned i = 0; i < array_len(engines); i++) {
		if (!engine_refusal(engines[i], max_simd_bits))
			out_trials->trials[out_trials->n++].engine = engines[i];
	}
	aead_trials_run(out_trials);
	*out_error = out_trials->n ? NULL : "no engine works: memory is short";
	return out_trials->n ? out_trials->trials[0].engine : NULL;
}

const struct aead_engine *aead_engine_find(const char *name, unsigned max_simd_bits,
	struct aead_trials *out_trials, const char **out_error)
{
	out_trials->n = 0;
	if (strcmp(name, "auto") == 0)
		return fastest_find(max_simd_bits, out_trials, out_error);
	/* The error that stays is that of the narrowest engine of this name, which asks for the least. */
	*out_error = "no engine has this name: use auto, native, ipsec-mb or scalar";
	for (unsigned i = 0; i < array_len(engines); i++) {
		if (strcmp(name, engines[i]->name) != 0)
			continue;
		*out_error = engine_refusal(engines[i], max_simd_bits);
		if (!*out_error)
			return engines[i];
	}
	return NULL;
}

const char *aead_engine_name(const struct aead_engine *engine)
{
	return engine->name;
}

const char *aead_engine_isa(const struct aead_engine *engine)
{
	return engine->isa;
}

struct aead *aead_create(const struct aead_engine *engine)
{
	struct aead *aead = calloc(1, sizeof(*aead));

	if (!aead)
		return NULL;
	aead->engine = engine;
	if (!engine->create)
		return aead;
	aead->state = engine->create();
	if (!aead->state) {
		free(aead);
		return NULL;
	}
	return aead;
}

void aead_destroy(struct aead *aead)
{
	if (!aead)
		return;
	if (aead->engine->destroy)
		aead->engine->destroy(aead->state);
	free(aead);
}

static unsigned burst_len(unsigned n)
{
	return n < AEAD_BURST_MAX ? n : AEAD_BURST_MAX;
}

/*
 * Keystream was found in the dead frames of every vector engine: up to 2,560 bytes deep of intel-ipsec-mb 1.3, and
 * of ours where the compiler spills. They lay where this frame lies; wiping it costs about 110 cycles a burst.
 */
#define STACK_WIPE_LEN 4096

__attribute__((noinline)) static void stack_wipe(void)
{
	uint8_t frames[STACK_WIPE_LEN];

	secure_wipe(frames, sizeof(frames));
}

void aead_seal(struct aead *aead, struct aead_op *ops, unsigned n)
{
	for (unsigned burst; n; ops += burst, n -= burst) {
		burst = burst_len(n);
		aead->engine->seal(aead->state, ops, burst);
	}
	stack_wipe();
}

void aead_open(struct aead *aead, struct aead_op *ops, unsigned n)
{
	for (unsigned burst; n; ops += burst, n -= burst) {
		burst = burst_len(n);
		aead->engine->open(aead->state, ops, burst);
	}
	stack_wipe();
}
