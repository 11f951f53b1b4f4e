/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "base/addr.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/secure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define YEAR_NS UINT64_C(31536000000000000)

/* Text in, text out. `want` NULL: refused. */
static void test_ip_addr_text(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		/* 0 */ {"192.0.2.1", "192.0.2.1"},
		/* 1 */ {"0.0.0.0", "0.0.0.0"},
		/* 2 */ {"255.255.255.255", "255.255.255.255"},
		/* 3 */ {"::", "::"},
		/* 4 */ {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
		/* 5 */ {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		/* 6 */ {"", NULL},
		/* 7 */ {"192.0.2", NULL},
		/* 8 */ {"192.0.2.256", NULL},
		/* 9 */ {"192.0.2.1.1", NULL},
		/* 10 */ {" 192.0.2.1", NULL},
		/* 11 */ {"192.0.2.1 ", NULL},
		/* 12 */ {"2001:db8:::1", NULL},
		/* 13 */ {"1:2:3:4:5:6:7:8:9", NULL},
		/* 14 */ {"fe80::1%1", NULL},
		/* 15 */ {"example.org", NULL},
		/* 16 */ {"192.0.2.1/24", NULL},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct ip_addr addr;
		char text[ADDR_TEXT_MAX];
		bool is_good = ip_addr_parse(rows[i].text, &addr);

		if (is_good != (rows[i].want != NULL))
			fail_msg("row %u", i);
		if (is_good && strcmp(ip_addr_format(&addr, text), rows[i].want) != 0)
			fail_msg("row %u: %s", i, text);
	}
}

/* The prefix as read, and as masked. */
static void test_ip_prefix_text(void **state)
{
	static const struct {
		const char *text, *want, *want_masked;
	} rows[] = {
		/* 0 */ {"192.0.2.129/24", "192.0.2.129/24", "192.0.2.0/24"},
		/* 1 */ {"192.0.2.255/25", "192.0.2.255/25", "192.0.2.128/25"},
		/* 2 */ {"192.0.2.1", "192.0.2.1/32", "192.0.2.1/32"},
		/* 3 */ {"192.0.2.1/32", "192.0.2.1/32", "192.0.2.1/32"},
		/* 4 */ {"255.255.255.255/31", "255.255.255.255/31", "255.255.255.254/31"},
		/* 5 */ {"255.255.255.255/1", "255.255.255.255/1", "128.0.0.0/1"},
		/* 6 */ {"255.255.255.255/0", "255.255.255.255/0", "0.0.0.0/0"},
		/* 7 */ {"2001:db8::ffff", "2001:db8::ffff/128", "2001:db8::ffff/128"},
		/* 8 */ {"2001:db8::ffff/121", "2001:db8::ffff/121", "2001:db8::ff80/121"},
		/* 9 */ {"ffff::/3", "ffff::/3", "e000::/3"},
		/* 10 */ {"::1/0", "::1/0", "::/0"},
		/* 11 */ {"192.0.2.1/33", NULL, NULL},
		/* 12 */ {"192.0.2.1/128", NULL, NULL},
		/* 13 */ {"2001:db8::/129", NULL, NULL},
		/* 14 */ {"2001:db8::/257", NULL, NULL},
		/* 15 */ {"192.0.2.1/", NULL, NULL},
		/* 16 */ {"192.0.2.1/-1", NULL, NULL},
		/* 17 */ {"192.0.2.1/+1", NULL, NULL},
		/* 18 */ {"192.0.2.1/ 1", NULL, NULL},
		/* 19 */ {"192.0.2.1/24x", NULL, NULL},
		/* 20 */ {"192.0.2.1/0024", NULL, NULL},
		/* 21 */ {"192.0.2.1/24/24", NULL, NULL},
		/* 22 */ {"/24", NULL, NULL},
		/* 23 */ {"", NULL, NULL},
		/* 24 */ {"1111111111111111111111111111111111111111111111/24", NULL, NULL},
		/* 25 */ {"192.0.2.1/4294967320", NULL, NULL},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct ip_prefix prefix;
		char text[ADDR_TEXT_MAX];
		bool is_good = ip_prefix_parse(rows[i].text, &prefix);

		if (is_good != (rows[i].want != NULL))
			fail_msg("row %u", i);
		if (!is_good)
			continue;
		if (strcmp(ip_prefix_format(&prefix, text), rows[i].want) != 0)
			fail_msg("row %u: %s", i, text);
		ip_prefix_mask(&prefix);
		if (strcmp(ip_prefix_format(&prefix, text), rows[i].want_masked) != 0)
			fail_msg("row %u, masked: %s", i, text);
	}
}

static void test_ip_addr_bits(void **state)
{
	(void)state;
	assert_int_equal(ip_addr_bits(AF_INET), 32);
	assert_int_equal(ip_addr_bits(AF_INET6), 128);
	assert_int_equal(ip_addr_bits(AF_UNSPEC), 0);
}

static struct endpoint endpoint_make(const char *addr, uint16_t port, uint32_t scope)
{
	struct endpoint endpoint = {.port = port, .scope = scope};

	if (addr)
		assert_true(ip_addr_parse(addr, &endpoint.addr));
	return endpoint;
}

static void test_endpoint_text(void **state)
{
	static const struct {
		const char *addr;
		uint16_t port;
		uint32_t scope;
		const char *want;
	} rows[] = {
		/* 0 */ {"192.0.2.1", 51820, 0, "192.0.2.1:51820"},
		/* 1 */ {"2001:db8::1", 1, 0, "[2001:db8::1]:1"},
		/* 2 */ {"fe80::1", 65535, 7, "[fe80::1%7]:65535"},
		/* 3 */
		{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", 65535, UINT32_MAX,
			"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535"},
		/* 4 */ {NULL, 0, 0, "(none):0"},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		struct endpoint endpoint = endpoint_make(rows[i].addr, rows[i].port, rows[i].scope);
		char text[ADDR_TEXT_MAX];

		if (strcmp(endpoint_format(&endpoint, text), rows[i].want) != 0)
			fail_msg("row %u: %s", i, text);
	}
}

/* Each row differs from the others in one part. */
static void test_endpoint_equal(void **state)
{
	const struct endpoint rows[] = {
		endpoint_make("192.0.2.1", 1, 0),
		endpoint_make("192.0.2.1", 2, 0),
		endpoint_make("192.0.2.2", 1, 0),
		endpoint_make("c000:201::", 1, 0), /* the same bytes as row 0, other family */
		endpoint_make("fe80::1", 1, 1),
		endpoint_make("fe80::1", 1, 2),
		endpoint_make("fe80::2", 1, 1),
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		for (unsigned k = 0; k < array_len(rows); k++) {
			if (endpoint_equal(&rows[i], &rows[k]) != (i == k))
				fail_msg("rows %u and %u", i, k);
		}
	}
}

static void test_endpoint_sockaddr(void **state)
{
	const struct endpoint rows[] = {
		endpoint_make("192.0.2.1", 51820, 0),
		endpoint_make("2001:db8::1", 51820, 0),
		endpoint_make("fe80::1", 1, 3),
	};
	struct sockaddr_storage address = {.ss_family = AF_UNIX};
	struct endpoint back = rows[0];

	(void)state;
	endpoint_from_sockaddr(&back, &address);
	assert_int_equal(back.addr.family, AF_UNSPEC);
	assert_int_equal(back.port, 0);

	for (unsigned i = 0; i < array_len(rows); i++) {
		bool is_v4 = rows[i].addr.family == AF_INET;
		socklen_t len;

		memset(&address, 0xff, sizeof(address));
		len = endpoint_to_sockaddr(&rows[i], &address);
		assert_int_equal(
			len, is_v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		assert_int_equal(address.ss_family, rows[i].addr.family);
		endpoint_from_sockaddr(&back, &address);
		if (!endpoint_equal(&back, &rows[i]))
			fail_msg("row %u", i);
	}

	/* The kernel's form itself: port and address in network order. */
	struct sockaddr_in in;

	endpoint_to_sockaddr(&rows[0], &address);
	memcpy(&in, &address, sizeof(in));
	assert_int_equal(in.sin_port, htons(51820));
	assert_int_equal(in.sin_addr.s_addr, htonl(0xc0000201));
}

static void test_bytes(void **state)
{
	/* One byte in front, so that every access is at an odd address. */
	static const uint8_t odd[] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8};
	uint8_t out[1 + 8 + 1] = {0};

	(void)state;
	assert_int_equal(le32_load(odd + 1), 0x04030201);
	assert_int_equal(le64_load(odd + 1), UINT64_C(0x0807060504030201));
	assert_int_equal(be16_load(odd + 1), 0x0102);
	assert_int_equal(be32_load(odd + 1), 0x01020304);
	assert_int_equal(be64_load(odd + 1), UINT64_C(0x0102030405060708));

	le64_store(out + 1, UINT64_C(0x0807060504030201));
	assert_memory_equal(out + 1, odd + 1, 8);
	memset(out, 0, sizeof(out));
	le32_store(out + 1, 0x04030201);
	assert_memory_equal(out, ((uint8_t[10]){0, 1, 2, 3, 4}), sizeof(out));
}

static void test_clock_has_passed(void **state)
{
	static const struct {
		uint64_t now_ns, since_ns, age_ns;
		bool want;
	} rows[] = {
		/* 0 */ {100, 90, 10, true},
		/* 1 */ {100, 90, 11, false},
		/* 2 */ {100, 90, 9, true},
		/* 3 */ {100, 100, 0, true},
		/* 4 */ {100, 101, 0, false}, /* noted by another core, later */
		/* 5 */ {100, 101, UINT64_MAX, false},
		/* 6 */ {100, 0, 100, true},
		/* 7 */ {UINT64_MAX, 0, UINT64_MAX, true},
		/* 8 */ {UINT64_MAX - 1, 0, UINT64_MAX, false},
	};

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		if (clock_has_passed(rows[i].now_ns, rows[i].since_ns, rows[i].age_ns)
			!= rows[i].want)
			fail_msg("row %u", i);
	}
}

static void test_clock_read(void **state)
{
	struct timespec ts;
	uint64_t first = clock_read(), second;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	second = clock_read();
	assert_true(first <= second && second - first < YEAR_NS);
	assert_in_range(
		(uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec, first, second);
}

/* Each bit of each byte makes a difference, and only within `len`. */
static void test_secure_equal(void **state)
{
	uint8_t a[33] = {0}, b[33] = {0};

	(void)state;
	assert_true(secure_equal(a, b, 0));
	assert_true(secure_equal(a, b, 32));
	for (unsigned bit = 0; bit < 8 * 32; bit++) {
		b[bit / 8] = (uint8_t)(1 << bit % 8);
		if (secure_equal(a, b, 32) || !secure_equal(a, b, bit / 8))
			fail_msg("bit %u", bit);
		b[bit / 8] = 0;
	}
	b[32] = 1;
	assert_true(secure_equal(a, b, 32));
}

static void test_secure_wipe(void **state)
{
	uint8_t secret[34];

	(void)state;
	memset(secret, 0xaa, sizeof(secret));
	secure_wipe(secret + 1, 32);
	assert_int_equal(secret[0], 0xaa);
	assert_int_equal(secret[33], 0xaa);
	for (unsigned i = 1; i <= 32; i++)
		assert_int_equal(secret[i], 0);
	secure_wipe(secret, 0);
	assert_int_equal(secret[0], 0xaa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip_addr_text),
		cmocka_unit_test(test_ip_prefix_text),
		cmocka_unit_test(test_ip_addr_bits),
		cmocka_unit_test(test_endpoint_text),
		cmocka_unit_test(test_endpoint_equal),
		cmocka_unit_test(test_endpoint_sockaddr),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_clock_has_passed),
		cmocka_unit_test(test_clock_read),
		cmocka_unit_test(test_secure_equal),
		cmocka_unit_test(test_secure_wipe),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
