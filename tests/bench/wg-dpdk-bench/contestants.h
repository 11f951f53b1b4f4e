/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What can seal and open here, by name: wg-dpdk's engines and, for reference, libsodium and OpenSSL behind the same
 * interface. Needs no DPDK.
 */

#include "crypto/aead_impl.h"

struct contestant {
	const char *label;
	const struct aead_engine *engine;
};

#define CONTESTANTS 9
extern const struct contestant contestants[CONTESTANTS];

/* They choose their vectors themselves, so that no limit of EAL holds for them. */
extern const struct aead_engine reference_sodium;
extern const struct aead_engine reference_openssl; /* without seal and open: not in this build */

/* contestant_find: the place in contestants of the label in the first `len` characters, or -1. */
int contestant_find(const char *label, size_t len);

/* contestant_refusal: NULL: it can take part; else why not, and what to do. */
const char *contestant_refusal(const struct contestant *c, unsigned max_simd_bits);

/* contestant_rival: ipsec-mb with vectors as wide as those of a native engine; NULL: no native one. */
const struct contestant *contestant_rival(const struct contestant *c);
