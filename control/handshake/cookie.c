/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/cookie.h"

#include <string.h>

#include <sodium.h>

#include "base/secure.h"
#include "crypto/cookie_checker.h"
#include "crypto/hash.h"
#include "crypto/mac1.h"
#include "protocol.h"

void cookie_maker_init(struct cookie_maker *maker, const uint8_t public_key[WG_KEY_LEN])
{
	*maker = (struct cookie_maker){.has_cookie = false};
	mac1_derive_key(maker->mac1_key, public_key);
}

static void wipe_cookie(struct cookie_maker *maker)
{
	secure_wipe(maker->cookie, sizeof(maker->cookie));
	maker->has_cookie = false;
}

void cookie_forget(struct cookie_maker *maker)
{
	wipe_cookie(maker);
	maker->is_reply_due = false;
}

void cookie_add_macs(struct cookie_maker *maker, void *msg, size_t len, uint64_t now_ns)
{
	uint8_t *mac1 = (uint8_t *)msg + mac1_offset(len);
	uint8_t *mac2 = (uint8_t *)msg + cookie_mac2_offset(len);

	mac1_make(mac1, maker->mac1_key, msg, len);
	memcpy(maker->mac1, mac1, WG_MAC_LEN);
	maker->is_reply_due = true;
	if (maker->has_cookie && clock_has_passed(now_ns, maker->cookie_ns, WG_COOKIE_USE_NS))
		wipe_cookie(maker);
	if (maker->has_cookie)
		hash_mac_short_key(mac2, maker->cookie, msg, cookie_mac2_offset(len));
	else
		memset(mac2, 0, WG_MAC_LEN);
}

bool cookie_take_reply(struct cookie_maker *maker, const uint8_t public_key[WG_KEY_LEN],
	const struct wg_msg_cookie *reply, uint64_t now_ns)
{
	uint8_t key[WG_KEY_LEN], cookie[WG_MAC_LEN];

	if (!maker->is_reply_due)
		return false;
	cookie_derive_reply_key(key, public_key);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(cookie, NULL, NULL, reply->encrypted_cookie,
		    sizeof(reply->encrypted_cookie), maker->mac1, WG_MAC_LEN, reply->nonce, key)
		!= 0)
		return false;
	memcpy(maker->cookie, cookie, WG_MAC_LEN);
	secure_wipe(cookie, sizeof(cookie));
	maker->cookie_ns = now_ns;
	maker->has_cookie = true;
	maker->is_reply_due = false;
	return true;
}
