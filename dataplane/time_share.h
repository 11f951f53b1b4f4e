/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* How much of its time a thread spends on something that is not its first duty. Its own; the clock is passed in. */

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* What was not used so far back counts as unused: bounds what is spent at once after a pause. */
#define TIME_SHARE_WINDOW_NS (100 * NSEC_PER_MSEC)

struct time_share {
	uint64_t
		paid_ns; /* when all that was spent is paid back, in one of every few nanoseconds */
};

/* time_share_has: is there time, of which `reserve_ns` of the window are kept for something that matters more? */
static inline bool time_share_has(
	const struct time_share *share, uint64_t now_ns, uint64_t reserve_ns)
{
	return share->paid_ns + reserve_ns <= now_ns;
}

/* time_share_spend: `spent_ns` were, of a share of one in `one_in`. */
static inline void time_share_spend(
	struct time_share *share, uint64_t now_ns, uint64_t spent_ns, unsigned one_in)
{
	if (share->paid_ns + TIME_SHARE_WINDOW_NS < now_ns)
		share->paid_ns = now_ns - TIME_SHARE_WINDOW_NS;
	share->paid_ns += spent_ns * one_in;
}
