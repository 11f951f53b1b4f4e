/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/cookie_checker.h"

#include <string.h>

#include <sodium.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/secure.h"
#include "crypto/hash.h"
#include "crypto/mac1.h"

static const char COOKIE_LABEL[8] = {'c', 'o', 'o', 'k', 'i', 'e', '-', '-'}; /* [W] 5.4 */

_Static_assert(WG_COOKIE_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "[W] 5.4.7");
_Static_assert(WG_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "[W] 5.4.7");

void cookie_derive_reply_key(uint8_t out[WG_KEY_LEN], const uint8_t public_key[WG_KEY_LEN])
{
	hash_concat(out, COOKIE_LABEL, sizeof(COOKIE_LABEL), public_key, WG_KEY_LEN);
}

void cookie_checker_init(struct cookie_checker *checker, const uint8_t public_key[WG_KEY_LEN],
	const uint8_t secret[WG_KEY_LEN])
{
	mac1_derive_key(checker->mac1_key, public_key);
	cookie_derive_reply_key(checker->reply_key, public_key);
	memcpy(checker->secret, secret, WG_KEY_LEN);
}

void cookie_checker_fini(struct cookie_checker *checker)
{
	secure_wipe(checker, sizeof(*checker));
}

/* [W] 5.4.7: the MAC of address and port under the secret. The length tells the families apart. */
static void make_cookie(uint8_t out[WG_MAC_LEN], const struct cookie_checker *checker,
	const struct endpoint *source)
{
	uint8_t text[sizeof(source->addr.bytes) + 2];
	const size_t addr_len = ip_addr_bits(source->addr.family) / 8;

	memcpy(text, source->addr.bytes, addr_len);
	be16_store(text + addr_len, source->port);
	hash_mac(out, checker->secret, text, addr_len + 2);
}

bool cookie_check_mac2(const struct cookie_checker *checker, const struct endpoint *source,
	const void *msg, size_t len)
{
	static const uint8_t
		no_mac[WG_MAC_LEN]; /* of a sender without a cookie, as most of a flood */
	const uint8_t *sent = (const uint8_t *)msg + cookie_mac2_offset(len);
	uint8_t cookie[WG_MAC_LEN], mac2[WG_MAC_LEN];
	bool is_right;

	if (secure_equal(sent, no_mac, WG_MAC_LEN))
		return false;
	make_cookie(cookie, checker, source);
	hash_mac_short_key(mac2, cookie, msg, cookie_mac2_offset(len));
	is_right = secure_equal(mac2, sent, WG_MAC_LEN);
	secure_wipe(cookie, sizeof(cookie));
	secure_wipe(mac2, sizeof(mac2)); /* of a forged message it would be the right answer */
	return is_right;
}

void cookie_make_reply(const struct cookie_checker *checker, const struct endpoint *source,
	const void *msg, size_t len, const uint8_t nonce[WG_COOKIE_NONCE_LEN],
	struct wg_msg_cookie *out)
{
	const struct wg_msg_initiation *asked = msg; /* sender_index is the same in a response */
	const uint8_t *mac1 = (const uint8_t *)msg + mac1_offset(len);
	struct wg_msg_cookie reply = {.type = {WG_MSG_COOKIE}};
	uint8_t cookie[WG_MAC_LEN];

	memcpy(reply.receiver_index, asked->sender_index, sizeof(reply.receiver_index));
	memcpy(reply.nonce, nonce, sizeof(reply.nonce));
	make_cookie(cookie, checker, source);
	crypto_aead_xchacha20poly1305_ietf_encrypt(reply.encrypted_cookie, NULL, cookie,
		sizeof(cookie), mac1, WG_MAC_LEN, NULL, nonce, checker->reply_key);
	secure_wipe(cookie, sizeof(cookie));
	*out = reply;
}
