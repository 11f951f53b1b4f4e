/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/allowedips.h"
#include "tables/rcu.h"
#include "unit/failing_alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct peer_view {
	char name;
};

#define NODE_LEN 64

enum op {
	INSERT, /* prefix to peer */
	REMOVE, /* prefix from peer */
	ABSENT, /* as REMOVE, but it is not this peer's */
	OWNER,  /* of exactly this prefix */
	FIND,   /* the longest match of an address */
	NODES,  /* how many the table has */
	CLEAR,  /* begin with an empty table */
};

static const struct {
	enum op op;
	const char *text;
	char peer; /* 0: none */
	unsigned n_nodes;
} rows[] = {
	/* 0: an empty table */
	{FIND, "0.0.0.0", 0, 0},
	{FIND, "255.255.255.255", 0, 0},
	{FIND, "::", 0, 0},
	{OWNER, "0.0.0.0/0", 0, 0},
	{ABSENT, "10.0.0.0/8", 'A', 0},
	{NODES, "", 0, 0},
	/* 6: the default route of one family is not the other's */
	{INSERT, "0.0.0.0/0", 'A', 0},
	{FIND, "0.0.0.0", 'A', 0},
	{FIND, "255.255.255.255", 'A', 0},
	{FIND, "::1", 0, 0},
	/* 10 */
	{INSERT, "::/0", 'B', 0},
	{FIND, "::1", 'B', 0},
	{FIND, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 'B', 0},
	{FIND, "1.2.3.4", 'A', 0},
	{NODES, "", 0, 2},
	/* 15: prefixes within prefixes */
	{INSERT, "10.0.0.0/8", 'C', 0},
	{INSERT, "10.1.2.0/24", 'D', 0},
	{INSERT, "10.1.0.0/16", 'E', 0},
	{INSERT, "10.1.2.3/32", 'F', 0},
	{FIND, "10.1.2.3", 'F', 0},
	/* 20 */
	{FIND, "10.1.2.2", 'D', 0},
	{FIND, "10.1.3.3", 'E', 0},
	{FIND, "10.2.2.3", 'C', 0},
	{FIND, "11.1.2.3", 'A', 0},
	{FIND, "10.255.255.255", 'C', 0},
	{FIND, "9.255.255.255", 'A', 0},
	{NODES, "", 0, 6}, /* each covers the next: no glue */
	/* 27: the owner of exactly this prefix */
	{OWNER, "10.1.0.0/16", 'E', 0},
	{OWNER, "10.1.0.0/17", 0, 0},
	{OWNER, "10.1.2.3/32", 'F', 0},
	/* 30 */
	{OWNER, "10.1.2.2/32", 0, 0},
	{OWNER, "0.0.0.0/0", 'A', 0},
	/* 32: a new owner takes it, the old one has nothing to remove */
	{INSERT, "10.1.0.0/16", 'G', 0},
	{FIND, "10.1.3.3", 'G', 0},
	{ABSENT, "10.1.0.0/16", 'E', 0},
	{FIND, "10.1.3.3", 'G', 0},
	{REMOVE, "10.1.0.0/16", 'G', 0},
	{FIND, "10.1.3.3", 'C', 0},
	{FIND, "10.1.2.9", 'D', 0},
	{FIND, "10.1.2.3", 'F', 0},
	/* 40 */
	{ABSENT, "10.1.0.0/16", 'G', 0},
	{NODES, "", 0, 5},
	{REMOVE, "0.0.0.0/0", 'A', 0},
	{FIND, "11.1.2.3", 0, 0},
	{FIND, "10.1.2.3", 'F', 0},
	{NODES, "", 0, 4},
	/* 46: host bits are ignored */
	{CLEAR, "", 0, 0},
	{INSERT, "192.168.7.77/24", 'A', 0},
	{FIND, "192.168.7.1", 'A', 0},
	{OWNER, "192.168.7.0/24", 'A', 0},
	/* 50 */
	{INSERT, "192.168.7.99/24", 'B', 0},
	{FIND, "192.168.7.77", 'B', 0},
	{REMOVE, "192.168.7.1/24", 'B', 0},
	{NODES, "", 0, 0},
	/* 54: glue comes and goes */
	{INSERT, "10.0.0.1/32", 'A', 0},
	{INSERT, "10.0.0.2/32", 'B', 0},
	{NODES, "", 0, 3},
	{FIND, "10.0.0.0", 0, 0},
	{FIND, "10.0.0.1", 'A', 0},
	{FIND, "10.0.0.2", 'B', 0},
	/* 60 */
	{FIND, "10.0.0.3", 0, 0},
	{OWNER, "10.0.0.0/30", 0, 0}, /* the glue */
	{ABSENT, "10.0.0.0/30", 'A', 0},
	{REMOVE, "10.0.0.1/32", 'A', 0},
	{NODES, "", 0, 1},
	{FIND, "10.0.0.1", 0, 0},
	{FIND, "10.0.0.2", 'B', 0},
	/* 67: glue becomes a prefix and glue again */
	{INSERT, "10.0.0.1/32", 'A', 0},
	{INSERT, "10.0.0.0/30", 'C', 0},
	{NODES, "", 0, 3},
	/* 70 */
	{FIND, "10.0.0.3", 'C', 0},
	{REMOVE, "10.0.0.0/30", 'C', 0},
	{NODES, "", 0, 3},
	{FIND, "10.0.0.3", 0, 0},
	{FIND, "10.0.0.1", 'A', 0},
	{INSERT, "10.0.0.0/30", 'C', 0},
	{REMOVE, "10.0.0.1/32", 'A', 0},
	{NODES, "", 0, 2}, /* it has an owner and stays */
	{FIND, "10.0.0.1", 'C', 0},
	{REMOVE, "10.0.0.0/30", 'C', 0},
	/* 80: its one child takes its place */
	{NODES, "", 0, 1},
	{FIND, "10.0.0.2", 'B', 0},
	{FIND, "10.0.0.1", 0, 0},
	/* 83: glue at the root, of length 0 */
	{CLEAR, "", 0, 0},
	{INSERT, "0.0.0.0/1", 'A', 0},
	{INSERT, "128.0.0.0/1", 'B', 0},
	{NODES, "", 0, 3},
	{FIND, "127.255.255.255", 'A', 0},
	{FIND, "128.0.0.0", 'B', 0},
	{INSERT, "0.0.0.0/0", 'C', 0},
	/* 90 */
	{NODES, "", 0, 3},
	{REMOVE, "128.0.0.0/1", 'B', 0},
	{FIND, "128.0.0.0", 'C', 0},
	{REMOVE, "0.0.0.0/0", 'C', 0},
	{FIND, "128.0.0.0", 0, 0},
	{FIND, "1.1.1.1", 'A', 0},
	/* 96: a longer prefix must not hide a shorter one that was put in later, above it */
	{CLEAR, "", 0, 0},
	{INSERT, "172.16.5.5/32", 'A', 0},
	{INSERT, "172.16.0.0/12", 'B', 0},
	{FIND, "172.16.5.5", 'A', 0},
	/* 100 */
	{FIND, "172.31.0.1", 'B', 0},
	{FIND, "172.32.0.1", 0, 0},
	/* 102: IPv6, on both sides of the middle of the address */
	{CLEAR, "", 0, 0},
	{INSERT, "2001:db8::/32", 'A', 0},
	{INSERT, "2001:db8:0:1::/64", 'B', 0},
	{INSERT, "2001:db8:0:1::/65", 'C', 0},
	{INSERT, "2001:db8:0:1:8000::/65", 'D', 0},
	{INSERT, "2001:db8:0:1::1/128", 'E', 0},
	{INSERT, "2001:db8:0:1::2/127", 'F', 0},
	{INSERT, "2001:db8:0:2::/63", 'G', 0},
	/* 110 */
	{FIND, "2001:db8:0:1::1", 'E', 0},
	{FIND, "2001:db8:0:1::", 'C', 0},
	{FIND, "2001:db8:0:1::2", 'F', 0},
	{FIND, "2001:db8:0:1::3", 'F', 0},
	{FIND, "2001:db8:0:1::4", 'C', 0},
	{FIND, "2001:db8:0:1:8000::", 'D', 0},
	{FIND, "2001:db8:0:2::9", 'G', 0},
	{FIND, "2001:db8:0:3:ffff::", 'G', 0},
	{FIND, "2001:db8:0:4::", 'A', 0},
	{FIND, "2001:db9::", 0, 0},
	/* 120 */
	{REMOVE, "2001:db8:0:1::/65", 'C', 0},
	{FIND, "2001:db8:0:1::4", 'B', 0},
	{REMOVE, "2001:db8:0:1::/64", 'B', 0},
	{FIND, "2001:db8:0:1::4", 'A', 0},
	{FIND, "2001:db8:0:1::1", 'E', 0},
	{FIND, "2001:db8:0:1:8000::", 'D', 0},
	/* 126: an IPv4 prefix is no IPv6 prefix with the same bits */
	{INSERT, "32.1.13.184/32", 'H', 0},
	{FIND, "2001:db8:ffff::", 'A', 0},
	{FIND, "32.1.13.184", 'H', 0},
};

static struct peer_view peers[26];

static struct peer_view *peer_of(char name)
{
	return name ? &peers[name - 'A'] : NULL;
}

static struct ip_prefix prefix_of(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return prefix;
}

static struct peer_view *find(const struct allowedips *table, const char *text)
{
	struct ip_addr addr;
	uint8_t bytes[17]; /* at an odd address */

	assert_true(ip_addr_parse(text, &addr));
	memcpy(bytes + 1, addr.bytes, sizeof(addr.bytes));
	return allowedips_find(table, addr.family, bytes + 1);
}

struct fixture {
	struct rcu *rcu;
	struct allowedips *table;
};

static int setup(void **state)
{
	static struct fixture fixture;

	fixture.rcu = rcu_create(1);
	fixture.table = fixture.rcu ? allowedips_create(fixture.rcu) : NULL;
	*state = &fixture;
	return fixture.table ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rcu_offline(fixture->rcu, 0); /* of a test that failed: destroy waits for readers */
	allowedips_destroy(fixture->table);
	rcu_destroy(fixture->rcu);
	return 0;
}

static bool row_holds(struct fixture *fixture, size_t i)
{
	struct peer_view *peer = peer_of(rows[i].peer);
	struct allowedips *table = fixture->table;
	struct ip_prefix prefix;

	switch (rows[i].op) {
	case FIND:
		return find(table, rows[i].text) == peer;
	case NODES:
		rcu_reclaim(fixture->rcu);
		return allowedips_bytes(table) == rows[i].n_nodes * NODE_LEN;
	case CLEAR:
		allowedips_destroy(table);
		fixture->table = allowedips_create(fixture->rcu);
		return fixture->table;
	default:
		break;
	}
	prefix = prefix_of(rows[i].text);
	switch (rows[i].op) {
	case INSERT:
		return allowedips_insert(table, &prefix, peer) == 0;
	case REMOVE:
		return allowedips_remove(table, &prefix, peer) == 0;
	case ABSENT:
		return allowedips_remove(table, &prefix, peer) == -ENOENT;
	default:
		return allowedips_owner(table, &prefix) == peer;
	}
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (!row_holds(*state, i))
			fail_msg("row %zu: %s %c", i, rows[i].text,
				rows[i].peer ? rows[i].peer : '-');
}

static void test_bad_prefixes(void **state)
{
	static const struct ip_prefix bad[] = {
		{.addr = {.family = AF_INET}, .len = 33},
		{.addr = {.family = AF_INET}, .len = 255},
		{.addr = {.family = AF_INET6}, .len = 129},
		{.addr = {.family = AF_UNSPEC}, .len = 0},
		{.addr = {.family = AF_UNIX}, .len = 0},
	};
	struct allowedips *table = ((struct fixture *)*state)->table;

	for (size_t i = 0; i < array_len(bad); i++) {
		assert_int_equal(allowedips_insert(table, &bad[i], &peers[0]), -EINVAL);
		assert_int_equal(allowedips_remove(table, &bad[i], &peers[0]), -ENOENT);
		assert_null(allowedips_owner(table, &bad[i]));
	}
	assert_int_equal(allowedips_bytes(table), 0);
	assert_null(allowedips_find(table, AF_UNSPEC, (const uint8_t *)"\0\0\0\0"));
}

/* Longer than what goes in step at a time; hosts, what lies around them, strangers and no addresses, mixed. */
static void test_burst(void **state)
{
	enum { N = 150 };
	struct allowedips *table = ((struct fixture *)*state)->table;
	struct ip_prefix v4 = prefix_of("10.0.0.0/8"), v6 = prefix_of("fd00::/16");
	struct allowedips_lookup lookups[N];
	uint8_t bytes[N][16] = {{0}};

	assert_int_equal(allowedips_insert(table, &v4, &peers[0]), 0);
	assert_int_equal(allowedips_insert(table, &v6, &peers[1]), 0);
	for (unsigned i = 0; i < N; i++) {
		struct ip_prefix *prefix = i % 2 ? &v6 : &v4;

		prefix->len = (uint8_t)ip_addr_bits(prefix->addr.family);
		prefix->addr.bytes[3] = (uint8_t)i;
		if (i % 5 == 0)
			assert_int_equal(allowedips_insert(table, prefix, &peers[2 + i % 24]), 0);
		memcpy(bytes[i], prefix->addr.bytes, 16);
		bytes[i][0] += i % 5 == 1;
		lookups[i] = (struct allowedips_lookup){
			bytes[i], i % 5 == 2 ? AF_UNSPEC : prefix->addr.family, &peers[25]};
	}
	allowedips_find_burst(table, lookups, N);
	for (unsigned i = 0; i < N; i++) {
		const struct peer_view *expected[] = {
			&peers[2 + i % 24], NULL, NULL, &peers[i % 2], &peers[i % 2]};

		assert_ptr_equal(lookups[i].peer, expected[i % 5]);
	}
	allowedips_find_burst(table, NULL, 0);
}

/* Every length of both families, one within the other, from either end. */
static void test_every_length(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned i = 0; i < 4; i++) {
		bool is_v4 = i % 2 == 0, is_upwards = i / 2 == 0;
		struct ip_prefix prefix = prefix_of(
			is_v4 ? "170.85.170.85" : "aaaa:5555:aaaa:5555:aaaa:5555:aaaa:5555");
		unsigned n_bits = prefix.len;
		struct peer_view owners[129];

		for (unsigned n = 0; n <= n_bits; n++) {
			prefix.len = (uint8_t)(is_upwards ? n : n_bits - n);
			assert_int_equal(
				allowedips_insert(fixture->table, &prefix, &owners[prefix.len]), 0);
		}
		for (unsigned n = n_bits + 1; n-- > 0;) {
			assert_ptr_equal(allowedips_find(fixture->table, prefix.addr.family,
						 prefix.addr.bytes),
				&owners[n]);
			prefix.len = (uint8_t)n;
			assert_int_equal(allowedips_remove(fixture->table, &prefix, &owners[n]), 0);
		}
		rcu_reclaim(fixture->rcu);
		assert_int_equal(allowedips_bytes(fixture->table), 0);
	}
}

/* A node stays while a reader may be on it. */
static void test_removed_nodes_wait(void **state)
{
	struct fixture *fixture = *state;
	struct ip_prefix one = prefix_of("10.0.0.1"), two = prefix_of("10.0.0.2");

	assert_int_equal(allowedips_insert(fixture->table, &one, &peers[0]), 0);
	assert_int_equal(allowedips_insert(fixture->table, &two, &peers[1]), 0);
	rcu_online(fixture->rcu, 0);
	assert_int_equal(allowedips_remove(fixture->table, &one, &peers[0]), 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 2); /* the prefix and the glue */
	assert_int_equal(allowedips_bytes(fixture->table), 3 * NODE_LEN);
	rcu_offline(fixture->rcu, 0);
	assert_int_equal(rcu_reclaim(fixture->rcu), 0);
	assert_int_equal(allowedips_bytes(fixture->table), NODE_LEN);
}

/* Hosts 10.0.0.0, 10.0.0.1, ... go in until memory is short: returns how many did. */
static uint32_t fill(struct allowedips *table)
{
	struct ip_prefix prefix = prefix_of("10.0.0.0/32");
	uint32_t n = 0;
	int rc;

	do {
		uint32_t addr = htonl(0x0a000000 + n);

		memcpy(prefix.addr.bytes, &addr, sizeof(addr));
		rc = allowedips_insert(table, &prefix, &peers[n % 26]);
		n++;
	} while (rc == 0);
	assert_int_equal(rc, -ENOMEM);
	return n - 1;
}

/* With one prefix beside the hosts, or two, memory ends at the first or at the second node of an insertion. */
static void test_no_memory(void **state)
{
	struct fixture *fixture = *state;
	struct ip_prefix beside[] = {prefix_of("::/0"), prefix_of("::1/128")};

	for (size_t i = 0; i < array_len(beside); i++) {
		struct allowedips *table = fixture->table;
		uint32_t n, addr;

		assert_int_equal(allowedips_insert(table, &beside[i], &peers[25]), 0);
		n_until_failure = 0;
		n = fill(table);
		assert_int_equal(fill(table), n);
		/* The hosts, glue between them, and what is beside: nothing is left of a failure. */
		assert_int_equal(allowedips_bytes(table), (n + n - 1 + i + 1) * NODE_LEN);
		for (uint32_t host = 0; host <= n; host++) {
			addr = htonl(0x0a000000 + host);
			assert_ptr_equal(allowedips_find(table, AF_INET, (const uint8_t *)&addr),
				host < n ? &peers[host % 26] : NULL);
		}
		n_until_failure = NEVER_FAIL;
	}
}

static void test_create_fails_clean(void **state)
{
	(void)state;
	n_until_failure = 0;
	assert_null(allowedips_create(NULL));
	n_until_failure = NEVER_FAIL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_prefixes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removed_nodes_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test(test_create_fails_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
