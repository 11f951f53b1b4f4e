/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "flush.h"

#include <rte_ring.h>

#include "mailbox.h"
#include "tables/rcu.h"

void flush_init(struct flush *flush, struct rcu *rcu)
{
	*flush = (struct flush){.rcu = rcu, .phase = FLUSH_OVER};
}

void flush_add_worker(struct flush *flush, const struct rte_ring *inbox,
	struct mailbox *const mailboxes[MAILBOX_KINDS])
{
	unsigned worker = flush->n_workers++;

	flush->inboxes[worker] = inbox;
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		flush->mailboxes[worker][kind] = mailboxes[kind];
}

void flush_begin(struct flush *flush)
{
	/* Control itself is who fills them. */
	for (unsigned i = 0; i < flush->n_workers; i++)
		flush->inbox_marks[i] = flush->inboxes[i]->prod.tail;
	flush->phase = FLUSH_INBOXES;
}

/* Acquire: a worker that took a packet out was online then, so that the grace period which begins now waits for it. */
static bool are_inboxes_taken(const struct flush *flush)
{
	for (unsigned i = 0; i < flush->n_workers; i++) {
		uint32_t taken = __atomic_load_n(&flush->inboxes[i]->cons.tail, __ATOMIC_ACQUIRE);

		if ((int32_t)(taken - flush->inbox_marks[i]) < 0)
			return false;
	}
	return true;
}

static void mark_mailboxes(struct flush *flush)
{
	for (unsigned i = 0; i < flush->n_workers; i++)
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			flush->mailbox_marks[i][kind] = mailbox_mark(flush->mailboxes[i][kind]);
}

static bool are_mailboxes_drained(const struct flush *flush)
{
	for (unsigned i = 0; i < flush->n_workers; i++)
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			if (!mailbox_is_drained_to(
				    flush->mailboxes[i][kind], flush->mailbox_marks[i][kind]))
				return false;
	return true;
}

/* Each phase begins when the one before it is through, and may be through at once. */
bool flush_is_over(struct flush *flush)
{
	if (flush->phase == FLUSH_INBOXES && are_inboxes_taken(flush)) {
		flush->token = rcu_start(flush->rcu);
		flush->phase = FLUSH_WORKERS;
	}
	if (flush->phase == FLUSH_WORKERS && rcu_has_passed(flush->rcu, flush->token)) {
		mark_mailboxes(flush);
		flush->phase = FLUSH_MAILBOXES;
	}
	if (flush->phase == FLUSH_MAILBOXES && are_mailboxes_drained(flush))
		flush->phase = FLUSH_OVER;
	return flush->phase == FLUSH_OVER;
}
