/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "mss_clamp.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "prng.h"
#include "tcp_segment.h"

#define V4 "192.0.2.1", "10.0.0.1"
#define V6 "fd00:9::1", "fd00::1"
#define SYN SEGMENT_SYN
#define ACK 0x10
#define OPTIONS(text) text, sizeof(text) - 1

/* MSS options: 1460 is 0x05b4, 1380 is 0x0564, 1360 is 0x0550. */
#define MSS_1460 "\x02\x04\x05\xb4"
#define MSS_1380 "\x02\x04\x05\x64"
#define MSS_1360 "\x02\x04\x05\x50"
#define SACK_OK "\x04\x02"
#define TIMES "\x08\x0a\x01\x02\x03\x04\x05\x06\x07\x08"
#define SCALE "\x03\x03\x07"
#define NOP "\x01"
#define END "\x00"

/* A packet, and the options that it must have afterwards in a tunnel of `mtu` bytes; NULL: nothing changes. */
static const struct {
	struct segment segment;
	uint32_t mtu;
	const char *options;
} rows[] = {
	/* 0 */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 1420, MSS_1380},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 1420, MSS_1360},
	{{V4, 0, SYN | ACK, OPTIONS(MSS_1460), 0}, 1420, MSS_1380},
	{{V6, 0, SYN | ACK, OPTIONS(MSS_1460), 0}, 1420, MSS_1360},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 1}, 1420, MSS_1380},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 33}, 1420, MSS_1360},
	{{V4, 0, SYN | 0xc0, OPTIONS(MSS_1460), 0}, 1420,
		MSS_1380}, /* with ECN, [RFC 3168] 6.1.1 */
	{{V4, 4, SYN, OPTIONS(MSS_1460), 0}, 1420, MSS_1380},
	{{V4, 40, SYN | ACK, OPTIONS(MSS_1460), 5}, 1420, MSS_1380},
	/* 9: never raised */
	{{V4, 0, SYN, OPTIONS(MSS_1380), 0}, 1419, "\x02\x04\x05\x63"},
	{{V4, 0, SYN, OPTIONS(MSS_1380), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(MSS_1380), 0}, 1421, NULL},
	{{V6, 0, SYN, OPTIONS(MSS_1380), 0}, 1440, NULL},
	{{V6, 0, SYN, OPTIONS(MSS_1380), 0}, 1439, "\x02\x04\x05\x63"},
	{{V4, 0, SYN, OPTIONS("\x02\x04\x00\x00"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x04\xff\xff"), 0}, 65535, "\x02\x04\xff\xd7"},
	{{V4, 0, SYN, OPTIONS("\x02\x04\xff\xff"), 0}, UINT32_MAX, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x04\xff\xff"), 0}, 9000, "\x02\x04\x23\x00"},
	/* 18: among other options, at even and odd places */
	{{V4, 0, SYN, OPTIONS(MSS_1460 SACK_OK TIMES NOP SCALE), 0}, 1420,
		MSS_1380 SACK_OK TIMES NOP SCALE},
	{{V6, 0, SYN, OPTIONS(NOP MSS_1460 SACK_OK), 0}, 1420, NOP MSS_1360 SACK_OK},
	{{V4, 0, SYN, OPTIONS(SCALE MSS_1460 END), 3}, 1420, SCALE MSS_1380 END},
	{{V4, 8, SYN, OPTIONS(NOP NOP NOP MSS_1460), 0}, 1420, NOP NOP NOP MSS_1380},
	{{V6, 0, SYN, OPTIONS(TIMES TIMES TIMES SACK_OK NOP NOP NOP NOP MSS_1460), 0}, 1420,
		TIMES TIMES TIMES SACK_OK NOP NOP NOP NOP MSS_1360},
	{{V4, 0, SYN, OPTIONS(TIMES TIMES TIMES SACK_OK SCALE NOP MSS_1460), 0}, 1420,
		TIMES TIMES TIMES SACK_OK SCALE NOP MSS_1380},
	{{V4, 0, SYN, OPTIONS("\xfe\x05\x02\x04\x05" MSS_1460), 0}, 1420,
		"\xfe\x05\x02\x04\x05" MSS_1380}, /* an option that nobody knows */
	/* 25: said twice */
	{{V4, 0, SYN, OPTIONS(MSS_1460 MSS_1460), 0}, 1420, MSS_1380 MSS_1380},
	{{V4, 0, SYN, OPTIONS(MSS_1360 NOP MSS_1460), 0}, 1420, MSS_1360 NOP MSS_1380},
	/* 27: nothing to lower */
	{{V4, 0, SYN, OPTIONS(""), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(""), 40}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(NOP NOP SACK_OK), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(END MSS_1460), 0}, 1420, NULL},
	{{V6, 0, SYN, OPTIONS(NOP NOP NOP END MSS_1460), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(END "\x04\x00\x00" MSS_1460), 0}, 1420, NULL},
	/* 33: no SYN */
	{{V4, 0, ACK, OPTIONS(MSS_1460), 0}, 1420, NULL},
	{{V6, 0, ACK, OPTIONS(MSS_1460), 0}, 1420, NULL},
	{{V4, 0, 0xff & ~SYN, OPTIONS(MSS_1460), 0}, 1420, NULL},
	/* 36: malformed options, and MSS options of another length */
	{{V4, 0, SYN, OPTIONS("\x08\x00" MSS_1460), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x08\x01" MSS_1460), 0}, 1420, NULL},
	{{V6, 0, SYN, OPTIONS("\x02\x00\x05\xb4" MSS_1460), 0}, 1420, NULL},
	{{V6, 0, SYN, OPTIONS("\x02\x01\x05\xb4" MSS_1460), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x02\x05\xb4"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x03\xff\xff"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x05\x05\xb4"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\x06\x05\xb4\xff\xff"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS("\x02\xff\x05\xb4"), 64}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(NOP MSS_1380 "\xfe\x04"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(NOP NOP NOP "\x02"), 0}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(NOP NOP "\x02\x04"), 8}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(NOP "\x02\x04\x05"), 8}, 1420, NULL},
	{{V4, 0, SYN, OPTIONS(MSS_1460 "\xfe\xff\x02\x04"), 0}, 1420,
		MSS_1380 "\xfe\xff\x02\x04"}, /* what was in front counts */
	/* 50: tunnels that carry no TCP at all */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, NULL},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 40, NULL},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 41, "\x02\x04\x00\x01"},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 60, NULL},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 61, "\x02\x04\x00\x01"},
};

/* A copy on the heap that ends where it says, so that a sanitizer sees a look too far. */
static uint8_t *copy(const uint8_t *bytes, size_t len)
{
	uint8_t *heap = malloc(len ? len : 1);

	assert_non_null(heap);
	memcpy(heap, bytes, len);
	return heap;
}

/* Does the packet come out as `expected`, which has the same length? */
static bool becomes(const uint8_t *packet, size_t len, uint32_t mtu, const uint8_t *expected)
{
	uint8_t *heap = copy(packet, len);
	bool is_equal;

	mss_clamp_packet(heap, len, mtu);
	is_equal = memcmp(heap, expected, len) == 0;
	free(heap);
	return is_equal;
}

static void set_ip_len(uint8_t *packet, size_t len)
{
	if (packet[0] >> 4 == 4)
		be16_store(packet + 2, (uint16_t)len);
	else
		be16_store(packet + 4, (uint16_t)(len - IPV6_HDR_LEN));
}

/* The packet as it is, and with padding behind it that looks like more of its options. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rows); row++) {
		struct segment after = rows[row].segment;
		uint8_t packet[SEGMENT_MAX + 16], expected[SEGMENT_MAX + 16];
		uint16_t len = segment_write(packet, &rows[row].segment);

		if (rows[row].options)
			after.options = rows[row].options;
		assert_int_equal(segment_write(expected, &after), len);
		memcpy(packet + len, MSS_1460 MSS_1460 MSS_1460 MSS_1460, 16);
		memcpy(expected + len, MSS_1460 MSS_1460 MSS_1460 MSS_1460, 16);
		for (size_t padding = 0; padding <= 16; padding++)
			if (!becomes(packet, len + padding, rows[row].mtu, expected))
				fail_msg("row %zu, %zu bytes of padding", row, padding);
		if (!becomes(expected, len, rows[row].mtu, expected))
			fail_msg("row %zu: changed a second time", row);
	}
}

/* A SYN that would be lowered, but for one byte. */
static const struct {
	struct segment segment;
	size_t at;
	uint8_t byte;
	bool is_lowered;
} bytes[] = {
	/* 0: the version and the length of the IPv4 header */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x45, true},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x44, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x40, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x4f, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x55, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x65, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x6f, true},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 0, 0x40, false},
	/* 8: fragments; "do not" is none */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0x00, true},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0x80, true},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0x20, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0x60, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0x10, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 7, 0x01, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 7, 0x80, false},
	/* 15: another protocol, or an IPv6 extension header */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 9, 17, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 9, 4, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 0, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 17, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 44, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 6, 60, false},
	/* 21: the length of the TCP header, whose options may end before what looks like one */
	{{V4, 0, SYN, OPTIONS(MSS_1460), 8}, 32, 0x00, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 8}, 32, 0x40, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 8}, 32, 0x50, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 0}, 32, 0x70, false},
	{{V4, 0, SYN, OPTIONS(MSS_1460), 8}, 32, 0xf0, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 8}, 52, 0x50, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 0}, 52, 0x70, false},
	{{V6, 0, SYN, OPTIONS(MSS_1460), 8}, 52, 0x6f, true}, /* bits of no meaning */
};

static void test_bytes(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(bytes); row++) {
		uint8_t packet[SEGMENT_MAX + 16];
		uint16_t len = segment_write(packet, &bytes[row].segment);

		packet[bytes[row].at] = bytes[row].byte;
		memcpy(packet + len, MSS_1460 MSS_1460 MSS_1460 MSS_1460, 16);
		for (size_t padding = 0; padding <= 16; padding++)
			if (becomes(packet, len + padding, 1420, packet) == bytes[row].is_lowered)
				fail_msg("row %zu, %zu bytes of padding", row, padding);
	}
}

/* For each length of the IPv4 header what looks like a SYN stands behind it; for the short ones, within it. */
static void test_ipv4_hdr_lens(void **state)
{
	(void)state;
	for (unsigned words = 1; words < 16; words++) {
		uint8_t packet[128] = {(uint8_t)(0x40 | words), [3] = 128, [9] = 6};

		packet[words * 4 + 12] = 0x60;
		packet[words * 4 + 13] = SYN;
		memcpy(packet + words * 4 + 20, MSS_1460, 4);
		assert_int_equal(becomes(packet, sizeof(packet), 1420, packet), words < 5);
	}
}

/* Cut anywhere, whether its IP header knows of it or not, a packet without the whole TCP header stays as it is. */
static void cut(const struct segment *segment, size_t len, size_t hdr_len)
{
	uint8_t packet[SEGMENT_MAX];
	uint16_t whole_len = segment_write(packet, segment);

	if (len < whole_len)
		assert_true(becomes(packet, len, 1420, packet));
	if (len < segment_ip_hdr_len(segment))
		return;
	set_ip_len(packet, len);
	assert_int_equal(becomes(packet, len, 1420, packet), len < hdr_len);
}

/* Whatever the headers say of their lengths, only what is there is looked at: the sanitizer's to see. */
static void twist(const struct segment *segment, size_t len)
{
	uint8_t packet[SEGMENT_MAX];
	size_t tcp_at = segment_ip_hdr_len(segment);

	for (unsigned lens = 0; lens < 256; lens++) {
		uint8_t *heap;

		segment_write(packet, segment);
		set_ip_len(packet, len);
		packet[tcp_at + 12] = (uint8_t)(lens << 4);
		if (packet[0] >> 4 == 4)
			packet[0] = (uint8_t)(0x40 | lens >> 4);
		heap = copy(packet, len);
		mss_clamp_packet(heap, len, 1420);
		free(heap);
	}
}

static void test_cut(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rows); row++) {
		const struct segment *segment = &rows[row].segment;
		size_t hdr_len =
			segment_ip_hdr_len(segment) + 20 + (segment->options_len + 3) / 4 * 4;

		for (size_t len = 0; len <= hdr_len + segment->payload_len; len++) {
			if (rows[row].options && rows[row].mtu == 1420)
				cut(segment, len, hdr_len);
			if (len >= segment_ip_hdr_len(segment))
				twist(segment, len);
		}
	}
}

/* Every announcement at an even and at an odd place, over sums of any kind: each carry is met. */
static void test_sums(void **state)
{
	struct prng prng = prng_seed();

	(void)state;
	for (unsigned i = 0; i < 400000; i++) {
		uint8_t options[12], packet[SEGMENT_MAX];
		const struct segment segment = {i & 2 ? "fd00:9::1" : "192.0.2.1",
			i & 2 ? "fd00::1" : "10.0.0.1", 0, SYN, options, sizeof(options), 7};
		size_t at = i & 1, tcp_at = segment_ip_hdr_len(&segment);
		uint16_t mss = (uint16_t)prng_next(&prng), limit = (uint16_t)prng_next(&prng), len;
		uint32_t mtu = limit + (uint32_t)(i & 2 ? 60 : 40);

		memcpy(options, NOP NOP MSS_1460 NOP NOP NOP NOP NOP NOP, sizeof(options));
		memmove(options + 2 + at, MSS_1460, 4);
		memset(options + 2, 1, at);
		be16_store(options + 4 + at, mss);
		len = segment_write(packet, &segment);
		be16_store(packet + tcp_at, (uint16_t)prng_next(&prng)); /* the port */
		be16_store(packet + tcp_at + 16, 0);
		be16_store(packet + tcp_at + 16, (uint16_t)~segment_sum(packet, tcp_at, len));
		mss_clamp_packet(packet, len, mtu);
		if (segment_sum(packet, tcp_at, len) != 0xffff)
			fail_msg("%u lowered to %u: wrong sum", mss, limit);
		if (be16_load(packet + tcp_at + 24 + at) != (limit && limit < mss ? limit : mss))
			fail_msg("%u lowered to %u: wrong announcement", mss, limit);
	}
}

/* A checksum that was wrong is as wrong as before: the receiver must see that the packet is damaged. */
static void test_wrong_sum(void **state)
{
	uint8_t packet[SEGMENT_MAX], expected[SEGMENT_MAX];
	uint16_t len = segment_write(packet, &rows[0].segment);

	(void)state;
	for (uint8_t change = 1; change < 255; change++) {
		segment_write(packet, &rows[0].segment);
		packet[36] ^= change;
		memcpy(expected, packet, len);
		mss_clamp_packet(expected, len, 1420);
		assert_int_equal(be16_load(expected + 42), 1380);
		assert_int_equal(segment_sum(expected, 20, len), segment_sum(packet, 20, len));
		assert_int_not_equal(segment_sum(expected, 20, len), 0xffff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_ipv4_hdr_lens),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_wrong_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
