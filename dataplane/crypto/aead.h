/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * ChaCha20-Poly1305 ([8439] 2.8, no additional data, nonce = 4 zero bytes and the counter) over whole
 * bursts of packets with different keys, counters and lengths. [W] 5.4.6.
 * Choosing an engine happens once, at start; afterwards every worker owns one `struct aead`.
 * Nothing here knows DPDK.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

#define AEAD_BURST_MAX 64

/* One packet of a burst. `src` and `dst` are equal (in place) or do not overlap; any alignment. */
struct aead_op {
	const uint8_t *key; /* WG_KEY_LEN bytes */
	uint64_t counter;
	const uint8_t *src;
	uint8_t *dst;
	uint32_t len;      /* bytes of plaintext, without the tag: 0 to 65535 */
	bool is_authentic; /* aead_open's answer */
};

struct aead_engine; /* an implementation: aead_impl.h */
struct aead;        /* one worker's use of it */

#define AEAD_ENGINES_MAX 8
#define AEAD_TRIAL_LENGTHS 3

/* How fast an engine was at start. */
struct aead_trial {
	const struct aead_engine *engine;
	/* Of the time stamp counter, for a packet of 64, 256 and 1,424 bytes in a burst of 32, sealed and opened: the mean. */
	uint32_t cycles[AEAD_TRIAL_LENGTHS];
};

struct aead_trials {
	struct aead_trial trials[AEAD_ENGINES_MAX]; /* the fastest first */
	unsigned n;
};

/*
 * aead_engine_find returns the engine named "native", "ipsec-mb" or "scalar", at the greatest width that works on
 * this CPU with vectors of at most `max_simd_bits`; for "auto" the fastest of all, after measuring each for some
 * milliseconds: *out_trials says how fast they were, and has none for another name. It runs known answers first; an
 * engine that disagrees is refused. NULL: *out_error says why. Init only.
 */
must_check const struct aead_engine *aead_engine_find(const char *name, unsigned max_simd_bits,
	struct aead_trials *out_trials, const char **out_error);

/* aead_engine_name: its name in configurations and logs; aead_engine_isa: which of its variants. Any thread. */
const char *aead_engine_name(const struct aead_engine *engine);
const char *aead_engine_isa(const struct aead_engine *engine);

/* aead_create: what one thread needs to use `engine`; NULL when memory is short. Init only. */
must_check struct aead *aead_create(const struct aead_engine *engine);
void aead_destroy(struct aead *aead);

/* aead_seal writes the ciphertext and then WG_TAG_LEN bytes of tag to dst, for each of `n` ops. Owner thread. */
void aead_seal(struct aead *aead, struct aead_op *ops, unsigned n);

/*
 * aead_open checks the tag behind the ciphertext and decrypts `len` bytes to dst, for each of `n` ops.
 * An op whose tag does not match fails alone: is_authentic is false and dst holds zeros. Owner thread.
 */
void aead_open(struct aead *aead, struct aead_op *ops, unsigned n);
