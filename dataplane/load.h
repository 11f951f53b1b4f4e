/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Is there load, [W] 5.3? One for the process, whose workers and control say when a queue is long, and whose workers ask for
 * cookies then. Nothing depends on the order in which others see it. Any thread.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define LOAD_SHARE 8 /* of the room is load, as in the kernel: 512 of 4,096 */
#define LOAD_LASTS_NS NSEC_PER_SEC

/* Said once in a while is enough, so that workers do not take the line from each other with each message. */
#define LOAD_SAID_NS (LOAD_LASTS_NS / 100)

struct load {
	_Atomic uint64_t seen_ns; /* 0: never */
};

/* load_note: there is, for a second from now. */
static inline void load_note(struct load *load, uint64_t now_ns)
{
	if (clock_has_passed(now_ns, atomic_load_explicit(&load->seen_ns, memory_order_relaxed),
		    LOAD_SAID_NS))
		atomic_store_explicit(&load->seen_ns, now_ns, memory_order_relaxed);
}

/* load_note_queue: there is, if `n_waiting` wait where `room` have a place. Before they are handled, or one is added. */
static inline void load_note_queue(
	struct load *load, unsigned n_waiting, unsigned room, uint64_t now_ns)
{
	if (n_waiting >= room / LOAD_SHARE)
		load_note(load, now_ns);
}

static inline bool load_is_on(const struct load *load, uint64_t now_ns)
{
	const uint64_t seen_ns = atomic_load_explicit(&load->seen_ns, memory_order_relaxed);

	return seen_ns != 0 && !clock_has_passed(now_ns, seen_ns, LOAD_LASTS_NS);
}
