/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "measure.h"

#include <stdlib.h>

#include "base/clock.h"
#include "decap.h"
#include "encap.h"
#include "meter.h"
#include "world.h"

/* A round of many small batches ends early; the median does not mind. */
#define SAMPLES_MAX 8192

struct sample {
	struct figures total;
	struct figures aead;
};

struct measure {
	const struct measure_plan *plan;
	struct world *world;
	struct traffic traffic;
	struct meter meter;
	struct batch batch;
	struct rte_mbuf *out[BATCH_MAX];
	struct sample samples[SAMPLES_MAX];
	struct sample rounds[MEASURE_ROUNDS_MAX];
	double core_per_tsc[MEASURE_ROUNDS_MAX];
};

static struct figures per_packet(const struct count *count, unsigned n)
{
	return (struct figures){(double)count->tsc / n, (double)count->cpu_cycles / n,
		(double)count->instructions / n};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of the doubles that lie `stride` apart from `first` on; n is at most SAMPLES_MAX. */
static double median(const double *first, size_t stride, unsigned n)
{
	static double values[SAMPLES_MAX];

	for (unsigned i = 0; i < n; i++)
		values[i] = *(const double *)((const char *)first + i * stride);
	qsort(values, n, sizeof(values[0]), compare);
	return values[n / 2];
}

static struct figures median_figures(const struct figures *first, unsigned n)
{
	const size_t stride = sizeof(struct sample);

	return (struct figures){median(&first->tsc, stride, n),
		median(&first->cpu_cycles, stride, n), median(&first->instructions, stride, n)};
}

static struct sample median_sample(const struct sample *samples, unsigned n)
{
	return (struct sample){
		median_figures(&samples->total, n), median_figures(&samples->aead, n)};
}

/* What the pipeline asks of the AEAD for these packets, without the pipeline. */
static struct figures run_aead(struct measure *m)
{
	const struct measure_plan *plan = m->plan;
	struct aead *aead = m->world->pl.aead;
	struct batch *b = &m->batch;
	struct count begin, count;

	batch_write_datagrams(b, m->world);
	if (plan->is_opening)
		aead_seal(aead, b->ops, b->n);
	meter_start(&m->meter, &begin);
	for (unsigned i = 0; i < b->n; i += plan->burst) {
		if (plan->is_opening)
			aead_open(aead, b->ops + i, plan->burst);
		if (plan->is_sealing)
			aead_seal(aead, b->ops + i, plan->burst);
	}
	meter_stop(&m->meter, &begin, &count);
	return per_packet(&count, b->n);
}

static unsigned run_burst(struct measure *m, struct rte_mbuf **in, struct rte_mbuf **out)
{
	struct rte_mbuf *inner[PACKET_BURST];
	struct world *w = m->world;
	unsigned n = m->plan->burst;

	if (!m->plan->is_opening)
		return encap_burst(&w->pl, w->iface, in, n, out);
	if (!m->plan->is_sealing)
		return decap_burst(&w->pl, w->iface, in, n, out);
	n = decap_burst(&w->pl, w->iface, in, n, inner);
	return encap_burst(&w->pl, w->iface, inner, n, out);
}

static struct figures run_pipeline(struct measure *m, unsigned *out_n)
{
	struct batch *b = &m->batch;
	struct count begin, count;
	unsigned n = 0;

	if (m->plan->is_opening) {
		batch_write_datagrams(b, m->world);
		aead_seal(m->world->pl.aead, b->ops, b->n);
	} else {
		batch_write_inner(b);
	}
	meter_start(&m->meter, &begin);
	for (unsigned i = 0; i < b->n; i += m->plan->burst)
		n += run_burst(m, b->mbufs + i, m->out + n);
	meter_stop(&m->meter, &begin, &count);
	*out_n = n;
	return per_packet(&count, b->n);
}

/* Packets come out in the order in which they went in, so the n-th is the n-th, or something is lost. */
static unsigned check(struct measure *m, unsigned n_out)
{
	if (n_out < m->batch.n)
		return 0;
	return m->plan->is_sealing ? batch_check_sealed(&m->batch, m->world, m->out, n_out)
				   : batch_check_inner(&m->batch, m->out, n_out);
}

static bool run_batch(struct measure *m, bool is_checked, struct sample *out_sample,
	struct measure_result *result)
{
	const unsigned n = (BATCH_PACKETS + m->plan->burst - 1) / m->plan->burst * m->plan->burst;
	unsigned n_out;

	if (!traffic_draw(&m->traffic, m->world, n, &m->batch))
		return false;
	out_sample->aead = run_aead(m);
	out_sample->total = run_pipeline(m, &n_out);
	result->n_packets += n;
	result->n_lost += n - n_out;
	if (is_checked) {
		result->n_checked += n_out;
		result->n_wrong += check(m, n_out);
	}
	rte_pktmbuf_free_bulk(m->out, n_out);
	world_drain(m->world);
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

	out->total = middle.total;
	out->aead = middle.aead;
	out->core_per_tsc = median(m->core_per_tsc, sizeof(m->core_per_tsc[0]), n);
	out->low_tsc = out->high_tsc = middle.total.tsc;
	for (unsigned i = 0; i < n; i++) {
		out->low_tsc = RTE_MIN(out->low_tsc, m->rounds[i].total.tsc);
		out->high_tsc = RTE_MAX(out->high_tsc, m->rounds[i].total.tsc);
	}
}

bool measure_run(const struct measure_plan *plan, struct world *world, struct measure_result *out)
{
	struct measure *m = calloc(1, sizeof(*m));
	bool is_done;

	*out = (struct measure_result){.n_packets = 0};
	if (!m)
		return false;
	m->plan = plan;
	m->world = world;
	m->traffic = plan->traffic;
	meter_open(&m->meter);
	out->has_cpu = meter_has_cpu(&m->meter);
	is_done = run_rounds(m, out);
	if (is_done)
		sum_up(m, out);
	meter_close(&m->meter);
	free(m);
	return is_done;
}
