/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What Prometheus is told: its text format, made a part at a time, as a hundred thousand peers make a long one. docs/counters.md
 * lists the names. There is no secret in it, and no endpoint. Control.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer_cursor.h"

struct gateway;
struct interface;

/* Where a text has got to. */
struct metrics_text {
	const struct gateway *gateway;
	bool is_over;
	unsigned family;         /* of the samples that come next */
	bool is_past_head;       /* of the family */
	unsigned next;           /* sample: interface, port, worker or reason */
	struct interface *iface; /* whose peers the cursor stands on; NULL: there is none */
	struct peer_cursor cursor;
	uint32_t n_active; /* peers of `iface` so far */
};

void metrics_text_begin(struct metrics_text *text, const struct gateway *gw);

/* metrics_text_end: it is over, or nobody wants more. metrics_text_drop: the interface goes, the text goes on without it. */
void metrics_text_end(struct metrics_text *text);
void metrics_text_drop(struct metrics_text *text, const struct interface *iface);

#define METRICS_PART_MAX 1024 /* room for any part */

/* metrics_text_next writes a part to `part`, without a zero behind it, and returns its length. 0: there is more to do, but is_over. */
size_t metrics_text_next(struct metrics_text *text, char part[METRICS_PART_MAX], uint64_t now_ns);
