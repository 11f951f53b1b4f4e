/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "frames.h"
#include "world.h"

/* A round of many small batches ends early; the median does not mind. */
#define SAMPLES_MAX MEDIAN_MAX

struct sample {
	struct figures of[STAGES];
};

struct measure {
	const struct measure_plan *plan;
	struct traffic traffic;
	struct stages stages;
	struct sample samples[SAMPLES_MAX];
	struct sample rounds[MEASURE_ROUNDS_MAX];
	double core_per_tsc[MEASURE_ROUNDS_MAX];
};

static struct sample median_sample(const struct sample *samples, unsigned n)
{
	struct sample sample;

	for (unsigned i = 0; i < STAGES; i++)
		sample.of[i] = median_figures(&samples->of[i], sizeof(*samples), n);
	return sample;
}

static void run_stage(struct stages *s, enum stage stage, struct sample *out)
{
	struct count count;

	stages_run(s, stage, &count);
	out->of[stage] = figures_per_packet(&count, s->batch.n);
}

/*
 * The whole way comes last, so that nothing but the frames is in the caches because of the stages. Look-ups alone get
 * packets of their own: for these, the tables' lines would be there.
 */
static void run_stages(struct measure *m, struct sample *out)
{
	struct stages *s = &m->stages;

	traffic_draw(&m->traffic, s->world, &s->batch);
	run_stage(s, STAGE_LOOK_UP, out);
	traffic_draw(&m->traffic, s->world, &s->batch);
	stages_write_datagrams(s);
	run_stage(s, STAGE_AEAD, out);
	stages_write_arrivals(s);
	run_stage(s, STAGE_RECEIVE, out);
	run_stage(s, STAGE_CLASSIFY, out);
	run_stage(s, STAGE_TRANSMIT, out);
	run_stage(s, STAGE_TOTAL, out);
}

/* Packets come out in the order in which they went in, so the n-th is the n-th, or something is lost. */
static unsigned check(struct stages *s)
{
	if (s->n_out < s->batch.n)
		return 0;
	return s->is_sealing ? frames_check_sealed(&s->batch, s->world, s->out, s->n_out)
			     : frames_check_plain(&s->batch, s->world, s->out, s->n_out);
}

static bool run_batch(struct measure *m, bool is_checked, struct sample *out_sample,
	struct measure_result *result)
{
	struct stages *s = &m->stages;

	if (rte_pktmbuf_alloc_bulk(s->world->pool, s->batch.mbufs, s->batch.n) != 0)
		return false;
	run_stages(m, out_sample);
	result->n_packets += s->batch.n;
	result->n_lost += s->batch.n - s->n_out;
	if (is_checked) {
		result->n_checked += s->n_out;
		result->n_wrong += check(s);
	}
	rte_pktmbuf_free_bulk(s->out, s->n_out);
	world_drain(s->world);
	return true;
}

/* The first batch is checked, which leaves the caches to others; it does not count. */
static bool run_round(struct measure *m, struct sample *out_sample, struct measure_result *result)
{
	const uint64_t begin_ns = clock_read();
	unsigned n = 0;

	if (!run_batch(m, true, &m->samples[0], result))
		return false;
	do {
		if (!run_batch(m, false, &m->samples[n++], result))
			return false;
	} while (n < SAMPLES_MAX && !clock_has_passed(clock_read(), begin_ns, m->plan->round_ns));
	*out_sample = median_sample(m->samples, n);
	return true;
}

/* Round 0 warms up: the one after it takes its place. */
static bool run_rounds(struct measure *m, struct measure_result *result)
{
	if (!run_round(m, &m->rounds[0], result))
		return false;
	for (unsigned i = 0; i < m->plan->n_rounds; i++) {
		m->core_per_tsc[i] = meter_core_per_tsc();
		if (!run_round(m, &m->rounds[i], result))
			return false;
	}
	return true;
}

static void sum_up(const struct measure *m, struct measure_result *out)
{
	const unsigned n = m->plan->n_rounds;
	const struct sample middle = median_sample(m->rounds, n);

	memcpy(out->of, middle.of, sizeof(out->of));
	out->core_per_tsc = median(m->core_per_tsc, sizeof(m->core_per_tsc[0]), n);
	out->low_tsc = out->high_tsc = middle.of[STAGE_TOTAL].tsc;
	for (unsigned i = 0; i < n; i++) {
		out->low_tsc = RTE_MIN(out->low_tsc, m->rounds[i].of[STAGE_TOTAL].tsc);
		out->high_tsc = RTE_MAX(out->high_tsc, m->rounds[i].of[STAGE_TOTAL].tsc);
	}
}

static void start(struct measure *m, struct world *world)
{
	const struct measure_plan *plan = m->plan;
	unsigned n_bursts = (BATCH_PACKETS + plan->burst - 1) / plan->burst;

	m->traffic = plan->traffic;
	m->stages.world = world;
	m->stages.is_opening = plan->traffic.is_from_peers;
	m->stages.is_sealing = plan->traffic.is_to_peers;
	m->stages.burst = plan->burst;
	m->stages.batch.n = n_bursts * plan->burst;
	meter_open(&m->stages.meter);
}

bool measure_run(const struct measure_plan *plan, struct world *world, struct measure_result *out)
{
	struct measure *m = calloc(1, sizeof(*m));
	bool is_done;

	*out = (struct measure_result){.n_packets = 0};
	if (!m)
		return false;
	m->plan = plan;
	start(m, world);
	out->has_cpu = meter_has_cpu(&m->stages.meter);
	is_done = run_rounds(m, out);
	if (is_done)
		sum_up(m, out);
	meter_close(&m->stages.meter);
	free(m);
	return is_done;
}
