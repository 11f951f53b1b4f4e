/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The first of the two MACs at the end of an initiation or a response, [W] 5.4.4: it shows that the sender knows the
 * public key of whoever the message is for. Its key is made of that public key, so it is no secret. Any thread; no state.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

/* mac1_derive_key: for messages to the owner of `public_key`. */
void mac1_derive_key(uint8_t out_key[WG_KEY_LEN], const uint8_t public_key[WG_KEY_LEN]);

/* mac1_offset: where mac1 is in a message of `len` bytes; it covers what is before that. */
static inline size_t mac1_offset(size_t len)
{
	return len - sizeof(struct wg_msg_macs);
}

/* mac1_make: the mac1 of the `len` bytes of `msg`, both MACs with them. */
void mac1_make(uint8_t out[WG_MAC_LEN], const uint8_t key[WG_KEY_LEN], const void *msg, size_t len);

/* mac1_check: does `msg` carry its mac1? One BLAKE2s of at most three blocks. Constant time. */
must_check bool mac1_check(const uint8_t key[WG_KEY_LEN], const void *msg, size_t len);
