/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What an engine of the burst AEAD fills in, and how it is proven before use. For the files of
 * crypto/ and their tests only; callers use aead.h.
 */

#include "crypto/aead.h"

/*
 * An engine is one implementation at one vector width, so that what was proven at start is what runs.
 * Every pointer but seal and open may be NULL: nothing special to do.
 */
struct aead_engine {
	const char *name;
	const char *isa;            /* the variant: "avx2" */
	unsigned simd_bits;         /* width of the vectors it uses; 0: what every CPU has */
	bool (*is_supported)(void); /* can this CPU, with this operating system, run it? */

	/* One worker's scratch, handed to the functions below. NULL: no memory, or the library refused. */
	void *(*create)(void);
	void (*destroy)(void *state); /* wipes what held secrets */

	/* As in aead.h, with 1 to AEAD_BURST_MAX ops. */
	void (*seal)(void *state, struct aead_op *ops, unsigned n);
	void (*open)(void *state, struct aead_op *ops, unsigned n);
};

extern const struct aead_engine aead_engine_scalar;
extern const struct aead_engine aead_engine_native_avx2;
extern const struct aead_engine aead_engine_native_avx512;
extern const struct aead_engine aead_engine_native_ifma; /* AVX-512 with IFMA */
extern const struct aead_engine aead_engine_ipsec_mb_sse;
extern const struct aead_engine aead_engine_ipsec_mb_avx2;
extern const struct aead_engine aead_engine_ipsec_mb_avx512;

/*
 * aead_selftest runs known answers and compares bursts with the scalar engine. NULL: all well; else
 * why `engine` must not be used. Init only.
 */
must_check const char *aead_selftest(const struct aead_engine *engine);

/* aead_trials_run measures each trial's engine and puts the fastest first. An engine that does not start is left out. Init only. */
void aead_trials_run(struct aead_trials *trials);
