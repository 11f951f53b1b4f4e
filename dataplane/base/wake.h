/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Waking a thread that sleeps in epoll, without a system call while it is awake. The sleeper says that it
 * sleeps and then looks at its queue once more; whoever fills the queue looks at the flag afterwards.
 * The two fences order each side's store before its load, so at least one of them sees the other.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

struct wake {
	_Atomic bool is_sleeping; /* the sleeper and the wakers */
	int fd;                   /* eventfd that the sleeper waits for */
};

static inline void wake_init(struct wake *wake, int fd)
{
	atomic_init(&wake->is_sleeping, false);
	wake->fd = fd;
}

/* wake_set_sleeping: the sleeper, before (true) and after (false) it sleeps. */
static inline void wake_set_sleeping(struct wake *wake, bool is_sleeping)
{
	atomic_store_explicit(&wake->is_sleeping, is_sleeping, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
}

/* wake_up: any thread, after it has put something into the sleeper's queue. */
static inline void wake_up(struct wake *wake)
{
	const uint64_t one = 1;

	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&wake->is_sleeping, memory_order_relaxed)
		|| !atomic_exchange_explicit(&wake->is_sleeping, false, memory_order_relaxed))
		return;
	/* Fails only when the counter is full, and then the sleeper is awake already. */
	(void)!write(wake->fd, &one, sizeof(one));
}
