/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "mailbox.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define CAPACITY 8
#define HELD (CAPACITY - 1) /* a ring keeps one place free */
#define N_POSTS 100000
#define WAIT_MS 10000

static struct mailbox *mailbox;
static int wake_fd;

static int setup(void **state)
{
	(void)state;
	wake_fd = eventfd(0, EFD_NONBLOCK);
	mailbox = mailbox_create(CAPACITY, wake_fd);
	return mailbox ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	mailbox_destroy(mailbox);
	return close(wake_fd);
}

static bool post(uint32_t id)
{
	const struct event event = {.type = EVENT_REKEY, .id = id, .mbuf = (void *)(uintptr_t)~id};

	return mailbox_post(mailbox, &event);
}

/* Takes out one event, which must be number `id`. */
static void assert_next(uint32_t id)
{
	struct event event;

	assert_int_equal(mailbox_drain(mailbox, &event, 1), 1);
	assert_int_equal(event.type, EVENT_REKEY);
	assert_int_equal(event.id, id);
	assert_ptr_equal(event.mbuf, (void *)(uintptr_t)~id);
}

/* How often control was woken since the last look. */
static uint64_t wakes(void)
{
	uint64_t n = 0;

	return read(wake_fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void test_full_and_empty(void **state)
{
	struct event events[CAPACITY];
	uint32_t next = 0;

	(void)state;
	for (unsigned round = 0; round < 5; round++) {
		assert_true(mailbox_is_empty(mailbox));
		for (uint32_t i = 0; i < HELD; i++)
			assert_true(post(next + i));
		assert_false(post(next + HELD));
		assert_false(mailbox_is_empty(mailbox));
		assert_next(next);
		assert_true(post(next + HELD));
		assert_int_equal(mailbox_drain(mailbox, events, 3), 3);
		assert_int_equal(events[2].id, next + 3);
		assert_int_equal(mailbox_drain(mailbox, events, CAPACITY), HELD - 3);
		assert_int_equal(events[HELD - 4].id, next + HELD);
		assert_int_equal(mailbox_drain(mailbox, events, CAPACITY), 0);
		next += HELD + 1;
	}
}

static void test_bad_capacity(void **state)
{
	(void)state;
	assert_null(mailbox_create(7, -1));
}

/* A system call for each sleep, not for each event. */
static void test_wakes_only_who_sleeps(void **state)
{
	(void)state;
	assert_true(post(1));
	assert_int_equal(wakes(), 0);
	mailbox_set_sleeping(mailbox, true);
	assert_false(mailbox_is_empty(mailbox));
	assert_int_equal(wakes(), 0);
	assert_true(post(2));
	assert_int_equal(wakes(), 1);
	assert_true(post(3));
	assert_int_equal(wakes(), 0);
	mailbox_set_sleeping(mailbox, false);
	assert_true(post(4));
	assert_int_equal(wakes(), 0);
	mailbox_set_sleeping(mailbox, true);
	mailbox_set_sleeping(mailbox, false);
	assert_true(post(5));
	assert_int_equal(wakes(), 0);
}

static void test_refused_event_wakes_nobody(void **state)
{
	(void)state;
	while (post(1))
		continue;
	mailbox_set_sleeping(mailbox, true);
	assert_false(post(2));
	assert_int_equal(wakes(), 0);
}

static void *post_all(void *arg)
{
	(void)arg;
	for (uint32_t id = 0; id < N_POSTS; id++)
		while (!post(id))
			sched_yield();
	return NULL;
}

/* As control does: announce, look once more, sleep. A lost wake-up ends in a timeout. */
static void sleep_until_posted(void)
{
	struct pollfd pollfd = {.fd = wake_fd, .events = POLLIN};

	mailbox_set_sleeping(mailbox, true);
	if (mailbox_is_empty(mailbox))
		assert_int_equal(poll(&pollfd, 1, WAIT_MS), 1);
	mailbox_set_sleeping(mailbox, false);
	wakes();
}

static void test_two_threads(void **state)
{
	struct event events[3];
	pthread_t thread;
	uint32_t next = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, post_all, NULL), 0);
	while (next < N_POSTS) {
		unsigned n = mailbox_drain(mailbox, events, 3);

		for (unsigned i = 0; i < n; i++)
			assert_int_equal(events[i].id, next++);
		if (n == 0)
			sleep_until_posted();
	}
	pthread_join(thread, NULL);
	assert_true(mailbox_is_empty(mailbox));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_full_and_empty, setup, teardown),
		cmocka_unit_test(test_bad_capacity),
		cmocka_unit_test_setup_teardown(test_wakes_only_who_sleeps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_event_wakes_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
