/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The command line: EAL's options, then "--", then ours. Without "--" all options are ours. Init only. */

#include <stdbool.h>

#include "base/compiler.h"

enum options_mode {
	OPTIONS_RUN,
	OPTIONS_CHECK, /* validate and say what would run */
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

#define OPTIONS_EAL_MAX 128

struct options {
	enum options_mode mode;
	const char *config_path;
	int eal_argc; /* with the program's name in front */
	char *eal_argv[OPTIONS_EAL_MAX + 1];
};

/*
 * options_parse reads the command line. Without EAL options it chooses them: all cores, no PCI device,
 * no files left behind, and ordinary memory where the machine has no free hugepages.
 * false: one line on stderr said what is wrong. `out` points into `argv`.
 */
must_check bool options_parse(int argc, char **argv, struct options *out);

/* options_print_help writes the --help text to stdout. */
void options_print_help(void);
