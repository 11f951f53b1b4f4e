/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The timestamp of an initiation, [W] 5.1 and 5.4.2: TAI64N, which compares like a big-endian number.
 * Control thread; the wall clock is passed in.
 */

#include <stdint.h>
#include <time.h>

#include "wire.h"

/* The newest stamp that was made; all zero: none. One per peer, for each peer compares only its own. */
struct tai64n_clock {
	uint8_t latest[WG_TIMESTAMP_LEN];
};

/*
 * tai64n_stamp makes the stamp of the CLOCK_REALTIME `wall`. The nanoseconds are rounded down to
 * TAI64N_STEP_NS, so that the exact clock does not leak. Each stamp is greater than the one before:
 * one step greater if the clock was set back or stands within the same step, so that the
 * remote does not take it for a replay.
 */
void tai64n_stamp(
	struct tai64n_clock *clock, const struct timespec *wall, uint8_t out[WG_TIMESTAMP_LEN]);

/*
 * 16.8 ms: the largest power of two below WG_INITIATION_SPACING_NS, so that stamps of initiations
 * that are far enough apart to be accepted differ. The kernel does the same.
 */
#define TAI64N_STEP_NS (1U << 24)
