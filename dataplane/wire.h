/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Every byte of WireGuard on the wire. Any thread may use it; it holds shapes and no state.
 * Source: [W] 5.4 (labels of sources are listed in docs/protocol-map.md).
 *
 * All fields are byte arrays, so that a message may lie at any address; numbers on the wire are
 * little-endian and are read and written with base/bytes.h.
 */

#include <stdint.h>

#define WG_KEY_LEN 32 /* X25519 keys, preshared keys, ChaCha20-Poly1305 keys, BLAKE2s hashes */
#define WG_TAG_LEN 16 /* Poly1305 tag */
#define WG_MAC_LEN 16 /* mac1, mac2, cookie */
#define WG_TIMESTAMP_LEN 12 /* TAI64N */
#define WG_COOKIE_NONCE_LEN 24

/* The first byte of a message; the three bytes after it are zero. */
enum wg_msg_type {
	WG_MSG_INITIATION = 1,
	WG_MSG_RESPONSE = 2,
	WG_MSG_COOKIE = 3,
	WG_MSG_DATA = 4,
};

struct wg_msg_macs {
	uint8_t mac1[WG_MAC_LEN];
	uint8_t mac2[WG_MAC_LEN];
};

/* [W] 5.4.2 */
struct wg_msg_initiation {
	uint8_t type[4];
	uint8_t sender_index[4];
	uint8_t ephemeral[WG_KEY_LEN];
	uint8_t encrypted_static[WG_KEY_LEN + WG_TAG_LEN];
	uint8_t encrypted_timestamp[WG_TIMESTAMP_LEN + WG_TAG_LEN];
	struct wg_msg_macs macs;
};

/* [W] 5.4.3 */
struct wg_msg_response {
	uint8_t type[4];
	uint8_t sender_index[4];
	uint8_t receiver_index[4];
	uint8_t ephemeral[WG_KEY_LEN];
	uint8_t encrypted_nothing[WG_TAG_LEN];
	struct wg_msg_macs macs;
};

/* [W] 5.4.7 */
struct wg_msg_cookie {
	uint8_t type[4];
	uint8_t receiver_index[4];
	uint8_t nonce[WG_COOKIE_NONCE_LEN];
	uint8_t encrypted_cookie[WG_MAC_LEN + WG_TAG_LEN];
};

/* [W] 5.4.6: followed by the encrypted, padded inner packet and its tag. */
struct wg_msg_data {
	uint8_t type[4];
	uint8_t receiver_index[4];
	uint8_t counter[8];
};

#define WG_DATA_OVERHEAD (sizeof(struct wg_msg_data) + WG_TAG_LEN)
#define WG_PADDING 16 /* inner packets grow to a multiple of this, within the MTU */

_Static_assert(sizeof(struct wg_msg_initiation) == 148, "[W] 5.4.2");
_Static_assert(sizeof(struct wg_msg_response) == 92, "[W] 5.4.3");
_Static_assert(sizeof(struct wg_msg_cookie) == 64, "[W] 5.4.7");
_Static_assert(sizeof(struct wg_msg_data) == 16, "[W] 5.4.6");
