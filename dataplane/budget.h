/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* How often something may be done: a token bucket that is one number, the moment up to which the rate is used up. Its owner's thread. */

#include <stdint.h>

#include "base/clock.h"

struct budget {
	uint64_t spent_ns;
};

/* budget_spend: how many of `n` there is room for, which are spent; `rate` a second, `burst` at once after a pause. */
static inline unsigned budget_spend(
	struct budget *budget, uint64_t now_ns, uint32_t rate, unsigned burst, unsigned n)
{
	uint64_t each_ns = NSEC_PER_SEC / rate, room;

	if (budget->spent_ns + burst * each_ns < now_ns)
		budget->spent_ns = now_ns - burst * each_ns;
	room = budget->spent_ns < now_ns ? (now_ns - budget->spent_ns) / each_ns : 0;
	if (n > room)
		n = (unsigned)room;
	budget->spent_ns += n * each_ns;
	return n;
}
