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
#define OPTIONS_NUMBER_MAX 16

struct options {
	enum options_mode mode;
	const char *config_path;
	int eal_argc; /* with the program's name in front */
	char *eal_argv[OPTIONS_EAL_MAX + 1];
	char memory_mb[OPTIONS_NUMBER_MAX]; /* one of eal_argv may point here */
};

/*
 * options_parse reads the command line. Without EAL options it chooses them: all cores, no PCI device,
 * no files left behind, and ordinary memory where the machine has no free hugepages.
 * false: one line on stderr said what is wrong. `out` points into `argv` and into itself.
 */
must_check bool options_parse(int argc, char **argv, struct options *out);

/* options_memory_mb: the ordinary memory to reserve, in MiB, for a control thread and workers on `n_cpus` CPUs. */
unsigned options_memory_mb(unsigned n_cpus);

/* options_print_help writes the --help text to stdout. */
void options_print_help(void);
