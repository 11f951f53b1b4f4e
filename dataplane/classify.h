/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What an outer datagram is, by its first byte and its length together; nothing after this looks at
 * either again. [W] 5.4. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "wire.h"

enum outer_class {
	OUTER_DATA,
	OUTER_HANDSHAKE, /* initiation, response or cookie reply of its exact length */
	OUTER_OTHER,
};

static inline enum outer_class classify(const uint8_t *data, size_t len)
{
	/* The three reserved bytes are zero, so the type is the whole little-endian word. */
	switch (len >= 4 ? le32_load(data) : 0) {
	case WG_MSG_DATA:
		return len >= WG_DATA_OVERHEAD ? OUTER_DATA : OUTER_OTHER;
	case WG_MSG_INITIATION:
		return len == sizeof(struct wg_msg_initiation) ? OUTER_HANDSHAKE : OUTER_OTHER;
	case WG_MSG_RESPONSE:
		return len == sizeof(struct wg_msg_response) ? OUTER_HANDSHAKE : OUTER_OTHER;
	case WG_MSG_COOKIE:
		return len == sizeof(struct wg_msg_cookie) ? OUTER_HANDSHAKE : OUTER_OTHER;
	default:
		return OUTER_OTHER;
	}
}
