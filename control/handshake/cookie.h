/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The sender's side of the two MACs at the end of a handshake message, [W] 5.4.4, and of cookie replies, [W] 6.6; the
 * receiver's is crypto/cookie_checker.h. Messages in, messages out: no I/O, no clock, no randomness; one thread at a time per
 * object (the control thread).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

/* One per remote. Wipe it with cookie_forget. */
struct cookie_maker {
	uint8_t mac1_key[WG_KEY_LEN];
	uint8_t mac1[WG_MAC_LEN]; /* of the last message, while a reply to it may come */
	uint8_t cookie[WG_MAC_LEN];
	uint64_t cookie_ns; /* when it came */
	bool is_reply_due;  /* `mac1` has not been answered with a cookie */
	bool has_cookie;
};

/* cookie_maker_init: for messages *to* the owner of `public_key`. */
void cookie_maker_init(struct cookie_maker *maker, const uint8_t public_key[WG_KEY_LEN]);

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
