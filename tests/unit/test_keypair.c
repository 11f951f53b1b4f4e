/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* A session's limits, [W] 6.2, at their edges: by messages and by age. */

#include "tables/keypair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"

#define BIRTH_NS (1000 * NSEC_PER_SEC)
#define LIMIT WG_REJECT_AFTER_MESSAGES

/* The next counter, how many are asked for, whether they are there, and the next one then. */
static const struct {
	uint64_t counter;
	unsigned n;
	bool is_reserved;
	uint64_t after;
} reservations[] = {
	/* 0: from the first one on */
	{0, 1, true, 1},
	{0, 64, true, 64},
	{WG_REKEY_AFTER_MESSAGES, 64, true, WG_REKEY_AFTER_MESSAGES + 64},
	/* 3: up to the last one and not beyond, be it for one packet or for many */
	{LIMIT - 2, 1, true, LIMIT - 1},
	{LIMIT - 1, 1, true, LIMIT},
	{LIMIT, 1, false, LIMIT},
	{LIMIT - 64, 64, true, LIMIT},
	{LIMIT - 63, 64, false, LIMIT - 63},
	{LIMIT - 63, 63, true, LIMIT},
	{LIMIT - 1, 2, false, LIMIT - 1},
	/* 10: what other workers took beyond it: nothing comes round */
	{LIMIT + 1, 1, false, LIMIT + 1},
	{LIMIT + 63, 64, false, LIMIT + 63},
	{UINT64_MAX, 1, false, UINT64_MAX},
};

static void test_reservations(void **state)
{
	(void)state;
	assert_true(LIMIT == UINT64_MAX - 8192); /* 2^64 - 2^13 - 1 */
	for (size_t row = 0; row < array_len(reservations); row++) {
		struct keypair kp = {.send_counter = reservations[row].counter};
		uint64_t first = 0;

		if (keypair_reserve(&kp, reservations[row].n, &first)
			!= reservations[row].is_reserved)
			fail_msg("row %zu", row);
		if (reservations[row].is_reserved && first != reservations[row].counter)
			fail_msg("row %zu: not the next one", row);
		if (atomic_load(&kp.send_counter) != reservations[row].after)
			fail_msg("row %zu: not this many", row);
	}
}

/* A session's age, its role and its counter: is it alive, and must it be renewed when it sends or receives? */
static const struct {
	uint64_t age_ns;
	bool is_initiator;
	uint64_t counter;
	bool is_alive, is_rekeyed_on_send, is_rekeyed_on_receive;
} ages[] = {
	/* 0: only the initiator watches the time */
	{0, true, 0, true, false, false},
	{WG_REKEY_AFTER_TIME_NS - 1, true, 0, true, false, false},
	{WG_REKEY_AFTER_TIME_NS, true, 0, true, true, false},
	{WG_REKEY_ON_RECEIVE_NS - 1, true, 0, true, true, false},
	{WG_REKEY_ON_RECEIVE_NS, true, 0, true, true, true},
	{WG_REJECT_AFTER_TIME_NS - 1, true, 0, true, true, true},
	{WG_REJECT_AFTER_TIME_NS, true, 0, false, true, true},
	{WG_REKEY_AFTER_TIME_NS, false, 0, true, false, false},
	{WG_REJECT_AFTER_TIME_NS - 1, false, 0, true, false, false},
	{WG_REJECT_AFTER_TIME_NS, false, 0, false, false, false},
	/* 10: both count messages */
	{0, true, WG_REKEY_AFTER_MESSAGES - 1, true, false, false},
	{0, true, WG_REKEY_AFTER_MESSAGES, true, true, false},
	{0, false, WG_REKEY_AFTER_MESSAGES - 1, true, false, false},
	{0, false, WG_REKEY_AFTER_MESSAGES, true, true, false},
	{0, false, LIMIT, true, true, false},
};

static void test_ages(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(ages); row++) {
		struct keypair kp = {.peer = NULL};
		const uint64_t now_ns = BIRTH_NS + ages[row].age_ns;

		keypair_set_age(&kp, BIRTH_NS, ages[row].is_initiator);
		if (session_is_alive(&kp.send_age, now_ns) != ages[row].is_alive
			|| session_is_alive(&kp.receive_age, now_ns) != ages[row].is_alive)
			fail_msg("row %zu: alive", row);
		if (keypair_wants_rekey_on_send(&kp, ages[row].counter, now_ns)
			!= ages[row].is_rekeyed_on_send)
			fail_msg("row %zu: send", row);
		if (keypair_wants_rekey_on_receive(&kp, now_ns) != ages[row].is_rekeyed_on_receive)
			fail_msg("row %zu: receive", row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reservations),
		cmocka_unit_test(test_ages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
