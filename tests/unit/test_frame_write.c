/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What frame.h writes: headers, hops, flows. Reading is test_frame.c's. */

#include "frame_write.h"

#include "frame_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "base/bytes.h"
#include "frame_fixture.h"
#include "io/port.h"
#include "packet.h"
#include "tables/way.h"

static const uint8_t our_mac[6] = {2, 0x50, 0, 0, 0, 1};

static const uint8_t peer_mac[6] = {2, 0x50, 0, 0, 0, 0x77};

struct buffer {
	struct rte_mbuf mbuf;
	uint8_t bytes[2048];
};

/* `data_len` bytes of data behind `headroom`. */
static void buffer_init(struct buffer *b, uint16_t headroom, uint16_t data_len)
{
	memset(b, 0, sizeof(*b));
	for (size_t i = 0; i < sizeof(b->bytes); i++)
		b->bytes[i] = (uint8_t)(i * 11 + data_len);
	b->mbuf.buf_addr = b->bytes;
	b->mbuf.buf_len = sizeof(b->bytes);
	b->mbuf.data_off = headroom;
	b->mbuf.data_len = data_len;
	b->mbuf.pkt_len = data_len;
	b->mbuf.nb_segs = 1;
	b->mbuf.ol_flags = ~UINT64_C(0) >> 8; /* what the way in has left */
}

static struct port_facts facts_of(unsigned offloads)
{
	struct port_facts facts = {
		.has_ipv4_checksum = offloads & 1, .has_udp_checksum = offloads & 2};

	memcpy(facts.mac, our_mac, sizeof(facts.mac));
	return facts;
}

/* Checks the Ethernet header and returns what is behind it. */
static const uint8_t *after_ethernet(const struct rte_mbuf *mbuf, sa_family_t family, uint16_t vlan)
{
	const uint8_t *at = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	uint8_t expected[6] = {0x81, 0, (uint8_t)(vlan >> 8), (uint8_t)vlan};

	assert_memory_equal(at, peer_mac, 6);
	assert_memory_equal(at + 6, our_mac, 6);
	frame_put16(expected + 4, family == AF_INET ? 0x0800 : 0x86dd);
	assert_memory_equal(at + 12, expected + (vlan ? 0 : 4), vlan ? 6 : 2);
	return at + (vlan ? 18 : 14);
}

static void test_wrap(void **state)
{
	static const uint16_t vlans[] = {0, 1, 7, 4094};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(vlans) * 2; i++) {
		uint16_t vlan = vlans[i / 2], overhead = vlan ? 18 : 14;
		sa_family_t family = i % 2 ? AF_INET6 : AF_INET;
		const struct port_facts facts = facts_of(3);
		struct buffer b, before;

		buffer_init(&b, overhead, 100);
		before = b;
		assert_true(frame_wrap(&b.mbuf, family, &facts, peer_mac, vlan));
		assert_int_equal(rte_pktmbuf_data_len(&b.mbuf), 100 + overhead);
		assert_int_equal(rte_pktmbuf_pkt_len(&b.mbuf), 100 + overhead);
		assert_memory_equal(
			after_ethernet(&b.mbuf, family, vlan), before.bytes + overhead, 100);
		assert_int_equal(b.mbuf.ol_flags, 0);

		buffer_init(&b, (uint16_t)(overhead - 1), 100);
		before = b;
		assert_false(frame_wrap(&b.mbuf, family, &facts, peer_mac, vlan));
		assert_memory_equal(&b.mbuf, &before.mbuf, sizeof(b.mbuf));
		assert_memory_equal(b.bytes, before.bytes, sizeof(b.bytes));
	}
}

#define TOS 0xb9

static struct endpoint endpoint_of_peer(sa_family_t family)
{
	struct endpoint endpoint = {.port = 51821};

	endpoint.addr.family = endpoint.local.family = family;
	assert_int_equal(inet_pton(family, family == AF_INET ? "192.0.2.9" : "2001:db8::9",
				 endpoint.addr.bytes),
		1);
	assert_int_equal(inet_pton(family, family == AF_INET ? "198.51.100.1" : "2001:db8:2::1",
				 endpoint.local.bytes),
		1);
	return endpoint;
}

static struct way way_to(
	const struct endpoint *endpoint, uint16_t vlan, const struct port_facts *facts)
{
	struct way way;

	frame_begin_way(&way, endpoint->addr.family, facts, peer_mac, vlan);
	assert_int_equal(way.l2_len, vlan ? 18 : 14);
	assert_true(frame_aim_way(&way, endpoint, 51820));
	return way;
}

static void check_sums(
	const struct rte_mbuf *mbuf, const uint8_t *ip, uint16_t udp_len, unsigned offloads)
{
	bool is_v4 = ip[0] >> 4 == 4;
	const uint8_t *udp = ip + (is_v4 ? 20 : 40);
	uint16_t field = (uint16_t)(udp[6] << 8 | udp[7]), pseudo = slow_pseudo_sum(ip, udp_len);
	uint64_t flags = 0;

	if (is_v4 && (offloads & 1)) {
		assert_int_equal(ip[10] | ip[11], 0);
		flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	} else if (is_v4) {
		assert_int_equal(slow_sum(ip, 20, 0), 0xffff);
	}
	if (offloads & 2) { /* the device wants to find the pseudo header's sum there */
		assert_int_equal(field, pseudo);
		flags |=
			RTE_MBUF_F_TX_UDP_CKSUM | (is_v4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
	} else if (is_v4) {
		assert_int_equal(field, 0);
	} else {
		assert_int_not_equal(field, 0);
		assert_int_equal(slow_sum(udp, udp_len, pseudo), 0xffff);
	}
	assert_int_equal(mbuf->ol_flags, flags);
}

/* The written frame is read back, and the fields that the reader does not tell are looked at. */
static void check_datagram(struct rte_mbuf *mbuf, const struct endpoint *to, uint16_t vlan,
	uint16_t len, unsigned offloads)
{
	bool is_v4 = to->addr.family == AF_INET;
	size_t addr_len = is_v4 ? 4 : 16;
	const uint8_t *ip = after_ethernet(mbuf, to->addr.family, vlan);
	struct rte_mbuf read = *mbuf;
	struct frame frame = {.ip = NULL};
	struct frame_udp udp = {.to_port = 0};

	read.ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	assert_int_equal(frame_parse(&read, frame_mac(peer_mac), &frame), FRAME_IP);
	assert_int_equal(frame.family, to->addr.family);
	assert_int_equal(frame.ip_len, len + datagram_overhead(is_v4));
	assert_int_equal(frame.ip_at + frame.ip_len, rte_pktmbuf_data_len(mbuf));
	assert_true(frame_is_udp(&frame));
	assert_true(frame_parse_udp(&read, &frame, &udp));
	assert_int_equal(udp.tos, TOS);
	assert_int_equal(udp.from_port, 51820);
	assert_int_equal(udp.to_port, to->port);
	assert_memory_equal(frame.from, to->local.bytes, addr_len);
	assert_memory_equal(frame.to, to->addr.bytes, addr_len);
	assert_int_equal(is_v4 ? ip[8] : ip[7], 64);
	if (is_v4)
		assert_int_equal(ip[6] | ip[7], 0);
	if (mbuf->ol_flags) {
		assert_int_equal(mbuf->l2_len, vlan ? 18 : 14);
		assert_int_equal(mbuf->l3_len, is_v4 ? 20 : 40);
	}
	check_sums(mbuf, ip, (uint16_t)(len + 8), offloads);
}

static void test_wrap_datagram(void **state)
{
	static const uint16_t lens[] = {32, 33, 92, 148, 1451, 1452};

	(void)state;
	for (unsigned i = 0; i < 2 * 2 * 4 * RTE_DIM(lens); i++) {
		sa_family_t family = i & 1 ? AF_INET6 : AF_INET;
		uint16_t vlan = i & 2 ? 4094 : 0, len = lens[i >> 4];
		unsigned offloads = i >> 2 & 3;
		uint16_t overhead =
			(uint16_t)(datagram_overhead(family == AF_INET) + (vlan ? 18 : 14));
		const struct port_facts facts = facts_of(offloads);
		const struct endpoint to = endpoint_of_peer(family);
		const struct way way = way_to(&to, vlan, &facts);
		struct buffer b, before;

		buffer_init(&b, overhead, len);
		before = b;
		assert_true(frame_wrap_datagram(&b.mbuf, &way, TOS, &facts));
		assert_int_equal(rte_pktmbuf_data_len(&b.mbuf), len + overhead);
		check_datagram(&b.mbuf, &to, vlan, len, offloads);
		assert_memory_equal(
			b.bytes + overhead, before.bytes + overhead, sizeof(b.bytes) - overhead);
	}
}

static void check_not_wrapped(
	uint16_t headroom, const struct port_facts *facts, const struct way *way)
{
	struct buffer b, before;

	buffer_init(&b, headroom, 64);
	before = b;
	assert_false(frame_wrap_datagram(&b.mbuf, way, TOS, facts));
	assert_memory_equal(&b.mbuf, &before.mbuf, sizeof(b.mbuf));
	assert_memory_equal(b.bytes, before.bytes, sizeof(b.bytes));
}

static void test_wrap_datagram_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		sa_family_t family = i & 1 ? AF_INET6 : AF_INET;
		uint16_t vlan = i & 2 ? 7 : 0;
		uint16_t overhead =
			(uint16_t)(datagram_overhead(family == AF_INET) + (vlan ? 18 : 14));
		const struct port_facts facts = facts_of(0);
		struct endpoint to = endpoint_of_peer(family);
		struct way way = way_to(&to, vlan, &facts);

		check_not_wrapped((uint16_t)(overhead - 1), &facts, &way);
		check_not_wrapped(0, &facts, &way);
		to.local.family = AF_UNSPEC;
		assert_false(frame_aim_way(&way, &to, 51820));
		to.local.family = family == AF_INET ? AF_INET6 : AF_INET;
		assert_false(frame_aim_way(&way, &to, 51820));
	}
}

/* Over IPv6 a sum that comes to 0 is sent as 0xffff: 0 would mean that there is none. RFC 8200, 8.1. */
static void test_ipv6_sum_of_zero(void **state)
{
	const struct port_facts facts = facts_of(0);
	const struct endpoint to = endpoint_of_peer(AF_INET6);
	const struct way way = way_to(&to, 0, &facts);
	struct buffer b;
	uint8_t *udp;
	uint32_t word;

	(void)state;
	buffer_init(&b, 128, 64);
	assert_true(frame_wrap_datagram(&b.mbuf, &way, TOS, &facts));
	udp = rte_pktmbuf_mtod_offset(&b.mbuf, uint8_t *, 14 + 40);
	word = ((uint32_t)udp[20] << 8 | udp[21]) + ((uint32_t)udp[6] << 8 | udp[7]);
	buffer_init(&b, 128, 64);
	frame_put16(b.bytes + 128 + 12, (word & 0xffff) + (word >> 16));
	assert_true(frame_wrap_datagram(&b.mbuf, &way, TOS, &facts));
	assert_int_equal(udp[6] << 8 | udp[7], 0xffff);
	check_sums(&b.mbuf, udp - 40, 72, 0);
}

/*
 * Datagrams that are on the way together must not be taken for fragments of one: their counters tell them apart. Whatever the
 * identifier, the header's sum is right.
 */
static void test_ipv4_identifier(void **state)
{
	const struct port_facts facts = facts_of(0);
	const struct endpoint to = endpoint_of_peer(AF_INET);
	const struct way way = way_to(&to, 0, &facts);
	bool is_used[0x10000] = {false};

	(void)state;
	for (unsigned counter = 0; counter < 0x10000; counter++) {
		struct rte_mbuf *mbuf;
		struct buffer b;
		const uint8_t *ip;

		buffer_init(&b, 128, 32);
		le64_store(b.bytes + 128 + 8, counter);
		mbuf = &b.mbuf;
		assert_true(frame_wrap_datagram(mbuf, &way, TOS, &facts));
		ip = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, 14);
		assert_int_equal(slow_sum(ip, 20, 0), 0xffff);
		assert_false(is_used[ip[4] << 8 | ip[5]]);
		is_used[ip[4] << 8 | ip[5]] = true;
	}
}

/* --- hops --- */

/* Spends a hop of an IPv4 header with this TTL and identifier; the result is that of a sum taken anew. */
static void check_hop(uint8_t ttl, uint16_t id)
{
	const struct frame_spec spec = {.from = "192.0.2.1", .to = "198.51.100.2", .ip_len = 60};
	uint8_t ip[FRAME_FIXTURE_MAX], expected[20];

	frame_write_ip(ip, &spec);
	ip[8] = ttl;
	frame_put16(ip + 4, id);
	frame_set_ipv4_sum(ip);
	memcpy(expected, ip, sizeof(expected));
	expected[8]--;
	frame_set_ipv4_sum(expected);
	ip_spend_hop(ip);
	if (memcmp(ip, expected, sizeof(expected)) != 0)
		fail_msg("TTL %u, identifier %u: sum %02x%02x, not %02x%02x", ttl, id, ip[10],
			ip[11], expected[10], expected[11]);
}

static void test_spend_hop(void **state)
{
	(void)state;
	for (unsigned ttl = 2; ttl <= 255; ttl++)
		for (unsigned id = 0; id < 0x10000; id += 257)
			check_hop((uint8_t)ttl, (uint16_t)id);
	for (unsigned id = 0; id < 0x10000; id++) /* each of the 65535 sums */
		check_hop(64, (uint16_t)id);
}

/* A sum of 0 may have been written as 0xffff. */
static void test_spend_hop_negative_zero(void **state)
{
	const struct frame_spec spec = {.from = "192.0.2.1", .to = "198.51.100.2", .ip_len = 60};
	uint8_t ip[FRAME_FIXTURE_MAX];

	(void)state;
	frame_write_ip(ip, &spec);
	frame_put16(ip + 10, 0);
	frame_put16(ip + 4, (uint16_t)~slow_sum(ip, 20, 0));
	frame_put16(ip + 10, 0xffff);
	assert_int_equal(slow_sum(ip, 20, 0), 0xffff);
	ip_spend_hop(ip);
	assert_int_equal(ip[8], 63);
	assert_int_equal(slow_sum(ip, 20, 0), 0xffff);
}

static void test_spend_hop_ipv6(void **state)
{
	const struct frame_spec spec = {.from = "2001:db8::1", .to = "2001:db8::2", .ip_len = 80};
	uint8_t ip[FRAME_FIXTURE_MAX], expected[FRAME_FIXTURE_MAX];

	(void)state;
	for (unsigned limit = 2; limit <= 255; limit++) {
		frame_write_ip(ip, &spec);
		ip[7] = (uint8_t)limit;
		memcpy(expected, ip, 80);
		expected[7]--;
		assert_int_equal(ip_hop_limit(ip), limit);
		ip_spend_hop(ip);
		assert_memory_equal(ip, expected, 80);
	}
}

static void test_plain(void **state)
{
	uint8_t ip[40] = {0};

	(void)state;
	for (unsigned ihl = 0; ihl < 16; ihl++) {
		ip[0] = (uint8_t)(0x40 | ihl);
		assert_int_equal(ip_is_plain(ip), ihl == 5);
	}
	for (unsigned next = 0; next < 256; next++) {
		ip[0] = 0x60;
		ip[6] = (uint8_t)next;
		assert_int_equal(ip_is_plain(ip), next != 0);
	}
}

/* --- flows --- */

static void test_flow_hash_is_the_flows(void **state)
{
	uint8_t from[17] = {0}, to[17] = {0};

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		from[i] = (uint8_t)(17 * i + 1);
		to[i] = (uint8_t)(255 - 3 * i);
	}
	for (unsigned i = 0; i < 2; i++) {
		sa_family_t family = i ? AF_INET6 : AF_INET;
		uint32_t hash = ip_flow_hash(family, from, to);
		uint8_t moved_from[17], moved_to[17]; /* at an odd place, before other bytes */

		memset(moved_from, 0xee, sizeof(moved_from));
		memset(moved_to, 0xdd, sizeof(moved_to));
		memcpy(moved_from + 1, from, i ? 16 : 4);
		memcpy(moved_to + 1, to, i ? 16 : 4);
		assert_int_equal(ip_flow_hash(family, moved_from + 1, moved_to + 1), hash);
		assert_int_not_equal(ip_flow_hash(family, to, from), hash);
	}
}

/* Puts the flow's number, in steps of 2 to the `shift`, into the four bytes in front of `end`. */
static void number_address(uint8_t address[16], unsigned end, uint32_t number, unsigned shift)
{
	uint64_t value = (uint64_t)number << shift;

	for (unsigned i = 1; i <= 4; i++, value >>= 8)
		address[(end - i) % 16] = (uint8_t)value;
}

/* However the addresses are numbered, each of a route's hops gets at least half of its share of them. */
static void check_spread(sa_family_t family, unsigned shift, unsigned where)
{
	unsigned n_flows[9][8] = {{0}};
	uint8_t from[16] = {10, 1}, to[16] = {10, 2};
	unsigned addr_len = family == AF_INET ? 4 : 16;

	for (uint32_t flow = 0; flow < 1024; flow++) {
		uint32_t hash;

		if (where & 1)
			number_address(from, addr_len, flow, shift);
		if (where & 2)
			number_address(to, addr_len, flow, shift);
		if (where & 4)
			number_address(from, addr_len / 2, flow, shift);
		hash = ip_flow_hash(family, from, to);
		for (unsigned n_hops = 2; n_hops <= 8; n_hops++)
			n_flows[n_hops][hash % n_hops]++;
	}
	for (unsigned n_hops = 2; n_hops <= 8; n_hops++)
		for (unsigned hop = 0; hop < n_hops; hop++)
			if (n_flows[n_hops][hop] < 1024 / n_hops / 2)
				fail_msg("family %d, shift %u, where %u: hop %u of %u gets %u",
					family, shift, where, hop, n_hops, n_flows[n_hops][hop]);
}

static void test_flow_hash_spreads(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift <= 20; shift++) {
		for (unsigned where = 1; where <= 3; where++)
			check_spread(AF_INET, shift, where);
		for (unsigned where = 1; where <= 7; where++)
			check_spread(AF_INET6, shift, where);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_wrap_datagram),
		cmocka_unit_test(test_wrap_datagram_refused),
		cmocka_unit_test(test_ipv6_sum_of_zero),
		cmocka_unit_test(test_ipv4_identifier),
		cmocka_unit_test(test_spend_hop),
		cmocka_unit_test(test_spend_hop_negative_zero),
		cmocka_unit_test(test_spend_hop_ipv6),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_flow_hash_is_the_flows),
		cmocka_unit_test(test_flow_hash_spreads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
