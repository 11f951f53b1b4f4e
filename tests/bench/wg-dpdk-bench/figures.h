/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What was measured, for people and for programs. */

#include <stdbool.h>

#include "base/compiler.h"

struct arguments;
struct measure_result;

/* Where it was measured. */
struct bench_machine {
	char cpu[64]; /* its name */
	double tsc_hz;
	const char *engine;
	unsigned simd_bits;
};

void bench_machine_read(struct bench_machine *out);

/* figures_print writes the table to stdout. */
void figures_print(const struct arguments *args, const struct bench_machine *machine,
	const struct measure_result *result);

/* figures_write_json writes the same to a file, or to stdout for "-"; false: errno says why. */
must_check bool figures_write_json(const char *path, const struct arguments *args,
	const struct bench_machine *machine, const struct measure_result *result);
