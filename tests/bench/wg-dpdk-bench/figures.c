/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "figures.h"

#include <rte_cycles.h>

#include <inttypes.h>

#include "arguments.h"

void bench_machine_read(struct bench_machine *out)
{
	char line[256];
	FILE *file = fopen("/proc/cpuinfo", "re");

	*out = (struct bench_machine){.cpu = "unknown CPU", .tsc_hz = (double)rte_get_tsc_hz()};
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "model name : %63[^\n]", out->cpu) == 1)
			break;
	if (file)
		fclose(file);
}

static double mpps(const struct bench_machine *machine, const struct measure_result *r)
{
	return machine->tsc_hz / r->of[STAGE_TOTAL].tsc / 1e6;
}

static double gbit_per_s(const struct arguments *args, const struct bench_machine *machine,
	const struct measure_result *r)
{
	return mpps(machine, r) * traffic_mean_len(&args->plan.traffic.mix) * 8 / 1e3;
}

static double spread(const struct measure_result *r)
{
	return (r->high_tsc - r->low_tsc) / r->of[STAGE_TOTAL].tsc;
}

static struct figures less(struct figures a, const struct figures *b)
{
	return (struct figures){
		a.tsc - b->tsc, a.cpu_cycles - b->cpu_cycles, a.instructions - b->instructions};
}

/* What no stage alone accounts for. */
static struct figures rest_of(const struct measure_result *r)
{
	struct figures rest = r->of[STAGE_TOTAL];

	for (unsigned i = 0; i < STAGE_TOTAL; i++)
		rest = less(rest, &r->of[i]);
	return rest;
}

static struct figures outside_of(const struct measure_result *r)
{
	return less(r->of[STAGE_TOTAL], &r->of[STAGE_AEAD]);
}

/* Without counters the core's clock tells. */
static double cpu_cycles(const struct measure_result *r, const struct figures *figures)
{
	return r->has_cpu ? figures->cpu_cycles : figures->tsc * r->core_per_tsc;
}

static void print_line(
	const char *name, const struct measure_result *r, const struct figures *figures)
{
	printf("%-16s %12.1f %12.1f", name, figures->tsc, cpu_cycles(r, figures));
	if (r->has_cpu)
		printf(" %14.1f\n", figures->instructions);
	else
		printf(" %14s\n", "n/a");
}

static const char *const stage_names[STAGES] = {
	[STAGE_RECEIVE] = "receive",
	[STAGE_CLASSIFY] = "classify",
	[STAGE_LOOK_UP] = "look-up",
	[STAGE_AEAD] = "AEAD",
	[STAGE_TRANSMIT] = "transmit",
	[STAGE_TOTAL] = "total",
};

static void print_table(const struct measure_result *r)
{
	const struct figures rest = rest_of(r), outside = outside_of(r);

	printf("\n%-16s %12s %12s %14s   per packet\n", "", "TSC cycles",
		r->has_cpu ? "CPU cycles" : "~CPU cycles", "instructions");
	for (unsigned i = 0; i < STAGE_TOTAL; i++)
		print_line(stage_names[i], r, &r->of[i]);
	print_line("rest", r, &rest);
	print_line("total", r, &r->of[STAGE_TOTAL]);
	print_line("outside the AEAD", r, &outside);
}

void figures_print(const struct arguments *args, const struct bench_machine *machine,
	const struct measure_result *r)
{
	printf("%s: %u peers, size %s, trains of %u, bursts of %u, %u rounds in %g s\n", args->what,
		args->n_peers, args->size, args->plan.traffic.train_len, args->plan.burst,
		args->plan.n_rounds, args->seconds);
	printf("%s, engine %s/%u, TSC %.2f GHz, core %.2f GHz (1 TSC cycle = %.2f CPU cycles)\n",
		machine->cpu, machine->engine, machine->simd_bits, machine->tsc_hz / 1e9,
		machine->tsc_hz * r->core_per_tsc / 1e9, r->core_per_tsc);
	print_table(r);
	if (!r->has_cpu)
		printf("~ no CPU counters here: TSC cycles times %.2f\n", r->core_per_tsc);
	printf("\n%.3f Mpps, %.3f Gbit/s of inner bytes\n", mpps(machine, r),
		gbit_per_s(args, machine, r));
	printf("rounds from %.1f to %.1f TSC cycles, spread %.1f %%\n", r->low_tsc, r->high_tsc,
		100 * spread(r));
	printf("%" PRIu64 " packets, %" PRIu64 " lost; %" PRIu64 " checked, %" PRIu64 " wrong\n",
		r->n_packets, r->n_lost, r->n_checked, r->n_wrong);
	if (spread(r) > FIGURES_SPREAD_MAX)
		printf("warning: the rounds differ by more than %.0f %%: something else used this core or "
		       "its caches; measure on an idle machine\n",
			100 * FIGURES_SPREAD_MAX);
}

/* null: not known. */
static void write_figures(
	FILE *file, const char *name, const struct measure_result *r, const struct figures *figures)
{
	fprintf(file, "  \"%s\": {\"tsc_cycles\": %.1f, \"cpu_cycles\": %.1f, ", name, figures->tsc,
		cpu_cycles(r, figures));
	if (r->has_cpu)
		fprintf(file, "\"instructions\": %.1f},\n", figures->instructions);
	else
		fprintf(file, "\"instructions\": null},\n");
}

static void write_stages(FILE *file, const struct measure_result *r)
{
	static const char *const names[STAGES] = {
		[STAGE_RECEIVE] = "receive",
		[STAGE_CLASSIFY] = "classify",
		[STAGE_LOOK_UP] = "look_up",
		[STAGE_AEAD] = "aead",
		[STAGE_TRANSMIT] = "transmit",
		[STAGE_TOTAL] = "total",
	};
	const struct figures rest = rest_of(r), outside = outside_of(r);

	for (unsigned i = 0; i < STAGES; i++)
		write_figures(file, names[i], r, &r->of[i]);
	write_figures(file, "rest", r, &rest);
	write_figures(file, "outside_aead", r, &outside);
}

void figures_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct measure_result *r)
{
	fprintf(file, "{\n  \"mode\": \"%s\",\n  \"peers\": %u,\n  \"size\": \"%s\",\n", args->what,
		args->n_peers, args->size);
	fprintf(file, "  \"train\": %u,\n  \"burst\": %u,\n  \"rounds\": %u,\n",
		args->plan.traffic.train_len, args->plan.burst, args->plan.n_rounds);
	fprintf(file, "  \"cpu\": \"%s\",\n  \"engine\": \"%s\",\n  \"simd_bits\": %u,\n",
		machine->cpu, machine->engine, machine->simd_bits);
	fprintf(file, "  \"tsc_hz\": %.0f,\n  \"core_per_tsc\": %.3f,\n", machine->tsc_hz,
		r->core_per_tsc);
	fprintf(file, "  \"cpu_cycles_counted\": %s,\n", r->has_cpu ? "true" : "false");
	write_stages(file, r);
	fprintf(file, "  \"mpps\": %.4f,\n  \"inner_gbit_per_s\": %.4f,\n  \"spread\": %.4f,\n",
		mpps(machine, r), gbit_per_s(args, machine, r), spread(r));
	fprintf(file, "  \"packets\": %" PRIu64 ",\n  \"lost\": %" PRIu64 ",\n", r->n_packets,
		r->n_lost);
	fprintf(file, "  \"checked\": %" PRIu64 ",\n  \"wrong\": %" PRIu64 "\n}\n", r->n_checked,
		r->n_wrong);
}
