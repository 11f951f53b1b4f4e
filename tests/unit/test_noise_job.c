/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * A job that is taken late: between its run and its taking something happens. It must come to nothing when what it was
 * computed from is not so any more, and nothing may have changed then.
 */

#include "handshake/noise_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "protocol.h"
#include "unit/engine.h"

static const uint8_t no_key[WG_KEY_LEN];

/* Two sides that know each other. All happens to `a`; `b` is the other end, and handshakes with it have been before. */
static struct engine a, b;
static struct noise_remote *a_to_b, *b_to_a;
static uint8_t now_s;

static const uint8_t *key_of(uint8_t number)
{
	static uint8_t keys[UINT8_MAX + 1][WG_KEY_LEN];

	memset(keys[number], number, WG_KEY_LEN);
	return keys[number];
}

static const uint8_t *stamp(void)
{
	static uint8_t timestamp[WG_TIMESTAMP_LEN];

	timestamp[0] = ++now_s;
	return timestamp;
}

static struct wg_msg_initiation initiation_to_a(void)
{
	struct wg_msg_initiation msg;

	assert_int_equal(noise_create_initiation(b_to_a, key_of(51), stamp(), &msg), NOISE_OK);
	return msg;
}

static void consume_initiation(void)
{
	const struct wg_msg_initiation msg = initiation_to_a();
	struct noise_remote *remote;

	assert_int_equal(
		noise_consume_initiation(a.local, &msg, now_s * NSEC_PER_SEC, &remote), NOISE_OK);
}

static void init(void)
{
	now_s = 0;
	engine_init(&a, key_of(1));
	engine_init(&b, key_of(2));
	a_to_b = engine_add(&a, &a, noise_local_public_key(b.local), no_key);
	b_to_a = engine_add(&b, &b, noise_local_public_key(a.local), no_key);
	consume_initiation(); /* from here on both know ss */
	noise_remote_forget(a_to_b);
	noise_remote_forget(b_to_a);
}

static void fini(void)
{
	engine_fini(&a);
	engine_fini(&b);
	assert_int_equal(a.n_held + b.n_held, 0);
}

/* What happens meanwhile. */
enum event {
	NOTHING,
	SAME_PRESHARED_KEY,
	PRESHARED_KEY,
	PRIVATE_KEY,
	FORGOTTEN,
	REPLACED, /* the remote is removed, and one with the same key added */
	REMOVED,
	NEWER_INITIATION,   /* of ours, which is still being computed */
	INITIATION_ARRIVES, /* and is consumed */
	EVENTS,
};

static void cause(enum event event)
{
	static struct noise_job other;

	switch (event) {
	case SAME_PRESHARED_KEY:
		noise_remote_set_preshared_key(a_to_b, no_key);
		break;
	case PRESHARED_KEY:
		noise_remote_set_preshared_key(a_to_b, key_of(99));
		break;
	case PRIVATE_KEY:
		assert_true(noise_local_set_private_key(a.local, key_of(3)));
		noise_remote_forget_identity(a_to_b);
		break;
	case FORGOTTEN:
		noise_remote_forget(a_to_b);
		break;
	case REPLACED:
	case REMOVED:
		noise_remote_destroy(a_to_b);
		a.n_remotes = 0;
		if (event == REPLACED)
			a_to_b = engine_add(&a, &a, noise_local_public_key(b.local), no_key);
		break;
	case NEWER_INITIATION:
		assert_int_equal(
			noise_prepare_initiation(a_to_b, key_of(52), stamp(), &other), NOISE_OK);
		break;
	case INITIATION_ARRIVES:
		consume_initiation();
		break;
	default:
		break;
	}
}

static enum noise_result take(struct noise_job *job)
{
	struct noise_remote *remote = NULL;
	enum noise_result result = NOISE_OK;

	switch (job->kind) {
	case NOISE_JOB_INITIATE:
		result = noise_take_initiation(job, &remote);
		break;
	case NOISE_JOB_OPEN:
	case NOISE_JOB_SHARE:
		result = noise_take_opening(job, now_s * NSEC_PER_SEC, &remote);
		break;
	case NOISE_JOB_RESPOND:
		result = noise_take_response(job, &remote);
		break;
	case NOISE_JOB_COMPLETE:
		result = noise_take_completion(job, &remote);
		break;
	}
	assert_true(result != NOISE_OK || remote == a_to_b);
	return result;
}

static void prepare(enum noise_job_kind kind, struct noise_job *job)
{
	struct wg_msg_initiation initiation;
	struct wg_msg_response response;
	struct noise_remote *remote;

	switch (kind) {
	case NOISE_JOB_INITIATE:
		assert_int_equal(
			noise_prepare_initiation(a_to_b, key_of(53), stamp(), job), NOISE_OK);
		break;
	case NOISE_JOB_OPEN:
		initiation = initiation_to_a();
		assert_int_equal(noise_prepare_opening(a.local, &initiation, job), NOISE_OK);
		break;
	case NOISE_JOB_SHARE:
		cause(REPLACED); /* it does not know ss */
		prepare(NOISE_JOB_OPEN, job);
		noise_job_run(job);
		assert_int_equal(take(job), NOISE_UNFINISHED);
		assert_int_equal(job->kind, NOISE_JOB_SHARE);
		break;
	case NOISE_JOB_RESPOND:
		consume_initiation();
		assert_int_equal(noise_prepare_response(a_to_b, key_of(54), job), NOISE_OK);
		break;
	case NOISE_JOB_COMPLETE:
		assert_int_equal(noise_create_initiation(a_to_b, key_of(55), stamp(), &initiation),
			NOISE_OK);
		assert_int_equal(noise_consume_initiation(
					 b.local, &initiation, now_s * NSEC_PER_SEC, &remote),
			NOISE_OK);
		assert_int_equal(noise_create_response(remote, key_of(56), &response), NOISE_OK);
		assert_int_equal(noise_prepare_completion(a_to_b, &response, job), NOISE_OK);
		break;
	}
}

#define OK NOISE_OK
#define OLD NOISE_OUTDATED

/* By what happens and enum noise_job_kind: INITIATE, OPEN, SHARE, RESPOND, COMPLETE. */
static const enum noise_result expected[EVENTS][NOISE_JOB_COMPLETE + 1] = {
	[NOTHING] = {OK, OK, OK, OK, OK},
	[SAME_PRESHARED_KEY] = {OK, OK, OK, OK, OK},
	[PRESHARED_KEY] = {OLD, OK, OLD, OLD, OLD},
	[PRIVATE_KEY] = {OLD, OLD, OLD, OLD, OLD},
	[FORGOTTEN] = {OLD, OK, OK, OLD, OLD},
	[REPLACED] = {OLD, NOISE_UNFINISHED, OLD, OLD, OLD},
	[REMOVED] = {OLD, NOISE_UNKNOWN_PEER, OLD, OLD, OLD},
	/* A response to the older one is as good, until the newer one is taken. */
	[NEWER_INITIATION] = {OLD, OK, OK, OK, OK},
	/* The initiation that was computed for longer is the older one. */
	[INITIATION_ARRIVES] = {OLD, NOISE_REPLAYED, NOISE_REPLAYED, OLD, OLD},
};

static void test_late(void **state)
{
	struct noise_job job;

	(void)state;
	for (unsigned event = 0; event < EVENTS; event++)
		for (unsigned kind = 0; kind <= NOISE_JOB_COMPLETE; kind++) {
			enum noise_result result;
			unsigned n_held;

			init();
			prepare(kind, &job);
			noise_job_run(&job);
			cause(event);
			n_held = a.n_held;
			result = take(&job);
			if (result != expected[event][kind])
				fail_msg("event %u, kind %u: %s", event, kind,
					noise_result_text(result));
			if (result != NOISE_OK)
				assert_int_equal(a.n_held, n_held);
			/* What came of age twice comes to nothing. */
			if (kind != NOISE_JOB_INITIATE && result == NOISE_OK)
				assert_int_not_equal(take(&job), NOISE_OK);
			fini();
		}
}

/* Two initiations of one remote that are computed beside each other: the newer one counts, in whatever order they are taken. */
static void test_two_initiations(void **state)
{
	struct noise_job older, newer;
	struct noise_remote *remote;

	(void)state;
	for (unsigned is_reversed = 0; is_reversed < 2; is_reversed++) {
		init();
		prepare(NOISE_JOB_OPEN, &older);
		prepare(NOISE_JOB_OPEN, &newer);
		noise_job_run(&newer);
		noise_job_run(&older);
		assert_int_equal(noise_take_opening(is_reversed ? &newer : &older,
					 now_s * NSEC_PER_SEC, &remote),
			NOISE_OK);
		assert_int_equal(noise_take_opening(is_reversed ? &older : &newer,
					 (now_s + 1) * NSEC_PER_SEC, &remote),
			is_reversed ? NOISE_REPLAYED : NOISE_OK);
		fini();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_two_initiations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
