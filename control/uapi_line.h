/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A line of a `set` request of wg(8): key=value, www.wireguard.com/xplatform. Text in, value or errno out. What is
 * refused, and how, is what wireguard-go refuses. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "wire.h"

enum uapi_key {
	/* Of an interface. */
	UAPI_PRIVATE_KEY,
	UAPI_LISTEN_PORT,
	UAPI_FWMARK,
	UAPI_REPLACE_PEERS,
	/* Of a peer. The first one may follow the interface's keys too. */
	UAPI_PUBLIC_KEY,
	UAPI_UPDATE_ONLY,
	UAPI_REMOVE,
	UAPI_PRESHARED_KEY,
	UAPI_ENDPOINT,
	UAPI_KEEPALIVE,
	UAPI_REPLACE_ALLOWED_IPS,
	UAPI_ALLOWED_IP,
	UAPI_ALLOWED_IP_GONE, /* allowed_ip with a minus sign before the prefix */
	UAPI_PROTOCOL_VERSION,
};

struct uapi_line {
	enum uapi_key key;
	union {
		uint8_t bytes[WG_KEY_LEN]; /* all keys */
		uint32_t number;           /* listen port, mark, seconds */
		struct endpoint endpoint;
		struct ip_prefix prefix; /* host bits as they came */
	};
};

/*
 * uapi_line_parse reads `text`, which it takes apart. `is_about_peer`: a public_key came before. 0; -EPROTO: there is no '=';
 * -EINVAL: no such key here, or not its value. The caller wipes `out`, which may hold a key, after all of them.
 */
must_check int uapi_line_parse(char *text, bool is_about_peer, struct uapi_line *out);
