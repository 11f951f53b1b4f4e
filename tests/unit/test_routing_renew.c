/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Which other allowed IPs an interface can have without a restart, and what its plan is then. */

#include "host/routing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PREFIXES_MAX 4

static struct peer_config peer;
static struct ip_prefix prefixes[PREFIXES_MAX];
static struct interface_config config;

/* The interface's allowed IPs: "10.1.0.0/16 ::/0". */
static void set_allowed_ips(const char *text)
{
	char one[64];
	int len;

	peer = (struct peer_config){.allowed_ips = prefixes};
	config = (struct interface_config){
		.name = "wg0", .fwmark = config.fwmark, .peers = &peer, .n_peers = 1};
	for (; sscanf(text, " %63s%n", one, &len) == 1; text += len)
		assert_true(ip_prefix_parse(one, &prefixes[peer.n_allowed_ips++]));
}

static struct routing_plan *plan_of(const char *allowed_ips)
{
	const struct routing_facts facts = {
		.path_mtu = 1500, .free_table = 51820, .rule_priority = {32765, 32765}};
	struct host_error error;
	struct routing_plan *plan;

	set_allowed_ips(allowed_ips);
	plan = routing_plan_create(&config, &facts, &error);
	assert_non_null(plan);
	return plan;
}

static void add_line(void *context, const char *line)
{
	char *text = context;

	snprintf(text + strlen(text), 2048 - strlen(text), "%s\n", line);
}

/* Two plans are the same if their steps are. */
static void assert_same(const struct routing_plan *a, const struct routing_plan *b)
{
	char one[2048] = "", other[2048] = "";

	routing_describe(a, add_line, one);
	routing_describe(b, add_line, other);
	assert_string_equal(one, other);
}

static void test_renew(void **state)
{
	static const struct {
		const char *before, *after;
		uint32_t fwmark_before, fwmark_after;
		bool is_possible;
	} rows[] = {
		{"", "", 0, 0, true},
		{"", "10.1.0.0/16", 0, 0, true},
		{"10.1.0.0/16 fd00::/64", "fd00::/64 10.2.0.0/16", 0, 0, true},
		{"10.1.0.0/16", "", 0, 0, true},
		{"10.1.0.0/16", "10.1.0.0/16", 0, 7, true},
		{"0.0.0.0/0", "0.0.0.0/0 10.1.0.0/16", 0, 0, true},
		{"0.0.0.0/0 ::/0", "::/0 0.0.0.0/0", 0, 0, true},
		{"0.0.0.0/0", "0.0.0.0/0", 7, 7, true},
		{"10.1.0.0/16", "0.0.0.0/0", 0, 0, false},
		{"0.0.0.0/0", "10.1.0.0/16", 0, 0, false},
		{"0.0.0.0/0", "::/0", 0, 0, false},
		{"::/0", "::/0 0.0.0.0/0", 0, 0, false},
		{"0.0.0.0/0", "0.0.0.0/0", 7, 8, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct routing_plan *before, *expected, *fresh;
		struct host_error error = {""};

		config.fwmark = rows[i].fwmark_before;
		before = plan_of(rows[i].before);
		config.fwmark = rows[i].fwmark_after;
		expected = plan_of(rows[i].after);
		fresh = routing_plan_renew(before, &config, &error);
		if ((fresh != NULL) != rows[i].is_possible)
			fail_msg("row %zu: %s", i + 1, error.line);
		if (fresh)
			assert_same(fresh, expected);
		else
			assert_non_null(strstr(error.line, "restart"));
		routing_plan_free(before);
		routing_plan_free(expected);
		routing_plan_free(fresh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_renew)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
