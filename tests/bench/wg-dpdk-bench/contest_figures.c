/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "contest_figures.h"

#include <inttypes.h>

#include "arguments.h"
#include "figures.h"

static const char *const way_names[CONTEST_WAYS] = {
	[CONTEST_SEAL] = "seal",
	[CONTEST_OPEN] = "open",
};

/* Without counters the core's clock tells. */
static double cpu_cycles(const struct contest_result *r, const struct contest_cost *cost)
{
	return r->has_cpu ? cost->median.cpu_cycles : cost->median.tsc * r->core_per_tsc;
}

static bool is_disturbed(const struct contest_cost *cost)
{
	return cost->high_tsc - cost->low_tsc > FIGURES_SPREAD_MAX * cost->median.tsc;
}

static void print_heading(const struct contest_result *r, const struct contest_row *row)
{
	printf("\n%u bytes, bursts of %u: cycles per packet, and per byte\n", row->len, row->burst);
	printf("%-23s %9s %9s %9s %9s %9s %9s %12s %6s\n", "", "TSC", "lowest", "highest",
		"per byte", r->has_cpu ? "CPU" : "~CPU", "per byte", "instructions", "ratio");
}

static void print_way(
	const struct contest_result *r, const struct contest_row *row, enum contest_way way)
{
	const struct contest_cost *cost = &row->of[way];
	const double ratio = contest_ratio(r, row, way);

	printf("%-18s %s %9.1f %9.1f %9.1f %9.2f %9.1f %9.2f", row->who->label, way_names[way],
		cost->median.tsc, cost->low_tsc, cost->high_tsc, cost->median.tsc / row->len,
		cpu_cycles(r, cost), cpu_cycles(r, cost) / row->len);
	if (r->has_cpu)
		printf(" %12.1f", cost->median.instructions);
	else
		printf(" %12s", "n/a");
	if (ratio > 0)
		printf(" %6.2f\n", ratio);
	else
		printf(" %6s\n", "-");
}

static void print_rows(const struct contest_result *r)
{
	for (unsigned i = 0; i < r->n_rows; i++) {
		const struct contest_row *row = &r->rows[i];

		if (i == 0 || row->len != row[-1].len || row->burst != row[-1].burst)
			print_heading(r, row);
		for (unsigned way = 0; way < CONTEST_WAYS; way++)
			print_way(r, row, way);
	}
}

static void print_refusals(const struct arguments *args, unsigned max_simd_bits)
{
	for (unsigned i = 0; i < CONTESTANTS; i++)
		if (args->is_wanted[i] && !args->contest.takes_part[i])
			printf("without %s: %s\n", contestants[i].label,
				contestant_refusal(&contestants[i], max_simd_bits));
}

static void print_wrong(const struct contest_result *r)
{
	printf("%" PRIu64 " answers checked, %" PRIu64 " wrong\n", r->n_checked, r->n_wrong);
	for (unsigned i = 0; i < r->n_rows; i++)
		if (r->rows[i].n_wrong)
			printf("wrong: %s, %u bytes, bursts of %u: %u answers\n",
				r->rows[i].who->label, r->rows[i].len, r->rows[i].burst,
				r->rows[i].n_wrong);
}

static void print_warning(const struct contest_result *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n_rows; i++)
		for (unsigned way = 0; way < CONTEST_WAYS; way++)
			n += is_disturbed(&r->rows[i].of[way]);
	if (n)
		printf("warning: in %u of %u lines the rounds differ by more than %.0f %%: something else "
		       "used this core or its caches; measure on an idle machine\n",
			n, r->n_rows * CONTEST_WAYS, 100 * FIGURES_SPREAD_MAX);
}

void contest_figures_print(const struct arguments *args, const struct bench_machine *machine,
	const struct contest_result *r)
{
	printf("aead: %u rounds in %g s, each packet with its own key\n", args->contest.n_rounds,
		args->seconds);
	printf("%s, TSC %.2f GHz, core %.2f GHz (1 TSC cycle = %.2f CPU cycles)\n", machine->cpu,
		machine->tsc_hz / 1e9, machine->tsc_hz * r->core_per_tsc / 1e9, r->core_per_tsc);
	print_rows(r);
	printf("\nratio: to ipsec-mb with vectors of the same width\n");
	if (!r->has_cpu)
		printf("~ no CPU counters here: TSC cycles times %.2f\n", r->core_per_tsc);
	print_refusals(args, machine->simd_bits);
	print_wrong(r);
	print_warning(r);
}

static void write_cost(FILE *file, const struct contest_result *r, const struct contest_row *row,
	enum contest_way way)
{
	const struct contest_cost *cost = &row->of[way];
	const double ratio = contest_ratio(r, row, way);

	fprintf(file, "     \"%s\": {\"tsc_cycles\": %.1f, \"lowest\": %.1f, \"highest\": %.1f, ",
		way_names[way], cost->median.tsc, cost->low_tsc, cost->high_tsc);
	fprintf(file, "\"cpu_cycles\": %.1f, \"tsc_cycles_per_byte\": %.3f, ", cpu_cycles(r, cost),
		cost->median.tsc / row->len);
	fprintf(file, "\"cpu_cycles_per_byte\": %.3f, ", cpu_cycles(r, cost) / row->len);
	if (r->has_cpu)
		fprintf(file, "\"instructions\": %.1f, ", cost->median.instructions);
	else
		fprintf(file, "\"instructions\": null, ");
	if (ratio > 0)
		fprintf(file, "\"ratio_to_ipsec_mb\": %.3f}", ratio);
	else
		fprintf(file, "\"ratio_to_ipsec_mb\": null}");
}

static void write_rows(FILE *file, const struct contest_result *r)
{
	fprintf(file, "  \"rows\": [");
	for (unsigned i = 0; i < r->n_rows; i++) {
		const struct contest_row *row = &r->rows[i];

		fprintf(file,
			"%s\n    {\"bytes\": %u, \"burst\": %u, \"engine\": \"%s\", \"wrong\": %u,\n",
			i ? "," : "", row->len, row->burst, row->who->label, row->n_wrong);
		write_cost(file, r, row, CONTEST_SEAL);
		fprintf(file, ",\n");
		write_cost(file, r, row, CONTEST_OPEN);
		fprintf(file, "}");
	}
	fprintf(file, "\n  ],\n");
}

static void write_refusals(FILE *file, const struct arguments *args, unsigned max_simd_bits)
{
	const char *separator = "";

	fprintf(file, "  \"without\": {");
	for (unsigned i = 0; i < CONTESTANTS; i++) {
		if (!args->is_wanted[i] || args->contest.takes_part[i])
			continue;
		fprintf(file, "%s\n    \"%s\": \"%s\"", separator, contestants[i].label,
			contestant_refusal(&contestants[i], max_simd_bits));
		separator = ",";
	}
	fprintf(file, "},\n");
}

void contest_figures_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct contest_result *r)
{
	fprintf(file, "{\n  \"mode\": \"aead\",\n  \"rounds\": %u,\n  \"cpu\": \"%s\",\n",
		args->contest.n_rounds, machine->cpu);
	fprintf(file, "  \"max_simd_bits\": %u,\n  \"tsc_hz\": %.0f,\n  \"core_per_tsc\": %.3f,\n",
		machine->simd_bits, machine->tsc_hz, r->core_per_tsc);
	fprintf(file, "  \"cpu_cycles_counted\": %s,\n", r->has_cpu ? "true" : "false");
	write_rows(file, r);
	write_refusals(file, args, machine->simd_bits);
	fprintf(file, "  \"checked\": %" PRIu64 ",\n  \"wrong\": %" PRIu64 "\n}\n", r->n_checked,
		r->n_wrong);
}
