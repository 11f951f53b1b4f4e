/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What control hears of authentic packets, and the marks that they leave. */

#include "decap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline_fixture.h"

#define NOW_NS FIXTURE_BIRTH_NS

static struct fixture f;
static struct fixture_peer peer;
static uint64_t counter;

static int setup(void **state)
{
	(void)state;
	counter = 0;
	fixture_init(&f);
	fixture_add_peer(
		&f, &f.ifaces[0], &peer, 9, (const char *const[]){"10.0.0.0/8", "fd00::/16", NULL});
	peer.keypair.receive_age.is_initiator = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&f);
}

static void receive(struct rte_mbuf *mbuf, unsigned n_expected)
{
	struct rte_mbuf *out[1];
	unsigned n = decap_burst(&f.pl, &f.ifaces[0], &mbuf, 1, out);

	rte_pktmbuf_free_bulk(out, n);
	assert_int_equal(n, n_expected);
	assert_int_equal(fixture_drops(&f), 0);
}

static void receive_data(void)
{
	uint8_t text[64];

	fixture_write_inner(text, sizeof(text), "10.0.0.1", "10.9.9.9");
	receive(fixture_seal(&peer, counter++, text, sizeof(text)), 1);
}

static void receive_keepalive(void)
{
	receive(fixture_seal(&peer, counter++, "", 0), 0);
}

static void receive_data_from(const struct endpoint *from, unsigned n_expected)
{
	uint8_t text[64];
	struct rte_mbuf *mbuf;

	fixture_write_inner(text, sizeof(text), "fd00::1", "fd00::2");
	mbuf = fixture_seal(&peer, counter++, text, sizeof(text));
	packet_of(mbuf)->outer = *from;
	receive(mbuf, n_expected);
}

/* The next fact; 0 stands for none. */
static struct event next_fact(void)
{
	struct event event = {.type = UINT32_MAX};

	mailbox_drain(f.pl.mailboxes[MAILBOX_FACTS], &event, 1);
	return event;
}

static void assert_fact(enum event_type type, uint32_t id)
{
	struct event event = next_fact();

	assert_int_equal(event.type, type);
	assert_int_equal(event.id, id);
}

static void assert_no_fact(void)
{
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_FACTS]));
}

/* Takes out the arrival, whose packet has `len` bytes for the host and came from `from`. */
static void assert_arrived(uint16_t len, const struct endpoint *from)
{
	struct event event = {.type = UINT32_MAX};

	mailbox_drain(f.pl.mailboxes[MAILBOX_PACKETS], &event, 1);
	assert_int_equal(event.type, EVENT_ARRIVED);
	assert_int_equal(event.id, peer.keypair.local_index);
	assert_int_equal(rte_pktmbuf_data_len(event.mbuf), len);
	assert_ptr_equal(packet_of(event.mbuf)->peer, &peer.view);
	assert_int_equal(packet_of(event.mbuf)->iface_id, FIXTURE_FIRST_IFACE);
	assert_true(endpoint_equal(&packet_of(event.mbuf)->outer, from));
	rte_pktmbuf_free(event.mbuf);
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_PACKETS]));
}

static void assert_no_arrival(void)
{
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_PACKETS]));
}

static struct rte_mbuf *data_packet(const char *from)
{
	uint8_t text[64];

	fixture_write_inner(text, 50, from, "10.9.9.9");
	memset(text + 50, 0, 14);
	return fixture_seal(&peer, counter++, text, sizeof(text));
}

/* Control puts the session into use before the host sees what came under it. */
static void test_packets_of_a_session_not_in_use(void **state)
{
	(void)state;
	atomic_store(&peer.keypair.is_in_use, false);
	receive_keepalive();
	assert_arrived(0, &peer.endpoint);
	for (unsigned i = 0; i < 2; i++) {
		receive(data_packet("10.0.0.1"), 0);
		assert_arrived(50, &peer.endpoint);
	}
	atomic_store(&peer.keypair.is_in_use, true);
	receive(data_packet("10.0.0.1"), 1);
	assert_no_arrival();
}

/* The tag has matched, whatever the source address says. */
static void test_dropped_packet_confirms(void **state)
{
	struct rte_mbuf *out[1], *mbuf = data_packet("11.0.0.1");

	(void)state;
	atomic_store(&peer.keypair.is_in_use, false);
	assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], &mbuf, 1, out), 0);
	assert_int_equal(fixture_dropped(&f, DROP_INNER_SOURCE), 1);
	assert_arrived(0, &peer.endpoint);
}

static void test_arrival_when_control_is_busy(void **state)
{
	(void)state;
	atomic_store(&peer.keypair.is_in_use, false);
	fixture_fill(f.pl.mailboxes[MAILBOX_PACKETS]);
	receive(data_packet("10.0.0.1"), 1);
	receive_keepalive();
	fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]);
	receive_keepalive();
	assert_arrived(0, &peer.endpoint);
}

/* Control is told once, until it has cleared the flag; a keepalive is no traffic. */
static void test_awake_once(void **state)
{
	(void)state;
	receive_keepalive();
	assert_no_fact();
	receive_data();
	assert_fact(EVENT_AWAKE, 9);
	receive_data();
	assert_no_fact();
	atomic_store(&peer.view.is_awake_posted, false);
	receive_data();
	assert_fact(EVENT_AWAKE, 9);
	assert_no_fact();
}

#define FROM(family, last, number, zone) \
	{ \
		.addr = {family, {192, 0, 2, last}}, .port = number, .scope = zone \
	}

static const struct {
	struct endpoint from;
	bool is_moved;
} moves[] = {
	{FROM(AF_INET, 9, 51820, 0), false},
	{FROM(AF_INET, 8, 51820, 0), true},
	{FROM(AF_INET, 9, 51821, 0), true},
	{FROM(AF_INET6, 9, 51820, 0), true},
	{FROM(AF_INET6, 9, 51820, 3), true},
	{{.addr = {AF_INET, {192, 0, 2, 9}}, .port = 51820, .local = {AF_INET, {192, 0, 2, 1}}},
		true},
};

static void test_endpoint_moves(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(moves); row++) {
		print_message("row %zu\n", row);
		receive_data_from(&moves[row].from, !moves[row].is_moved);
		if (moves[row].is_moved)
			assert_arrived(64, &moves[row].from);
		assert_no_arrival();
		/* Only control publishes an endpoint. */
		assert_ptr_equal(atomic_load(&peer.view.endpoint), &peer.to);
	}
}

/* Until control has published the endpoint every packet says it again, a keepalive too. */
static void test_endpoint_is_found(void **state)
{
	(void)state;
	atomic_store(&peer.view.endpoint, NULL);
	for (unsigned i = 0; i < 2; i++) {
		receive_keepalive();
		assert_arrived(0, &peer.endpoint);
	}
}

/* An authentic packet that is dropped for what is inside has told where the peer is all the same, [W] 2.1. */
static void test_endpoint_moves_with_a_dropped_packet(void **state)
{
	struct endpoint from = FROM(AF_INET, 8, 51820, 0);
	struct rte_mbuf *out[1], *mbuf = fixture_seal(&peer, 0, "?", 1);

	(void)state;
	packet_of(mbuf)->outer = from;
	assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], &mbuf, 1, out), 0);
	assert_int_equal(fixture_dropped(&f, DROP_INNER_MALFORMED), 1);
	assert_arrived(0, &from);
}

static const struct {
	bool is_initiator;
	uint64_t age_ns;
	bool is_wanted;
} rekeys[] = {
	{true, 0, false},
	{true, WG_REKEY_AFTER_TIME_NS, false},
	{true, WG_REKEY_ON_RECEIVE_NS - 1, false},
	{true, WG_REKEY_ON_RECEIVE_NS, true},
	{true, WG_REJECT_AFTER_TIME_NS - 1, true},
	{false, WG_REKEY_ON_RECEIVE_NS, false},
	{false, WG_REJECT_AFTER_TIME_NS - 1, false},
};

static void test_rekey_is_wanted(void **state)
{
	(void)state;
	assert_int_equal(WG_REKEY_ON_RECEIVE_NS, 165 * NSEC_PER_SEC);
	for (size_t row = 0; row < array_len(rekeys); row++) {
		setup(state);
		peer.keypair.receive_age.is_initiator = rekeys[row].is_initiator;
		f.pl.now_ns = NOW_NS + rekeys[row].age_ns;
		receive_keepalive();
		receive_keepalive();
		if (fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]) != rekeys[row].is_wanted)
			fail_msg("row %zu", row);
		assert_int_equal(
			atomic_load(&peer.view.is_handshake_posted), rekeys[row].is_wanted);
		assert_int_equal(teardown(state), 0);
	}
}

static void test_rekey_again_when_control_asked_for_it(void **state)
{
	(void)state;
	f.pl.now_ns = NOW_NS + WG_REKEY_ON_RECEIVE_NS;
	for (unsigned i = 0; i < 2; i++) {
		receive_keepalive();
		assert_fact(EVENT_REKEY, 9);
		receive_keepalive();
		assert_no_fact();
		atomic_store(&peer.view.is_handshake_posted, false);
	}
}

/* Nothing is lost for good: what was refused is posted by a later packet. */
static void test_facts_when_control_is_busy(void **state)
{
	(void)state;
	fixture_fill(f.pl.mailboxes[MAILBOX_FACTS]);
	receive_data();
	assert_false(atomic_load(&peer.view.is_awake_posted));
	fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]);
	receive_data();
	assert_fact(EVENT_AWAKE, 9);
	assert_no_fact();
}

static void test_rekey_when_control_is_busy(void **state)
{
	(void)state;
	f.pl.now_ns = NOW_NS + WG_REKEY_ON_RECEIVE_NS;
	fixture_fill(f.pl.mailboxes[MAILBOX_FACTS]);
	receive_keepalive();
	assert_false(atomic_load(&peer.view.is_handshake_posted));
	fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]);
	receive_keepalive();
	assert_fact(EVENT_REKEY, 9);
}

static uint64_t load(const _Atomic uint64_t *mark)
{
	return atomic_load(mark);
}

static void test_marks(void **state)
{
	struct peer_view *view = &peer.view;

	(void)state;
	atomic_store(&view->unanswered_since_ns, 5);
	f.pl.now_ns = NOW_NS + 1;
	receive_keepalive();
	assert_int_equal(load(&view->last_received_ns), NOW_NS + 1);
	assert_int_equal(load(&view->unanswered_since_ns), 0);
	assert_int_equal(load(&view->unacked_since_ns), 0);

	f.pl.now_ns = NOW_NS + 2;
	receive_data();
	f.pl.now_ns = NOW_NS + 3;
	receive_data();
	assert_int_equal(load(&view->last_received_ns), NOW_NS + 3);
	assert_int_equal(load(&view->unacked_since_ns), NOW_NS + 2);
	assert_int_equal(load(&view->last_sent_ns), 0);
	assert_int_equal(load(&view->rx_bytes), 3 * WG_DATA_OVERHEAD + 2 * 64);
	assert_int_equal(load(&view->tx_bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_packets_of_a_session_not_in_use, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dropped_packet_confirms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arrival_when_control_is_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_awake_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_endpoint_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_endpoint_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_endpoint_moves_with_a_dropped_packet, setup, teardown),
		cmocka_unit_test(test_rekey_is_wanted),
		cmocka_unit_test_setup_teardown(
			test_rekey_again_when_control_asked_for_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_facts_when_control_is_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rekey_when_control_is_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
