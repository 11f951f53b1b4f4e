/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The receiver's side of the two MACs at the end of a handshake message, [W] 5.4.4, and of cookie replies, [W] 5.3 and
 * 5.4.7. mac1 shows that the sender knows our public key, mac2 that it can receive at the address that it sends from. Any
 * thread: nothing here changes a checker that is in use, and a new secret is a new checker.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

struct endpoint;

/* Of one identity, for as long as one secret. Wipe it with cookie_checker_fini. */
struct cookie_checker {
	uint8_t mac1_key[WG_KEY_LEN];
	uint8_t reply_key
		[WG_KEY_LEN]; /* seals cookie replies; anyone who knows the public key knows it */
	uint8_t secret[WG_KEY_LEN]; /* makes cookies of addresses */
};

/* cookie_checker_init: for messages to the owner of `public_key`. The caller wipes its copy of `secret`, which is random. */
void cookie_checker_init(struct cookie_checker *checker, const uint8_t public_key[WG_KEY_LEN],
	const uint8_t secret[WG_KEY_LEN]);
void cookie_checker_fini(struct cookie_checker *checker);

/* cookie_derive_reply_key: what seals the cookie replies of the owner of `public_key`. */
void cookie_derive_reply_key(uint8_t out[WG_KEY_LEN], const uint8_t public_key[WG_KEY_LEN]);

/* cookie_mac2_offset: where mac2 is in a message of `len` bytes; it covers all before itself. */
static inline size_t cookie_mac2_offset(size_t len)
{
	return len - WG_MAC_LEN;
}

/*
 * cookie_check_mac2: does the sender hold the cookie that the secret gives `source`, address and port? Of a message whose
 * mac1 is right. Constant time, but for a mac2 of zeros, as who has no cookie sends it.
 */
must_check bool cookie_check_mac2(const struct cookie_checker *checker,
	const struct endpoint *source, const void *msg, size_t len);

/*
 * cookie_make_reply gives `source` its cookie in answer to the initiation or response `msg`, whose mac1 is right.
 * `nonce` is random. `out` may lie over `msg`.
 */
void cookie_make_reply(const struct cookie_checker *checker, const struct endpoint *source,
	const void *msg, size_t len, const uint8_t nonce[WG_COOKIE_NONCE_LEN],
	struct wg_msg_cookie *out);
