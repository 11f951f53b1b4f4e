/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/addr.h"
#include "base/clock.h"
#include "crypto/cookie_checker.h"
#include "handshake/cookie.h"
#include "protocol.h"

#define START_NS (1000 * NSEC_PER_SEC)
#define ROOM 255 /* of a worker's mailbox */

static const uint8_t public_key[WG_KEY_LEN] = {9};
static const uint8_t secret[WG_KEY_LEN] = {7};

struct gate {
	struct load load;
	struct admission admission;
	struct cookie_checker checker;
	struct cookie_maker maker;
	struct endpoint source;
	struct wg_msg_initiation msg;
	uint64_t now_ns;
};

static void gate_init(struct gate *g)
{
	*g = (struct gate){.now_ns = START_NS, .source = {.addr = {AF_INET, {192, 0, 2, 7}}}};
	assert_true(admission_init(&g->admission, &g->load, 1, randombytes_buf));
	cookie_checker_init(&g->checker, public_key, secret);
	cookie_maker_init(&g->maker, public_key);
}

static void note_queue(struct gate *g, unsigned n_waiting)
{
	load_note_queue(&g->load, n_waiting, ROOM, g->now_ns);
}

/* The next message of the source, which has a cookie if it was given one. */
static enum admission_verdict judge(struct gate *g)
{
	g->msg.ephemeral[0]++;
	cookie_add_macs(&g->maker, &g->msg, sizeof(g->msg), g->now_ns);
	return admission_judge(
		&g->admission, &g->checker, &g->source, &g->msg, sizeof(g->msg), g->now_ns);
}

/* The last message is answered. */
static void give_cookie(struct gate *g)
{
	const uint8_t nonce[WG_COOKIE_NONCE_LEN] = {3};
	struct wg_msg_cookie reply;

	cookie_make_reply(&g->checker, &g->source, &g->msg, sizeof(g->msg), nonce, &reply);
	assert_true(cookie_take_reply(&g->maker, public_key, &reply, g->now_ns));
}

/* How long the queue is at a time: is there load then? */
static const struct {
	uint64_t at_ms;
	unsigned n_waiting;
	bool is_loaded;
} load_rows[] = {
	{0, 0, false},
	{10, 30, false},
	{20, 31, true},
	{30, 0, true},
	{1019, 0, true},
	{1020, 0, false},
	{1030, 255, true},
	{2029, 31, true},
	{3028, 30, true},
	{3029, 30, false},
};

static void test_load(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	for (size_t i = 0; i < array_len(load_rows); i++) {
		g.now_ns = START_NS + load_rows[i].at_ms * NSEC_PER_MSEC;
		note_queue(&g, load_rows[i].n_waiting);
		if (load_is_on(&g.load, g.now_ns) != load_rows[i].is_loaded)
			fail_msg("row %zu", i);
	}
	admission_fini(&g.admission);
}

static void test_without_load(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE);
	/* A cookie changes nothing then. */
	give_cookie(&g);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE);
	admission_fini(&g.admission);
}

static void test_wrong_mac1(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	g.checker.mac1_key[0] ^= 1;
	assert_int_equal(judge(&g), ADMISSION_BAD_MAC);
	note_queue(&g, ROOM);
	assert_int_equal(judge(&g), ADMISSION_BAD_MAC);
	g.checker.mac1_key[0] ^= 1;
	give_cookie(&g);
	g.checker.mac1_key[0] ^= 1;
	assert_int_equal(judge(&g), ADMISSION_BAD_MAC);
	admission_fini(&g.admission);
}

/* The bucket of the address, a cookie, and another port. */
static void test_under_load(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	note_queue(&g, ROOM);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE);
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	give_cookie(&g);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE_PROVEN);

	/* The cookie is bound to the port. */
	g.source.port++;
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	give_cookie(&g);
	assert_int_equal(judge(&g), ADMISSION_HANDLE_PROVEN);
	admission_fini(&g.admission);
}

static void empty_common_bucket(struct gate *g)
{
	struct endpoint source = {.addr = {AF_INET, {10}}};

	do
		source.addr.bytes[3]++;
	while (ratelimiter_allow_unproven(g->admission.limiter, &source, g->now_ns));
}

/* Others who invent addresses cost a guest one round trip, and a secret that has changed meanwhile another one. */
static void test_guest_in_a_flood(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	note_queue(&g, ROOM);
	empty_common_bucket(&g);
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	give_cookie(&g);
	assert_int_equal(judge(&g), ADMISSION_HANDLE_PROVEN);

	cookie_checker_init(&g.checker, public_key, (const uint8_t[WG_KEY_LEN]){8});
	empty_common_bucket(&g);
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	give_cookie(&g);
	assert_int_equal(judge(&g), ADMISSION_HANDLE_PROVEN);
	admission_fini(&g.admission);
}

/* It lasts as long as the flood, though no queue is long any more. */
static void test_load_lasts(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	note_queue(&g, ROOM);
	for (unsigned i = 0; i < 50; i++, g.now_ns += 100 * NSEC_PER_MSEC) {
		note_queue(&g, 0);
		empty_common_bucket(&g);
		assert_int_equal(judge(&g), ADMISSION_COOKIE);
	}
	g.now_ns += NSEC_PER_SEC;
	assert_int_equal(judge(&g), ADMISSION_HANDLE);
	assert_false(load_is_on(&g.load, g.now_ns));
	admission_fini(&g.admission);
}

/* The `n` answers that go out at `at_ms` take `spent_us`: may there be more then, for a source without one and for others? */
static const struct {
	uint64_t at_ms;
	unsigned n;
	uint64_t spent_us;
	bool is_pressed;
	enum admission_verdict first, again;
} answer_rows[] = {
	/* 0: 50 ms of the last hundred, half of them for those without an answer; the next ones take as long as they took */
	{0, 20000, 0, false, ADMISSION_COOKIE, ADMISSION_COOKIE},
	{0, 20000, 25000, false, ADMISSION_COOKIE, ADMISSION_COOKIE},
	{0, 20000, 1000, false, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{0, 20000, 24000, false, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{0, 20000, 1000, false, ADMISSION_LEAVE, ADMISSION_LEAVE},
	{10, 20000, 0, false, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{60, 20000, 0, false, ADMISSION_COOKIE, ADMISSION_COOKIE},
	/* 7: a long pause gives no more */
	{10000, 20000, 50000, false, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{10000, 20000, 10, false, ADMISSION_LEAVE, ADMISSION_LEAVE},
	/* 9: more is waiting: an eighth */
	{20000, 20000, 6250, true, ADMISSION_COOKIE, ADMISSION_COOKIE},
	{20000, 20000, 6000, true, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{20000, 20000, 1000, true, ADMISSION_LEAVE, ADMISSION_LEAVE},
	/* 12: a long time is paid back */
	{30000, 20000, 100000, true, ADMISSION_LEAVE, ADMISSION_LEAVE},
	{30690, 20000, 0, false, ADMISSION_LEAVE, ADMISSION_LEAVE},
	{30710, 20000, 0, false, ADMISSION_COOKIE, ADMISSION_LEAVE},
	/* 15: yet not that in which others had the CPU: 10 us for each answer at most */
	{40000, 640, 500000, true, ADMISSION_COOKIE, ADMISSION_LEAVE},
	{50000, 2, 500000, true, ADMISSION_COOKIE, ADMISSION_COOKIE},
};

static void test_answers(void **state)
{
	struct gate g;

	(void)state;
	gate_init(&g);
	for (size_t i = 0; i < array_len(answer_rows); i++) {
		enum admission_verdict first, again;

		g.now_ns = START_NS + answer_rows[i].at_ms * NSEC_PER_MSEC;
		note_queue(&g, ROOM);
		empty_common_bucket(&g);
		if (answer_rows[i].spent_us)
			admission_note_answers(&g.admission, answer_rows[i].n, g.now_ns,
				g.now_ns + answer_rows[i].spent_us * NSEC_PER_USEC,
				answer_rows[i].is_pressed);
		g.source.port++;
		first = judge(&g);
		again = first == ADMISSION_COOKIE ? judge(&g) : ADMISSION_LEAVE;
		if (first != answer_rows[i].first || again != answer_rows[i].again)
			fail_msg("row %zu: %d, %d", i, first, again);
	}
	admission_fini(&g.admission);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_without_load),
		cmocka_unit_test(test_wrong_mac1),
		cmocka_unit_test(test_under_load),
		cmocka_unit_test(test_guest_in_a_flood),
		cmocka_unit_test(test_load_lasts),
		cmocka_unit_test(test_answers),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
