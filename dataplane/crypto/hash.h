/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The functions Hash, Mac, Hmac and Kdf of [W] 5.4, over libb2's BLAKE2s ([7693]). Any thread; no
 * state. Outputs may lie over inputs. What a function keeps on its stack is wiped.
 */

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

#define HASH_LEN WG_KEY_LEN

/* hash_concat: Hash of `first` followed by `second`; either may be empty. */
void hash_concat(uint8_t out[HASH_LEN], const void *first, size_t first_len, const void *second,
	size_t second_len);

/* hash_mac: Mac, that is BLAKE2s with a key and an output of 16 bytes. */
void hash_mac(uint8_t out[WG_MAC_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len);

/* hash_mac_short_key: the same with a cookie as the key, [W] 5.4.4. */
void hash_mac_short_key(
	uint8_t out[WG_MAC_LEN], const uint8_t key[WG_MAC_LEN], const void *data, size_t len);

/* hash_hmac: HMAC with BLAKE2s, for keys of the one length that [W] 5.4 uses. */
void hash_hmac(uint8_t out[HASH_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len);

/* hash_kdf1, 2 and 3: HKDF without info, [N] 4.3; the first one, two or three outputs of it. */
void hash_kdf1(uint8_t out[HASH_LEN], const uint8_t key[HASH_LEN], const void *data, size_t len);
void hash_kdf2(uint8_t out_1[HASH_LEN], uint8_t out_2[HASH_LEN], const uint8_t key[HASH_LEN],
	const void *data, size_t len);
void hash_kdf3(uint8_t out_1[HASH_LEN], uint8_t out_2[HASH_LEN], uint8_t out_3[HASH_LEN],
	const uint8_t key[HASH_LEN], const void *data, size_t len);
