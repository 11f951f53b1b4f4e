/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A `set` request of wg(8), a line at a time. Lines count in their order and at once; after the first that is refused
 * the rest of the request does nothing, and what was done before stays: as in wireguard-go. Between two turns anything
 * may happen to the peer that it is about. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

struct gateway;
struct interface;
struct peer;

struct uapi_set {
	struct gateway *gateway;
	struct interface *iface;
	int error;          /* negative errno of the line that was refused; 0: none so far */
	bool is_about_peer; /* public_key came; then, unless the peer is none of ours: */
	bool has_peer;
	bool is_created; /* by this request */
	bool is_emptying;
	struct peer *peer; /* of this turn */
	uint8_t public_key[WG_KEY_LEN];
};

void uapi_set_begin(struct uapi_set *set, struct gateway *gw, struct interface *iface);

/* uapi_set_resume begins a turn; false: a line before takes more time, and this turn is over. */
must_check bool uapi_set_resume(struct uapi_set *set);

/* uapi_set_line carries `line` out, which it takes apart; false: it takes more than this turn. */
bool uapi_set_line(struct uapi_set *set, char *line, uint64_t now_ns);

/* uapi_set_end: the request is over, or whoever sent it is gone. 0 or its error. */
int uapi_set_end(struct uapi_set *set, uint64_t now_ns);
