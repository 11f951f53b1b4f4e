/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/clock.h"
#include "handshake/cookie.h"
#include "protocol.h"

#define START_NS (1000 * NSEC_PER_SEC)
#define ROOM 255 /* of a worker's mailbox */

static const uint8_t public_key[WG_KEY_LEN] = {9};
static const uint8_t secret[WG_KEY_LEN] = {7};

struct gate {
	struct admission admission;
	struct cookie_checker checker;
	struct cookie_maker maker;
	struct endpoint source;
	struct wg_msg_initiation msg;
	uint64_t now_ns;
};

static void gate_init(struct gate *g)
{
	const uint8_t key[RATELIMITER_KEY_LEN] = {1};

	*g = (struct gate){.now_ns = START_NS, .source = {.addr = {AF_INET, {192, 0, 2, 7}}}};
	assert_true(admission_init(&g->admission, key));
	cookie_checker_init(&g->checker, public_key);
	cookie_renew(&g->checker, secret, START_NS);
	cookie_maker_init(&g->maker, public_key);
}

static void note_queue(struct gate *g, unsigned n_waiting)
{
	admission_note_queue(&g->admission, n_waiting, ROOM, g->now_ns);
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
		if (admission_is_loaded(&g.admission, g.now_ns) != load_rows[i].is_loaded)
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

/* The bucket of the address, a cookie, the bucket of address and port; and back when the load is gone. */
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
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE);
	assert_int_equal(judge(&g), ADMISSION_RATE);

	/* The cookie is bound to the port; that of another port has tokens of its own. */
	g.source.port++;
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	give_cookie(&g);
	assert_int_equal(judge(&g), ADMISSION_HANDLE);

	g.now_ns += NSEC_PER_SEC;
	g.source.port--;
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(judge(&g), ADMISSION_HANDLE);
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
	assert_int_equal(judge(&g), ADMISSION_HANDLE);

	g.now_ns += WG_COOKIE_SECRET_NS;
	note_queue(&g, ROOM);
	empty_common_bucket(&g);
	assert_int_equal(judge(&g), ADMISSION_COOKIE);
	assert_true(cookie_is_stale(&g.checker, g.now_ns));
	cookie_renew(&g.checker, (const uint8_t[WG_KEY_LEN]){8}, g.now_ns);
	give_cookie(&g);
	assert_int_equal(judge(&g), ADMISSION_HANDLE);
	admission_fini(&g.admission);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_without_load),
		cmocka_unit_test(test_under_load),
		cmocka_unit_test(test_guest_in_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
