/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The engines of the AEAD side by side: for each length and each burst they take turns in every round, so that what else
 * the machine does disturbs all alike. A turn's figure is the median of its passes over the packets, the result
 * the median of the rounds. One thread.
 */

#include <stdint.h>

#include "base/compiler.h"
#include "contestants.h"
#include "median.h"

#define CONTEST_LIST_MAX 8
#define CONTEST_ROUNDS_MAX 1000
#define CONTEST_ROWS_MAX (CONTEST_LIST_MAX * CONTEST_LIST_MAX * CONTESTANTS)

struct contest_list {
	unsigned n;
	unsigned values[CONTEST_LIST_MAX];
};

struct contest_plan {
	struct contest_list lens; /* bytes */
	struct contest_list bursts;
	bool takes_part[CONTESTANTS];
	unsigned n_rounds;
	uint64_t total_ns; /* all turns together */
};

enum contest_way {
	CONTEST_SEAL,
	CONTEST_OPEN,
	CONTEST_WAYS,
};

struct contest_cost {
	struct figures median;
	double low_tsc; /* of the fastest round */
	double high_tsc;
};

struct contest_row {
	uint32_t len;
	unsigned burst;
	const struct contestant *who;
	struct contest_cost of[CONTEST_WAYS];
	unsigned n_wrong; /* answers that were not libsodium's */
};

struct contest_result {
	struct contest_row rows[CONTEST_ROWS_MAX]; /* by length, burst and contestant */
	unsigned n_rows;
	bool has_cpu;        /* figures other than tsc were counted */
	double core_per_tsc; /* meter_core_per_tsc */
	uint64_t n_checked;  /* answers */
	uint64_t n_wrong;
};

/* contest_run: false: out of memory, or an engine did not start. */
must_check bool contest_run(const struct contest_plan *plan, struct contest_result *out);

/* contest_ratio: the row's median to that of its rival in `result`; 0: it has none there. */
double contest_ratio(
	const struct contest_result *result, const struct contest_row *row, enum contest_way way);
