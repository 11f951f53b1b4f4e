/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_vect.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "background.h"
#include "config/config.h"
#include "crypto/aead.h"
#include "event_loop.h"
#include "gateway.h"
#include "log.h"
#include "options.h"
#include "report.h"
#include "version.h"

enum exit_status {
	EXIT_STOPPED = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

static void report_error(void *context, const char *line)
{
	(void)context;
	log_error("%s", line);
}

static void report_warning(void *context, const char *line)
{
	(void)context;
	log_warning("%s", line);
}

static void log_trials(const struct aead_trials *trials)
{
	for (unsigned i = 0; i < trials->n; i++) {
		const struct aead_trial *trial = &trials->trials[i];

		log_info("crypto auto: %s %s: %u, %u and %u cycles for 64, 256 and 1424 bytes%s",
			aead_engine_name(trial->engine), aead_engine_isa(trial->engine),
			trial->cycles[0], trial->cycles[1], trial->cycles[2],
			i == 0 ? "; taken" : "");
	}
}

/* NULL: an error was logged. */
static const struct aead_engine *find_engine(
	const struct gw_config *config, unsigned max_simd_bits, struct aead_trials *out_trials)
{
	const char *why;
	const struct aead_engine *engine =
		aead_engine_find(config->crypto, max_simd_bits, out_trials, &why);

	if (!engine)
		log_error("crypto \"%s\": %s", config->crypto, why);
	log_trials(out_trials);
	return engine;
}

static bool is_eal_asked_for_help(const struct options *options)
{
	for (int i = 1; i < options->eal.argc; i++)
		if (strcmp(options->eal.argv[i], "-h") == 0
			|| strcmp(options->eal.argv[i], "--help") == 0)
			return true;
	return false;
}

/* Returns a descriptor for unmute_stdout, or -1: not muted. */
static int mute_stdout(void)
{
	int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC), saved_fd = -1;

	if (null_fd < 0)
		return -1;
	fflush(stdout);
	saved_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (saved_fd >= 0)
		dup2(null_fd, STDOUT_FILENO);
	close(null_fd);
	return saved_fd;
}

static void unmute_stdout(int saved_fd)
{
	if (saved_fd < 0)
		return;
	fflush(stdout);
	dup2(saved_fd, STDOUT_FILENO);
	close(saved_fd);
}

/*
 * EAL answers an option that it refuses with its usage, a hundred lines on stdout, where a hook can only add to them. Its
 * reasons are on stderr, so stdout is shut while it starts, unless the usage is what was asked for.
 */
static bool start_eal(struct options *options)
{
	int stdout_fd = is_eal_asked_for_help(options) ? -1 : mute_stdout();
	int result;

	/* EAL speaks when something is wrong; --log-level still opens it. */
	rte_log_set_level_pattern("lib.*", RTE_LOG_WARNING);
	result = rte_eal_init(options->eal.argc, options->eal.argv);
	unmute_stdout(stdout_fd);
	if (result >= 0)
		return true;
	log_error("EAL did not start: %s; %s", rte_strerror(rte_errno),
		rte_errno == EINVAL ? "see its options: wg-dpdk --help -- -c FILE"
				    : "without hugepages: wg-dpdk --no-huge -m 512 -- -c FILE");
	return false;
}

static enum exit_status check(const struct options *options, const struct gw_config *config)
{
	struct aead_trials trials;
	const struct aead_engine *engine =
		find_engine(config, eal_args_simd_bits(&options->eal), &trials);

	return engine && gateway_check(config, engine) ? EXIT_STOPPED : EXIT_FAILED;
}

/* `ready_fd`: of background_begin, or -1. */
static enum exit_status run(struct options *options, struct gw_config *config, int ready_fd)
{
	const struct aead_engine *engine = NULL;
	struct aead_trials trials;
	struct gateway gw;
	bool is_fine;

	event_loop_block_signals();
	if (!start_eal(options)) {
		config_free(config);
		return EXIT_FAILED;
	}
	engine = find_engine(config, rte_vect_get_max_simd_bitwidth(), &trials);
	if (!engine)
		config_free(config);
	is_fine = engine && gateway_start(&gw, config, options->config_path, engine, &trials);
	if (is_fine) {
		if (ready_fd >= 0)
			background_ready(ready_fd);
		is_fine = event_loop_run(&gw);
		report_print(&gw);
		gateway_stop(&gw);
	}
	rte_eal_cleanup();
	return is_fine ? EXIT_STOPPED : EXIT_FAILED;
}

/* Reads and validates the configuration; NULL: an error was logged. */
static struct gw_config *load(const char *path)
{
	const struct config_report report = {report_error, report_warning, NULL};
	struct gw_config *config = config_load(path, &report);

	if (config && !log_set_level(config->log_level))
		log_warning("log level %s is not known", config->log_level);
	return config;
}

/* What wireguard-go understands, and our own levels. */
static void choose_log_level(bool is_foreground)
{
	const char *level = getenv("LOG_LEVEL");

	if (!level)
		level = is_foreground ? "info" : "error";
	if (strcmp(level, "verbose") == 0)
		level = "debug";
	if (!log_set_level(level))
		log_warning("LOG_LEVEL %s is not known; take silent, error, warning, info or debug",
			level);
}

static bool is_foreground_asked_for(const struct options *options)
{
	const char *value = getenv("WG_PROCESS_FOREGROUND");

	return options->is_foreground || (value && strcmp(value, "1") == 0);
}

static bool start_sodium(void)
{
	if (sodium_init() >= 0)
		return true;
	log_error("the random source of this system does not work");
	return false;
}

static enum exit_status run_interface(struct options *options)
{
	const struct config_report report = {report_error, report_warning, NULL};
	const bool is_foreground = is_foreground_asked_for(options);
	struct gw_config *config;
	int ready_fd = -1;

	choose_log_level(is_foreground);
	if (!is_foreground && (ready_fd = background_begin()) < 0)
		return EXIT_FAILED;
	if (!start_sodium())
		return EXIT_FAILED;
	config = config_for_interface(options->interface_name, &report);
	return config ? run(options, config, ready_fd) : EXIT_FAILED;
}

static enum exit_status run_file(struct options *options)
{
	struct gw_config *config;
	enum exit_status status;

	if (!start_sodium())
		return EXIT_FAILED;
	config = load(options->config_path);
	if (!config)
		return EXIT_USAGE;
	if (options->mode == OPTIONS_RUN)
		return run(options, config, -1);
	status = check(options, config);
	config_free(config);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;

	if (!options_parse(argc, argv, &options))
		return EXIT_USAGE;
	if (options.mode == OPTIONS_HELP) {
		options_print_help();
		return EXIT_STOPPED;
	}
	if (options.mode == OPTIONS_VERSION) {
		printf("wg-dpdk %s\n", WG_DPDK_VERSION);
		return EXIT_STOPPED;
	}
	prctl(PR_SET_DUMPABLE, 0); /* keys never reach a core file */
	return (int)(options.interface_name ? run_interface(&options) : run_file(&options));
}
