/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <inttypes.h>

#include "arguments.h"
#include "figures.h"
#include "handshakes.h"

/* Of four multiplications with any point: what a responder must do that keeps nothing from one handshake to the next. */
static double bound(const struct handshakes_result *r)
{
	return 4 * r->of[HANDSHAKES_X25519].tsc;
}

/* Of those that are done: e is of the base point, and ss was multiplied with the peer's first message. */
static double done(const struct handshakes_result *r)
{
	return 3 * r->of[HANDSHAKES_X25519].tsc + r->of[HANDSHAKES_X25519_BASE].tsc;
}

static double whole(const struct handshakes_result *r)
{
	return r->of[HANDSHAKES_WHOLE].tsc;
}

static double spread(const struct handshakes_result *r)
{
	return (r->high_tsc - r->low_tsc) / whole(r);
}

static void print_line(const char *name, double tsc, const struct bench_machine *machine)
{
	printf("%-36s %12.0f %12.1f %12.0f\n", name, tsc, tsc / machine->tsc_hz * 1e6,
		machine->tsc_hz / tsc);
}

void handshakes_print(const struct arguments *args, const struct bench_machine *machine,
	const struct handshakes_result *r)
{
	printf("handshake: as responder, %u rounds in %g s\n", args->n_rounds, args->seconds);
	printf("%s, TSC %.2f GHz\n", machine->cpu, machine->tsc_hz / 1e9);
	printf("\n%-36s %12s %12s %12s\n", "", "TSC cycles", "us", "per second");
	print_line("handshake", whole(r), machine);
	print_line("4 X25519 of libsodium, the bound", bound(r), machine);
	print_line("3 X25519 and one of the base point", done(r), machine);
	printf("\nof the bound %.1f %%, of the multiplications that are done %.1f %%\n",
		100 * bound(r) / whole(r), 100 * done(r) / whole(r));
	printf("rounds from %.0f to %.0f TSC cycles, spread %.1f %%\n", r->low_tsc, r->high_tsc,
		100 * spread(r));
	printf("%" PRIu64 " handshakes, %" PRIu64 " wrong\n", r->n, r->n_wrong);
	if (spread(r) > FIGURES_SPREAD_MAX)
		printf("warning: the rounds differ by more than %.0f %%: something else used this core; "
		       "measure on an idle machine\n",
			100 * FIGURES_SPREAD_MAX);
}

void handshakes_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct handshakes_result *r)
{
	fprintf(file,
		"{\"mode\": \"%s\", \"seconds\": %g, \"rounds\": %u, \"cpu\": \"%s\", \"tsc_hz\": %.0f,\n"
		" \"handshake_tsc_cycles\": %.0f, \"lowest\": %.0f, \"highest\": %.0f,\n"
		" \"x25519_tsc_cycles\": %.0f, \"x25519_base_tsc_cycles\": %.0f,\n"
		" \"handshakes_per_s\": %.0f, \"ratio_to_4_x25519\": %.3f, \"ratio_to_done\": %.3f,\n"
		" \"handshakes\": %" PRIu64 ", \"wrong\": %" PRIu64 "}\n",
		args->what, args->seconds, args->n_rounds, machine->cpu, machine->tsc_hz, whole(r),
		r->low_tsc, r->high_tsc, r->of[HANDSHAKES_X25519].tsc,
		r->of[HANDSHAKES_X25519_BASE].tsc, machine->tsc_hz / whole(r), bound(r) / whole(r),
		done(r) / whole(r), r->n, r->n_wrong);
}
