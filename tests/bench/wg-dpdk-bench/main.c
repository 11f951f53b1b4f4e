/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* wg-dpdk-bench: what the workers' packet path costs, its AEAD alone, and handshakes. */

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_vect.h>

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "contest_figures.h"
#include "crypto/aead_impl.h"
#include "figures.h"
#include "handshakes.h"
#include "version.h"
#include "world.h"

enum exit_status {
	EXIT_MEASURED = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

static enum exit_status fail(const char *what, const char *why)
{
	fprintf(stderr, "wg-dpdk-bench: error: %s: %s\n", what, why);
	return EXIT_FAILED;
}

/* NULL: not wanted, or errno says why not. */
static FILE *open_json(const char *path)
{
	if (!path)
		return NULL;
	return strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
}

static bool close_json(FILE *file)
{
	return (file == stdout ? fflush(file) : fclose(file)) == 0;
}

static enum exit_status finish(const struct arguments *args, FILE *json, bool is_right)
{
	if (args->json_path && (!json || !close_json(json)))
		return fail(args->json_path, strerror(errno));
	return is_right ? EXIT_MEASURED : EXIT_FAILED;
}

static enum exit_status report(const struct arguments *args, const struct aead_engine *engine,
	const struct measure_result *result)
{
	struct bench_machine machine;
	FILE *json;

	bench_machine_read(&machine);
	machine.engine = engine->name;
	machine.simd_bits = engine->simd_bits;
	figures_print(args, &machine, result);
	json = open_json(args->json_path);
	if (json)
		figures_write_json(json, args, &machine, result);
	return finish(args, json, !result->n_lost && !result->n_wrong);
}

static enum exit_status run_path(const struct arguments *args)
{
	const uint16_t max_len = traffic_max_len(&args->plan.traffic.mix);
	const struct aead_engine *engine;
	struct aead_trials trials;
	struct measure_result result;
	struct world *world;
	const char *why;
	bool is_measured;

	engine = aead_engine_find(args->crypto, rte_vect_get_max_simd_bitwidth(), &trials, &why);
	if (!engine)
		return fail(args->crypto, why);
	world = world_create(engine, args->n_peers, max_len, &why);
	if (!world)
		return fail("cannot set up", why);
	is_measured = measure_run(&args->plan, world, &result);
	world_destroy(world);
	return is_measured ? report(args, engine, &result) : fail("cannot measure", "no memory");
}

static enum exit_status report_contest(
	const struct arguments *args, const struct contest_result *result)
{
	struct bench_machine machine;
	FILE *json;

	bench_machine_read(&machine);
	machine.simd_bits = rte_vect_get_max_simd_bitwidth();
	contest_figures_print(args, &machine, result);
	json = open_json(args->json_path);
	if (json)
		contest_figures_write_json(json, args, &machine, result);
	return finish(args, json, !result->n_wrong);
}

/* Of all engines those that can take part do; one that was asked for by name must. */
static enum exit_status run_contest(struct arguments *args)
{
	static struct contest_result result;
	const unsigned max_simd_bits = rte_vect_get_max_simd_bitwidth();

	if (sodium_init() < 0)
		return fail("cannot set up", "libsodium does not start");
	for (unsigned i = 0; i < CONTESTANTS; i++) {
		const char *refusal = contestant_refusal(&contestants[i], max_simd_bits);

		args->contest.takes_part[i] = args->is_wanted[i] && !refusal;
		if (args->is_wanted[i] && refusal && !args->is_any_engine)
			return fail(contestants[i].label, refusal);
	}
	return contest_run(&args->contest, &result) ? report_contest(args, &result)
						    : fail("cannot measure", "no memory");
}

static enum exit_status run_handshakes(const struct arguments *args)
{
	struct handshakes_result result;
	struct bench_machine machine;
	FILE *json;

	if (!handshakes_run(args->plan.n_rounds, args->plan.round_ns, &result))
		return fail("cannot measure", "no memory");
	bench_machine_read(&machine);
	handshakes_print(args, &machine, &result);
	json = open_json(args->json_path);
	if (json)
		handshakes_write_json(json, args, &machine, &result);
	return finish(args, json, !result.n_wrong);
}

static enum exit_status start_and_run(struct arguments *args)
{
	enum exit_status status;

	/* EAL speaks when something is wrong; --log-level still opens it. */
	rte_log_set_level_pattern("lib.*", RTE_LOG_WARNING);
	if (rte_eal_init(args->eal.argc, args->eal.argv) < 0)
		return fail("EAL did not start", rte_strerror(rte_errno));
	if (args->is_handshake)
		status = run_handshakes(args);
	else
		status = args->is_contest ? run_contest(args) : run_path(args);
	rte_eal_cleanup();
	return status;
}

int main(int argc, char **argv)
{
	struct arguments args;

	if (!arguments_parse(argc, argv, &args))
		return EXIT_USAGE;
	switch (args.mode) {
	case ARGUMENTS_HELP:
		arguments_print_help();
		return EXIT_MEASURED;
	case ARGUMENTS_VERSION:
		printf("wg-dpdk-bench %s\n", WG_DPDK_VERSION);
		return EXIT_MEASURED;
	case ARGUMENTS_RUN:
		break;
	}
	return (int)start_and_run(&args);
}
