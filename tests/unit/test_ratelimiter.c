/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ratelimiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <malloc.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "prng.h"

#define START_NS (1000 * NSEC_PER_SEC)

static const uint8_t key[RATELIMITER_KEY_LEN] = {1, 2, 3};

static struct ratelimiter *create(void)
{
	struct ratelimiter *limiter = ratelimiter_create(key, 1);

	assert_non_null(limiter);
	return limiter;
}

static struct endpoint from(const char *addr, uint16_t port)
{
	struct endpoint source = {.port = port};

	assert_true(ip_addr_parse(addr, &source.addr));
	return source;
}

/* An address of 10.0.0.0/8, or a /64 of fd00::/16. */
static struct endpoint numbered(uint16_t family, uint32_t n, uint16_t port)
{
	struct endpoint source = {.addr = {family, {0}}, .port = port};
	uint8_t *last = source.addr.bytes + (family == AF_INET6 ? 7 : 3);

	source.addr.bytes[0] = family == AF_INET6 ? 0xfd : 10;
	for (unsigned i = 0; i < 3; i++, n >>= 8)
		*(last - i) = (uint8_t)n;
	return source;
}

/* How many of `n` messages are let through. */
static unsigned proven(
	struct ratelimiter *limiter, struct endpoint source, unsigned n, uint64_t now_ns)
{
	unsigned n_allowed = 0;

	while (n-- > 0)
		n_allowed += ratelimiter_allow_proven(limiter, &source, now_ns);
	return n_allowed;
}

static unsigned unproven(
	struct ratelimiter *limiter, struct endpoint source, unsigned n, uint64_t now_ns)
{
	unsigned n_allowed = 0;

	while (n-- > 0)
		n_allowed += ratelimiter_allow_unproven(limiter, &source, now_ns);
	return n_allowed;
}

/* One source, messages at times: 5 at once, then 20 a second. */
static const struct {
	uint64_t at_ms;
	unsigned n, n_allowed;
} bucket_rows[] = {
	{0, 1, 1},
	{0, 10, 4},
	{49, 10, 0},
	{50, 10, 1},
	{149, 10, 1},
	{150, 10, 1},
	{399, 10, 4},
	{400, 10, 1},
	{650, 10, 5},
	{10000, 10, 5},
	{10000, 10, 0},
};

static void test_bucket(void **state)
{
	const struct endpoint source = from("192.0.2.7", 51820);
	struct ratelimiter *limiter = create();

	(void)state;
	for (size_t i = 0; i < array_len(bucket_rows); i++) {
		uint64_t now_ns = START_NS + bucket_rows[i].at_ms * NSEC_PER_MSEC;

		if (proven(limiter, source, bucket_rows[i].n, now_ns) != bucket_rows[i].n_allowed)
			fail_msg("row %zu, proven", i);
		if (unproven(limiter, source, bucket_rows[i].n, now_ns) != bucket_rows[i].n_allowed)
			fail_msg("row %zu, unproven", i);
	}
	ratelimiter_destroy(limiter);
}

/* After the first source has emptied its bucket: does the second one share it? */
static const struct {
	const char *first, *second;
	uint16_t first_port, second_port;
	bool is_shared_proven, is_shared_unproven;
} sharing_rows[] = {
	{"192.0.2.7", "192.0.2.7", 1, 1, true, true},
	{"192.0.2.7", "192.0.2.7", 1, 2, false, true},
	{"192.0.2.7", "192.0.2.7", 1, 257, false, true},
	{"192.0.2.7", "192.0.2.6", 1, 1, false, false},
	{"192.0.2.7", "193.0.2.7", 1, 1, false, false},
	{"2001:db8::7", "2001:db8::8", 1, 1, true, true},
	{"2001:db8::7", "2001:db8:0:0:8000::7", 1, 1, true, true},
	{"2001:db8::7", "2001:db8::8", 1, 2, false, true},
	{"2001:db8::7", "2001:db8:0:1::7", 1, 1, false, false},
	{"0.0.0.0", "::", 1, 1, false, false},
	{"192.0.2.7", "c000:207::", 1, 1, false, false},
};

static void test_sharing(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(sharing_rows); i++) {
		struct endpoint first = from(sharing_rows[i].first, sharing_rows[i].first_port);
		struct endpoint second = from(sharing_rows[i].second, sharing_rows[i].second_port);
		struct ratelimiter *limiter = create();

		assert_int_equal(proven(limiter, first, 6, START_NS), 5);
		if ((proven(limiter, second, 1, START_NS) == 0) != sharing_rows[i].is_shared_proven)
			fail_msg("row %zu, proven", i);
		assert_int_equal(unproven(limiter, first, 6, START_NS), 5);
		if ((unproven(limiter, second, 1, START_NS) == 0)
			!= sharing_rows[i].is_shared_unproven)
			fail_msg("row %zu, unproven", i);
		ratelimiter_destroy(limiter);
	}
}

/* All ports of an address: 200 at once and 200 a second, in both families; what a port is refused costs the others nothing. */
static void test_ports_of_an_address(void **state)
{
	static const char *const addrs[] = {"192.0.2.7", "2001:db8::7"};

	(void)state;
	for (size_t i = 0; i < array_len(addrs); i++) {
		struct ratelimiter *limiter = create();
		unsigned n_allowed = 0;

		assert_int_equal(proven(limiter, from(addrs[i], 65535), 100000, START_NS), 5);
		for (uint16_t port = 1; port <= 1000; port++)
			n_allowed += proven(limiter, from(addrs[i], port), 1, START_NS);
		assert_int_equal(n_allowed, 195);
		for (uint16_t port = 1001; port <= 2000; port++)
			n_allowed += proven(
				limiter, from(addrs[i], port), 1, START_NS + 100 * NSEC_PER_MSEC);
		assert_int_equal(n_allowed, 195 + 20);
		assert_int_equal(proven(limiter, from("198.51.100.1", 1), 1, START_NS), 1);
		ratelimiter_destroy(limiter);
	}
}

/* Invented addresses have 100 tokens at once and 500 a second between them; a cookie frees from that. */
static void test_invented_addresses(void **state)
{
	const uint64_t end_ns = START_NS + 10 * NSEC_PER_SEC;
	struct ratelimiter *limiter = create();
	unsigned n_allowed = 0;

	(void)state;
	for (uint32_t n = 0; n < 10000; n++)
		n_allowed += unproven(limiter, numbered(AF_INET, n, 1), 1, START_NS);
	assert_int_equal(n_allowed, 100);
	/* What the common bucket refuses takes none of the source's own tokens. */
	assert_int_equal(unproven(limiter, from("192.0.2.7", 1), 10, START_NS), 0);
	assert_int_equal(
		unproven(limiter, from("192.0.2.7", 1), 10, START_NS + 20 * NSEC_PER_MSEC), 5);
	ratelimiter_destroy(limiter);

	limiter = create();
	n_allowed = 0;
	for (uint32_t n = 0; n < 100000; n++)
		n_allowed += unproven(limiter, numbered(AF_INET6, n, 1), 1,
			START_NS + n * (NSEC_PER_SEC / 10000));
	assert_in_range(n_allowed, 100 + 10 * 500 - 1, 100 + 10 * 500);
	/* The last one may have left the time of one token. */
	assert_in_range(unproven(limiter, from("192.0.2.7", 1), 2, end_ns), 0, 1);
	assert_int_equal(unproven(limiter, from("192.0.2.8", 1), 1, end_ns), 0);
	assert_int_equal(proven(limiter, from("192.0.2.8", 1), 1, end_ns), 1);
	ratelimiter_destroy(limiter);
}

/* One address that floods has its own tokens only; the common ones stay for the others. */
static void test_one_flooder(void **state)
{
	struct ratelimiter *limiter = create();
	unsigned n_flooder = 0, n_others = 0;

	(void)state;
	for (uint32_t ms = 0; ms < 10000; ms++) {
		n_flooder += unproven(limiter, from("192.0.2.7", (uint16_t)ms), 100,
			START_NS + ms * NSEC_PER_MSEC);
		if (ms % 10 == 0)
			n_others += unproven(limiter, numbered(AF_INET, ms, 1), 1,
				START_NS + ms * NSEC_PER_MSEC);
	}
	assert_int_equal(n_others, 1000);
	assert_int_equal(n_flooder, 5 + 199);
	ratelimiter_destroy(limiter);
}

/* Who shares the common bucket has a part of it: of its tokens a second and of those at once, but five. */
static void test_sharers(void **state)
{
	static const struct {
		unsigned n_sharers, n_at_once, n_later;
	} rows[] = {{1, 100, 500}, {4, 25, 125}, {50, 5, 10}};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct ratelimiter *limiter = ratelimiter_create(key, rows[i].n_sharers);
		unsigned n_at_once = 0, n_later = 0;

		assert_non_null(limiter);
		for (uint32_t n = 0; n < 1000; n++)
			n_at_once += unproven(limiter, numbered(AF_INET, n, 1), 1, START_NS);
		for (uint32_t n = 1; n <= 10000; n++)
			n_later += unproven(limiter, numbered(AF_INET, n, 1), 1,
				START_NS + n * (NSEC_PER_SEC / 10000));
		if (n_at_once != rows[i].n_at_once || n_later != rows[i].n_later)
			fail_msg("row %zu: %u, %u", i, n_at_once, n_later);
		ratelimiter_destroy(limiter);
	}
}

static bool answer(struct ratelimiter *limiter, const char *addr, uint16_t port, unsigned at_ms)
{
	const struct endpoint source = from(addr, port);

	return ratelimiter_allow_answer(limiter, &source, START_NS + at_ms * NSEC_PER_MSEC);
}

/* One a second for each port of an address, whatever its other buckets hold. */
static void test_answers(void **state)
{
	struct ratelimiter *limiter = create();

	(void)state;
	assert_int_equal(unproven(limiter, from("192.0.2.7", 1), 6, START_NS), 5);
	assert_true(answer(limiter, "192.0.2.7", 1, 0));
	assert_false(answer(limiter, "192.0.2.7", 1, 0));
	assert_false(answer(limiter, "192.0.2.7", 1, 999));
	assert_true(answer(limiter, "192.0.2.7", 2, 999));
	assert_true(answer(limiter, "192.0.2.8", 1, 999));
	assert_true(answer(limiter, "192.0.2.7", 1, 1000));
	assert_false(answer(limiter, "192.0.2.7", 2, 1998));
	assert_true(answer(limiter, "2001:db8::7", 1, 0));
	assert_false(answer(limiter, "2001:db8::8", 1, 0));
	ratelimiter_destroy(limiter);
}

/* A slow twin counts tokens up, in nanoseconds, as the kernel does; 100 sources for a million steps. */
static void test_model(void **state)
{
	enum { N_SOURCES = 100, STEPS = 1000000 };
	const uint64_t token_ns = NSEC_PER_SEC / 20, full_ns = 5 * token_ns;
	struct twin {
		uint64_t tokens_ns, last_ns;
	} twins[N_SOURCES];
	struct ratelimiter *limiter = create();
	uint64_t now_ns = START_NS;
	struct prng prng = prng_seed();

	(void)state;
	for (unsigned i = 0; i < N_SOURCES; i++)
		twins[i] = (struct twin){full_ns, now_ns};
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned i = (unsigned)prng_below(&prng, N_SOURCES);
		bool is_allowed, is_expected;

		now_ns += prng_below(&prng, 600000);
		twins[i].tokens_ns += now_ns - twins[i].last_ns;
		twins[i].last_ns = now_ns;
		if (twins[i].tokens_ns > full_ns)
			twins[i].tokens_ns = full_ns;
		is_expected = twins[i].tokens_ns >= token_ns;
		if (is_expected)
			twins[i].tokens_ns -= token_ns;
		is_allowed = proven(limiter, numbered(AF_INET, i, 1), 1, now_ns);
		if (is_allowed != is_expected)
			fail_msg("step %u", step);
	}
	ratelimiter_destroy(limiter);
}

/*
 * A million sources in a second, each with a right cookie: the table stays as it is, a flooder among them is
 * remembered, and who comes now and then is never refused.
 */
static void test_million_sources(void **state)
{
	enum { N = 1000000 };
	struct ratelimiter *limiter = create();
	const size_t before = mallinfo2().uordblks;
	const struct endpoint flooder = from("192.0.2.7", 1), guest = from("192.0.2.8", 1);
	unsigned n_flooder = 0, n_others = 0, n_guest = 0;

	(void)state;
	for (uint32_t n = 0; n < N; n++) {
		uint64_t now_ns = START_NS + n * NSEC_PER_USEC;

		n_others += proven(limiter, numbered(n % 2 ? AF_INET : AF_INET6, n, 1), 1, now_ns);
		n_flooder += proven(limiter, flooder, 1, now_ns);
		if (n % (N / 10) == 0)
			n_guest += proven(limiter, guest, 1, now_ns);
	}
	assert_int_equal(n_others, N);
	assert_int_equal(n_guest, 10);
	assert_int_equal(n_flooder, 5 + 19);
	assert_int_equal(mallinfo2().uordblks, before);
	ratelimiter_destroy(limiter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_ports_of_an_address),
		cmocka_unit_test(test_invented_addresses),
		cmocka_unit_test(test_one_flooder),
		cmocka_unit_test(test_sharers),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_million_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
