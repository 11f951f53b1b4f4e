/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * From a worker to control: facts and packets, through a bounded ring that never blocks. One worker
 * posts, the control thread drains. A full mailbox refuses; whoever posted counts or tries again.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct mailbox;
struct rte_mbuf;

enum event_type {
	EVENT_HANDSHAKE,        /* mbuf: a datagram that is a handshake message */
	EVENT_PROVEN_HANDSHAKE, /* the same, whose mac2 is right, under load */
	EVENT_STAGE,            /* mbuf: an inner packet whose peer has no session */
	/*
	 * mbuf: an authentic inner packet, empty if nothing is left of it for the host, that changes
	 * what workers read: it came from a new endpoint (its outer), or under a session that is not in
	 * use yet (id = local index).
	 */
	EVENT_ARRIVED,
	EVENT_REKEY,    /* id = peer_id: its session is old, start a handshake */
	EVENT_TUN_GONE, /* id = iface_id: its TUN was deleted, in whatever namespace it was */
	EVENT_CUT_REFUSED, /* id = iface_id: the kernel does not cut its datagrams, on the way to some peer */
	EVENT_AWAKE, /* id = peer_id: traffic after rest, ask the timers */
};

struct event {
	uint32_t type; /* enum event_type */
	uint32_t id;
	struct rte_mbuf *mbuf;
};

_Static_assert(sizeof(struct event) % 4 == 0, "element of an rte_ring");

/* mailbox_create: room for `capacity` - 1 events; `capacity` is a power of two. `wake_fd`: control's eventfd. NULL: no memory. */
must_check struct mailbox *mailbox_create(unsigned capacity, int wake_fd);
void mailbox_destroy(struct mailbox *mailbox);

/* mailbox_post copies the event; false: full. Wakes control when it said that it sleeps. The mailbox's worker. */
must_check bool mailbox_post(struct mailbox *mailbox, const struct event *event);

/* mailbox_drain takes out at most `n` events and returns how many. Control. */
unsigned mailbox_drain(struct mailbox *mailbox, struct event *out_events, unsigned n);

/*
 * mailbox_set_sleeping: control says true before it sleeps and must then look once more whether the
 * mailbox is empty: a post before that call wakes nobody, a post after it writes to wake_fd. Control.
 */
void mailbox_set_sleeping(struct mailbox *mailbox, bool is_sleeping);
bool mailbox_is_empty(const struct mailbox *mailbox);

/* mailbox_count: events that wait. mailbox_room: how many can. The two sides; the other one may be at it. */
unsigned mailbox_count(const struct mailbox *mailbox);
unsigned mailbox_room(const struct mailbox *mailbox);

/*
 * mailbox_mark: the place behind the last event that was posted. mailbox_is_drained_to: has all before that place been taken
 * out? Within 2^31 events of the mark. Control.
 */
uint32_t mailbox_mark(const struct mailbox *mailbox);
bool mailbox_is_drained_to(const struct mailbox *mailbox, uint32_t mark);
