/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The command line of wg-dpdk-bench: EAL's options, "--", what to measure, ours. */

#include <stdbool.h>

#include "base/compiler.h"
#include "contest.h"
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
	const char *what; /* loop, encap, decap, aead or handshake */
	double seconds;
	unsigned n_rounds;
	const char *json_path; /* NULL: none */

	bool is_handshake;

	/* loop, encap and decap */
	struct measure_plan plan;
	const char *size;
	unsigned n_peers;
	const char *crypto;

	/* aead */
	bool is_contest;
	struct contest_plan contest; /* but who takes part, which only the machine can say */
	bool is_wanted[CONTESTANTS];
	bool is_any_engine; /* nobody is wanted by name */
};

/* arguments_parse: false: one line on stderr said what is wrong. `out` points into `argv`. */
must_check bool arguments_parse(int argc, char **argv, struct arguments *out);

/* arguments_print_help writes the --help text to stdout. */
void arguments_print_help(void);
