/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* From a port, and to and from the kernel; test_forward_out.c has what is sent. The ways are those of forward_fixture.h. */

#include "forward.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "forward_fixture.h"
#include "frame_fixture.h"

#define PADDING 6 /* bytes that Ethernet has put behind each frame */

enum outcome {
	TO_A,      /* inner packet */
	TO_B,      /* inner packet */
	OPEN_A,    /* datagram */
	OPEN_B,    /* datagram */
	TO_KERNEL, /* as it came */
	DROPPED,
};

static const struct {
	const char *what;
	struct frame_spec spec;
	unsigned patch_at; /* with a `patch`: which byte of the IP header has another value */
	uint8_t patch;
	enum outcome outcome;
} rows[] = {
	{"datagram", {.from = "192.0.2.7", .to = "10.0.0.1"}, .outcome = OPEN_A},
	{"datagram, IPv6", {.from = "2001:db8:2::7", .to = "2001:db8::1"}, .outcome = OPEN_A},
	{"datagram, tagged", {.from = "192.0.2.7", .to = "10.0.0.1", .is_tagged = true, .vlan = 7},
		.outcome = OPEN_A},
	{"datagram, tagged, of a VLAN that the port has no link of",
		{.from = "192.0.2.7", .to = "10.0.0.1", .is_tagged = true, .vlan = 9},
		.outcome = TO_KERNEL},
	{"datagram of the other interface",
		{.from = "192.0.2.7", .to = "10.0.0.1", .to_port = LISTEN_B}, .outcome = OPEN_B},
	{"datagram, last hop", {.from = "192.0.2.7", .to = "10.0.0.1", .hop_limit = 1},
		.outcome = OPEN_A},
	{"datagram, marked", {.from = "192.0.2.7", .to = "10.0.0.1", .tos = 0xb9},
		.outcome = OPEN_A},
	{"datagram, marked, IPv6", {.from = "2001:db8:2::7", .to = "2001:db8::1", .tos = 0xb9},
		.outcome = OPEN_A},
	{"empty datagram", {.from = "192.0.2.7", .to = "10.0.0.1", .ip_len = 28},
		.outcome = OPEN_A},
	{"nobody listens", {.from = "192.0.2.7", .to = "10.0.0.1", .to_port = 53},
		.outcome = TO_KERNEL},
	{"TCP", {.from = "192.0.2.7", .to = "10.0.0.1", .proto = IPPROTO_TCP},
		.outcome = TO_KERNEL},
	{"first fragment", {.from = "192.0.2.7", .to = "10.0.0.1"}, 6, 0x20, TO_KERNEL},
	{"last fragment", {.from = "192.0.2.7", .to = "10.0.0.1"}, 7, 8, TO_KERNEL},
	{"not our address", {.from = "192.0.2.7", .to = "10.0.0.2"}, .outcome = TO_KERNEL},
	{"a neighbour's address", {.from = "10.0.0.7", .to = "192.0.2.9"}, .outcome = TO_KERNEL},
	{"the kernel decides", {.from = "192.0.2.7", .to = "100.65.0.1"}, .outcome = TO_KERNEL},
	{"odd source", {.from = "127.0.0.1", .to = "10.0.0.1"}, .outcome = TO_KERNEL},

	{"inner", {.from = "192.0.2.7", .to = "172.16.0.1", .proto = IPPROTO_TCP}, .outcome = TO_A},
	{"inner, IPv6", {.from = "2001:db8:2::7", .to = "fd16::1", .proto = IPPROTO_TCP},
		.outcome = TO_A},
	{"inner of the other interface", {.from = "192.0.2.7", .to = "172.17.0.1"},
		.outcome = TO_B},
	{"inner to a listen port", {.from = "192.0.2.7", .to = "172.16.0.1"}, .outcome = TO_A},
	{"inner, tagged", {.from = "192.0.2.7", .to = "172.16.0.1", .is_tagged = true, .vlan = 7},
		.outcome = TO_A},
	{"inner, with a priority",
		{.from = "192.0.2.7", .to = "172.16.0.1", .is_tagged = true, .vlan = 0xe000},
		.outcome = TO_A},
	{"inner, tagged, of a VLAN that only the other port has a link of",
		{.from = "192.0.2.7", .to = "172.16.0.1", .is_tagged = true, .vlan = 8},
		.outcome = TO_KERNEL},
	{"inner fragment", {.from = "192.0.2.7", .to = "172.16.0.1"}, 7, 8, TO_A},
	{"inner, two hops", {.from = "192.0.2.7", .to = "172.16.0.1", .hop_limit = 2},
		.outcome = TO_A},
	{"inner, two hops, IPv6", {.from = "2001:db8:2::7", .to = "fd16::1", .hop_limit = 2},
		.outcome = TO_A},
	{"inner, last hop", {.from = "192.0.2.7", .to = "172.16.0.1", .hop_limit = 1},
		.outcome = TO_KERNEL},
	{"inner, last hop, IPv6", {.from = "2001:db8:2::7", .to = "fd16::1", .hop_limit = 1},
		.outcome = TO_KERNEL},
	{"inner of MTU", {.from = "192.0.2.7", .to = "172.16.0.1", .ip_len = FIXTURE_MTU},
		.outcome = TO_A},
	{"inner over MTU", {.from = "192.0.2.7", .to = "172.16.0.1", .ip_len = FIXTURE_MTU + 1},
		.outcome = TO_KERNEL},
	{"inner of MTU, IPv6", {.from = "2001:db8:2::7", .to = "fd16::1", .ip_len = FIXTURE_MTU},
		.outcome = TO_A},
	{"inner over MTU, IPv6",
		{.from = "2001:db8:2::7", .to = "fd16::1", .ip_len = FIXTURE_MTU + 1},
		.outcome = TO_KERNEL},
	{"inner of the route's MTU", {.from = "192.0.2.7", .to = "172.18.0.1", .ip_len = 1000},
		.outcome = TO_A},
	{"inner over the route's MTU", {.from = "192.0.2.7", .to = "172.18.0.1", .ip_len = 1001},
		.outcome = TO_KERNEL},
	{"inner with options", {.from = "192.0.2.7", .to = "172.16.0.1"}, 0, 0x46, TO_KERNEL},
	{"inner from multicast", {.from = "224.0.0.1", .to = "172.16.0.1"}, .outcome = TO_KERNEL},
	{"inner from a link-local address", {.from = "fe80::7", .to = "fd16::1"},
		.outcome = TO_KERNEL},

	{"malformed", {.from = "192.0.2.7", .to = "172.16.0.1"}, 2, 0xff, DROPPED},
	{"malformed, to us", {.from = "192.0.2.7", .to = "10.0.0.1"}, 0, 0x44, DROPPED},
};

static struct forward_fixture w;

static int setup(void **state)
{
	(void)state;
	forward_fixture_init(&w);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return forward_fixture_fini(&w);
}

static size_t write_row(size_t row, uint8_t *out)
{
	const struct frame_spec *spec = &rows[row].spec;
	size_t len = frame_write(out, w.ports[PORT_LAN].facts.mac, spec);
	uint8_t *ip = out + (spec->is_tagged ? 18 : 14);

	if (rows[row].patch) {
		ip[rows[row].patch_at] = rows[row].patch;
		frame_set_ipv4_sum(ip);
	}
	memset(out + len, 0xee, PADDING);
	return len + PADDING;
}

/* The packet's private area has what the last packet left. */
static struct rte_mbuf *make_row(size_t row, uint8_t *out, size_t *out_len)
{
	struct rte_mbuf *mbuf;

	*out_len = write_row(row, out);
	mbuf = fixture_mbuf(out, *out_len);
	memset(packet_of(mbuf), 0xa5, sizeof(struct packet));
	return mbuf;
}

static bool is_data(struct rte_mbuf *mbuf, const uint8_t *bytes, size_t len)
{
	return rte_pktmbuf_data_len(mbuf) == len && rte_pktmbuf_pkt_len(mbuf) == len
		&& memcmp(rte_pktmbuf_mtod(mbuf, const void *), bytes, len) == 0;
}

static bool is_datagram(size_t row, struct rte_mbuf *mbuf, const uint8_t *ip, size_t ip_len)
{
	const struct frame_spec *spec = &rows[row].spec;
	const struct packet *packet = packet_of(mbuf);
	const struct endpoint expected = {.addr = forward_fixture_addr(spec->from),
		.port = 51820,
		.local = forward_fixture_addr(spec->to)};
	size_t headers = expected.addr.family == AF_INET ? 28 : 48;

	return packet->kind == PACKET_DATAGRAM
		&& packet->iface_id == (rows[row].outcome == OPEN_A ? IFACE_A : IFACE_B)
		&& packet->outer_tos == spec->tos && endpoint_equal(&packet->outer, &expected)
		&& ip_addr_equal(&packet->outer.local, &expected.local) && packet->outer.scope == 0
		&& !packet->to && is_data(mbuf, ip + headers, ip_len - headers);
}

static bool is_inner(size_t row, struct rte_mbuf *mbuf, uint8_t *ip, size_t ip_len)
{
	const struct packet *packet = packet_of(mbuf);

	if (ip[0] >> 4 == 4) {
		ip[8]--;
		frame_set_ipv4_sum(ip);
	} else {
		ip[7]--;
	}
	return packet->kind == PACKET_INNER
		&& packet->iface_id == (rows[row].outcome == TO_A ? IFACE_A : IFACE_B)
		&& is_data(mbuf, ip, ip_len);
}

/* Is it what the row says? `bytes` are the frame as it came. */
static bool is_right(size_t row, struct rte_mbuf *mbuf, uint8_t *bytes, size_t len)
{
	uint8_t *ip = bytes + (rows[row].spec.is_tagged ? 18 : 14);
	size_t ip_len = len - (size_t)(ip - bytes) - PADDING;

	switch (rows[row].outcome) {
	case TO_A:
	case TO_B:
		return is_inner(row, mbuf, ip, ip_len);
	case OPEN_A:
	case OPEN_B:
		return is_datagram(row, mbuf, ip, ip_len);
	case TO_KERNEL:
		return packet_of(mbuf)->kind == PACKET_FRAME && is_data(mbuf, bytes, len);
	default:
		return false;
	}
}

static unsigned sort(struct rte_mbuf **mbufs, unsigned n)
{
	return forward_sort(&w.f.pl, &w.fw, &w.views[PORT_LAN], mbufs, n);
}

static void test_sort(void **state)
{
	unsigned n_dropped = 0;

	(void)state;
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		uint8_t bytes[FRAME_FIXTURE_MAX];
		size_t len;
		struct rte_mbuf *mbuf = make_row(row, bytes, &len);
		unsigned n = sort(&mbuf, 1);

		n_dropped += rows[row].outcome == DROPPED;
		if (n != (rows[row].outcome != DROPPED) || (n && !is_right(row, mbuf, bytes, len)))
			fail_msg("row %zu: %s", row, rows[row].what);
		if (n)
			rte_pktmbuf_free(mbuf);
		assert_int_equal(fixture_dropped(&w.f, DROP_FRAME_MALFORMED), n_dropped);
	}
	assert_int_equal(fixture_drops(&w.f), n_dropped);
}

/* All rows as bursts of one length after the other: what is dropped leaves no gap, and the others keep their order. */
static void test_sort_bursts(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= PACKET_BURST; n++) {
		struct rte_mbuf *mbufs[PACKET_BURST];
		unsigned n_out, k = 0;

		for (unsigned i = 0; i < n; i++) {
			uint8_t bytes[FRAME_FIXTURE_MAX];
			size_t len;

			mbufs[i] = make_row((n + i) % RTE_DIM(rows), bytes, &len);
		}
		n_out = sort(mbufs, n);
		for (unsigned i = 0; i < n; i++) {
			uint8_t bytes[FRAME_FIXTURE_MAX];
			size_t row = (n + i) % RTE_DIM(rows), len = write_row(row, bytes);

			if (rows[row].outcome == DROPPED)
				continue;
			if (k == n_out || !is_right(row, mbufs[k], bytes, len))
				fail_msg("burst of %u, packet %u", n, i);
			k++;
		}
		assert_int_equal(k, n_out);
		rte_pktmbuf_free_bulk(mbufs, n_out);
	}
}

/* Where the host does not forward a family, nor do we; what is for the host itself is not forwarded. */
static void test_forwarding_off(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		routes_set_forwarding(w.routes, AF_INET, i == 1);
		routes_set_forwarding(w.routes, AF_INET6, i == 0);
		for (size_t row = 0; row < RTE_DIM(rows); row++) {
			bool is_v4 = !strchr(rows[row].spec.from, ':');
			uint8_t bytes[FRAME_FIXTURE_MAX];
			size_t len;
			struct rte_mbuf *mbuf = make_row(row, bytes, &len);

			if (sort(&mbuf, 1) == 0)
				continue;
			if (rows[row].outcome <= TO_B && is_v4 == (i == 0)) {
				assert_int_equal(packet_of(mbuf)->kind, PACKET_FRAME);
				assert_true(is_data(mbuf, bytes, len));
			} else {
				assert_true(is_right(row, mbuf, bytes, len));
			}
			rte_pktmbuf_free(mbuf);
		}
	}
}

/* The interface's MTU may change at any time. */
static void test_interface_mtu(void **state)
{
	struct frame_spec spec = {.from = "192.0.2.7", .to = "172.16.0.1", .ip_len = 600};
	uint8_t bytes[FRAME_FIXTURE_MAX];
	size_t len = frame_write(bytes, w.ports[PORT_LAN].facts.mac, &spec);

	(void)state;
	for (uint32_t mtu = 599; mtu <= 600; mtu++) {
		struct rte_mbuf *mbuf = fixture_mbuf(bytes, len);

		atomic_store(&w.f.ifaces[0].mtu, mtu);
		assert_int_equal(sort(&mbuf, 1), 1);
		assert_int_equal(packet_of(mbuf)->kind, mtu < 600 ? PACKET_FRAME : PACKET_INNER);
		rte_pktmbuf_free(mbuf);
	}
}

/* --- the kernel's side --- */

/* Gives `n` frames to the kernel and returns how many it got. */
static unsigned give(unsigned n)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	uint8_t bytes[128];
	unsigned n_got = 0;

	for (unsigned i = 0; i < n; i++) {
		memset(bytes, (int)i, sizeof(bytes));
		mbufs[i] = fixture_mbuf(bytes, 60 + i % 60);
	}
	forward_to_host(&w.f.pl, &w.views[PORT_LAN], mbufs, n);
	for (; read(w.host_fd, bytes, sizeof(bytes)) == 60 + n_got % 60; n_got++)
		assert_int_equal(bytes[59], n_got);
	return n_got;
}

static unsigned flood(unsigned n)
{
	unsigned n_got = 0;

	for (unsigned n_now; n; n -= n_now) {
		n_now = RTE_MIN(n, (unsigned)PACKET_BURST);
		n_got += give(n_now);
	}
	return n_got;
}

/* 1000 frames per second, and 256 at once after a pause. */
static void test_host_budget(void **state)
{
	static const struct {
		uint64_t pause_ns;
		unsigned n, n_got;
	} steps[] = {
		{0, 1, 1},
		{0, 300, 255},
		{0, 64, 0},
		{NSEC_PER_MSEC - 1, 64, 0},
		{1, 64, 1},
		{10 * NSEC_PER_MSEC, 64, 10},
		{3 * NSEC_PER_MSEC / 2, 64, 1},
		{NSEC_PER_MSEC / 2, 64, 1}, /* the half is not lost */
		{64 * NSEC_PER_MSEC, 64, 64},
		{100 * NSEC_PER_MSEC, 50, 50},
		{0, 64, 50}, /* nor is what was not used */
		{3600 * NSEC_PER_SEC, 300, 256},
		{0, 64, 0},
	};
	uint64_t n_dropped = 0;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(steps); i++) {
		w.f.pl.now_ns += steps[i].pause_ns;
		if (flood(steps[i].n) != steps[i].n_got)
			fail_msg("step %zu", i);
		n_dropped += steps[i].n - steps[i].n_got;
		assert_int_equal(fixture_dropped(&w.f, DROP_FRAME_HOST_RATE), n_dropped);
	}
	assert_int_equal(fixture_drops(&w.f), n_dropped);
}

/* The rate holds over time, whatever it is. Just after boot the clock has not come far. */
static void test_host_rates(void **state)
{
	static const uint32_t rates[] = {100, 20000, 999983, 10000000};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(rates); i++) {
		const uint64_t round_ns = 16 * NSEC_PER_SEC / rates[i];
		unsigned n_got = 0;

		w.f.pl.now_ns = 1;
		w.views[PORT_LAN].budget = (struct budget){0};
		w.views[PORT_LAN].host_rate = rates[i];
		for (unsigned round = 0; round < 100; round++, w.f.pl.now_ns += round_ns)
			n_got += give(32);
		assert_in_range(n_got, 100 * 16 - 32, 100 * 16 + 256);
	}
}

static void test_no_twin(void **state)
{
	struct rte_mbuf *mbufs[3];

	(void)state;
	forward_fixture_share(&w, PORT_WAN);
	for (unsigned i = 0; i < 3; i++)
		mbufs[i] = fixture_mbuf("frame", 5);
	forward_to_host(&w.f.pl, &w.views[PORT_WAN], mbufs, 3);
	assert_int_equal(fixture_dropped(&w.f, DROP_FRAME_NO_TWIN), 3);
	assert_int_equal(fixture_drops(&w.f), 3);
	assert_int_equal(forward_from_host(&w.f.pl, &w.views[PORT_WAN]), 0);
}

static void test_from_host(void **state)
{
	uint8_t bytes[1514];

	(void)state;
	assert_int_equal(forward_from_host(&w.f.pl, &w.views[PORT_LAN]), 0);
	for (unsigned i = 0; i < 100; i++) {
		memset(bytes, (int)i, sizeof(bytes));
		assert_true(write(w.host_fd, bytes, i ? 60 + i : 1514) > 0);
	}
	assert_int_equal(forward_from_host(&w.f.pl, &w.views[PORT_LAN]), PACKET_BURST);
	assert_int_equal(forward_from_host(&w.f.pl, &w.views[PORT_LAN]), 100 - PACKET_BURST);
	port_link_flush(w.ports[PORT_LAN].link, &w.f.pl.drops);
	for (unsigned i = 0; i < 100; i++) {
		struct rte_mbuf *mbuf = port_fixture_take(&w.ports[PORT_LAN], 0);

		assert_non_null(mbuf);
		memset(bytes, (int)i, sizeof(bytes));
		assert_true(is_data(mbuf, bytes, i ? 60 + i : 1514));
		assert_int_equal(mbuf->ol_flags, 0);
		rte_pktmbuf_free(mbuf);
	}
	assert_null(port_fixture_take(&w.ports[PORT_LAN], 0));
	assert_int_equal(fixture_drops(&w.f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sort, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sort_bursts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forwarding_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interface_mtu, setup, teardown),
		cmocka_unit_test_setup_teardown(test_host_budget, setup, teardown),
		cmocka_unit_test_setup_teardown(test_host_rates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_twin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_from_host, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	forward_fixture_start(&w);
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	forward_fixture_stop(&w);
	fixture_stop_eal();
	return n_failed;
}
