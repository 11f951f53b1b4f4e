/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What wg-dpdk-ctl(8) is told: a line of JSON, made a part at a time, as a million peers make a long one. Whatever
 * cannot be answered is {"error": TEXT}. It has no private and no preshared key. Control.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "ctl_request.h"
#include "peer_cursor.h"

struct gateway;
struct interface;

enum ctl_state {
	CTL_HEAD,    /* the first part is next */
	CTL_ITEMS,   /* of a list */
	CTL_WAITING, /* for a reload */
	CTL_OVER,
};

/* Of an interface's peers, as far as they were looked at. */
struct ctl_sums {
	uint32_t n_active; /* with a handshake that a session may still stem from */
	uint64_t rx_bytes, tx_bytes;
};

/* Where an answer has got to. */
struct ctl_answer {
	struct gateway *gateway;
	struct ctl_request request;
	struct host_error error; /* instead of an answer; empty: none */
	enum ctl_state state;
	bool is_past_first;      /* item */
	unsigned next;           /* interface, worker or reason */
	struct interface *iface; /* whose peers the cursor stands on; NULL: there is none */
	struct peer_cursor cursor;
	bool is_in_peer; /* whose list of allowed IPs is open */
	bool is_past_first_ip;
	struct ctl_sums sums;
	uint64_t reload_number;
};

/* ctl_answer_begin carries the request out. ctl_answer_refuse says what is wrong with it instead. */
void ctl_answer_begin(
	struct ctl_answer *answer, struct gateway *gw, const struct ctl_request *request);
void ctl_answer_refuse(struct ctl_answer *answer, const struct host_error *error);

/* ctl_answer_end: it is over, or nobody wants to hear more. */
void ctl_answer_end(struct ctl_answer *answer);

#define CTL_PART_MAX 8192 /* room for any part */

/* ctl_answer_next writes a part to `text`, without a zero behind it, and returns its length. 0: there is more to do, but CTL_OVER. */
size_t ctl_answer_next(struct ctl_answer *answer, char text[CTL_PART_MAX], uint64_t now_ns);
