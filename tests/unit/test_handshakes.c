/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshakes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "crypto/mac1.h"
#include "handshake/cookie.h"
#include "pipeline_fixture.h"

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_init(&f);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&f);
}

static const struct {
	uint8_t type;
	uint16_t len;
} kinds[] = {
	{WG_MSG_INITIATION, sizeof(struct wg_msg_initiation)},
	{WG_MSG_RESPONSE, sizeof(struct wg_msg_response)},
	{WG_MSG_COOKIE, sizeof(struct wg_msg_cookie)}, /* the last one: without a mac1 */
};

/* Somebody who calls, IPv6 if `n` is odd; each has an address of its own. */
struct caller {
	struct endpoint endpoint;
	struct cookie_maker maker;
	size_t kind;
	uint8_t msg[sizeof(struct wg_msg_initiation)];
};

static struct caller caller(unsigned n, size_t kind)
{
	struct caller c = {.endpoint.port = 51820, .kind = kind};

	c.endpoint.addr.family = n % 2 ? AF_INET6 : AF_INET;
	c.endpoint.addr.bytes[0] = n % 2 ? 0xfd : 10;
	c.endpoint.addr.bytes[1] = (uint8_t)(n >> 8);
	c.endpoint.addr.bytes[2] = (uint8_t)n;
	cookie_maker_init(&c.maker, fixture_public_key);
	return c;
}

/* Its next message, as it arrives. */
static struct rte_mbuf *message(struct caller *c)
{
	struct rte_mbuf *mbuf;

	for (unsigned i = 4; i < kinds[c->kind].len; i++)
		c->msg[i] = (uint8_t)(c->msg[i] + i);
	c->msg[0] = kinds[c->kind].type;
	if (c->msg[0] != WG_MSG_COOKIE)
		cookie_add_macs(&c->maker, c->msg, kinds[c->kind].len, f.pl.now_ns);
	mbuf = fixture_mbuf(c->msg, kinds[c->kind].len);
	packet_of(mbuf)->outer = c->endpoint;
	packet_of(mbuf)->to = (void *)&f; /* of whatever the buffer held before */
	return mbuf;
}

static unsigned judge_one(struct rte_mbuf *mbuf)
{
	struct rte_mbuf *out[PACKET_BURST];
	unsigned n;

	f.pl.handshakes[f.pl.n_handshakes++] = mbuf;
	n = handshakes_judge(&f.pl, &f.ifaces[1], out);
	assert_int_equal(f.pl.n_handshakes, 0);
	if (n)
		assert_ptr_equal(out[0], mbuf);
	return n;
}

static void set_load(void)
{
	atomic_store(&f.load.seen_ns, f.pl.now_ns);
}

/* Until strangers have no token left. */
static void empty_common_bucket(void)
{
	unsigned n = 1000;
	struct caller other;

	do {
		other = caller(n++, 0);
	} while (ratelimiter_allow_unproven(f.pl.admission.limiter, &other.endpoint, f.pl.now_ns));
}

static void expect_posted(enum mailbox_kind kind, uint32_t type, struct rte_mbuf *mbuf)
{
	struct event event;

	assert_int_equal(mailbox_drain(f.pl.mailboxes[kind], &event, 1), 1);
	assert_int_equal(event.type, type);
	assert_ptr_equal(event.mbuf, mbuf);
	assert_int_equal(packet_of(mbuf)->iface_id, f.ifaces[1].iface_id);
	rte_pktmbuf_free(mbuf);
	for (unsigned i = 0; i < MAILBOX_KINDS; i++)
		assert_true(mailbox_is_empty(f.pl.mailboxes[i]));
}

static void test_without_load(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < array_len(kinds); kind++) {
		struct caller c = caller((unsigned)kind, kind);
		struct rte_mbuf *mbuf = message(&c);

		assert_int_equal(judge_one(mbuf), 0);
		assert_memory_equal(rte_pktmbuf_mtod(mbuf, void *), c.msg, kinds[kind].len);
		assert_true(endpoint_equal(&packet_of(mbuf)->outer, &c.endpoint));
		expect_posted(MAILBOX_HANDSHAKES, EVENT_HANDSHAKE, mbuf);
	}
	assert_int_equal(fixture_drops(&f), 0);
}

/* Any bit of what mac1 covers or of itself, and the key of somebody else; with and without load. */
static void test_wrong_mac1(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t kind = 0; kinds[kind].type != WG_MSG_COOKIE; kind++)
		for (unsigned at = 4; at < kinds[kind].len - WG_MAC_LEN; at++, n++) {
			struct caller c = caller(at, kind);
			struct rte_mbuf *mbuf = message(&c);

			if (at == 50)
				set_load();
			*rte_pktmbuf_mtod_offset(mbuf, uint8_t *, at) ^= (uint8_t)(1 << at % 8);
			assert_int_equal(judge_one(mbuf), 0);
		}
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_BAD_MAC), n);
	assert_int_equal(fixture_drops(&f), n);
	for (unsigned i = 0; i < MAILBOX_KINDS; i++)
		assert_true(mailbox_is_empty(f.pl.mailboxes[i]));
}

static void send_answer(struct rte_mbuf *mbuf)
{
	handshakes_answer(&f.pl, &f.ifaces[1], &mbuf, 1);
}

/* Under load: a cookie for each family and message, and with it to the mailbox of its own. */
static void test_cookie(void **state)
{
	(void)state;
	set_load();
	empty_common_bucket();
	for (unsigned i = 0; i < 4; i++) {
		struct caller c = caller(i, i / 2);
		struct rte_mbuf *mbuf = message(&c);

		assert_int_equal(judge_one(mbuf), 1);
		send_answer(mbuf);
		assert_int_equal(rte_pktmbuf_data_len(mbuf), sizeof(struct wg_msg_cookie));
		assert_int_equal(rte_pktmbuf_pkt_len(mbuf), sizeof(struct wg_msg_cookie));
		assert_true(endpoint_equal(&packet_of(mbuf)->outer, &c.endpoint));
		assert_int_equal(packet_of(mbuf)->kind, PACKET_DATAGRAM);
		assert_int_equal(packet_of(mbuf)->iface_id, f.ifaces[1].iface_id);
		assert_int_equal(packet_of(mbuf)->outer_tos, HANDSHAKE_TOS);
		assert_null(packet_of(mbuf)->to);
		assert_true(cookie_take_reply(&c.maker, fixture_public_key,
			rte_pktmbuf_mtod(mbuf, const struct wg_msg_cookie *), f.pl.now_ns));
		rte_pktmbuf_free(mbuf);

		mbuf = message(&c);
		assert_int_equal(judge_one(mbuf), 0);
		expect_posted(MAILBOX_PROVEN, EVENT_PROVEN_HANDSHAKE, mbuf);
	}
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_COOKIE_SENT), 4);
	assert_int_equal(fixture_drops(&f), 4);
}

/* Cookie replies are none of a stranger's business, but have no mac1: control looks at them, load or not. */
static void test_cookie_replies_under_load(void **state)
{
	struct caller c = caller(0, 2);
	struct rte_mbuf *mbuf = message(&c);

	(void)state;
	set_load();
	empty_common_bucket();
	assert_int_equal(judge_one(mbuf), 0);
	expect_posted(MAILBOX_HANDSHAKES, EVENT_HANDSHAKE, mbuf);
}

/*
 * A flood that begins: an eighth of the mailbox, what the common bucket has, and then cookies, in one burst after the other. So
 * the mailbox never fills, and who has a cookie comes to control all the same.
 */
static void test_flood(void **state)
{
	enum { N = 1000, ROOM = FIXTURE_MAILBOX_LEN - 1 };
	struct rte_mbuf *out[PACKET_BURST];
	unsigned n_answered = 0;

	(void)state;
	for (unsigned i = 0; i < N;) {
		for (; i < N && f.pl.n_handshakes < PACKET_BURST; i++) {
			struct caller c = caller(i, 0);

			f.pl.handshakes[f.pl.n_handshakes++] = message(&c);
		}
		while (f.pl.n_handshakes) {
			unsigned n = handshakes_judge(&f.pl, &f.ifaces[1], out);

			n_answered += n;
			rte_pktmbuf_free_bulk(out, n);
		}
	}
	assert_int_equal(fixture_drops(&f), 0);
	assert_int_equal(
		mailbox_count(f.pl.mailboxes[MAILBOX_HANDSHAKES]), ROOM / LOAD_SHARE + 100);
	assert_int_equal(n_answered, N - ROOM / LOAD_SHARE - 100);
}

/* Full of what others sent. */
static void test_full_mailboxes(void **state)
{
	struct caller c = caller(0, 0);
	struct rte_mbuf *mbuf = message(&c);

	(void)state;
	set_load();
	empty_common_bucket();
	assert_int_equal(judge_one(mbuf), 1);
	send_answer(mbuf);
	assert_true(cookie_take_reply(&c.maker, fixture_public_key,
		rte_pktmbuf_mtod(mbuf, const struct wg_msg_cookie *), f.pl.now_ns));
	rte_pktmbuf_free(mbuf);

	fixture_fill(f.pl.mailboxes[MAILBOX_HANDSHAKES]);
	mbuf = message(&c);
	assert_int_equal(judge_one(mbuf), 0);
	assert_int_equal(mailbox_count(f.pl.mailboxes[MAILBOX_PROVEN]), 1);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_MAILBOX_FULL), 0);

	fixture_fill(f.pl.mailboxes[MAILBOX_PROVEN]);
	assert_int_equal(judge_one(message(&c)), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_MAILBOX_FULL), 1);
	c = caller(1, 2);
	assert_int_equal(judge_one(message(&c)), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_MAILBOX_FULL), 2);
}

static void test_no_time(void **state)
{
	struct caller c = caller(0, 0);

	(void)state;
	set_load();
	empty_common_bucket();
	admission_note_answers(
		&f.pl.admission, 100000, f.pl.now_ns, f.pl.now_ns + NSEC_PER_SEC, f.pl.is_pressed);
	assert_int_equal(judge_one(message(&c)), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_COOKIE_RATE), 1);
	assert_int_equal(fixture_drops(&f), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_without_load, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_mac1, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cookie, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cookie_replies_under_load, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_mailboxes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_time, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
