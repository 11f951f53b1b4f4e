/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* An interface as the text of an answer to `get`, a part at a time: with a million peers it is a long one. Control. */

#include <stdbool.h>
#include <stddef.h>

struct interface;

/* Where an answer has got to; all zero: at its start. */
struct uapi_place {
	bool is_past_interface;
	bool is_past_end;
	bool is_inside_peer; /* its lines are out, its allowed IPs are not: */
	size_t peer;         /* of the interface's */
	size_t allowed_ip;
};

#define UAPI_LINES_MAX 1024 /* room for any part */

/* uapi_text_next writes the next part to `text` with a zero behind it and returns its length; at the end nothing: 0. */
size_t uapi_text_next(const struct interface *iface, struct uapi_place *place, char *text);
