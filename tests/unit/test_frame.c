/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Frames lie in memory of exactly their length, so that a sanitizer sees each byte that is read beyond. */

#include "frame_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "frame_fixture.h"
#include "packet.h"

#define N_PATCHES 6
#define FRAME(at) \
	(0x1000 + (at)) /* a patch counts from the frame's start, others from the IP header's */
#define TYPE(at) (-2 + (at))

static const uint8_t our_mac[6] = {2, 0x50, 0, 0, 0, 1};

enum base {
	V4, /* of 60 bytes, 40 of them UDP */
	V6, /* of 80 bytes, 40 of them UDP */
};

/* What is changed in a good frame, and what it then is. */
static const struct {
	const char *what;
	enum base base;
	struct {
		int at;
		uint8_t value;
	} patches[N_PATCHES]; /* up to the first {0, 0} */
	int cut;              /* bytes less at the end; negative: padding */
	uint64_t ol_flags;
	bool is_sum_kept; /* the IPv4 checksum is that of before */
	enum frame_class class;
	bool is_udp; /* of FRAME_IP */
} rows[] = {
	{"IPv4", V4, .class = FRAME_IP, .is_udp = true},
	{"IPv6", V6, .class = FRAME_IP, .is_udp = true},
	{"IPv4, TCP", V4, {{9, 6}}, .class = FRAME_IP},
	{"IPv6, TCP", V6, {{6, 6}}, .class = FRAME_IP},
	{"IPv4, last hop", V4, {{8, 1}}, .class = FRAME_IP, .is_udp = true},
	{"IPv4, DSCP and ECN", V4, {{1, 0xb9}}, .class = FRAME_IP, .is_udp = true},
	{"IPv6, DSCP and ECN", V6, {{0, 0x6b}, {1, 0x9f}}, .class = FRAME_IP, .is_udp = true},
	{"IPv6, flow label", V6, {{1, 0x0f}, {2, 0xff}, {3, 0xff}}, .class = FRAME_IP,
		.is_udp = true},

	/* Ethernet */
	{"other MAC", V4, {{FRAME(5), 2}}, .class = FRAME_HOST},
	{"other MAC, first byte", V6, {{FRAME(0), 6}}, .class = FRAME_HOST},
	{"broadcast", V4,
		{{FRAME(0), 255}, {FRAME(1), 255}, {FRAME(2), 255}, {FRAME(3), 255},
			{FRAME(4), 255}, {FRAME(5), 255}},
		.class = FRAME_HOST},
	{"IPv6 multicast", V6,
		{{FRAME(0), 0x33}, {FRAME(1), 0x33}, {FRAME(2), 0}, {FRAME(3), 0}, {FRAME(4), 0},
			{FRAME(5), 1}},
		.class = FRAME_HOST},
	{"ARP", V4, {{TYPE(0), 8}, {TYPE(1), 6}}, .class = FRAME_HOST},
	{"another tag", V4, {{TYPE(0), 0x81}, {TYPE(1), 0}}, .class = FRAME_HOST},
	{"another service tag", V4, {{TYPE(0), 0x88}, {TYPE(1), 0xa8}}, .class = FRAME_HOST},
	{"malformed, not for us", V4, {{FRAME(5), 2}, {0, 0x65}}, .class = FRAME_HOST},
	{"padded IPv4", V4, .cut = -18, .class = FRAME_IP, .is_udp = true},
	{"padded IPv6", V6, .cut = -18, .class = FRAME_IP, .is_udp = true},

	/* IPv4 */
	{"version 6 as IPv4", V4, {{0, 0x65}}, .class = FRAME_MALFORMED},
	{"version 0 as IPv4", V4, {{0, 0x05}}, .class = FRAME_MALFORMED},
	{"header of 16 bytes", V4, {{0, 0x44}}, .class = FRAME_MALFORMED},
	{"options", V4, {{0, 0x46}}, .class = FRAME_HOST},
	{"most options", V4, {{0, 0x4f}}, .class = FRAME_HOST},
	{"IPv4 cut by one", V4, .cut = 1, .class = FRAME_MALFORMED},
	{"IPv4 length beyond the frame", V4, {{3, 61}}, .class = FRAME_MALFORMED},
	{"IPv4 length 65535", V4, {{2, 255}, {3, 255}}, .class = FRAME_MALFORMED},
	{"IPv4 length 19", V4, {{3, 19}}, .class = FRAME_MALFORMED},
	{"IPv4 length 0", V4, {{3, 0}}, .class = FRAME_MALFORMED},
	{"IPv4 header alone", V4, {{3, 20}, {9, 59}}, .class = FRAME_IP},

	{"wrong sum, unknown", V4, {{8, 9}}, .is_sum_kept = true, .class = FRAME_MALFORMED},
	{"wrong sum, none", V4, {{8, 9}}, .is_sum_kept = true,
		.ol_flags = RTE_MBUF_F_RX_IP_CKSUM_NONE, .class = FRAME_MALFORMED},
	{"wrong sum, said to be good", V4, {{8, 9}}, .is_sum_kept = true,
		.ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD, .class = FRAME_IP, .is_udp = true},
	{"wrong sum, bad", V4, {{8, 9}}, .is_sum_kept = true,
		.ol_flags = RTE_MBUF_F_RX_IP_CKSUM_BAD, .class = FRAME_MALFORMED},
	{"right sum, said to be bad", V4, .ol_flags = RTE_MBUF_F_RX_IP_CKSUM_BAD,
		.class = FRAME_MALFORMED},
	{"right sum, none", V4, .ol_flags = RTE_MBUF_F_RX_IP_CKSUM_NONE, .class = FRAME_IP,
		.is_udp = true},
	{"the other family's flag", V6, .ol_flags = RTE_MBUF_F_RX_IP_CKSUM_BAD, .class = FRAME_IP,
		.is_udp = true},
	{"sum with two bytes swapped", V4, {{12, 0}, {13, 192}}, .is_sum_kept = true,
		.class = FRAME_MALFORMED},

	{"first fragment", V4, {{6, 0x20}}, .class = FRAME_IP},
	{"middle fragment", V4, {{6, 0x20}, {7, 5}}, .class = FRAME_IP},
	{"last fragment", V4, {{7, 5}}, .class = FRAME_IP},
	{"last fragment, far", V4, {{6, 0x1f}}, .class = FRAME_IP},
	{"do not fragment", V4, {{6, 0x40}}, .class = FRAME_IP, .is_udp = true},
	{"a fragment's UDP length is not looked at", V4, {{6, 0x20}, {25, 99}}, .class = FRAME_IP},

	{"from 0.x", V4, {{12, 0}}, .class = FRAME_HOST},
	{"from 1.x", V4, {{12, 1}}, .class = FRAME_IP, .is_udp = true},
	{"from 126.x", V4, {{12, 126}}, .class = FRAME_IP, .is_udp = true},
	{"from 127.x", V4, {{12, 127}}, .class = FRAME_HOST},
	{"from 128.x", V4, {{12, 128}}, .class = FRAME_IP, .is_udp = true},
	{"from 223.x", V4, {{12, 223}}, .class = FRAME_IP, .is_udp = true},
	{"from 224.x", V4, {{12, 224}}, .class = FRAME_HOST},
	{"from 255.x", V4, {{12, 255}}, .class = FRAME_HOST},

	/* IPv6 */
	{"version 4 as IPv6", V6, {{0, 0x45}}, .class = FRAME_MALFORMED},
	{"hop-by-hop options", V6, {{6, 0}}, .class = FRAME_HOST},
	{"routing header", V6, {{6, 43}}, .class = FRAME_IP},
	{"IPv6 fragment", V6, {{6, 44}}, .class = FRAME_IP},
	{"IPv6 cut by one", V6, .cut = 1, .class = FRAME_MALFORMED},
	{"IPv6 length beyond the frame", V6, {{5, 41}}, .class = FRAME_MALFORMED},
	{"IPv6 length wraps", V6, {{4, 255}, {5, 255}, {6, 6}}, .class = FRAME_MALFORMED},
	{"IPv6 length wraps to 0", V6, {{4, 255}, {5, 0xd8}, {6, 6}}, .class = FRAME_MALFORMED},
	{"IPv6 header alone", V6, {{5, 0}, {6, 59}}, .class = FRAME_IP},
	{"from ::/64", V6, {{8, 0}, {9, 0}, {10, 0}, {11, 0}}, .class = FRAME_HOST},
	{"from 0:0:0:1::", V6, {{8, 0}, {9, 0}, {10, 0}, {11, 0}, {15, 1}}, .class = FRAME_IP,
		.is_udp = true},
	{"from fe7f::", V6, {{8, 0xfe}, {9, 0x7f}}, .class = FRAME_IP, .is_udp = true},
	{"from fe80::", V6, {{8, 0xfe}, {9, 0x80}}, .class = FRAME_HOST},
	{"from febf::", V6, {{8, 0xfe}, {9, 0xbf}}, .class = FRAME_HOST},
	{"from fec0::", V6, {{8, 0xfe}, {9, 0xc0}}, .class = FRAME_IP, .is_udp = true},
	{"from ff02::", V6, {{8, 0xff}, {9, 2}}, .class = FRAME_HOST},

	/* UDP */
	{"UDP longer than IPv4", V4, {{25, 41}}, .class = FRAME_MALFORMED},
	{"UDP shorter than IPv4", V4, {{25, 39}}, .class = FRAME_MALFORMED},
	{"UDP of length 0", V4, {{25, 0}}, .class = FRAME_MALFORMED},
	{"UDP longer than IPv6", V6, {{45, 41}}, .class = FRAME_MALFORMED},
	{"UDP shorter than IPv6", V6, {{45, 39}}, .class = FRAME_MALFORMED},
	{"no room for UDP", V4, {{3, 27}, {25, 7}}, .class = FRAME_MALFORMED},
	{"no room for UDP, IPv6", V6, {{5, 7}, {45, 7}}, .class = FRAME_MALFORMED},
	{"empty UDP", V4, {{3, 28}, {25, 8}}, .class = FRAME_IP, .is_udp = true},
	{"empty UDP, IPv6", V6, {{5, 8}, {45, 8}}, .class = FRAME_IP, .is_udp = true},
	{"wrong UDP sum", V4, .ol_flags = RTE_MBUF_F_RX_L4_CKSUM_BAD, .class = FRAME_MALFORMED},
	{"wrong UDP sum, IPv6", V6, .ol_flags = RTE_MBUF_F_RX_L4_CKSUM_BAD,
		.class = FRAME_MALFORMED},
	{"good UDP sum", V6, .ol_flags = RTE_MBUF_F_RX_L4_CKSUM_GOOD, .class = FRAME_IP,
		.is_udp = true},
	{"no UDP sum", V6, .ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE, .class = FRAME_IP,
		.is_udp = true},
	{"wrong TCP sum is the receiver's", V4, {{9, 6}}, .ol_flags = RTE_MBUF_F_RX_L4_CKSUM_BAD,
		.class = FRAME_IP},
};

/* Each row comes without a tag, with one, with one that says a priority as well, and with one that only says that. */
static const struct {
	bool is_there;
	uint16_t tci, vlan;
} tags[] = {{false, 0, 0}, {true, 7, 7}, {true, 0xffff, 4095}, {true, 0xe000, 0}};

struct text {
	uint8_t bytes[FRAME_FIXTURE_MAX];
	uint16_t ip_at, len;
};

static void make_row(size_t row, size_t tag, struct text *out)
{
	const struct frame_spec spec = {
		.from = rows[row].base == V4 ? "192.0.2.1" : "2001:db8::1",
		.to = rows[row].base == V4 ? "198.51.100.2" : "2001:db8:1::2",
		.is_tagged = tags[tag].is_there,
		.vlan = tags[tag].tci,
		.ip_len = rows[row].base == V4 ? 60 : 80,
		.tos = 2,
		.from_port = 0x1234,
		.to_port = 0xfedc,
	};

	memset(out, 0xa5, sizeof(*out));
	out->len = (uint16_t)((int)frame_write(out->bytes, our_mac, &spec) - rows[row].cut);
	out->ip_at = spec.is_tagged ? 18 : 14;
	for (unsigned i = 0; i < N_PATCHES; i++) {
		int at = rows[row].patches[i].at;

		if (at == 0 && rows[row].patches[i].value == 0)
			break;
		out->bytes[at >= FRAME(0) ? at - FRAME(0) : out->ip_at + at] =
			rows[row].patches[i].value;
	}
	if (rows[row].base == V4 && !rows[row].is_sum_kept)
		frame_set_ipv4_sum(out->bytes + out->ip_at);
}

/* The first `len` bytes in memory of their own; with the UDP header, which is malformed if it cannot be read. */
static enum frame_class parse(const struct text *text, uint16_t len, uint64_t ol_flags,
	struct frame *out, struct frame_udp *out_udp, uint8_t **copy)
{
	struct rte_mbuf mbuf = {.data_len = len, .pkt_len = len, .nb_segs = 1};
	enum frame_class class;

	*copy = malloc(len ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, text->bytes, len);
	mbuf.buf_addr = *copy;
	mbuf.buf_len = len;
	mbuf.ol_flags = ol_flags;
	class = frame_parse(&mbuf, frame_mac(our_mac), out);
	return class == FRAME_IP && frame_is_udp(out) && !frame_parse_udp(&mbuf, out, out_udp)
		? FRAME_MALFORMED
		: class;
}

static bool is_read_right(size_t row, size_t tag, const struct text *text,
	const struct frame *frame, const struct frame_udp *udp, const uint8_t *copy)
{
	const uint8_t *ip = text->bytes + text->ip_at, *in_copy = copy + text->ip_at;
	bool is_v4 = rows[row].base == V4;
	unsigned header_len = is_v4 ? 20 : 40;
	unsigned ip_len =
		is_v4 ? (unsigned)ip[2] << 8 | ip[3] : 40 + ((unsigned)ip[4] << 8 | ip[5]);
	unsigned tos = is_v4 ? ip[1] : (ip[0] << 4 | ip[1] >> 4) & 0xff;

	return frame->family == (is_v4 ? AF_INET : AF_INET6) && frame->ip_at == text->ip_at
		&& frame->vlan == tags[tag].vlan && frame->from == in_copy + (is_v4 ? 12 : 8)
		&& frame->to == in_copy + (is_v4 ? 16 : 24) && frame->ip_len == ip_len
		&& frame_is_udp(frame) == rows[row].is_udp
		&& (!rows[row].is_udp
			|| (udp->tos == tos && udp->data_at == text->ip_at + header_len + 8
				&& udp->data_len == ip_len - header_len - 8
				&& udp->from_port == 0x1234 && udp->to_port == 0xfedc));
}

static void test_parse(void **state)
{
	(void)state;
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		for (size_t tag = 0; tag < RTE_DIM(tags); tag++) {
			struct text text;
			struct frame frame = {.ip = NULL};
			struct frame_udp udp = {.to_port = 0};
			uint8_t *copy;
			enum frame_class class;

			make_row(row, tag, &text);
			class = parse(&text, text.len, rows[row].ol_flags, &frame, &udp, &copy);
			if (class != rows[row].class)
				fail_msg("row %zu (%s), tag %zu: class %d", row, rows[row].what,
					tag, class);
			if (class == FRAME_IP
				&& !is_read_right(row, tag, &text, &frame, &udp, copy))
				fail_msg("row %zu (%s), tag %zu: read wrongly", row, rows[row].what,
					tag);
			free(copy);
		}
	}
}

/* What a good frame is when only its first `len` bytes have come. */
static enum frame_class class_of_cut(size_t row, const struct text *text, uint16_t len)
{
	const uint8_t *ip = text->bytes + text->ip_at;
	unsigned ip_len = rows[row].base == V4 ? (unsigned)ip[2] << 8 | ip[3]
					       : 40 + ((unsigned)ip[4] << 8 | ip[5]);

	if (len < FRAME_OVERHEAD)
		return FRAME_HOST;
	return len < text->ip_at + ip_len ? FRAME_MALFORMED : FRAME_IP;
}

static void test_parse_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(rows) * RTE_DIM(tags); i++) {
		size_t row = i / RTE_DIM(tags);
		struct text text;

		make_row(row, i % RTE_DIM(tags), &text);
		for (uint16_t len = 0; len < text.len; len++) {
			struct frame frame = {.ip = NULL};
			struct frame_udp udp = {.to_port = 0};
			uint8_t *copy;
			enum frame_class class =
				parse(&text, len, rows[row].ol_flags, &frame, &udp, &copy);

			free(copy);
			if (rows[row].class == FRAME_IP && class != class_of_cut(row, &text, len))
				fail_msg("row %zu (%s), %u bytes: class %d", row, rows[row].what,
					len, class);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
