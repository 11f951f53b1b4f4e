/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What control hears of sent packets, and the marks that they leave. */

#include "encap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline_fixture.h"

#define NOW_NS FIXTURE_BIRTH_NS

static struct fixture f;
static struct fixture_peer peer;

static int setup(void **state)
{
	(void)state;
	fixture_init(&f);
	fixture_add_peer(&f, &f.ifaces[0], &peer, 9, (const char *const[]){"10.0.0.0/8", NULL});
	peer.keypair.send_age.is_initiator = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&f);
}

static void send_routed(uint16_t len)
{
	static const uint8_t text[FIXTURE_TEXT_MAX];
	struct rte_mbuf *out[1], *mbuf = fixture_mbuf(text, len);

	packet_of(mbuf)->kind = PACKET_INNER;
	packet_of(mbuf)->peer = &peer.view;
	assert_int_equal(encap_routed(&f.pl, &mbuf, 1, out), 1);
	rte_pktmbuf_free(out[0]);
}

static void send_keepalive(void)
{
	send_routed(0);
}

static void send_data(void)
{
	send_routed(100);
}

static void assert_fact(enum event_type type)
{
	struct event event = {.type = UINT32_MAX};

	mailbox_drain(f.pl.mailboxes[MAILBOX_FACTS], &event, 1);
	assert_int_equal(event.type, type);
	assert_int_equal(event.id, 9);
}

static void assert_no_fact(void)
{
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_FACTS]));
}

static void test_awake_once(void **state)
{
	(void)state;
	send_keepalive();
	assert_no_fact();
	for (unsigned i = 0; i < 2; i++) {
		send_data();
		assert_fact(EVENT_AWAKE);
		send_data();
		assert_no_fact();
		atomic_store(&peer.view.is_awake_posted, false);
	}
}

static void test_awake_when_control_is_busy(void **state)
{
	(void)state;
	fixture_fill(f.pl.mailboxes[MAILBOX_FACTS]);
	send_data();
	assert_false(atomic_load(&peer.view.is_awake_posted));
	fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]);
	send_data();
	assert_fact(EVENT_AWAKE);
	assert_no_fact();
}

/* The sender's limits, [W] 6.2: only the initiator looks at the clock, both count. */
static const struct {
	bool is_initiator;
	uint64_t age_ns, counter;
	bool is_wanted;
} rekeys[] = {
	{true, 0, 0, false},
	{true, 120 * NSEC_PER_SEC - 1, 0, false},
	{true, 120 * NSEC_PER_SEC, 0, true},
	{true, 180 * NSEC_PER_SEC - 1, 0, true},
	{false, 120 * NSEC_PER_SEC, 0, false},
	{false, 180 * NSEC_PER_SEC - 1, 0, false},
	{true, 0, (UINT64_C(1) << 60) - 1, false},
	{true, 0, UINT64_C(1) << 60, true},
	{false, 0, (UINT64_C(1) << 60) - 1, false},
	{false, 0, UINT64_C(1) << 60, true},
	{false, 0, UINT64_C(1) << 63, true},
};

static void test_rekey_is_wanted(void **state)
{
	for (size_t row = 0; row < array_len(rekeys); row++) {
		setup(state);
		peer.keypair.send_age.is_initiator = rekeys[row].is_initiator;
		atomic_store(&peer.keypair.send_counter, rekeys[row].counter);
		f.pl.now_ns = NOW_NS + rekeys[row].age_ns;
		send_keepalive();
		if (mailbox_is_empty(f.pl.mailboxes[MAILBOX_FACTS]) == rekeys[row].is_wanted)
			fail_msg("row %zu", row);
		if (rekeys[row].is_wanted)
			assert_fact(EVENT_REKEY);
		assert_int_equal(
			atomic_load(&peer.view.is_handshake_posted), rekeys[row].is_wanted);
		if (rekeys[row].is_wanted)
			send_keepalive();
		assert_no_fact();
		assert_int_equal(teardown(state), 0);
	}
}

static uint64_t load(const _Atomic uint64_t *mark)
{
	return atomic_load(mark);
}

static void test_marks(void **state)
{
	struct peer_view *view = &peer.view;

	(void)state;
	atomic_store(&view->unacked_since_ns, 5);
	f.pl.now_ns = NOW_NS + 1;
	send_keepalive();
	assert_int_equal(load(&view->last_sent_ns), NOW_NS + 1);
	assert_int_equal(load(&view->unacked_since_ns), 0);
	assert_int_equal(load(&view->unanswered_since_ns), 0);
	assert_int_equal(load(&view->tx_bytes), WG_DATA_OVERHEAD);

	f.pl.now_ns = NOW_NS + 2;
	send_data();
	f.pl.now_ns = NOW_NS + 3;
	send_data();
	assert_int_equal(load(&view->last_sent_ns), NOW_NS + 3);
	assert_int_equal(load(&view->unanswered_since_ns), NOW_NS + 2);
	assert_int_equal(load(&view->last_received_ns), 0);
	assert_int_equal(load(&view->tx_bytes), 3 * WG_DATA_OVERHEAD + 2 * 112);
	assert_int_equal(load(&view->rx_bytes), 0);
}

/* A train that holds both is traffic, wherever the keepalive is. */
static void test_keepalive_within_a_train(void **state)
{
	struct rte_mbuf *out[3],
		*in[] = {fixture_mbuf("", 0), fixture_mbuf("data", 4), fixture_mbuf("", 0)};

	(void)state;
	for (unsigned i = 0; i < array_len(in); i++)
		packet_of(in[i])->peer = &peer.view;
	assert_int_equal(encap_routed(&f.pl, in, array_len(in), out), array_len(in));
	assert_fact(EVENT_AWAKE);
	assert_int_equal(load(&peer.view.unanswered_since_ns), NOW_NS);
	assert_int_equal(load(&peer.view.tx_bytes), 3 * WG_DATA_OVERHEAD + 16);
	rte_pktmbuf_free_bulk(out, array_len(in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_awake_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_awake_when_control_is_busy, setup, teardown),
		cmocka_unit_test(test_rekey_is_wanted),
		cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keepalive_within_a_train, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
