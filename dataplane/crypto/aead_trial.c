/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * How fast each engine is on this CPU: the quickest of some rounds, in which the engines take turns, so that what
 * else the machine does disturbs all alike.
 */

#include "crypto/aead_impl.h"

#include <stdlib.h>
#include <x86intrin.h>

#define N_OPS 32
#define N_ROUNDS 8
#define ROW_LEN (1424 + 144) /* apart as packet buffers are: no power of two */

static const uint32_t lengths[AEAD_TRIAL_LENGTHS] = {64, 256, 1424};

struct field {
	struct aead *aeads[AEAD_ENGINES_MAX];
	struct aead_op ops[N_OPS];
	uint8_t keys[N_OPS][WG_KEY_LEN]; /* all alike: no engine's time depends on them */
	uint8_t packets[N_OPS][ROW_LEN];
};

static void ops_prepare(struct field *field, uint32_t len)
{
	for (unsigned i = 0; i < N_OPS; i++) {
		field->ops[i] = (struct aead_op){
			.key = field->keys[i],
			.counter = i,
			.src = field->packets[i],
			.dst = field->packets[i],
			.len = len,
		};
	}
}

static uint32_t burst_measure(struct field *field, struct aead *aead)
{
	uint64_t start = __rdtsc();

	aead_seal(aead, field->ops, N_OPS);
	aead_open(aead, field->ops, N_OPS);
	return (uint32_t)((__rdtsc() - start) / (2 * N_OPS));
}

static void length_measure(struct field *field, struct aead_trials *trials, unsigned length)
{
	ops_prepare(field, lengths[length]);
	for (unsigned round = 0; round < N_ROUNDS; round++) {
		for (unsigned i = 0; i < trials->n; i++) {
			uint32_t *best = &trials->trials[i].cycles[length];
			uint32_t cycles = burst_measure(field, field->aeads[i]);

			if (round == 0 || cycles < *best)
				*best = cycles;
		}
	}
}

/* Each length counts alike: the sum of the times, each as a ratio to `base`'s. */
static double trial_score(const struct aead_trial *trial, const struct aead_trial *base)
{
	double score = 0;

	for (unsigned i = 0; i < AEAD_TRIAL_LENGTHS; i++)
		score += (double)trial->cycles[i] / (base->cycles[i] ? base->cycles[i] : 1);
	return score;
}

/* By insertion; of two alike the earlier stays first. */
static void trials_sort(struct aead_trials *trials)
{
	const struct aead_trial base = trials->trials[0];

	for (unsigned i = 1; i < trials->n; i++) {
		struct aead_trial trial = trials->trials[i];
		unsigned to = i;

		for (; to > 0
			&& trial_score(&trial, &base) < trial_score(&trials->trials[to - 1], &base);
			to--)
			trials->trials[to] = trials->trials[to - 1];
		trials->trials[to] = trial;
	}
}

static void engines_start(struct field *field, struct aead_trials *trials)
{
	unsigned n = 0;

	for (unsigned i = 0; i < trials->n; i++) {
		field->aeads[n] = aead_create(trials->trials[i].engine);
		if (field->aeads[n])
			trials->trials[n++] = trials->trials[i];
	}
	trials->n = n;
}

void aead_trials_run(struct aead_trials *trials)
{
	struct field *field = calloc(1, sizeof(*field));

	if (!field) {
		trials->n = 0;
		return;
	}
	engines_start(field, trials);
	for (unsigned i = 0; i < AEAD_TRIAL_LENGTHS; i++)
		length_measure(field, trials, i);
	for (unsigned i = 0; i < trials->n; i++)
		aead_destroy(field->aeads[i]);
	free(field);
	if (trials->n)
		trials_sort(trials);
}
