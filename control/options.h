/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The command line: EAL's options, then "--", then ours. Without "--" all options are ours, and EAL's are chosen. What to
 * run is a file, or one interface that wg(8) is to set up, as wg-quick(8) asks for it. Init only.
 */

#include <stdbool.h>

#include "base/compiler.h"
#include "eal_args.h"

enum options_mode {
	OPTIONS_RUN,
	OPTIONS_CHECK, /* validate and say what would run */
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

struct options {
	enum options_mode mode;
	const char *config_path;    /* NULL: interface_name is given */
	const char *interface_name; /* NULL: config_path is given */
	bool is_foreground;         /* with interface_name */
	struct eal_args eal;
};

/*
 * options_parse reads the command line. false: one line on stderr said what is wrong. `out` points into
 * `argv` and into itself.
 */
must_check bool options_parse(int argc, char **argv, struct options *out);

/* options_print_help writes the --help text to stdout. */
void options_print_help(void);
