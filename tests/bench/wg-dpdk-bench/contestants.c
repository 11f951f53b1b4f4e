/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "contestants.h"

#include <string.h>

const struct contestant contestants[CONTESTANTS] = {
	{"scalar", &aead_engine_scalar},
	{"native-avx2", &aead_engine_native_avx2},
	{"native-avx512", &aead_engine_native_avx512},
	{"native-avx512-ifma", &aead_engine_native_ifma},
	{"ipsec-mb-sse", &aead_engine_ipsec_mb_sse},
	{"ipsec-mb-avx2", &aead_engine_ipsec_mb_avx2},
	{"ipsec-mb-avx512", &aead_engine_ipsec_mb_avx512},
	{"libsodium", &reference_sodium},
	{"openssl", &reference_openssl},
};

int contestant_find(const char *label, size_t len)
{
	for (int i = 0; i < CONTESTANTS; i++)
		if (strlen(contestants[i].label) == len
			&& strncmp(contestants[i].label, label, len) == 0)
			return i;
	return -1;
}

const char *contestant_refusal(const struct contestant *c, unsigned max_simd_bits)
{
	if (!c->engine->seal)
		return "this build has no OpenSSL: scripts/install-deps test, and build anew";
	if (c->engine->is_supported && !c->engine->is_supported())
		return "this CPU lacks the instructions";
	if (c->engine->simd_bits > max_simd_bits)
		return "wider vectors than EAL allows: add --force-max-simd-bitwidth=512 to EAL's "
		       "options";
	return NULL;
}

const struct contestant *contestant_rival(const struct contestant *c)
{
	if (strcmp(c->engine->name, "native") != 0)
		return NULL;
	for (unsigned i = 0; i < CONTESTANTS; i++)
		if (strcmp(contestants[i].engine->name, "ipsec-mb") == 0
			&& contestants[i].engine->simd_bits == c->engine->simd_bits)
			return &contestants[i];
	return NULL;
}
