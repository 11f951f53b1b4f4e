/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/cookie.h"

#include <string.h>

#include "base/secure.h"
#include "handshake/hash.h"

static const char MAC1_LABEL[8] = {'m', 'a', 'c', '1', '-', '-', '-', '-'}; /* [W] 5.4 */

void cookie_keys_init(struct cookie_keys *keys, const uint8_t public_key[WG_KEY_LEN])
{
	hash_concat(keys->mac1_key, MAC1_LABEL, sizeof(MAC1_LABEL), public_key, WG_KEY_LEN);
}

void cookie_add_macs(const struct cookie_keys *keys, void *msg, size_t len)
{
	const size_t covered_len = len - sizeof(struct wg_msg_macs);
	struct wg_msg_macs macs = {0};

	hash_mac(macs.mac1, keys->mac1_key, msg, covered_len);
	memcpy((uint8_t *)msg + covered_len, &macs, sizeof(macs));
}

bool cookie_check_mac1(const struct cookie_keys *keys, const void *msg, size_t len)
{
	uint8_t mac1[WG_MAC_LEN];
	size_t covered_len;

	if (len < sizeof(struct wg_msg_macs))
		return false;
	covered_len = len - sizeof(struct wg_msg_macs);
	hash_mac(mac1, keys->mac1_key, msg, covered_len);
	return secure_equal(mac1, (const uint8_t *)msg + covered_len, WG_MAC_LEN);
}
