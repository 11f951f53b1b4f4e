/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dataplane.h"

/*
 * Ordinary memory for the largest packets, 9.5 KiB each with their headers (MTU 9000), and WG_INTERFACES_MAX interfaces:
 * 4096 + 64 * 128 buffers of each worker are 114 MiB, the 8192 of the process 76 MiB; the rest is for rings, EAL
 * itself, and a larger mbufs. What is reserved and never used costs 1.2 % of itself.
 */
#define MEMORY_BASE_MB 384
#define MEMORY_PER_WORKER_MB 128

void options_print_help(void)
{
	fputs("Usage: wg-dpdk [EAL options --] -c FILE [options]\n"
	      "\n"
	      "A WireGuard gateway whose data plane runs on polling cores.\n"
	      "\n"
	      "  -c, --config FILE   what to run; see gw.conf(5)\n"
	      "      --check         validate FILE, say what would run, change nothing\n"
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
	      "\n"
	      "SIGINT and SIGTERM stop it and remove its interfaces; SIGUSR1 prints the counters.\n"
	      "Exit status: 0 stopped as asked, 1 could not run, 2 wrong command line or configuration.\n",
		stdout);
}

/* The index of the "--" that ends the EAL options, or 0. */
static int find_separator(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return 0;
}

static bool complain(const char *what, const char *argument, const char *advice)
{
	fprintf(stderr, "wg-dpdk: error: %s%s; %s\n", what, argument, advice);
	return false;
}

/* Reads our options, where argv[0] is skipped. */
static bool parse_own(int argc, char **argv, struct options *out)
{
	enum { OPT_CHECK = 256 };
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, OPT_CHECK},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	/* Which argument the option is in: optind may be at the next one already. */
	int at = 1;
	int option;

	opterr = 0;
	optind = 0; /* from the start, whatever was parsed before */
	for (; (option = getopt_long(argc, argv, "+:c:hV", known, NULL)) != -1; at = optind) {
		switch (option) {
		case 'c':
			out->config_path = optarg;
			break;
		case OPT_CHECK:
			out->mode = OPTIONS_CHECK;
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
		return complain("unknown argument ", argv[optind], "see wg-dpdk --help");
	if (!out->config_path)
		return complain("no configuration", "", "give one: wg-dpdk -c gw.conf");
	return true;
}

static void add_eal_option(struct options *out, const char *option)
{
	/* EAL takes char *, and does not write to its arguments. */
	out->eal_argv[out->eal_argc++] = (char *)(uintptr_t)option;
}

static bool has_free_hugepages(void)
{
	char line[128];
	unsigned long n_free = 0;
	FILE *file = fopen("/proc/meminfo", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "HugePages_Free: %lu", &n_free) == 1)
			break;
	if (file)
		fclose(file);
	return n_free > 0;
}

unsigned options_memory_mb(unsigned n_cpus)
{
	unsigned n_workers = n_cpus > 1 ? n_cpus - 1 : 1;

	if (n_workers > DATAPLANE_WORKERS_MAX)
		n_workers = DATAPLANE_WORKERS_MAX;
	return MEMORY_BASE_MB + n_workers * MEMORY_PER_WORKER_MB;
}

static void choose_eal_options(struct options *out)
{
	static const char *const with_hugepages[] = {
		"--no-pci", "--no-telemetry", "--in-memory", NULL};
	const char *const without[] = {"--no-pci", "--no-telemetry", "--no-shconf", "--no-huge",
		"-m", out->memory_mb, NULL};
	long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);

	snprintf(out->memory_mb, sizeof(out->memory_mb), "%u",
		options_memory_mb(n_cpus > 0 ? (unsigned)n_cpus : 1));
	for (const char *const *option = has_free_hugepages() ? with_hugepages : without; *option;
		option++)
		add_eal_option(out, *option);
}

bool options_parse(int argc, char **argv, struct options *out)
{
	int separator = find_separator(argc, argv);

	*out = (struct options){.eal_argc = 0};
	if (separator > OPTIONS_EAL_MAX)
		return complain("too many EAL options", "", "use fewer");
	add_eal_option(out, argv[0]);
	for (int i = 1; i < separator; i++)
		add_eal_option(out, argv[i]);
	if (separator <= 1)
		choose_eal_options(out);
	return parse_own(argc - separator, argv + separator, out);
}
