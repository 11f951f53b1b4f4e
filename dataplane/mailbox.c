/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "mailbox.h"

#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <stdatomic.h>
#include <stdlib.h>

#include "base/wake.h"

struct mailbox {
	struct rte_ring *ring;
	struct wake wake;
};

struct mailbox *mailbox_create(unsigned capacity, int wake_fd)
{
	struct mailbox *mailbox = calloc(1, sizeof(*mailbox));
	ssize_t size = rte_ring_get_memsize_elem(sizeof(struct event), capacity);

	if (!mailbox || size < 0)
		goto fail;
	wake_init(&mailbox->wake, wake_fd);
	mailbox->ring = aligned_alloc(
		RTE_CACHE_LINE_SIZE, RTE_ALIGN_CEIL((size_t)size, RTE_CACHE_LINE_SIZE));
	if (!mailbox->ring
		|| rte_ring_init(mailbox->ring, "mailbox", capacity, RING_F_SP_ENQ | RING_F_SC_DEQ)
			< 0)
		goto fail;
	return mailbox;
fail:
	mailbox_destroy(mailbox);
	return NULL;
}

void mailbox_destroy(struct mailbox *mailbox)
{
	if (!mailbox)
		return;
	free(mailbox->ring);
	free(mailbox);
}

bool mailbox_post(struct mailbox *mailbox, const struct event *event)
{
	struct event copy = *event;

	if (rte_ring_sp_enqueue_elem(mailbox->ring, &copy, sizeof(copy)) < 0)
		return false;
	wake_up(&mailbox->wake);
	return true;
}

unsigned mailbox_drain(struct mailbox *mailbox, struct event *out_events, unsigned n)
{
	return rte_ring_sc_dequeue_burst_elem(
		mailbox->ring, out_events, sizeof(*out_events), n, NULL);
}

void mailbox_set_sleeping(struct mailbox *mailbox, bool is_sleeping)
{
	wake_set_sleeping(&mailbox->wake, is_sleeping);
}

bool mailbox_is_empty(const struct mailbox *mailbox)
{
	return rte_ring_empty(mailbox->ring);
}

unsigned mailbox_count(const struct mailbox *mailbox)
{
	return rte_ring_count(mailbox->ring);
}

unsigned mailbox_room(const struct mailbox *mailbox)
{
	return rte_ring_get_capacity(mailbox->ring);
}

/* Acquire: what the worker did before it posted is seen, the next event not yet. */
uint32_t mailbox_mark(const struct mailbox *mailbox)
{
	return __atomic_load_n(&mailbox->ring->prod.tail, __ATOMIC_ACQUIRE);
}

/* Control itself takes them out. */
bool mailbox_is_drained_to(const struct mailbox *mailbox, uint32_t mark)
{
	return (int32_t)(mailbox->ring->cons.tail - mark) >= 0;
}
