/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Jobs that go to other threads and come back, also under ThreadSanitizer. */

#include "helpers.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "unit/engine.h"

#define N_THREADS 2
#define N_JOBS 1000

static const uint8_t no_key[WG_KEY_LEN];
static int wake_fd;
static struct helpers *helpers;
static pthread_t threads[N_THREADS];

static void *run(void *arg)
{
	return (void *)(intptr_t)helper_run(arg);
}

static int setup(void **state)
{
	(void)state;
	wake_fd = eventfd(0, EFD_NONBLOCK);
	helpers = helpers_create(N_THREADS, wake_fd);
	return helpers ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	helpers_destroy(helpers);
	close(wake_fd);
	return 0;
}

static void start(void)
{
	for (unsigned i = 0; i < N_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, run, helpers_member(helpers, i)), 0);
}

static void stop(void)
{
	helpers_ask_to_stop(helpers);
	for (unsigned i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static unsigned collect(struct helper_job *jobs[HELPERS_MAX])
{
	return helpers_collect(helpers, jobs, HELPERS_MAX);
}

/* Sleeps until one comes, as control does. */
static struct helper_job *await(void)
{
	struct pollfd poll_fd = {.fd = wake_fd, .events = POLLIN};
	static struct helper_job *jobs[HELPERS_MAX];
	static unsigned n;
	uint64_t count;

	while (n == 0 && !(n = collect(jobs))) {
		assert_int_equal(poll(&poll_fd, 1, 60000), 1);
		assert_int_equal(read(wake_fd, &count, sizeof(count)), sizeof(count));
	}
	return jobs[--n];
}

/* The initiation of `engine` under the ephemeral key that `number` makes. */
static void prepare(struct engine *engine, uint32_t number, struct noise_job *job)
{
	uint8_t ephemeral[WG_KEY_LEN] = {0};

	le32_store(ephemeral + 4, number);
	assert_int_equal(noise_prepare_initiation(engine->remotes[0], ephemeral,
				 (const uint8_t[WG_TIMESTAMP_LEN]){1}, job),
		NOISE_OK);
}

static void check(struct engine *engine, struct helper_job *job)
{
	struct noise_job again;

	prepare(engine, le32_load(job->noise.ephemeral_private + 4), &again);
	noise_job_run(&again);
	assert_int_equal(job->noise.result, NOISE_OK);
	assert_memory_equal(&job->noise.initiation, &again.initiation, sizeof(again.initiation));
	helpers_return(helpers, job);
}

/* Each comes back once, computed as here, while others are under way. */
static void test_jobs_come_back(void **state)
{
	struct helper_job *jobs[HELPERS_MAX];
	static struct engine engine;
	unsigned n_back = 0;

	(void)state;
	engine_init(&engine, (const uint8_t[WG_KEY_LEN]){1, [31] = 64});
	engine_add(&engine, NULL, (const uint8_t[WG_KEY_LEN]){9}, no_key);
	start();
	for (uint32_t i = 0; i < N_JOBS; i++) {
		struct helper_job *job;

		while (!(job = helpers_lend(helpers, i % 2))) {
			check(&engine, await());
			n_back++;
		}
		prepare(&engine, i, &job->noise);
		helpers_post(helpers, job);
	}
	for (; n_back < N_JOBS; n_back++)
		check(&engine, await());
	assert_int_equal(helpers_n_received(helpers), 0);
	assert_int_equal(collect(jobs), 0);
	stop();
	engine_fini(&engine);
}

/* Jobs are few, and strangers do not get all of them. */
static void test_bounds(void **state)
{
	struct helper_job *jobs[HELPERS_JOBS];
	unsigned n;

	(void)state;
	assert_null(helpers_lend(NULL, false));
	assert_int_equal(helpers_collect(NULL, jobs, HELPERS_MAX), 0);
	assert_int_equal(helpers_n_received(NULL), 0);
	for (n = 0; n < HELPERS_JOBS_RECEIVED; n++)
		assert_non_null(jobs[n] = helpers_lend(helpers, true));
	assert_int_equal(helpers_n_received(helpers), HELPERS_JOBS_RECEIVED);
	assert_null(helpers_lend(helpers, true));
	for (; n < HELPERS_JOBS; n++)
		assert_non_null(jobs[n] = helpers_lend(helpers, false));
	assert_null(helpers_lend(helpers, false));
	memset(&jobs[0]->noise, 0xaa, sizeof(jobs[0]->noise));
	helpers_return(helpers, jobs[0]);
	assert_int_equal(helpers_n_received(helpers), HELPERS_JOBS_RECEIVED - 1);
	assert_memory_equal(&jobs[0]->noise, &(struct noise_job){0}, sizeof(struct noise_job));
	assert_ptr_equal(helpers_lend(helpers, true), jobs[0]);
}

/* Those that wait when it ends stay with it, and are freed by it. */
static void test_stop_with_jobs(void **state)
{
	static struct engine engine;

	(void)state;
	engine_init(&engine, (const uint8_t[WG_KEY_LEN]){1, [31] = 64});
	engine_add(&engine, NULL, (const uint8_t[WG_KEY_LEN]){9}, no_key);
	for (uint32_t i = 0; i < HELPERS_JOBS; i++) {
		struct helper_job *job = helpers_lend(helpers, false);

		prepare(&engine, i, &job->noise);
		helpers_post(helpers, job);
	}
	start();
	stop();
	engine_fini(&engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_jobs_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_with_jobs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
