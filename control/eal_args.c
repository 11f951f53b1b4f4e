/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "eal_args.h"

#include <rte_vect.h>

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The 4096 buffers of config_for_interface are 38 MiB. */
#define SMALL_MEMORY_MB "64"

/* The index of the "--" that ends the EAL options, or 0. */
static int find_separator(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return 0;
}

static void add(struct eal_args *out, const char *option)
{
	/* EAL takes char *, and does not write to its arguments. */
	out->argv[out->argc++] = (char *)(uintptr_t)option;
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

unsigned eal_args_memory_mb(unsigned n_cpus)
{
	unsigned n_workers = n_cpus > 1 ? n_cpus - 1 : 1;

	if (n_workers > DATAPLANE_WORKERS_MAX)
		n_workers = DATAPLANE_WORKERS_MAX;
	return MEMORY_BASE_MB + n_workers * MEMORY_PER_WORKER_MB;
}

static void add_all(struct eal_args *out, const char *const options[])
{
	for (; *options; options++)
		add(out, *options);
}

void eal_args_choose(struct eal_args *out)
{
	static const char *const with_hugepages[] = {
		"--no-pci", "--no-telemetry", "--in-memory", NULL};
	const char *const without[] = {"--no-pci", "--no-telemetry", "--no-shconf", "--no-huge",
		"-m", out->memory_mb, NULL};
	long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);

	snprintf(out->memory_mb, sizeof(out->memory_mb), "%u",
		eal_args_memory_mb(n_cpus > 0 ? (unsigned)n_cpus : 1));
	if (out->argc == 1)
		add_all(out, has_free_hugepages() ? with_hugepages : without);
}

/* "(0-1)@(2,3,7)": both lcores on all CPUs that the process may use. */
static void format_lcores(char *out, size_t size)
{
	const char *separator = "(0-1)@(";
	size_t len = 0;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0 || CPU_COUNT(&cpus) == 0)
		CPU_SET(0, &cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE && len < size; cpu++) {
		if (!CPU_ISSET(cpu, &cpus))
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%d", separator, cpu);
		separator = ",";
	}
	if (len < size)
		snprintf(out + len, size - len, ")");
}

void eal_args_choose_small(struct eal_args *out)
{
	const char *const options[] = {"--no-pci", "--no-telemetry", "--no-shconf", "--no-huge",
		"-m", SMALL_MEMORY_MB, "--lcores", out->lcores, NULL};

	if (out->argc > 1)
		return;
	format_lcores(out->lcores, sizeof(out->lcores));
	add_all(out, options);
}

int eal_args_split(int argc, char **argv, struct eal_args *out)
{
	int separator = find_separator(argc, argv);

	*out = (struct eal_args){.argc = 0};
	if (separator > EAL_ARGS_MAX)
		return -1;
	add(out, argv[0]);
	for (int i = 1; i < separator; i++)
		add(out, argv[i]);
	return separator;
}

/* "--option=value" and "--option value"; NULL: not given. */
static const char *find_value(const struct eal_args *eal, const char *option)
{
	const size_t len = strlen(option);

	for (int i = 1; i < eal->argc; i++) {
		const char *argument = eal->argv[i];

		if (strncmp(argument, option, len) != 0)
			continue;
		if (argument[len] == '=')
			return argument + len + 1;
		if (!argument[len])
			return eal->argv[i + 1];
	}
	return NULL;
}

unsigned eal_args_simd_bits(const struct eal_args *eal)
{
	const char *value = find_value(eal, "--force-max-simd-bitwidth");
	unsigned long bits = value ? strtoul(value, NULL, 0) : RTE_VECT_DEFAULT_SIMD_BITWIDTH;

	/* 0 means no limit; EAL itself refuses what is no number, or too large. */
	return bits && bits < RTE_VECT_SIMD_MAX ? (unsigned)bits : RTE_VECT_SIMD_MAX;
}
