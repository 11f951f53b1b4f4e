/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "pipeline.h"

#include "mailbox.h"
#include "tables/peer_view.h"

/* Posts a fact unless it is posted already; the flag goes back when the mailbox refuses. */
static void post_once(struct pipeline *pl, _Atomic bool *is_posted, const struct event *event)
{
	if (atomic_load_explicit(is_posted, memory_order_relaxed)
		|| atomic_exchange_explicit(is_posted, true, memory_order_acq_rel))
		return;
	if (!mailbox_post(pl->mailboxes[MAILBOX_FACTS], event))
		atomic_store_explicit(is_posted, false, memory_order_relaxed);
}

void pipeline_note_traffic(struct pipeline *pl, struct peer_view *const *peers, unsigned n)
{
	/* The marks before the flags: control clears a flag and then looks at the marks (control/peer.c). */
	atomic_thread_fence(memory_order_seq_cst);
	for (unsigned i = 0; i < n; i++)
		post_once(pl, &peers[i]->is_awake_posted,
			&(struct event){.type = EVENT_AWAKE, .id = peers[i]->peer_id});
}

void pipeline_want_rekey(struct pipeline *pl, struct peer_view *peer)
{
	post_once(pl, &peer->is_handshake_posted,
		&(struct event){.type = EVENT_REKEY, .id = peer->peer_id});
}

void pipeline_give(struct pipeline *pl, enum mailbox_kind kind, uint32_t event_type,
	struct rte_mbuf *mbuf, enum drop_reason reason)
{
	const struct event event = {.type = event_type, .mbuf = mbuf};

	if (!mailbox_post(pl->mailboxes[kind], &event))
		drop_packet(&pl->drops, reason, mbuf);
}
