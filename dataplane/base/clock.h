/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Times are nanoseconds of CLOCK_MONOTONIC in a uint64_t whose name ends in _ns; 0 means never.
 * Only the loops of the worker and of the control thread call clock_read(); everything below them
 * is handed `now_ns`.
 */

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC UINT64_C(1000000000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_USEC UINT64_C(1000)

/* clock_read returns the time now. It costs no system call (vDSO). */
static inline uint64_t clock_read(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* clock_has_passed: is `now_ns` at least `age_ns` after `since_ns`? A later `since_ns`, noted by another core, has not. */
static inline bool clock_has_passed(uint64_t now_ns, uint64_t since_ns, uint64_t age_ns)
{
	return now_ns >= since_ns && now_ns - since_ns >= age_ns;
}
