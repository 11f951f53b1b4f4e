/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "inner_ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

#define BAD AF_UNSPEC

/* A packet of `len` bytes that are zero but for the first byte and the length field of the version it claims. */
static const struct {
	uint8_t first;
	uint16_t field;
	size_t len;
	sa_family_t family;
	uint16_t ip_len;
} rows[] = {
	/* 0 */
	{0x45, 20, 20, AF_INET, 20},
	{0x45, 1420, 1420, AF_INET, 1420},
	{0x45, 21, 32, AF_INET, 21},
	{0x4f, 60, 60, AF_INET, 60}, /* with options */
	{0x45, 65535, 65535, AF_INET, 65535},
	{0x60, 0, 40, AF_INET6, 40},
	{0x60, 1, 41, AF_INET6, 41},
	{0x6f, 1380, 1424, AF_INET6, 1420},
	/* 8: shorter than a header */
	{0x45, 20, 0, BAD, 0},
	{0x45, 20, 1, BAD, 0},
	{0x45, 20, 19, BAD, 0},
	{0x60, 0, 0, BAD, 0},
	{0x60, 0, 20, BAD, 0},
	{0x60, 0, 39, BAD, 0},
	/* 14: longer than what there is, or than itself */
	{0x45, 0, 20, BAD, 0},
	{0x45, 19, 20, BAD, 0},
	{0x45, 21, 20, BAD, 0},
	{0x45, 65535, 1420, BAD, 0},
	{0x60, 1, 40, BAD, 0},
	{0x60, 1381, 1420, BAD, 0},
	{0x60, 65535, 1420, BAD, 0},
	{0x60, 65496, 64, BAD, 0}, /* its length and its header together are 2^16 */
	/* 22: another version */
	{0x00, 0, 64, BAD, 0},
	{0x15, 20, 64, BAD, 0},
	{0x35, 20, 64, BAD, 0},
	{0x54, 20, 64, BAD, 0},
	{0x70, 0, 64, BAD, 0},
	{0xf0, 0, 64, BAD, 0},
};

/* On the heap and no longer than it says, so that a sanitizer sees a look too far. */
static uint8_t *packet(size_t row)
{
	uint8_t header[6] = {rows[row].first};
	uint8_t *bytes = calloc(1, rows[row].len ? rows[row].len : 1);
	unsigned at = rows[row].first >> 4 == 6 ? 4 : 2;

	assert_non_null(bytes);
	header[at] = (uint8_t)(rows[row].field >> 8);
	header[at + 1] = (uint8_t)rows[row].field;
	memcpy(bytes, header, rows[row].len < sizeof(header) ? rows[row].len : sizeof(header));
	return bytes;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rows); row++) {
		uint8_t *bytes = packet(row);
		struct inner_ip ip;
		bool is_ip = inner_ip_parse(bytes, rows[row].len, &ip);

		if (is_ip != (rows[row].family != BAD))
			fail_msg("row %zu: %s", row, is_ip ? "accepted" : "refused");
		if (is_ip && (ip.family != rows[row].family || ip.len != rows[row].ip_len))
			fail_msg("row %zu: family %u, length %u", row, ip.family, ip.len);
		if (is_ip && ip.family == AF_INET)
			assert_true(ip.from == bytes + 12 && ip.to == bytes + 16);
		if (is_ip && ip.family == AF_INET6)
			assert_true(ip.from == bytes + 8 && ip.to == bytes + 24);
		free(bytes);
	}
}

static uint16_t header_sum(const uint8_t *bytes)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < IPV4_HDR_LEN; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

/* [RFC 6040] 4.2, figure 4, for an outer packet that is marked: the mark goes in, or there is no place for it. */
static void mark(uint8_t version, uint8_t tos, uint16_t identification)
{
	uint8_t bytes[IPV6_HDR_LEN] = {version == 4 ? 0x45 : 0x60};
	uint8_t was[IPV6_HDR_LEN];
	bool is_capable = (tos & ECN_MASK) != 0;

	if (version == 4) {
		uint16_t sum;

		bytes[1] = tos;
		bytes[3] = IPV4_HDR_LEN;
		bytes[4] = (uint8_t)(identification >> 8);
		bytes[5] = (uint8_t)identification;
		sum = (uint16_t)~header_sum(bytes);
		bytes[10] = (uint8_t)(sum >> 8);
		bytes[11] = (uint8_t)sum;
	} else {
		bytes[0] |= tos >> 4;
		bytes[1] = (uint8_t)(tos << 4);
	}
	memcpy(was, bytes, sizeof(was));
	assert_int_equal(inner_ip_ecn(bytes), tos & ECN_MASK);
	assert_int_equal(inner_ip_mark_congestion(bytes), is_capable);
	assert_int_equal(inner_ip_ecn(bytes), is_capable ? ECN_CONGESTED : ECN_NOT_CAPABLE);
	if (version == 4)
		assert_int_equal(header_sum(bytes), 0xffff);
	/* Nothing else moved: the differentiated services code point above all. */
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		uint8_t may_change = version == 4 ? (i == 1               ? 3
						     : i == 10 || i == 11 ? 0xff
									  : 0)
						  : (i == 1 ? 0x30 : 0);

		assert_int_equal((bytes[i] ^ was[i]) & ~may_change, 0);
	}
}

static void test_congestion(void **state)
{
	(void)state;
	for (unsigned tos = 0; tos < 256; tos++)
		mark(6, (uint8_t)tos, 0);
	/* Every sum, so that the carry at both ends is met. */
	for (unsigned tos = 0x88; tos < 0x8c; tos++)
		for (unsigned identification = 0; identification < 65536; identification++)
			mark(4, (uint8_t)tos, (uint16_t)identification);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_congestion)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
