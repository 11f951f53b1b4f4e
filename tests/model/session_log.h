/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The slow twin of control/session.h: every session that was ever sealed with, in order, and at most one that waits for
 * its first packet. What is held follows from that alone.
 */

#include <stdbool.h>
#include <stddef.h>

#define SESSION_LOG_MAX 4096
#define SESSION_NONE 0 /* sessions are numbers from 1 */

struct session_log {
	unsigned used[SESSION_LOG_MAX]; /* the last one is current */
	size_t n_used;
	unsigned waiting;
};

/* session_log_add: a handshake made session `number`. */
void session_log_add(struct session_log *log, unsigned number, bool is_initiator);

/* session_log_confirm: an authentic packet came under session `number`; does that make it the current one? */
bool session_log_confirm(struct session_log *log, unsigned number);

unsigned session_log_current(const struct session_log *log);
unsigned session_log_previous(const struct session_log *log);
