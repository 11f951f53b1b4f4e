/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What was measured, for people and for programs. */

#include <stdio.h>

/* Rounds that differ by more than this part were disturbed. */
#define FIGURES_SPREAD_MAX 0.10

struct arguments;
struct measure_result;

/* Where it was measured. */
struct bench_machine {
	char cpu[64]; /* its name */
	double tsc_hz;
	const char *engine; /* NULL: several */
	unsigned simd_bits; /* the engine's vectors, or the widest allowed to several */
};

void bench_machine_read(struct bench_machine *out);

/* figures_print writes the table to stdout. */
void figures_print(const struct arguments *args, const struct bench_machine *machine,
	const struct measure_result *result);

void figures_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct measure_result *result);
