/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The command line of wg-dpdk-bench: EAL's options, "--", what to measure, ours. */

#include <stdbool.h>

#include "base/compiler.h"
#include "eal_args.h"
#include "measure.h"

enum arguments_mode {
	ARGUMENTS_RUN,
	ARGUMENTS_HELP,
	ARGUMENTS_VERSION,
};

struct arguments {
	enum arguments_mode mode;
	struct eal_args eal;
	struct measure_plan plan;
	const char *what; /* loop, encap or decap */
	const char *size;
	unsigned n_peers;
	double seconds;
	const char *crypto;
	const char *json_path; /* NULL: none */
};

/* arguments_parse: false: one line on stderr said what is wrong. `out` points into `argv`. */
must_check bool arguments_parse(int argc, char **argv, struct arguments *out);

/* arguments_print_help writes the --help text to stdout. */
void arguments_print_help(void);
