/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the two directions of a worker's pipeline share. One per worker; only that worker uses it,
 * except for the counters, which anyone may read.
 */

#include <stdbool.h>
#include <stdint.h>

#include "admission.h"
#include "budget.h"
#include "drops.h"
#include "packet.h"

struct aead;
struct index_table;
struct mailbox;

/* A worker's mailboxes: what fills one of them does not keep the others from being heard. */
enum mailbox_kind {
	MAILBOX_FACTS, /* small events; each is posted again by a later packet if it was refused */
	MAILBOX_PACKETS,    /* packets of peers */
	MAILBOX_PROVEN,     /* handshake messages from where their sender can be reached */
	MAILBOX_HANDSHAKES, /* others, which any stranger can send */
	MAILBOX_KINDS,
};

struct pipeline {
	struct aead *aead;
	const struct index_table *indices;
	struct mailbox *mailboxes[MAILBOX_KINDS];
	uint64_t now_ns; /* of this round of the worker's loop */
	struct drops drops;

	/* What is no data of the burst that was opened last. The worker takes them when it has delivered the data. */
	struct rte_mbuf *handshakes[PACKET_BURST];
	unsigned n_handshakes;
	struct admission admission;
	bool is_pressed; /* the last receive found as much as it had room for */

	/* ICMP messages to senders of inner packets, for the host to deliver. The worker takes them after each burst. */
	struct rte_mbuf *answers[PACKET_BURST];
	unsigned n_answers;
	struct budget answer_budget;
};

struct peer_view;

/*
 * pipeline_note_traffic tells control once that a peer at rest has traffic, so that it asks the timers: `n` peers, whose marks
 * were set before. A burst at a time, as it waits until the marks can be seen. Worker.
 */
void pipeline_note_traffic(struct pipeline *pl, struct peer_view *const *peers, unsigned n);

/* pipeline_want_rekey tells control once that the session of `peer` is old. Worker. */
void pipeline_want_rekey(struct pipeline *pl, struct peer_view *peer);

/* pipeline_give hands `mbuf` to control; when that mailbox is full the packet is dropped with `reason`. Worker. */
void pipeline_give(struct pipeline *pl, enum mailbox_kind kind, uint32_t event_type,
	struct rte_mbuf *mbuf, enum drop_reason reason);
