/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What came out of a contest, for people and for programs. */

#include <stdbool.h>
#include <stdio.h>

struct arguments;
struct bench_machine;
struct contest_result;

/* contest_figures_print writes the tables to stdout. Who could not take part is named, with the reason. */
void contest_figures_print(const struct arguments *args, const struct bench_machine *machine,
	const struct contest_result *result);

void contest_figures_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct contest_result *result);
