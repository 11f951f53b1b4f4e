/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "contest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "field.h"

/* A turn of many short passes ends early; the median does not mind. */
#define PASSES_MAX 1024

#define CASES_MAX (CONTEST_LIST_MAX * CONTEST_LIST_MAX)

_Static_assert(PASSES_MAX <= MEDIAN_MAX && CONTEST_ROUNDS_MAX <= MEDIAN_MAX, "median has room");

struct sample {
	struct figures of[CONTEST_WAYS];
};

struct contest {
	const struct contest_plan *plan;
	struct contest_result *result;
	uint64_t turn_ns;
	struct meter meter;
	struct field field;
	struct aead *aeads[CONTESTANTS]; /* NULL: does not take part */
	struct sample passes[PASSES_MAX];
	struct sample turns[CONTESTANTS][CONTEST_ROUNDS_MAX];
	double core_per_tsc[CASES_MAX];
};

static struct figures measure_pass(struct contest *c, struct aead *aead, enum contest_way way)
{
	static void (*const passes[CONTEST_WAYS])(struct field *, struct aead *) = {
		[CONTEST_SEAL] = field_seal,
		[CONTEST_OPEN] = field_open,
	};
	struct count begin, count;

	meter_start(&c->meter, &begin);
	passes[way](&c->field, aead);
	meter_stop(&c->meter, &begin, &count);
	return figures_per_packet(&count, c->field.n);
}

static struct sample take_turn(struct contest *c, struct aead *aead)
{
	const uint64_t begin_ns = clock_read();
	struct sample middle;
	unsigned n = 0;

	do {
		for (unsigned way = 0; way < CONTEST_WAYS; way++)
			c->passes[n].of[way] = measure_pass(c, aead, way);
		n++;
	} while (n < PASSES_MAX && !clock_has_passed(clock_read(), begin_ns, c->turn_ns));
	for (unsigned way = 0; way < CONTEST_WAYS; way++)
		middle.of[way] = median_figures(&c->passes[0].of[way], sizeof(c->passes[0]), n);
	return middle;
}

static struct contest_cost sum_up(const struct contest *c, unsigned who, enum contest_way way)
{
	const struct sample *turns = c->turns[who];
	struct contest_cost cost;

	cost.median = median_figures(&turns[0].of[way], sizeof(turns[0]), c->plan->n_rounds);
	cost.low_tsc = cost.high_tsc = cost.median.tsc;
	for (unsigned round = 0; round < c->plan->n_rounds; round++) {
		double tsc = turns[round].of[way].tsc;

		cost.low_tsc = tsc < cost.low_tsc ? tsc : cost.low_tsc;
		cost.high_tsc = tsc > cost.high_tsc ? tsc : cost.high_tsc;
	}
	return cost;
}

/* The rows of a length and a burst, one for each who takes part. The check warms up. */
static void open_rows(struct contest *c, struct contest_row *rows[CONTESTANTS])
{
	struct contest_result *result = c->result;

	for (unsigned i = 0; i < CONTESTANTS; i++) {
		if (!c->aeads[i])
			continue;
		rows[i] = &result->rows[result->n_rows++];
		*rows[i] = (struct contest_row){
			.len = c->field.len,
			.burst = c->field.burst,
			.who = &contestants[i],
			.n_wrong = field_check(&c->field, c->aeads[i]),
		};
		result->n_checked += field_n_checks(&c->field);
	}
}

static void run_round(struct contest *c, unsigned round, struct contest_row *rows[CONTESTANTS])
{
	for (unsigned i = 0; i < CONTESTANTS; i++) {
		if (!c->aeads[i])
			continue;
		field_reset(&c->field); /* whatever the one before made of them */
		c->turns[i][round] = take_turn(c, c->aeads[i]);
		rows[i]->n_wrong += field_n_wrong(&c->field);
		c->result->n_checked += c->field.n;
	}
}

static void run_case(struct contest *c)
{
	struct contest_row *rows[CONTESTANTS] = {NULL};

	open_rows(c, rows);
	for (unsigned round = 0; round < c->plan->n_rounds; round++)
		run_round(c, round, rows);
	for (unsigned i = 0; i < CONTESTANTS; i++) {
		if (!rows[i])
			continue;
		for (unsigned way = 0; way < CONTEST_WAYS; way++)
			rows[i]->of[way] = sum_up(c, i, way);
		c->result->n_wrong += rows[i]->n_wrong;
	}
}

static bool run_cases(struct contest *c)
{
	const struct contest_list *lens = &c->plan->lens, *bursts = &c->plan->bursts;

	const unsigned n = lens->n * bursts->n;

	for (unsigned i = 0; i < n; i++) {
		bool is_ready = field_create(
			&c->field, lens->values[i / bursts->n], bursts->values[i % bursts->n]);

		c->core_per_tsc[i] = meter_core_per_tsc();
		if (is_ready)
			run_case(c);
		field_destroy(&c->field);
		if (!is_ready)
			return false;
	}
	c->result->core_per_tsc = median(c->core_per_tsc, sizeof(c->core_per_tsc[0]), n);
	return true;
}

static bool start_engines(struct contest *c)
{
	const struct contest_plan *plan = c->plan;
	unsigned n = 0;

	for (unsigned i = 0; i < CONTESTANTS; i++) {
		if (!plan->takes_part[i])
			continue;
		c->aeads[i] = aead_create(contestants[i].engine);
		if (!c->aeads[i])
			return false;
		n++;
	}
	c->turn_ns =
		plan->total_ns / (plan->lens.n * plan->bursts.n * plan->n_rounds * (n ? n : 1));
	return true;
}

bool contest_run(const struct contest_plan *plan, struct contest_result *out)
{
	struct contest *c = calloc(1, sizeof(*c));
	bool is_done;

	*out = (struct contest_result){.n_rows = 0};
	if (!c)
		return false;
	c->plan = plan;
	c->result = out;
	meter_open(&c->meter);
	out->has_cpu = meter_has_cpu(&c->meter);
	is_done = start_engines(c) && run_cases(c);
	for (unsigned i = 0; i < CONTESTANTS; i++)
		aead_destroy(c->aeads[i]);
	meter_close(&c->meter);
	free(c);
	return is_done;
}

double contest_ratio(
	const struct contest_result *result, const struct contest_row *row, enum contest_way way)
{
	const struct contestant *rival = contestant_rival(row->who);

	for (const struct contest_row *r = result->rows; r < result->rows + result->n_rows; r++)
		if (r->who == rival && r->len == row->len && r->burst == row->burst)
			return row->of[way].median.tsc / r->of[way].median.tsc;
	return 0;
}
