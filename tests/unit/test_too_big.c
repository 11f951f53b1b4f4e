/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Who gets to know that a packet is too big, and what the message says. */

#include "too_big.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "base/bytes.h"
#include "frame_fixture.h"
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

/* A packet, a byte of it that is changed (not if `value` is 0), and whether its sender is told. */
static const struct {
	const char *what;
	struct frame_spec spec;
	unsigned at;
	uint8_t value;
	bool is_told;
} rows[] = {
	{"IPv4", {.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400}, 0, 0, true},
	{"IPv6", {.from = "fd00::1", .to = "fd00::2", .ip_len = 1400}, 0, 0, true},
	{"shorter than what comes back", {.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 60}, 0, 0,
		true},
	{"first fragment", {.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400}, 6, 0x20, true},
	{"later fragment", {.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400}, 7, 1, false},
	{"echo request",
		{.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400, .proto = IPPROTO_ICMP}, 20,
		8, true},
	{"destination unreachable",
		{.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400, .proto = IPPROTO_ICMP}, 20,
		3, false},
	{"time exceeded",
		{.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 1400, .proto = IPPROTO_ICMP}, 20,
		11, false},
	{"ICMP without a type",
		{.from = "10.0.0.1", .to = "10.0.0.2", .ip_len = 20, .proto = IPPROTO_ICMP}, 0, 0,
		false},
	{"to multicast", {.from = "10.0.0.1", .to = "224.0.0.1", .ip_len = 1400}, 0, 0, false},
	{"to broadcast", {.from = "10.0.0.1", .to = "255.255.255.255", .ip_len = 1400}, 0, 0,
		false},
	{"from nobody", {.from = "0.0.0.0", .to = "10.0.0.2", .ip_len = 1400}, 0, 0, false},
	{"from loopback", {.from = "127.0.0.1", .to = "10.0.0.2", .ip_len = 1400}, 0, 0, false},
	{"IPv6 echo request",
		{.from = "fd00::1", .to = "fd00::2", .ip_len = 1400, .proto = IPPROTO_ICMPV6}, 40,
		128, true},
	{"IPv6 destination unreachable",
		{.from = "fd00::1", .to = "fd00::2", .ip_len = 1400, .proto = IPPROTO_ICMPV6}, 40,
		1, false},
	{"ICMPv6 without a type",
		{.from = "fd00::1", .to = "fd00::2", .ip_len = 40, .proto = IPPROTO_ICMPV6}, 0, 0,
		false},
	{"to IPv6 multicast", {.from = "fd00::1", .to = "ff02::1", .ip_len = 1400}, 0, 0, false},
	{"from the unspecified address", {.from = "::", .to = "fd00::2", .ip_len = 1400}, 0, 0,
		false},
};

static size_t write_row(size_t row, uint8_t *out)
{
	size_t len = frame_write_ip(out, &rows[row].spec);

	if (rows[row].value)
		out[rows[row].at] = rows[row].value;
	return len;
}

static void check_answer4(
	const uint8_t *ip, uint16_t len, const uint8_t *original, size_t original_len)
{
	size_t kept = RTE_MIN(original_len, 576U - 28);

	assert_int_equal(len, 28 + kept);
	assert_int_equal(ip[0], 0x45);
	assert_int_equal(be16_load(ip + 2), len);
	assert_int_equal(slow_sum(ip, 20, 0), 0xffff);
	assert_int_equal(ip[9], IPPROTO_ICMP);
	assert_true(ip[8] > 1);
	assert_memory_equal(ip + 12, original + 16, 4);
	assert_memory_equal(ip + 16, original + 12, 4);
	assert_int_equal(ip[20], 3);
	assert_int_equal(ip[21], 4);
	assert_int_equal(be16_load(ip + 24), 0);
	assert_int_equal(be16_load(ip + 26), 1340);
	assert_int_equal(slow_sum(ip + 20, len - 20U, 0), 0xffff);
	assert_memory_equal(ip + 28, original, kept);
}

static void check_answer6(
	const uint8_t *ip, uint16_t len, const uint8_t *original, size_t original_len)
{
	const uint8_t tail[8] = {
		0, 0, (uint8_t)((len - 40) >> 8), (uint8_t)(len - 40), 0, 0, 0, IPPROTO_ICMPV6};
	size_t kept = RTE_MIN(original_len, 1280U - 48);

	assert_int_equal(len, 48 + kept);
	assert_int_equal(ip[0], 0x60);
	assert_int_equal(be16_load(ip + 4), len - 40);
	assert_int_equal(ip[6], IPPROTO_ICMPV6);
	assert_true(ip[7] > 1);
	assert_memory_equal(ip + 8, original + 24, 16);
	assert_memory_equal(ip + 24, original + 8, 16);
	assert_int_equal(ip[40], 2);
	assert_int_equal(ip[41], 0);
	assert_int_equal(be32_load(ip + 44), 1340);
	assert_int_equal(
		slow_sum(ip + 40, len - 40U, slow_sum(ip + 8, 32, slow_sum(tail, sizeof(tail), 0))),
		0xffff);
	assert_memory_equal(ip + 48, original, kept);
}

static void test_answer(void **state)
{
	(void)state;
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		uint8_t original[FRAME_FIXTURE_MAX];
		size_t len = write_row(row, original);
		struct rte_mbuf *mbuf = fixture_mbuf(original, len);

		if (too_big_answer(mbuf, 1340) != rows[row].is_told)
			fail_msg("row %zu: %s", row, rows[row].what);
		if (!rows[row].is_told) {
			assert_int_equal(rte_pktmbuf_data_len(mbuf), len);
			assert_memory_equal(rte_pktmbuf_mtod(mbuf, void *), original, len);
		} else if (original[0] >> 4 == 4) {
			check_answer4(rte_pktmbuf_mtod(mbuf, const uint8_t *),
				rte_pktmbuf_data_len(mbuf), original, len);
		} else {
			check_answer6(rte_pktmbuf_mtod(mbuf, const uint8_t *),
				rte_pktmbuf_data_len(mbuf), original, len);
		}
		assert_int_equal(rte_pktmbuf_pkt_len(mbuf), rte_pktmbuf_data_len(mbuf));
		rte_pktmbuf_free(mbuf);
	}
}

/* Without headroom the packet stays as it is. */
static void test_no_room(void **state)
{
	uint8_t original[FRAME_FIXTURE_MAX];
	size_t len = write_row(0, original);
	struct rte_mbuf *mbuf = fixture_mbuf(original, len);

	(void)state;
	mbuf->data_off = 27;
	memcpy(rte_pktmbuf_mtod(mbuf, void *), original, len);
	assert_false(too_big_answer(mbuf, 1340));
	assert_int_equal(rte_pktmbuf_data_len(mbuf), len);
	assert_memory_equal(rte_pktmbuf_mtod(mbuf, void *), original, len);
	rte_pktmbuf_free(mbuf);
}

static void test_limits(void **state)
{
	const uint8_t v4[8] = {0x45}, v6[8] = {0x60}, whole[8] = {0x45, [6] = 0x40};

	(void)state;
	assert_int_equal(too_big_limit(v4, 1340), 1340);
	assert_int_equal(too_big_limit(v4, 575), 576);
	assert_int_equal(too_big_limit(v6, 1340), 1340);
	assert_int_equal(too_big_limit(v6, 1279), 1280);
	assert_true(too_big_is_cuttable(v4));
	assert_false(too_big_is_cuttable(whole));
	assert_false(too_big_is_cuttable(v6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
