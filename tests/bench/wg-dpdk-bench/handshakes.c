/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshakes.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/secure.h"
#include "crypto/mac1.h"
#include "handshake/cookie.h"
#include "handshake/noise_job.h"
#include "handshake/tai64n.h"
#include "measure.h"

#define CALLERS 16 /* that call in turn: a batch */

struct caller {
	struct noise_local *local;
	struct noise_remote *remote; /* the responder, as the caller sees it */
	struct cookie_maker macs;
	struct tai64n_clock stamps;
	struct wg_msg_initiation initiation;
	struct wg_msg_response response; /* the answer */
};

/* The responder, its callers, and what it made of them. */
struct hall {
	struct caller callers[CALLERS];
	struct noise_local *local;
	struct noise_remote *remotes[CALLERS];
	struct cookie_maker macs[CALLERS];
	uint8_t mac1_key[WG_KEY_LEN];
	struct noise_session sessions[CALLERS];
	uint32_t last_index;
	uint64_t n_calls;
};

/* Upcalls: the context of a caller's identity is that caller's hall, too. */

static struct noise_remote *find(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	struct hall *hall = context;

	for (unsigned i = 0; i < CALLERS; i++) {
		if (memcmp(noise_local_public_key(hall->callers[i].local), public_key, WG_KEY_LEN)
			== 0)
			return hall->remotes[i];
	}
	return NULL;
}

static int index_take(void *context, void *owner, uint32_t *out_index)
{
	struct hall *hall = context;

	(void)owner;
	*out_index = ++hall->last_index;
	return 0;
}

static void index_drop(void *context, uint32_t index)
{
	(void)context;
	(void)index;
}

static struct noise_remote *find_responder(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	struct caller *caller = context;

	(void)public_key;
	return caller->remote;
}

static int caller_index_take(void *context, void *owner, uint32_t *out_index)
{
	(void)context;
	(void)owner;
	*out_index = 1;
	return 0;
}

static const struct noise_upcalls upcalls = {find, index_take, index_drop};
static const struct noise_upcalls caller_upcalls = {find_responder, caller_index_take, index_drop};

static bool add_caller(struct hall *hall, unsigned i)
{
	const uint8_t *responder = noise_local_public_key(hall->local);
	struct caller *caller = &hall->callers[i];
	uint8_t key[WG_KEY_LEN], preshared_key[WG_KEY_LEN];

	randombytes_buf(key, sizeof(key));
	randombytes_buf(preshared_key, sizeof(preshared_key));
	caller->local = noise_local_create(key, &caller_upcalls, caller);
	if (!caller->local)
		return false;
	caller->remote = noise_remote_create(caller->local, NULL, responder, preshared_key);
	cookie_maker_init(&caller->macs, responder);
	hall->remotes[i] = noise_remote_create(
		hall->local, NULL, noise_local_public_key(caller->local), preshared_key);
	cookie_maker_init(&hall->macs[i], noise_local_public_key(caller->local));
	return caller->remote && hall->remotes[i];
}

static bool hall_init(struct hall *hall)
{
	uint8_t key[WG_KEY_LEN];
	bool is_ready;

	*hall = (struct hall){.n_calls = 0};
	if (sodium_init() < 0)
		return false;
	randombytes_buf(key, sizeof(key));
	hall->local = noise_local_create(key, &upcalls, hall);
	is_ready = hall->local != NULL;
	for (unsigned i = 0; i < CALLERS && is_ready; i++)
		is_ready = add_caller(hall, i);
	if (is_ready)
		mac1_derive_key(hall->mac1_key, noise_local_public_key(hall->local));
	return is_ready;
}

static void hall_fini(struct hall *hall)
{
	for (unsigned i = 0; i < CALLERS; i++) {
		noise_remote_destroy(hall->remotes[i]);
		noise_remote_destroy(hall->callers[i].remote);
		noise_local_destroy(hall->callers[i].local);
	}
	noise_local_destroy(hall->local);
}

/* Timestamps and clock go on by a second for each batch, so that nobody calls too soon. */
static uint64_t hall_clock(const struct hall *hall)
{
	return hall->n_calls / CALLERS * NSEC_PER_SEC + 1;
}

static bool call(struct hall *hall, struct caller *caller)
{
	const struct timespec wall = {.tv_sec = (time_t)++hall->n_calls};
	uint8_t ephemeral[WG_KEY_LEN], timestamp[WG_TIMESTAMP_LEN];
	struct noise_job job;

	randombytes_buf(ephemeral, sizeof(ephemeral));
	tai64n_stamp(&caller->stamps, &wall, timestamp);
	if (noise_prepare_initiation(caller->remote, ephemeral, timestamp, &job) != NOISE_OK)
		return false;
	noise_job_run(&job);
	if (noise_take_initiation(&job, &caller->remote) != NOISE_OK)
		return false;
	caller->initiation = job.initiation;
	cookie_add_macs(
		&caller->macs, &caller->initiation, sizeof(caller->initiation), hall_clock(hall));
	return true;
}

/* What is measured. */
static bool answer(struct hall *hall, unsigned i)
{
	const struct wg_msg_initiation *msg = &hall->callers[i].initiation;
	uint8_t ephemeral[WG_KEY_LEN];
	struct noise_remote *remote;
	struct noise_job job;
	enum noise_result result;

	if (!mac1_check(hall->mac1_key, msg, sizeof(*msg))
		|| noise_prepare_opening(hall->local, msg, &job) != NOISE_OK)
		return false;
	do {
		noise_job_run(&job);
		result = noise_take_opening(&job, hall_clock(hall), &remote);
	} while (result == NOISE_UNFINISHED);
	randombytes_buf(ephemeral, sizeof(ephemeral));
	if (result != NOISE_OK || noise_prepare_response(remote, ephemeral, &job) != NOISE_OK)
		return false;
	noise_job_run(&job);
	if (noise_take_response(&job, &remote) != NOISE_OK
		|| noise_begin_session(remote, &hall->sessions[i]) != NOISE_OK)
		return false;
	cookie_add_macs(&hall->macs[i], &job.response, sizeof(job.response), hall_clock(hall));
	hall->callers[i].response = job.response;
	secure_wipe(&job, sizeof(job));
	return true;
}

/* Do both ends have the same keys? */
static bool is_agreed(struct hall *hall, unsigned i)
{
	struct caller *caller = &hall->callers[i];
	struct noise_session session;
	struct noise_job job;

	if (noise_prepare_completion(caller->remote, &caller->response, &job) != NOISE_OK)
		return false;
	noise_job_run(&job);
	return noise_take_completion(&job, &caller->remote) == NOISE_OK
		&& noise_begin_session(caller->remote, &session) == NOISE_OK
		&& memcmp(session.send_key, hall->sessions[i].receive_key, WG_KEY_LEN) == 0
		&& memcmp(session.receive_key, hall->sessions[i].send_key, WG_KEY_LEN) == 0;
}

static void multiply(bool is_base)
{
	uint8_t point[WG_KEY_LEN], scalar[WG_KEY_LEN];

	randombytes_buf(scalar, sizeof(scalar));
	crypto_scalarmult_curve25519_base(point, scalar);
	for (unsigned i = 0; i < CALLERS; i++) {
		if (is_base)
			crypto_scalarmult_curve25519_base(point, point);
		else if (crypto_scalarmult_curve25519(point, scalar, point) < 0)
			return;
	}
}

static void run_part(struct hall *hall, enum handshakes_part part, bool *out_is_answered)
{
	if (part != HANDSHAKES_WHOLE)
		multiply(part == HANDSHAKES_X25519_BASE);
	for (unsigned i = 0; i < CALLERS && part == HANDSHAKES_WHOLE; i++)
		out_is_answered[i] = answer(hall, i);
}

static void run_batch(struct hall *hall, const struct meter *meter,
	struct handshakes_result *result, struct figures out[HANDSHAKES_PARTS])
{
	bool is_answered[CALLERS];
	struct count begin, count;

	for (unsigned i = 0; i < CALLERS; i++)
		if (!call(hall, &hall->callers[i]))
			result->n_wrong++;
	for (unsigned part = 0; part < HANDSHAKES_PARTS; part++) {
		meter_start(meter, &begin);
		run_part(hall, part, is_answered);
		meter_stop(meter, &begin, &count);
		out[part] = figures_per_packet(&count, CALLERS);
	}
	for (unsigned i = 0; i < CALLERS; i++)
		if (!is_answered[i] || !is_agreed(hall, i))
			result->n_wrong++;
	result->n += CALLERS;
}

/* The medians of one round's batches. */
static void run_round(struct hall *hall, const struct meter *meter, uint64_t round_ns,
	struct handshakes_result *result, struct figures out[HANDSHAKES_PARTS])
{
	static struct figures batches[MEDIAN_MAX][HANDSHAKES_PARTS];
	const uint64_t begin_ns = clock_read();
	unsigned n = 0;

	do
		run_batch(hall, meter, result, batches[n++]);
	while (n < MEDIAN_MAX && !clock_has_passed(clock_read(), begin_ns, round_ns));
	for (unsigned part = 0; part < HANDSHAKES_PARTS; part++)
		out[part] = median_figures(&batches[0][part], sizeof(batches[0]), n);
}

bool handshakes_run(unsigned n_rounds, uint64_t round_ns, struct handshakes_result *out)
{
	static struct figures rounds[MEASURE_ROUNDS_MAX][HANDSHAKES_PARTS];
	static struct hall hall;
	struct figures warm[HANDSHAKES_PARTS];
	struct meter meter;
	bool is_ready = hall_init(&hall);

	*out = (struct handshakes_result){.low_tsc = 0};
	meter_open(&meter);
	if (is_ready)
		run_batch(&hall, &meter, out, warm); /* each multiplies ss, once for all */
	for (unsigned i = 0; i < n_rounds && is_ready; i++) {
		double tsc;

		run_round(&hall, &meter, round_ns, out, rounds[i]);
		tsc = rounds[i][HANDSHAKES_WHOLE].tsc;
		out->low_tsc = i == 0 || tsc < out->low_tsc ? tsc : out->low_tsc;
		out->high_tsc = tsc > out->high_tsc ? tsc : out->high_tsc;
	}
	for (unsigned part = 0; part < HANDSHAKES_PARTS; part++)
		out->of[part] = median_figures(&rounds[0][part], sizeof(rounds[0]), n_rounds);
	meter_close(&meter);
	hall_fini(&hall);
	return is_ready;
}
