/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The packets of a contest: of one length, each with its own key, sealed and opened in place, together larger than a
 * first-level cache and smaller than a second-level one. libsodium says what they must be when sealed. One thread.
 */

#include "crypto/aead.h"

struct field {
	uint32_t len;
	unsigned burst;
	unsigned n; /* packets, whole bursts */
	size_t stride;
	struct aead_op *ops;
	uint8_t (*keys)[WG_KEY_LEN];
	uint8_t *packets;
	uint8_t *plain;  /* what they are when opened */
	uint8_t *sealed; /* and when sealed */
};

/* field_create: false: out of memory; destroy it all the same. len: bytes; burst: at most AEAD_BURST_MAX. */
must_check bool field_create(struct field *out, uint32_t len, unsigned burst);
void field_destroy(struct field *field);

/* field_reset makes the packets plain. The others take all of them, in bursts. */
void field_reset(struct field *field);
void field_seal(struct field *field, struct aead *aead);
void field_open(struct field *field, struct aead *aead);

/* field_check seals and opens, one packet forged: how many answers were wrong, of field_n_checks. */
unsigned field_check(struct field *field, struct aead *aead);
unsigned field_n_checks(const struct field *field);

/* field_n_wrong: how many packets field_open did not leave as they must be. */
unsigned field_n_wrong(const struct field *field);
