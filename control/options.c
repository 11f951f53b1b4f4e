/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config/values.h"

void options_print_help(void)
{
	fputs("Usage: wg-dpdk [EAL options --] -c FILE [options]\n"
	      "       wg-dpdk [-f] INTERFACE\n"
	      "\n"
	      "A WireGuard gateway whose data plane runs on polling cores.\n"
	      "\n"
	      "  -c, --config FILE   what to run; see gw.conf(5)\n"
	      "      --check         validate FILE, say what would run, change nothing\n"
	      "  -f, --foreground    with INTERFACE: do not go to the background\n"
	      "  -h, --help          this text\n"
	      "  -V, --version       the version\n"
	      "\n"
	      "EAL options come first and end with \"--\". The main lcore becomes the control thread, every\n"
	      "other lcore a worker. Without EAL options all cores are used, and hugepages where there are any.\n"
	      "\n"
	      "  wg-dpdk -c gw.conf                                   all cores\n"
	      "  wg-dpdk -l 0-7 -- -c gw.conf                         control on core 0, workers on 1 to 7\n"
	      "  wg-dpdk --lcores '0@0,1@0,2@1' --no-huge -- -c gw.conf   two workers on two cores, no hugepages\n"
	      "  wg-dpdk --check -c gw.conf                           is the configuration right?\n"
	      "  WG_QUICK_USERSPACE_IMPLEMENTATION=wg-dpdk wg-quick up wg0   for wg-quick, without a FILE\n"
	      "\n"
	      "SIGINT and SIGTERM stop it and remove its interfaces; SIGUSR1 prints the counters.\n"
	      "Exit status: 0 stopped as asked, 1 could not run, 2 wrong command line or configuration.\n",
		stdout);
}

static bool complain(const char *what, const char *argument, const char *advice)
{
	fprintf(stderr, "wg-dpdk: error: %s%s; %s\n", what, argument, advice);
	return false;
}

static bool check_whole(const struct options *options)
{
	if (!options->interface_name) {
		if (!options->config_path)
			return complain("no configuration", "", "give one: wg-dpdk -c gw.conf");
		return !options->is_foreground
			|| complain("-f", " with -c", "leave it out: it stays in the foreground");
	}
	if (options->config_path)
		return complain("unknown argument ", options->interface_name,
			"give a file or an interface; see wg-dpdk --help");
	if (options->mode == OPTIONS_CHECK)
		return complain(
			"--check", " without a file", "give one: wg-dpdk --check -c gw.conf");
	return value_name_is_valid(options->interface_name)
		|| complain("no name for an interface: ", options->interface_name,
			"take 1 to 15 letters, digits or _=+.-");
}

/* Reads our options, where argv[0] is skipped. */
static bool parse_own(int argc, char **argv, struct options *out)
{
	enum { OPT_CHECK = 256 };
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, OPT_CHECK},
		{"foreground", no_argument, NULL, 'f'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	/* Which argument the option is in: optind may be at the next one already. */
	int at = 1;
	int option;

	opterr = 0;
	optind = 0; /* from the start, whatever was parsed before */
	for (; (option = getopt_long(argc, argv, "+:c:fhV", known, NULL)) != -1; at = optind) {
		switch (option) {
		case 'c':
			out->config_path = optarg;
			break;
		case OPT_CHECK:
			out->mode = OPTIONS_CHECK;
			break;
		case 'f':
			out->is_foreground = true;
			break;
		case 'h':
			out->mode = OPTIONS_HELP;
			return true;
		case 'V':
			out->mode = OPTIONS_VERSION;
			return true;
		case ':':
			return complain("no value after ", argv[at], "give a file: -c gw.conf");
		default:
			return complain("unknown option ", argv[at],
				"EAL options go before \"--\"; see wg-dpdk --help");
		}
	}
	if (optind < argc)
		out->interface_name = argv[optind++];
	if (optind < argc)
		return complain("unknown argument ", argv[optind], "see wg-dpdk --help");
	return check_whole(out);
}

bool options_parse(int argc, char **argv, struct options *out)
{
	int separator;

	*out = (struct options){.config_path = NULL};
	separator = eal_args_split(argc, argv, &out->eal);
	if (separator < 0)
		return complain("too many EAL options", "", "use fewer");
	if (!parse_own(argc - separator, argv + separator, out))
		return false;
	if (out->interface_name)
		eal_args_choose_small(&out->eal);
	else
		eal_args_choose(&out->eal);
	return true;
}
