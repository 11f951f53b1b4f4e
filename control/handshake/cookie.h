/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The two MACs at the end of a handshake message, [W] 5.4.4, and cookie replies, [W] 5.3 and 5.4.7. mac1 shows that
 * the sender knows our public key, mac2 that it can receive at the address that it sends from.
 * Messages in, messages out: no I/O, no clock, no randomness; one thread at a time per object (the control thread).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

struct endpoint;

/* The receiver's side, one per identity. Wipe it with cookie_checker_fini. */
struct cookie_checker {
	uint8_t mac1_key[WG_KEY_LEN];
	uint8_t reply_key
		[WG_KEY_LEN]; /* seals cookie replies; anyone who knows the public key knows it */
	uint8_t secret[WG_KEY_LEN]; /* makes cookies of addresses */
	uint64_t secret_ns;         /* when it was made; 0: never */
};

/* The sender's side, one per remote. Wipe it with cookie_forget. */
struct cookie_maker {
	uint8_t mac1_key[WG_KEY_LEN];
	uint8_t mac1[WG_MAC_LEN]; /* of the last message, while a reply to it may come */
	uint8_t cookie[WG_MAC_LEN];
	uint64_t cookie_ns; /* when it came */
	bool is_reply_due;  /* `mac1` has not been answered with a cookie */
	bool has_cookie;
};

/* cookie_maker_init and cookie_checker_init: for messages *to* the owner of `public_key`. */
void cookie_maker_init(struct cookie_maker *maker, const uint8_t public_key[WG_KEY_LEN]);
void cookie_checker_init(struct cookie_checker *checker, const uint8_t public_key[WG_KEY_LEN]);

/* cookie_checker_fini wipes the secret. */
void cookie_checker_fini(struct cookie_checker *checker);

/*
 * cookie_add_macs fills the wg_msg_macs at the end of the `len` bytes of `msg`. mac2 is zero unless a cookie came
 * less than WG_COOKIE_USE_NS ago; an older one is wiped.
 */
void cookie_add_macs(struct cookie_maker *maker, void *msg, size_t len, uint64_t now_ns);

/*
 * cookie_take_reply keeps the cookie of a reply for the messages to come, [W] 6.6: nothing is sent because of it.
 * `public_key` is the one of cookie_maker_init. false, and nothing has changed: it does not answer the last message, or
 * that one was answered before, or it is not authentic.
 */
must_check bool cookie_take_reply(struct cookie_maker *maker, const uint8_t public_key[WG_KEY_LEN],
	const struct wg_msg_cookie *reply, uint64_t now_ns);

/* cookie_forget wipes the cookie; a reply that is on its way is not accepted any more. */
void cookie_forget(struct cookie_maker *maker);

/*
 * cookie_check_mac2: does the sender hold the cookie that the current secret gives `source`, address and port? Of a
 * message whose mac1 is right. Constant time. false when the secret is stale.
 */
must_check bool cookie_check_mac2(const struct cookie_checker *checker,
	const struct endpoint *source, const void *msg, size_t len, uint64_t now_ns);

/* cookie_is_stale: there is no secret, or it is WG_COOKIE_SECRET_NS old: renew it before a reply. */
must_check bool cookie_is_stale(const struct cookie_checker *checker, uint64_t now_ns);

/* cookie_renew: `random` is the new secret, of which the caller wipes its copy. Cookies of the old one end. */
void cookie_renew(
	struct cookie_checker *checker, const uint8_t random[WG_KEY_LEN], uint64_t now_ns);

/*
 * cookie_make_reply gives `source` its cookie in answer to the initiation or response `msg`, whose mac1 is right.
 * `nonce` is random. `out` may lie over `msg`. The secret must not be stale.
 */
void cookie_make_reply(const struct cookie_checker *checker, const struct endpoint *source,
	const void *msg, size_t len, const uint8_t nonce[WG_COOKIE_NONCE_LEN],
	struct wg_msg_cookie *out);
