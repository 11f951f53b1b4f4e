/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/tai64n.h"

#include <endian.h>
#include <string.h>

#include "protocol.h"

_Static_assert(TAI64N_STEP_NS <= WG_INITIATION_SPACING_NS, "stamps of accepted initiations differ");

/* 2^62 labels the second in which 1970 began in TAI, 10 s ahead of UTC: cr.yp.to/libtai/tai64.html. */
#define TAI64_UNIX_EPOCH (UINT64_C(0x4000000000000000) + 10)

static void encode(uint8_t out[WG_TIMESTAMP_LEN], uint64_t seconds, uint32_t nanoseconds)
{
	seconds = htobe64(seconds);
	nanoseconds = htobe32(nanoseconds);
	memcpy(out, &seconds, sizeof(seconds));
	memcpy(out + sizeof(seconds), &nanoseconds, sizeof(nanoseconds));
}

/* The stamp one step after `stamp`. */
static void encode_next(uint8_t out[WG_TIMESTAMP_LEN], const uint8_t stamp[WG_TIMESTAMP_LEN])
{
	uint64_t seconds;
	uint32_t nanoseconds;

	memcpy(&seconds, stamp, sizeof(seconds));
	memcpy(&nanoseconds, stamp + sizeof(seconds), sizeof(nanoseconds));
	seconds = be64toh(seconds);
	nanoseconds = be32toh(nanoseconds) + TAI64N_STEP_NS;
	if (nanoseconds >= NSEC_PER_SEC) {
		nanoseconds = 0;
		seconds++;
	}
	encode(out, seconds, nanoseconds);
}

void tai64n_stamp(
	struct tai64n_clock *clock, const struct timespec *wall, uint8_t out[WG_TIMESTAMP_LEN])
{
	uint8_t next[WG_TIMESTAMP_LEN];

	encode(out, TAI64_UNIX_EPOCH + (uint64_t)wall->tv_sec,
		(uint32_t)wall->tv_nsec & ~(TAI64N_STEP_NS - 1));
	encode_next(next, clock->latest);
	if (memcmp(out, clock->latest, WG_TIMESTAMP_LEN) <= 0)
		memcpy(out, next, WG_TIMESTAMP_LEN);
	memcpy(clock->latest, out, WG_TIMESTAMP_LEN);
}
