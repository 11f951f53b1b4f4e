/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "human.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

char *human_bytes(uint64_t n_bytes, char out[HUMAN_MAX])
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double n = (double)n_bytes / 1024;
	size_t unit = 0;

	if (n_bytes < 1024) {
		snprintf(out, HUMAN_MAX, "%" PRIu64 " B", n_bytes);
		return out;
	}
	/* What would be shown as 1024.00 is 1.00 of the next. */
	while (n >= 1023.995) {
		n /= 1024;
		unit++;
	}
	snprintf(out, HUMAN_MAX, "%.2f %s", n, units[unit]);
	return out;
}

char *human_duration(uint64_t duration_s, char out[HUMAN_MAX])
{
	if (duration_s < 60)
		snprintf(out, HUMAN_MAX, "%" PRIu64 " s", duration_s);
	else if (duration_s < 3600)
		snprintf(out, HUMAN_MAX, "%" PRIu64 " min %" PRIu64 " s", duration_s / 60,
			duration_s % 60);
	else if (duration_s < 86400)
		snprintf(out, HUMAN_MAX, "%" PRIu64 " h %" PRIu64 " min", duration_s / 3600,
			duration_s / 60 % 60);
	else
		snprintf(out, HUMAN_MAX, "%" PRIu64 " d %" PRIu64 " h", duration_s / 86400,
			duration_s / 3600 % 24);
	return out;
}

char *human_age(int64_t then_s, int64_t now_s, char out[HUMAN_MAX])
{
	char duration[HUMAN_MAX];

	human_duration(now_s > then_s ? (uint64_t)(now_s - then_s) : 0, duration);
	snprintf(out, HUMAN_MAX, "%.*s ago", HUMAN_MAX - 5, duration);
	return out;
}

char *human_share(uint64_t part, uint64_t whole, char out[HUMAN_MAX])
{
	snprintf(out, HUMAN_MAX, "%.1f %%", whole ? 100 * (double)part / (double)whole : 0);
	return out;
}
