/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The heap beside a slow twin, that looks through all times for the first one. */

#include "schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "prng.h"

#define NEVER UINT64_MAX
#define N_ENTRIES 200
#define N_OPERATIONS 100000

static struct schedule *schedule;
static struct schedule_entry entries[N_ENTRIES];
static uint64_t twin[N_ENTRIES]; /* when each one is due */
static unsigned n_used;
static struct prng prng;

static uint64_t first_due(void)
{
	uint64_t due_ns = NEVER;

	for (unsigned i = 0; i < N_ENTRIES; i++)
		due_ns = twin[i] < due_ns ? twin[i] : due_ns;
	return due_ns;
}

static void set(unsigned i, uint64_t due_ns)
{
	schedule_set(schedule, &entries[i], due_ns);
	twin[i] = due_ns;
}

static void pop(uint64_t now_ns)
{
	uint64_t due_ns = first_due();
	const struct schedule_entry *entry = schedule_pop(schedule, now_ns);

	if (due_ns > now_ns || due_ns == NEVER) {
		assert_null(entry);
		return;
	}
	assert_non_null(entry);
	assert_int_equal(twin[entry - entries], due_ns);
	assert_int_equal(entry->position, 0);
	twin[entry - entries] = NEVER;
}

static int setup(void **state)
{
	(void)state;
	memset(entries, 0, sizeof(entries));
	memset(twin, 0xff, sizeof(twin));
	schedule = schedule_create();
	return schedule ? schedule_reserve(schedule, N_ENTRIES) : -1;
}

static int teardown(void **state)
{
	(void)state;
	schedule_destroy(schedule);
	return 0;
}

static void test_empty(void **state)
{
	(void)state;
	assert_int_equal(schedule_due_ns(schedule), NEVER);
	assert_null(schedule_pop(schedule, NEVER));
	set(0, NEVER);
	assert_int_equal(schedule_due_ns(schedule), NEVER);
	set(0, 5);
	set(0, NEVER);
	set(0, NEVER);
	assert_null(schedule_pop(schedule, NEVER));
}

static void test_due_at_its_time(void **state)
{
	(void)state;
	set(3, 1000);
	assert_int_equal(schedule_due_ns(schedule), 1000);
	pop(999);
	pop(1000);
	assert_int_equal(twin[3], NEVER);
	pop(NEVER - 1);
}

/* In waves, so that it fills up and runs empty; few times, so that many are equal. */
static void test_against_twin(void **state)
{
	uint64_t now_ns = 0;

	(void)state;
	for (unsigned n = 0; n < N_OPERATIONS; n++) {
		unsigned i = (unsigned)prng_below(&prng, N_ENTRIES);
		bool is_filling = n / 2000 % 2 == 0;

		if (prng_below(&prng, 4) < (is_filling ? 3 : 1))
			set(i, prng_below(&prng, 8) ? now_ns + prng_below(&prng, 50) : NEVER);
		else
			pop(now_ns);
		now_ns += prng_below(&prng, 20) == 0;
		assert_int_equal(schedule_due_ns(schedule), first_due());
		n_used += first_due() != NEVER;
	}
	assert_true(n_used > N_OPERATIONS / 4);
	while (first_due() != NEVER)
		pop(NEVER - 1);
	pop(NEVER - 1);
}

/* Room is made while entries are in it. */
static void test_grows(void **state)
{
	(void)state;
	schedule_destroy(schedule);
	schedule = schedule_create();
	for (uint32_t i = 0; i < N_ENTRIES; i++) {
		assert_int_equal(schedule_reserve(schedule, i + 1), 0);
		set(i, (i * 37) % N_ENTRIES);
	}
	for (uint64_t due_ns = 0; due_ns < N_ENTRIES; due_ns++) {
		assert_int_equal(schedule_due_ns(schedule), due_ns);
		pop(due_ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_due_at_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_against_twin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grows, setup, teardown),
	};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
