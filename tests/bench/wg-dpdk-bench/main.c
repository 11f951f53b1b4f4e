/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* wg-dpdk-bench: what the workers' packet path costs. */

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_vect.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "crypto/aead_impl.h"
#include "figures.h"
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

static enum exit_status report(const struct arguments *args, const struct aead_engine *engine,
	const struct measure_result *result)
{
	struct bench_machine machine;

	bench_machine_read(&machine);
	machine.engine = engine->name;
	machine.simd_bits = engine->simd_bits;
	figures_print(args, &machine, result);
	if (args->json_path && !figures_write_json(args->json_path, args, &machine, result))
		return fail(args->json_path, strerror(errno));
	return result->n_lost || result->n_wrong ? EXIT_FAILED : EXIT_MEASURED;
}

static enum exit_status run(const struct arguments *args)
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

static enum exit_status start_and_run(struct arguments *args)
{
	enum exit_status status;

	/* EAL speaks when something is wrong; --log-level still opens it. */
	rte_log_set_level_pattern("lib.*", RTE_LOG_WARNING);
	if (rte_eal_init(args->eal.argc, args->eal.argv) < 0)
		return fail("EAL did not start", rte_strerror(rte_errno));
	status = run(args);
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
