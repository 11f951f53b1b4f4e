/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "options.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGS_MAX 8
#define CHOSEN (-1) /* EAL's options are our choice */

/* The command line without the program's name, and what it means. */
static const struct {
	const char *args[ARGS_MAX];
	const char *error; /* part of the line on stderr; NULL: none */
	enum options_mode mode;
	const char *config_path;
	int n_eal; /* of the arguments go to EAL */
} rows[] = {
	/* 0: run */
	{{"-c", "a"}, NULL, OPTIONS_RUN, "a", CHOSEN},
	{{"-ca"}, NULL, OPTIONS_RUN, "a", CHOSEN},
	{{"--config", "a"}, NULL, OPTIONS_RUN, "a", CHOSEN},
	{{"--config=a"}, NULL, OPTIONS_RUN, "a", CHOSEN},
	{{"--", "-c", "a"}, NULL, OPTIONS_RUN, "a", CHOSEN},
	{{"-l", "0-1", "--", "-c", "a"}, NULL, OPTIONS_RUN, "a", 2},
	{{"--no-huge", "--", "--config", "a"}, NULL, OPTIONS_RUN, "a", 1},
	{{"-c", "0x3", "--", "-c", "a"}, NULL, OPTIONS_RUN, "a", 2},
	/* 8: and the other modes */
	{{"--check", "-c", "a"}, NULL, OPTIONS_CHECK, "a", CHOSEN},
	{{"-c", "a", "--check"}, NULL, OPTIONS_CHECK, "a", CHOSEN},
	{{"-l", "0", "--", "-c", "a", "--check"}, NULL, OPTIONS_CHECK, "a", 2},
	{{"--help"}, NULL, OPTIONS_HELP, NULL, CHOSEN},
	{{"-h"}, NULL, OPTIONS_HELP, NULL, CHOSEN},
	{{"--version"}, NULL, OPTIONS_VERSION, NULL, CHOSEN},
	{{"-V"}, NULL, OPTIONS_VERSION, NULL, CHOSEN},
	/* 15: wrong */
	{{NULL}, "no configuration; give one: wg-dpdk -c gw.conf", 0, NULL, 0},
	{{"--check"}, "no configuration", 0, NULL, 0},
	{{"-l", "0-1", "--"}, "no configuration", 0, NULL, 0},
	{{"-c", "a", "--"}, "no configuration", 0, NULL, 0},
	{{"-c"}, "no value after -c", 0, NULL, 0},
	{{"--config"}, "no value after --config", 0, NULL, 0},
	{{"-c", "a", "b"}, "unknown argument b", 0, NULL, 0},
	{{"a", "-c", "b"}, "unknown argument -c", 0, NULL, 0},
	{{"-x", "-c", "a"}, "unknown option -x", 0, NULL, 0},
	{{"-l", "0-1", "-c", "a"}, "unknown option -l", 0, NULL, 0},
	{{"--no-huge", "-c", "a"}, "unknown option --no-huge; EAL options go before", 0, NULL, 0},
	{{"--", "-xh"}, "unknown option -xh", 0, NULL, 0},
	{{"--check", "-xh"}, "unknown option -xh", 0, NULL, 0},
	{{"--check=yes", "-c", "a"}, "unknown option --check=yes", 0, NULL, 0},
};

/* The form of wg-quick(8): an interface instead of a file. */
static const struct {
	const char *args[ARGS_MAX];
	const char *error; /* NULL: none */
	bool is_foreground;
	int n_eal;
} interface_rows[] = {
	/* 0 */
	{{"wg0"}, NULL, false, CHOSEN},
	{{"-f", "wg0"}, NULL, true, CHOSEN},
	{{"--foreground", "wg0"}, NULL, true, CHOSEN},
	{{"-l", "0-1", "--", "wg0"}, NULL, false, 2},
	{{"a=b_c+d.e-f0123"}, NULL, false, CHOSEN},
	/* 5: wrong */
	{{"wg0", "wg1"}, "unknown argument wg1", false, 0},
	{{"wg0", "-f"}, "unknown argument -f", false, 0},
	{{"-f"}, "no configuration", false, 0},
	{{"-f", "-c", "a"}, "-f with -c; leave it out", false, 0},
	{{"-c", "a", "wg0"}, "unknown argument wg0; give a file or an interface", false, 0},
	{{"--check", "wg0"}, "--check without a file", false, 0},
	{{"a=b_c+d.e-f01234"}, "no name for an interface: a=b_c", false, 0},
	{{"a/b"}, "no name for an interface: a/b", false, 0},
	{{".."}, "no name for an interface: ..", false, 0},
	{{""}, "no name for an interface", false, 0},
	{{"wg%d"}, "no name for an interface: wg%d", false, 0},
};

/* What options_parse writes to stderr. */
static bool parse_quietly(int argc, char **argv, struct options *out, char error[512])
{
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	bool is_fine;
	size_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	is_fine = options_parse(argc, argv, out);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(error, 1, 511, file);
	error[len] = '\0';
	fclose(file);
	return is_fine;
}

static void check_eal(size_t row, const struct options *options, char **argv)
{
	if (options->eal.argv[0] != argv[0] || options->eal.argv[options->eal.argc])
		fail_msg("row %zu: no name in front, or no NULL behind", row);
	if (rows[row].n_eal == CHOSEN) {
		if (strcmp(options->eal.argv[1], "--no-pci") != 0 || options->eal.argc < 4)
			fail_msg("row %zu: EAL's options are not ours", row);
		return;
	}
	if (options->eal.argc != rows[row].n_eal + 1)
		fail_msg("row %zu: %d arguments for EAL", row, options->eal.argc);
	for (int i = 1; i < options->eal.argc; i++)
		assert_ptr_equal(options->eal.argv[i], argv[i]);
}

static void check_error(size_t row, const char *error)
{
	const char *end = strchr(error, '\n');

	if (!strstr(error, rows[row].error))
		fail_msg("row %zu: %s", row, error);
	if (strncmp(error, "wg-dpdk: error: ", 16) != 0 || !end || end[1])
		fail_msg("row %zu: not one line: %s", row, error);
}

static void play(size_t row)
{
	char *argv[ARGS_MAX + 2] = {(char[]){"wg-dpdk"}}, error[512];
	struct options options;
	int argc = 1;

	for (; rows[row].args[argc - 1]; argc++)
		argv[argc] = strdup(rows[row].args[argc - 1]);
	if (parse_quietly(argc, argv, &options, error) == (rows[row].error != NULL))
		fail_msg("row %zu: %s", row, rows[row].error ? "accepted" : error);
	if (rows[row].error) {
		check_error(row, error);
	} else {
		if (options.mode != rows[row].mode || *error)
			fail_msg("row %zu: mode %d %s", row, options.mode, error);
		if (rows[row].config_path)
			assert_string_equal(options.config_path, rows[row].config_path);
		check_eal(row, &options, argv);
	}
	while (--argc > 0)
		free(argv[argc]);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
		play(row);
}

/* One worker, on whatever CPUs this process has, and little memory. */
static void check_small(size_t row, const struct eal_args *eal)
{
	cpu_set_t cpus;
	int n_commas = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	if (strcmp(eal->argv[eal->argc - 2], "--lcores") != 0
		|| strncmp(eal->argv[eal->argc - 1], "(0-1)@(", 7) != 0
		|| eal->argv[eal->argc - 1][strlen(eal->argv[eal->argc - 1]) - 1] != ')')
		fail_msg("row %zu: no lcores: %s", row, eal->argv[eal->argc - 1]);
	for (const char *at = eal->argv[eal->argc - 1]; *at; at++)
		n_commas += *at == ',';
	assert_int_equal(n_commas, CPU_COUNT(&cpus) - 1);
}

static void play_interface(size_t row)
{
	char *argv[ARGS_MAX + 2] = {(char[]){"wg-dpdk"}}, error[512];
	const char *const *args = interface_rows[row].args;
	struct options options;
	int argc = 1;

	for (; args[argc - 1]; argc++)
		argv[argc] = strdup(args[argc - 1]);
	if (parse_quietly(argc, argv, &options, error) == (interface_rows[row].error != NULL))
		fail_msg("row %zu: %s", row, interface_rows[row].error ? "accepted" : error);
	if (interface_rows[row].error) {
		if (!strstr(error, interface_rows[row].error))
			fail_msg("row %zu: %s", row, error);
	} else {
		assert_string_equal(options.interface_name, args[argc - 2]);
		assert_null(options.config_path);
		assert_int_equal(options.mode, OPTIONS_RUN);
		assert_int_equal(options.is_foreground, interface_rows[row].is_foreground);
		if (interface_rows[row].n_eal == CHOSEN)
			check_small(row, &options.eal);
		else
			assert_int_equal(options.eal.argc, interface_rows[row].n_eal + 1);
	}
	while (--argc > 0)
		free(argv[argc]);
}

static void test_interface_rows(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof(interface_rows) / sizeof(interface_rows[0]); row++)
		play_interface(row);
}

/* As many as there is room for, and one more. */
static void test_many_eal_options(void **state)
{
	char name[] = "wg-dpdk", eal[] = "-v", separator[] = "--", own[] = "-ca";
	char *argv[EAL_ARGS_MAX + 5], error[512];
	struct options options;

	(void)state;
	for (int n_eal = EAL_ARGS_MAX - 2; n_eal <= EAL_ARGS_MAX; n_eal++) {
		bool is_fine;

		argv[0] = name;
		for (int i = 1; i <= n_eal; i++)
			argv[i] = eal;
		argv[n_eal + 1] = separator;
		argv[n_eal + 2] = own;
		argv[n_eal + 3] = NULL;
		is_fine = parse_quietly(n_eal + 3, argv, &options, error);
		assert_int_equal(is_fine, n_eal < EAL_ARGS_MAX);
		if (!is_fine)
			assert_non_null(strstr(error, "too many EAL options"));
		else
			assert_null(options.eal.argv[options.eal.argc]);
	}
}

/* CPUs, and the workers that run on them. */
static const struct {
	unsigned n_cpus, n_workers;
} memory_rows[] = {{1, 1}, {2, 1}, {3, 2}, {8, 7}, {16, 15}, {65, 64}, {128, 64}};

/* Enough for jumbo packets, of which 1024 are 9.5 MiB, on as many interfaces as there may be, with an eighth to spare. */
static void test_memory(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof(memory_rows) / sizeof(memory_rows[0]); row++) {
		unsigned n_buffers = 8192 + memory_rows[row].n_workers * (4096 + 64 * 128);
		unsigned needed_mb = n_buffers / 1024 * 19 / 2 * 9 / 8;
		unsigned memory_mb = eal_args_memory_mb(memory_rows[row].n_cpus);

		if (memory_mb < needed_mb || memory_mb > needed_mb + 512)
			fail_msg("row %zu: %u MiB, needed %u", row, memory_mb, needed_mb);
	}
}

/* EAL's options, and the width that it will allow: without one, with one, without a limit. */
static const struct {
	const char *arguments[4];
	unsigned bits;
} width_rows[] = {
	/* 0 */ {{"-c", "gw.conf"}, 256},
	/* 1 */ {{"--no-huge", "--", "-c", "gw.conf"}, 256},
	/* 2 */ {{"--force-max-simd-bitwidth=512", "--", "-c", "gw.conf"}, 512},
	/* 3 */ {{"--force-max-simd-bitwidth", "128", "--", "-ca"}, 128},
	/* 4 */ {{"--force-max-simd-bitwidth=0x200", "--", "-c", "gw.conf"}, 512},
	/* 5 */ {{"--force-max-simd-bitwidth=0", "--", "-c", "gw.conf"}, 32768},
	/* 6 */ {{"--force-max-simd-bitwidths=512", "--", "-c", "gw.conf"}, 256},
	/* 7 */ {{"--force-max-simd-bitwidth", "--", "-c", "gw.conf"}, 256},
};

static void test_width(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof(width_rows) / sizeof(width_rows[0]); row++) {
		char name[] = "wg-dpdk", arguments[4][64], error[512];
		char *argv[6] = {name};
		struct options options;
		int argc = 1;

		for (; argc <= 4 && width_rows[row].arguments[argc - 1]; argc++) {
			snprintf(arguments[argc - 1], sizeof(arguments[0]), "%s",
				width_rows[row].arguments[argc - 1]);
			argv[argc] = arguments[argc - 1];
		}
		if (!parse_quietly(argc, argv, &options, error)
			|| eal_args_simd_bits(&options.eal) != width_rows[row].bits)
			fail_msg("row %zu: %u bits %s", row, eal_args_simd_bits(&options.eal),
				error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_interface_rows),
		cmocka_unit_test(test_many_eal_options),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
