/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* An interface as the text of an answer to `get`, a part at a time: with a million peers it is a long one. Control. */

#include <stdbool.h>
#include <stddef.h>

#include "peer_cursor.h"

struct interface;

/* Where an answer has got to. */
struct uapi_place {
	bool is_past_interface;
	bool is_past_end;
	struct peer_cursor cursor;
};

/* uapi_text_begin and uapi_text_end: before the first part, and after the last or when nobody wants more. */
void uapi_text_begin(struct uapi_place *place, struct interface *iface);
void uapi_text_end(struct uapi_place *place);

#define UAPI_LINES_MAX 1024 /* room for any part */

/* uapi_text_next writes the next part to `text` with a zero behind it and returns its length; at the end nothing: 0. */
size_t uapi_text_next(const struct interface *iface, struct uapi_place *place, char *text);
