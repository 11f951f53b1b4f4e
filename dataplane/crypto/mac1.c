/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/mac1.h"

#include "base/secure.h"
#include "crypto/hash.h"

static const char LABEL[8] = {'m', 'a', 'c', '1', '-', '-', '-', '-'}; /* [W] 5.4 */

void mac1_derive_key(uint8_t out_key[WG_KEY_LEN], const uint8_t public_key[WG_KEY_LEN])
{
	hash_concat(out_key, LABEL, sizeof(LABEL), public_key, WG_KEY_LEN);
}

void mac1_make(uint8_t out[WG_MAC_LEN], const uint8_t key[WG_KEY_LEN], const void *msg, size_t len)
{
	hash_mac(out, key, msg, mac1_offset(len));
}

bool mac1_check(const uint8_t key[WG_KEY_LEN], const void *msg, size_t len)
{
	uint8_t mac1[WG_MAC_LEN];

	if (len < sizeof(struct wg_msg_macs))
		return false;
	mac1_make(mac1, key, msg, len);
	return secure_equal(mac1, (const uint8_t *)msg + mac1_offset(len), WG_MAC_LEN);
}
