/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Packets as the kernel gives them to a device that cuts. What cutting makes of whole ones is in test_tun_join.c, too. */

#include "io/tun_cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/checksum.h"
#include "flow_packet.h"

#define PIECE_LEN 1000
#define PAYLOAD_MAX (FLOW_PACKET_MAX - 100)

static const struct flow_packet tcp4 = {.tos = 1,
	.ttl = 64,
	.id = 0xffff,
	.fragment = 0x4000,
	.from = 1,
	.to = 2,
	.from_port = 5,
	.to_port = 6,
	.seq = 0xfffffff0,
	.ack = 9,
	.flags = TCP_ACK,
	.window = 7,
	.options = {1, 1, 8, 10},
	.payload_len = 1500};

/* A packet to be cut, and what is written in front of it. */
struct whole {
	uint8_t bytes[FLOW_PACKET_MAX];
	uint16_t len;
	struct virtio_net_hdr header;
};

static void make_whole(struct whole *out, const struct flow_packet *p)
{
	out->len = flow_write(out->bytes, p);
	out->header = (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = p->is_udp ? VIRTIO_NET_HDR_GSO_UDP_L4
			: p->is_v6    ? VIRTIO_NET_HDR_GSO_TCPV6
				      : VIRTIO_NET_HDR_GSO_TCPV4,
		.gso_size = PIECE_LEN,
		.hdr_len = (uint16_t)flow_hdr_len(p),
		.csum_start = (uint16_t)flow_l4_at(p),
		.csum_offset = p->is_udp ? 6 : 16};
}

/* Each segment is what the maker of packets makes of its part. */
static void assert_cut(const struct flow_packet *p, unsigned n_expected)
{
	uint8_t segment[FLOW_PACKET_MAX], expected[FLOW_PACKET_MAX];
	struct whole whole;
	struct tun_cut cut;

	make_whole(&whole, p);
	assert_true(tun_cut_plan(&cut, &whole.header, whole.bytes, whole.len));
	assert_int_equal(cut.n, n_expected);
	for (unsigned i = 0; i < cut.n; i++) {
		const bool is_last = i + 1 == cut.n;
		struct flow_packet part = *p;
		uint16_t len;

		part.id = (uint16_t)(p->id + i);
		part.seq += i * PIECE_LEN;
		part.fill = (uint8_t)(i * PIECE_LEN);
		part.payload_len = is_last ? (uint16_t)(p->payload_len - i * PIECE_LEN) : PIECE_LEN;
		if (!is_last)
			part.flags &= (uint8_t) ~(TCP_FIN | TCP_PSH);
		if (i > 0)
			part.flags &= (uint8_t)~TCP_CWR;
		len = flow_write(expected, &part);
		assert_int_equal(tun_cut_write(&cut, whole.bytes, i, segment), len);
		assert_memory_equal(segment, expected, len);
	}
}

static void test_cut(void **state)
{
	static const uint16_t lens[] = {1, 999, 1000, 1001, 1500, PAYLOAD_MAX};

	(void)state;
	for (unsigned kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < array_len(lens); i++) {
			struct flow_packet p = tcp4;

			p.is_v6 = kind & 1;
			p.is_udp = kind & 2;
			p.payload_len = lens[i];
			assert_cut(&p, (lens[i] + PIECE_LEN - 1U) / PIECE_LEN);
			p.flags |= TCP_PSH | TCP_FIN | TCP_CWR | TCP_ECE;
			assert_cut(&p, (lens[i] + PIECE_LEN - 1U) / PIECE_LEN);
		}
	}
}

/* A checksum of UDP that is 0 is written as 0xffff. */
static void test_zero_sum(void **state)
{
	uint8_t segment[FLOW_PACKET_MAX];
	struct flow_packet p = tcp4;
	struct whole whole;
	struct tun_cut cut;
	uint16_t sum;

	(void)state;
	p.is_udp = true;
	p.payload_len = 100;
	make_whole(&whole, &p);
	/* A word of the payload is what makes the sum 0. */
	be16_store(whole.bytes + 26, 0);
	be16_store(whole.bytes + 40, 0);
	sum = flow_checksum_l4(whole.bytes, 20, whole.len);
	be16_store(whole.bytes + 40, sum);
	assert_int_equal(flow_checksum_l4(whole.bytes, 20, whole.len), 0);
	assert_true(tun_cut_plan(&cut, &whole.header, whole.bytes, whole.len));
	tun_cut_write(&cut, whole.bytes, 0, segment);
	assert_int_equal(be16_load(segment + 26), 0xffff);
}

/* An extension header is copied with the others. */
static void test_extension_header(void **state)
{
	uint8_t bytes[FLOW_PACKET_MAX], segment[FLOW_PACKET_MAX];
	struct flow_packet p = tcp4;
	struct whole whole;
	struct tun_cut cut;

	(void)state;
	p.is_v6 = true;
	make_whole(&whole, &p);
	memcpy(bytes, whole.bytes, 40);
	memcpy(bytes + 40, (uint8_t[8]){6, 0, 1, 4}, 8);
	memcpy(bytes + 48, whole.bytes + 40, whole.len - 40U);
	bytes[6] = 60;
	be16_store(bytes + 4, (uint16_t)(whole.len + 8 - 40));
	whole.header.csum_start += 8;
	assert_true(tun_cut_plan(&cut, &whole.header, bytes, whole.len + 8U));
	assert_int_equal(cut.n, 2);
	assert_int_equal(tun_cut_write(&cut, bytes, 1, segment), 48 + 32 + 500);
	assert_int_equal(be16_load(segment + 4), 8 + 32 + 500);
	assert_memory_equal(segment + 6, bytes + 6, 42);
	/* The maker's sum takes the protocol from the IP header. */
	segment[6] = 6;
	assert_int_equal(flow_checksum_l4(segment, 48, 48 + 32 + 500), 0);
}

/* One thing is wrong with a packet of 1,500 bytes of payload. */
static const struct {
	unsigned at; /* in the header, or behind that in the packet */
	uint16_t value;
	unsigned len;
	bool is_v6, is_udp;
} bad[] = {
#define IN_HEADER(field) offsetof(struct virtio_net_hdr, field)
	{IN_HEADER(flags), 1 << 8 | 0, 2, false, false},
	{IN_HEADER(gso_type), VIRTIO_NET_HDR_GSO_UDP, 1, false, true},
	{IN_HEADER(gso_type), VIRTIO_NET_HDR_GSO_TCPV6, 1, false, false},
	{IN_HEADER(gso_type), VIRTIO_NET_HDR_GSO_TCPV4, 1, true, false},
	{IN_HEADER(gso_type), 99, 1, false, false},
	/* 5 */
	{IN_HEADER(gso_size), 0, 2, false, false},
	{IN_HEADER(csum_start), 0, 2, false, false},
	{IN_HEADER(csum_start), 24, 2, false, false},
	{IN_HEADER(csum_start), 39, 2, true, false},
	{IN_HEADER(csum_start), 65535, 2, true, false},
	/* 10: the end of the packet cuts through the header of TCP, or is where that ends */
	{IN_HEADER(csum_start), 1550, 2, true, false},
	{IN_HEADER(csum_start), 1572 - 19, 2, true, false},
	{IN_HEADER(csum_start), 1572 - 20, 2, true, false},
	{10 + 0, 0x46, 1, false, false},
	{10 + 0, 0x55, 1, false, false},
	/* 15 */
	{10 + 9, 17, 1, false, false},
	{10 + 6, 17, 1, true, false},
	{10 + 3, 0, 1, false, false},
	{10 + 5, 0, 1, true, false},
	{10 + 20 + 12, 0x40, 1, false, false},
	/* 20: a TCP header without end, and one that is all */
	{10 + 20 + 12, 0x00, 1, false, false},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(bad); row++) {
		struct flow_packet p = tcp4;
		struct whole whole;
		struct tun_cut cut;
		uint8_t *at;

		p.is_v6 = bad[row].is_v6;
		p.is_udp = bad[row].is_udp;
		make_whole(&whole, &p);
		at = bad[row].at < TUN_HEADER_LEN ? (uint8_t *)&whole.header + bad[row].at
						  : whole.bytes + bad[row].at - TUN_HEADER_LEN;
		memcpy(at, &bad[row].value, bad[row].len);
		if (tun_cut_plan(&cut, &whole.header, whole.bytes, whole.len))
			fail_msg("row %zu is taken", row);
	}
}

/* However short a packet is cut, nothing behind its end is looked at; AddressSanitizer watches. */
static void test_short(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 4; kind++) {
		struct flow_packet p = tcp4;
		struct whole whole;
		struct tun_cut cut;

		p.is_v6 = kind & 1;
		p.is_udp = kind & 2;
		make_whole(&whole, &p);
		for (uint16_t len = 0; len < whole.len; len++) {
			uint8_t *bytes = test_malloc(len ? len : 1);

			memcpy(bytes, whole.bytes, len);
			if (len >= 6)
				be16_store(bytes + (p.is_v6 ? 4 : 2),
					(uint16_t)(p.is_v6 ? len - 40 : len));
			assert_int_equal(tun_cut_plan(&cut, &whole.header, bytes, len),
				len > flow_hdr_len(&p));
			test_free(bytes);
		}
	}
}

/* A whole packet whose checksum was only begun. */
static void test_complete(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 4; kind++) {
		uint8_t expected[FLOW_PACKET_MAX];
		struct flow_packet p = tcp4;
		struct whole whole;
		uint16_t sum;

		p.is_v6 = kind & 1;
		p.is_udp = kind & 2;
		make_whole(&whole, &p);
		memcpy(expected, whole.bytes, whole.len);
		whole.header.gso_type = VIRTIO_NET_HDR_GSO_NONE;
		sum = (uint16_t)~checksum_fold(checksum_sum_pseudo(
			whole.bytes, p.is_udp ? 17 : 6, (uint32_t)(whole.len - flow_l4_at(&p))));
		sum = (uint16_t)~sum;
		memcpy(whole.bytes + whole.header.csum_start + whole.header.csum_offset, &sum, 2);
		assert_true(tun_cut_complete(&whole.header, whole.bytes, whole.len));
		assert_memory_equal(whole.bytes, expected, whole.len);
		/* One that is there already is not touched. */
		whole.header.flags = 0;
		assert_true(tun_cut_complete(&whole.header, whole.bytes, whole.len));
		assert_memory_equal(whole.bytes, expected, whole.len);
		whole.header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		whole.header.csum_start = (uint16_t)(whole.len - whole.header.csum_offset - 1);
		assert_false(tun_cut_complete(&whole.header, whole.bytes, whole.len));
		assert_memory_equal(whole.bytes, expected, whole.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_zero_sum),
		cmocka_unit_test(test_extension_header),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
