/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The two MACs at the end of a handshake message, [W] 5.4.4. mac2 and cookie replies ([W] 5.3, 5.4.7)
 * belong here too; until they exist mac2 is sent as zeros and not looked at, and cookie replies are dropped.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

/* Whoever receives messages for a static public key. */
struct cookie_keys {
	uint8_t mac1_key[WG_KEY_LEN];
};

/* cookie_keys_init: the keys that protect messages sent *to* the owner of `public_key`. */
void cookie_keys_init(struct cookie_keys *keys, const uint8_t public_key[WG_KEY_LEN]);

/* cookie_add_macs fills the wg_msg_macs at the end of the `len` bytes of `msg`. */
void cookie_add_macs(const struct cookie_keys *keys, void *msg, size_t len);

/* cookie_check_mac1: was this message made by someone who knows our public key? Constant time. */
must_check bool cookie_check_mac1(const struct cookie_keys *keys, const void *msg, size_t len);
