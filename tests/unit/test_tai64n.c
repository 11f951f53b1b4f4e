/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/tai64n.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "protocol.h"
#include "unit/vectors.h"

/* Stamps of one clock in a row. 0x1000000 ns is a step; 59 steps, 0x3b000000, are the last of a second. */
static const struct {
	struct timespec wall;
	const char *stamp;
} rows[] = {
	/* 0 to 3: seconds count from 2^62 + 10, nanoseconds are rounded down */
	{{0, 0}, "400000000000000a00000000"},
	{{1767225600, 0}, "400000006955b90a00000000"},
	{{1767225600, 0x1000000}, "400000006955b90a01000000"},
	{{1767225600, 0x3ffffff}, "400000006955b90a03000000"},
	/* 4, 5: the same step again, so the next one */
	{{1767225600, 0x3ffffff}, "400000006955b90a04000000"},
	{{1767225600, 0x3ffffff}, "400000006955b90a05000000"},
	/* 6, 7: the clock caught up */
	{{1767225600, 0x6000000}, "400000006955b90a06000000"},
	{{1767225600, 999999999}, "400000006955b90a3b000000"},
	/* 8: the next step is in the next second */
	{{1767225600, 999999999}, "400000006955b90b00000000"},
	/* 9, 10: set back by an hour */
	{{1767222000, 0}, "400000006955b90b01000000"},
	{{1767222000, 500000000}, "400000006955b90b02000000"},
	/* 11: and forward again */
	{{1767225602, 0}, "400000006955b90c00000000"},
};

static void test_stamps(void **state)
{
	struct tai64n_clock clock = {0};
	uint8_t stamp[WG_TIMESTAMP_LEN], expected[WG_TIMESTAMP_LEN];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		tai64n_stamp(&clock, &rows[i].wall, stamp);
		vectors_parse(expected, sizeof(expected), rows[i].stamp);
		if (memcmp(stamp, expected, sizeof(stamp)) != 0)
			fail_msg("row %zu: expected %s", i, rows[i].stamp);
	}
}

/* A remote accepts initiations this far apart, so their stamps must differ without the help of the clock's memory. */
static void test_spacing(void **state)
{
	struct timespec wall = {1767225600, 0};
	uint8_t before[WG_TIMESTAMP_LEN] = {0}, stamp[WG_TIMESTAMP_LEN];

	(void)state;
	for (; wall.tv_nsec < (long)NSEC_PER_SEC; wall.tv_nsec += (long)WG_INITIATION_SPACING_NS) {
		struct tai64n_clock clock = {0};

		tai64n_stamp(&clock, &wall, stamp);
		assert_true(memcmp(stamp, before, sizeof(stamp)) > 0);
		memcpy(before, stamp, sizeof(before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_spacing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
