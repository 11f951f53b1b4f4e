/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Where mss_clamp_packet is called: in both directions, for the interfaces that say so, whoever gets the packet. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "decap.h"
#include "encap.h"
#include "pipeline_fixture.h"
#include "tcp_segment.h"

/* What a SYN that announces 1460 bytes says afterwards, in a tunnel of `mtu` bytes. */
static const struct {
	bool is_clamped, is_v6;
	uint32_t mtu;
	uint16_t mss;
} rows[] = {
	{false, false, 1420, 1460},
	{false, true, 1420, 1460},
	{true, false, 1420, 1380},
	{true, true, 1420, 1360},
	{true, false, 1280, 1240},
	{true, true, 1280, 1220},
	{true, false, 9000, 1460},
	{true, true, 9000, 1460},
};

static struct fixture f;
static struct fixture_peer a;

static int setup(void **state)
{
	(void)state;
	fixture_init(&f);
	fixture_add_peer(
		&f, &f.ifaces[0], &a, 1, (const char *const[]){"10.0.0.0/8", "fd00::/16", NULL});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&f);
}

static void set_row(size_t row)
{
	f.ifaces[0].is_mss_clamped = rows[row].is_clamped;
	f.ifaces[1].is_mss_clamped = !rows[row].is_clamped;
	atomic_store(&f.ifaces[0].mtu, rows[row].mtu);
}

/* A SYN between two of A's addresses; returns its length. */
static uint16_t write_syn(uint8_t *out, bool is_v6)
{
	const struct segment syn = {.from = is_v6 ? "fd00:9::1" : "10.9.9.9",
		.to = is_v6 ? "fd00::1" : "10.0.0.1",
		.flags = SEGMENT_SYN,
		.options = "\x02\x04\x05\xb4",
		.options_len = 4};

	return segment_write(out, &syn);
}

static void check_syn(size_t row, const uint8_t *ip)
{
	size_t tcp_at = rows[row].is_v6 ? IPV6_HDR_LEN : IPV4_HDR_LEN;

	if (be16_load(ip + tcp_at + 22) != rows[row].mss)
		fail_msg("row %zu: %u", row, be16_load(ip + tcp_at + 22));
	if (segment_sum(ip, tcp_at, tcp_at + 24) != 0xffff)
		fail_msg("row %zu: wrong sum", row);
}

/* A SYN behind another packet, sealed or handed to control to wait for a session. */
static void send_syn(size_t row, bool has_session)
{
	uint8_t syn[SEGMENT_MAX], opened[FIXTURE_TEXT_MAX];
	struct rte_mbuf *out[2],
		*in[2] = {fixture_inner(100, "192.0.2.1", "10.0.0.1"),
			fixture_mbuf(syn, write_syn(syn, rows[row].is_v6))};
	struct rte_mbuf *mbuf = in[1];
	uint64_t counter;

	atomic_store(&a.view.sending, has_session ? &a.keypair : NULL);
	assert_int_equal(encap_burst(&f.pl, &f.ifaces[0], in, 2, out), has_session ? 2 : 0);
	if (has_session) {
		assert_true(fixture_open(&a, mbuf, &counter, opened) > 0);
		check_syn(row, opened);
		rte_pktmbuf_free_bulk(out, 2);
	} else {
		check_syn(row, rte_pktmbuf_mtod(mbuf, const uint8_t *));
		assert_int_equal(fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]), 2);
	}
}

static void test_encap(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rows); row++) {
		set_row(row);
		send_syn(row, true);
		send_syn(row, false);
	}
}

/* A SYN behind a keepalive, for the host, or for control when it brings news. */
static void receive_syn(size_t row, uint64_t counter, bool is_news)
{
	uint8_t syn[SEGMENT_MAX];
	uint16_t len = write_syn(syn, rows[row].is_v6);
	struct rte_mbuf *out[2],
		*in[2] = {
			fixture_seal(&a, counter, "", 0), fixture_seal(&a, counter + 1, syn, len)};
	struct rte_mbuf *mbuf = in[1];

	packet_of(mbuf)->outer.port = (uint16_t)(a.endpoint.port + is_news);
	assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], in, 2, out), !is_news);
	assert_int_equal(rte_pktmbuf_data_len(mbuf), len);
	check_syn(row, rte_pktmbuf_mtod(mbuf, const uint8_t *));
	if (is_news)
		assert_int_equal(fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]), 1);
	else
		rte_pktmbuf_free(mbuf);
}

static void test_decap(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rows); row++) {
		set_row(row);
		receive_syn(row, 4 * row, false);
		receive_syn(row, 4 * row + 2, true);
	}
	assert_int_equal(fixture_drops(&f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_encap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_decap, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
