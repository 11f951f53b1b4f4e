/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The measurement: batches from port to port and, in turns, through each stage alone. A round's figure is the median
 * of its batches, the result the median of the rounds: what else runs on the machine moves it little.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "median.h"
#include "stages.h"
#include "traffic.h"

struct world;

#define MEASURE_ROUNDS_MAX 1000

struct measure_plan {
	unsigned burst; /* packets, at most PACKET_BURST */
	unsigned n_rounds;
	uint64_t round_ns;
	struct traffic traffic;
};

struct measure_result {
	struct figures of[STAGES];
	bool has_cpu;        /* figures other than tsc were counted */
	double low_tsc;      /* the total of the fastest round */
	double high_tsc;     /* and of the slowest */
	double core_per_tsc; /* meter_core_per_tsc */
	uint64_t n_packets;  /* that went from port to port */
	uint64_t n_lost;     /* of these, did not come out */
	uint64_t n_checked;  /* of these, were looked into */
	uint64_t n_wrong;    /* of these, were not what they must be */
};

/* measure_run: false: out of memory. */
must_check bool measure_run(
	const struct measure_plan *plan, struct world *world, struct measure_result *out);
