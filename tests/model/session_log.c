/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "model/session_log.h"

static void use(struct session_log *log, unsigned number)
{
	log->used[log->n_used++] = number;
}

static unsigned from_end(const struct session_log *log, size_t n)
{
	return log->n_used > n ? log->used[log->n_used - 1 - n] : SESSION_NONE;
}

/* One that waits is older than ours, and the remote may be sealing with it. */
void session_log_add(struct session_log *log, unsigned number, bool is_initiator)
{
	if (!is_initiator) {
		log->waiting = number;
		return;
	}
	if (log->waiting)
		use(log, log->waiting);
	log->waiting = SESSION_NONE;
	use(log, number);
}

bool session_log_confirm(struct session_log *log, unsigned number)
{
	if (number == SESSION_NONE || number != log->waiting)
		return false;
	log->waiting = SESSION_NONE;
	use(log, number);
	return true;
}

unsigned session_log_current(const struct session_log *log)
{
	return from_end(log, 0);
}

/* Three at the most: the one that waits takes the place of the previous one. [W] 6.3 */
unsigned session_log_previous(const struct session_log *log)
{
	return log->waiting ? SESSION_NONE : from_end(log, 1);
}
