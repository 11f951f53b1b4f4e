/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/routing.h"

#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/tun.h"
#include "unit/own_netns.h"

#define PREFIXES_MAX 16
#define PEERS_MAX 3
#define TEXT_MAX 4096

/* A configuration in short: lists are separated by spaces. */
struct sketch {
	const char *addresses;
	const char *allowed_ips[PEERS_MAX];
	const char *endpoints[PEERS_MAX];
	uint16_t mtu;
	uint32_t fwmark;
	enum route_mode mode;
	uint32_t table;
};

struct built {
	struct interface_config config;
	struct peer_config peers[PEERS_MAX];
	struct ip_prefix addresses[PREFIXES_MAX];
	struct ip_prefix allowed_ips[PEERS_MAX][PREFIXES_MAX];
};

static size_t parse_list(const char *text, struct ip_prefix *out)
{
	char copy[512], *rest = copy, *word;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text ? text : "");
	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		assert_true(n < PREFIXES_MAX);
		assert_true(ip_prefix_parse(word, &out[n++]));
	}
	return n;
}

static const struct interface_config *build(const struct sketch *sketch, struct built *out)
{
	*out = (struct built){.config = {.name = "wgt0",
				      .mtu = sketch->mtu,
				      .fwmark = sketch->fwmark,
				      .route_mode = sketch->mode,
				      .route_table = sketch->table,
				      .addresses = out->addresses,
				      .peers = out->peers}};
	out->config.n_addresses = parse_list(sketch->addresses, out->addresses);
	for (size_t i = 0; i < PEERS_MAX && sketch->allowed_ips[i]; i++) {
		out->peers[i].allowed_ips = out->allowed_ips[i];
		out->peers[i].n_allowed_ips =
			parse_list(sketch->allowed_ips[i], out->allowed_ips[i]);
		if (sketch->endpoints[i])
			assert_true(
				ip_addr_parse(sketch->endpoints[i], &out->peers[i].endpoint.addr));
		out->config.n_peers++;
	}
	return &out->config;
}

static void append_line(void *context, const char *line)
{
	char *text = context;
	size_t len = strlen(text);

	assert_true((size_t)snprintf(text + len, TEXT_MAX - len, "%s\n", line) < TEXT_MAX - len);
}

static const struct routing_facts usual_facts = {
	.path_mtu = 1500, .free_table = 51820, .rule_priority = {32765, 32765}};

#define BEGIN "ip link set dev wgt0 addrgenmode none\n"
#define UP(mtu) "ip link set mtu " mtu " up dev wgt0\n"

static const struct plan_row {
	struct sketch sketch;
	const char *expected;
} plan_rows[] = {
	/* 0: nothing but the interface */
	{{0}, BEGIN UP("1420")},
	/* 1: a gateway: the peers are inside the connected network, so no route is added */
	{{.addresses = "10.0.0.1/24", .allowed_ips = {"10.0.0.2/32", "10.0.0.3/32"}},
		BEGIN "ip -4 address add 10.0.0.1/24 dev wgt0\n" UP("1420")},
	/* 2: longest first, both families; a lone IPv4 address has no connected route */
	{{.addresses = "10.0.0.1/32 fd00::1/64",
		 .allowed_ips = {"10.0.0.0/8 10.1.0.0/16", "10.0.0.1/32 fd00::2/128 fd01::/48"}},
		BEGIN "ip -4 address add 10.0.0.1/32 dev wgt0\n"
		      "ip -6 address add fd00::1/64 dev wgt0\n" UP(
			      "1420") "ip -6 route add fd01::/48 dev wgt0\n"
				      "ip -4 route add 10.0.0.1/32 dev wgt0\n"
				      "ip -4 route add 10.1.0.0/16 dev wgt0\n"
				      "ip -4 route add 10.0.0.0/8 dev wgt0\n"},
	/* 3: a lone IPv6 address is a connected route; the same prefix at two peers is one route */
	{{.addresses = "fd00::1/128", .allowed_ips = {"fd00::1/128 fd02::/16", "fd02::/16"}},
		BEGIN "ip -6 address add fd00::1/128 dev wgt0\n" UP(
			"1420") "ip -6 route add fd02::/16 dev wgt0\n"},
	/* 4: the connected network itself, and a wider one */
	{{.addresses = "10.0.0.1/24", .allowed_ips = {"10.0.0.0/24 10.0.0.0/23"}},
		BEGIN "ip -4 address add 10.0.0.1/24 dev wgt0\n" UP(
			"1420") "ip -4 route add 10.0.0.0/23 dev wgt0\n"},
	/* 5: Table = off */
	{{.addresses = "10.0.0.1/32",
		 .allowed_ips = {"0.0.0.0/0 ::/0 10.9.0.0/16"},
		 .mode = ROUTE_OFF},
		BEGIN "ip -4 address add 10.0.0.1/32 dev wgt0\n" UP("1420")},
	/* 6: Table = 123: every prefix, also a connected one, and a default route without rules */
	{{.addresses = "10.0.0.1/24",
		 .allowed_ips = {"0.0.0.0/0 10.0.0.2/32", "::/0 10.0.0.2/32"},
		 .mode = ROUTE_TABLE,
		 .table = 123},
		BEGIN "ip -4 address add 10.0.0.1/24 dev wgt0\n" UP(
			"1420") "ip -4 route add 10.0.0.2/32 dev wgt0 table 123\n"
				"ip -4 route add 0.0.0.0/0 dev wgt0 table 123\n"
				"ip -6 route add ::/0 dev wgt0 table 123\n"},
	/* 7: a default route in one family only */
	{{.addresses = "10.0.0.2/24", .allowed_ips = {"0.0.0.0/0"}},
		BEGIN "ip -4 address add 10.0.0.2/24 dev wgt0\n" UP(
			"1420") "ip -4 route add 0.0.0.0/0 dev wgt0 table 51820\n"
				"ip -4 rule add not fwmark 51820 table 51820 priority 32765\n"
				"ip -4 rule add table main suppress_prefixlength 0 priority 32764\n"
				"sysctl -q net.ipv4.conf.all.src_valid_mark=1\n"},
	/* 8: in both, a mark of the user's, which is the table too */
	{{.addresses = "fd00::2/64", .allowed_ips = {"::/0 0.0.0.0/0"}, .fwmark = 77},
		BEGIN "ip -6 address add fd00::2/64 dev wgt0\n" UP(
			"1420") "ip -4 route add 0.0.0.0/0 dev wgt0 table 77\n"
				"ip -4 rule add not fwmark 77 table 77 priority 32765\n"
				"ip -4 rule add table main suppress_prefixlength 0 priority 32764\n"
				"sysctl -q net.ipv4.conf.all.src_valid_mark=1\n"
				"ip -6 route add ::/0 dev wgt0 table 77\n"
				"ip -6 rule add not fwmark 77 table 77 priority 32765\n"
				"ip -6 rule add table main suppress_prefixlength 0 priority 32764\n"},
	/* 9: the MTU of the configuration */
	{{.addresses = "10.0.0.1/24", .mtu = 1280},
		BEGIN "ip -4 address add 10.0.0.1/24 dev wgt0\n" UP("1280")},
	/* 10: less than IPv6 needs is fine without it */
	{{.addresses = "10.0.0.1/24", .mtu = 576},
		BEGIN "ip -4 address add 10.0.0.1/24 dev wgt0\n" UP("576")},
	/* 11: halves of the whole are no default route */
	{{.allowed_ips = {"0.0.0.0/1 128.0.0.0/1"}},
		BEGIN UP("1420") "ip -4 route add 0.0.0.0/1 dev wgt0\n"
				 "ip -4 route add 128.0.0.0/1 dev wgt0\n"},
	/* 12: an address in 0.0.0.0/8 has no connected route */
	{{.addresses = "10.0.0.1/0", .allowed_ips = {"10.0.0.0/8"}},
		BEGIN "ip -4 address add 10.0.0.1/0 dev wgt0\n" UP(
			"1420") "ip -4 route add 10.0.0.0/8 dev wgt0\n"},
};

static void test_plan(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(plan_rows); row++) {
		struct built built;
		struct host_error error;
		char text[TEXT_MAX] = "";
		struct routing_plan *plan = routing_plan_create(
			build(&plan_rows[row].sketch, &built), &usual_facts, &error);

		if (!plan)
			fail_msg("row %zu: %s", row, error.line);
		routing_describe(plan, append_line, text);
		if (strcmp(text, plan_rows[row].expected) != 0)
			fail_msg("row %zu:\n%s\nexpected:\n%s", row, text, plan_rows[row].expected);
		routing_plan_free(plan);
	}
}

static const struct mark_row {
	struct sketch sketch;
	uint32_t expected;
} mark_rows[] = {
	{{.allowed_ips = {"10.0.0.0/8"}}, 0},
	{{.allowed_ips = {"10.0.0.0/8"}, .fwmark = 5}, 5},
	{{.allowed_ips = {"10.0.0.0/8", "::/0"}}, 51820},
	{{.allowed_ips = {"0.0.0.0/0"}, .fwmark = 5}, 5},
	{{.allowed_ips = {"0.0.0.0/0"}, .mode = ROUTE_OFF}, 0},
	{{.allowed_ips = {"0.0.0.0/0"}, .mode = ROUTE_TABLE, .table = 9}, 0},
	{{.allowed_ips = {"0.0.0.0/0"}, .mode = ROUTE_OFF, .fwmark = 254}, 254},
};

static void test_plan_fwmark(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(mark_rows); row++) {
		struct built built;
		struct host_error error;
		struct routing_plan *plan = routing_plan_create(
			build(&mark_rows[row].sketch, &built), &usual_facts, &error);

		assert_non_null(plan);
		if (routing_plan_fwmark(plan) != mark_rows[row].expected)
			fail_msg("row %zu: %u", row, routing_plan_fwmark(plan));
		routing_plan_free(plan);
	}
}

static const struct mtu_row {
	uint32_t path_mtu;
	uint16_t configured;
	uint16_t expected;
} mtu_rows[] = {
	{1500, 0, 1420},
	{1492, 0, 1412},
	{9000, 0, 8920},
	{1500, 9000, 9000},
	{9080, 0, 9000},
	{9081, 0, 9000},
	{65536, 0, 9000}, /* loopback */
	{UINT32_MAX, 0, 9000},
	{1360, 0, 1280},
};

static void test_plan_mtu(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(mtu_rows); row++) {
		struct sketch sketch = {.addresses = "fd00::1/64", .mtu = mtu_rows[row].configured};
		struct routing_facts facts = usual_facts;
		struct built built;
		struct host_error error;
		struct routing_plan *plan;

		facts.path_mtu = mtu_rows[row].path_mtu;
		plan = routing_plan_create(build(&sketch, &built), &facts, &error);
		assert_non_null(plan);
		if (routing_plan_mtu(plan) != mtu_rows[row].expected)
			fail_msg("row %zu: %u", row, routing_plan_mtu(plan));
		routing_plan_free(plan);
	}
}

static const struct refused_row {
	struct sketch sketch;
	struct routing_facts facts;
	const char *line;
} refused_rows[] = {
	{{.addresses = "fd00::1/64", .mtu = 1279}, {1500, 51820, {9, 9}},
		"IPv6 needs at least 1280"},
	{{.addresses = "fd00::1/64"}, {1359, 51820, {9, 9}}, "would be 1279"},
	{{.mtu = 67}, {1500, 51820, {9, 9}}, "IPv4 needs at least 68"},
	{{0}, {80, 51820, {9, 9}}, "would be 0"},
	{{.allowed_ips = {"0.0.0.0/0"}, .fwmark = 254}, {1500, 51820, {9, 9}}, "FwMark 254"},
	{{.allowed_ips = {"0.0.0.0/0"}}, {1500, 51820, {1, 9}}, "no room"},
	{{.allowed_ips = {"::/0"}}, {1500, 51820, {9, 1}}, "no room"},
};

static void test_plan_refused(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(refused_rows); row++) {
		struct built built;
		struct host_error error = {""};

		if (routing_plan_create(build(&refused_rows[row].sketch, &built),
			    &refused_rows[row].facts, &error))
			fail_msg("row %zu: accepted", row);
		if (!strstr(error.line, refused_rows[row].line)
			|| strncmp(error.line, "wgt0: ", 6) != 0)
			fail_msg("row %zu: %s", row, error.line);
	}
}

/* A host with one uplink, and a tunnel on it. */
struct host {
	struct netlink *netlink;
	int uplink_fd;
	int tunnel_fd;
	unsigned tunnel_ifindex;
	struct routing_taken taken;
	struct routing_facts facts;
	struct routing_plan *plan;
	struct host_error error;
};

static void host_open(struct host *host, const struct sketch *sketch)
{
	unsigned ifindex;
	struct built built;

	host->netlink = netlink_open(&host->error);
	assert_non_null(host->netlink);
	assert_int_equal(tun_open("up0", 1, &host->uplink_fd, &ifindex, &host->error), 0);
	assert_int_equal(
		tun_open("wgt0", 1, &host->tunnel_fd, &host->tunnel_ifindex, &host->error), 0);
	shell("ip link set up0 mtu 1480 up && ip addr add 192.0.2.2/24 dev up0 &&"
	      " ip addr add 2001:db8::2/64 dev up0 && ip route add default via 192.0.2.1 &&"
	      " ip -6 route add default via 2001:db8::1");
	routing_taken_init(&host->taken, &(struct gw_config){.n_interfaces = 0});
	assert_int_equal(routing_survey(host->netlink, build(sketch, &built), &host->taken,
				 &host->facts, &host->error),
		0);
	host->plan = routing_plan_create(&built.config, &host->facts, &host->error);
	assert_non_null(host->plan);
}

static int host_apply(struct host *host)
{
	return routing_apply(host->plan, host->netlink, host->tunnel_ifindex, &host->error);
}

static void host_close(struct host *host)
{
	routing_plan_free(host->plan);
	netlink_close(host->netlink);
	tun_close(&host->tunnel_fd, 1);
	tun_close(&host->uplink_fd, 1);
}

static void test_apply(void **state)
{
	const struct sketch sketch = {.addresses = "10.0.0.1/24 fd00::1/64",
		.allowed_ips = {"10.0.0.2/32 10.7.0.0/16", "fd00::2/128 fd07::/48"}};
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	host_open(&host, &sketch);
	if (host_apply(&host) < 0)
		fail_msg("%s", host.error.line);
	assert_says("ip addr show dev wgt0", "mtu 1400");
	assert_says("ip addr show dev wgt0", "inet 10.0.0.1/24");
	assert_says("ip addr show dev wgt0", "inet6 fd00::1/64");
	assert_says_not("ip addr show dev wgt0", "fe80");
	assert_says("ip route show dev wgt0",
		"10.0.0.0/24 proto kernel scope link src 10.0.0.1 \n10.7.0.0/16 scope link");
	assert_says_not("ip route show dev wgt0", "10.0.0.2");
	assert_says("ip -6 route show dev wgt0", "fd00::/64 proto kernel");
	assert_says("ip -6 route show dev wgt0", "fd07::/48 metric 1024");
	assert_says_not("ip rule; ip -6 rule", "suppress");
	routing_remove(host.plan, host.netlink);
	host_close(&host);
	assert_says_not("ip route; ip -6 route", "wgt0");
}

static const struct sketch default_sketch = {.addresses = "10.0.0.2/24 fd00::2/64",
	.allowed_ips = {"0.0.0.0/0 ::/0"},
	.endpoints = {"192.0.2.9"}};

/* Where packets of the host go: marked ones are the outer packets. */
static void assert_default_in_tunnel(void)
{
	assert_says("ip route get 198.51.100.1", "dev wgt0");
	assert_says("ip route get 198.51.100.1 mark 51820", "dev up0");
	assert_says("ip route get 192.0.2.77", "dev up0");
	assert_says("ip -6 route get 2001:db8:ffff::1", "dev wgt0");
	assert_says("ip -6 route get 2001:db8:ffff::1 mark 51820", "dev up0");
	assert_says("ip -6 route get 2001:db8::77", "dev up0");
}

static void test_apply_default(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	shell("echo 0 >/proc/sys/net/ipv4/conf/all/src_valid_mark");
	host_open(&host, &default_sketch);
	if (host_apply(&host) < 0)
		fail_msg("%s", host.error.line);
	assert_default_in_tunnel();
	assert_says("ip rule",
		"32764:\tfrom all lookup main suppress_prefixlength 0\n"
		"32765:\tnot from all fwmark 0xca6c lookup 51820\n"
		"32766:\tfrom all lookup main");
	assert_says("cat /proc/sys/net/ipv4/conf/all/src_valid_mark", "1");
	routing_remove(host.plan, host.netlink);
	assert_says_not("ip rule; ip -6 rule", "51820");
	assert_says_not("ip rule; ip -6 rule", "suppress");
	routing_remove(host.plan, host.netlink); /* again: nothing is left to do */
	host_close(&host);
}

/* A process that was killed leaves rules; the next one takes them over. */
static void test_apply_after_kill(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	host_open(&host, &default_sketch);
	assert_int_equal(host_apply(&host), 0);
	host_close(&host);
	assert_says("ip rule", "51820");
	shell("ip rule add to 203.0.113.0/24 table main"); /* somebody else's, before ours */
	host_open(&host, &default_sketch);
	assert_int_equal(host.facts.rule_priority[0], 32765);
	assert_int_equal(host.facts.rule_priority[1], 32765);
	if (host_apply(&host) < 0)
		fail_msg("%s", host.error.line);
	assert_default_in_tunnel();
	routing_remove(host.plan, host.netlink);
	assert_says_not("ip rule; ip -6 rule", "51820");
	assert_says_not("ip rule; ip -6 rule", "suppress");
	host_close(&host);
	shell("ip rule del to 203.0.113.0/24 table main");
}

/* Another tunnel with equal rules keeps its own, in their order. */
static void test_apply_beside_another(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	shell("ip rule add not fwmark 51820 table 51820 && ip rule add table main suppress_prefixlength 0 &&"
	      " ip route add 198.51.100.0/24 dev lo table 51820");
	host_open(&host, &default_sketch);
	assert_int_equal(host.facts.free_table, 51821);
	assert_int_equal(host_apply(&host), 0);
	assert_says("ip rule",
		"32762:\tfrom all lookup main suppress_prefixlength 0\n"
		"32763:\tnot from all fwmark 0xca6d lookup 51821\n"
		"32764:\tfrom all lookup main suppress_prefixlength 0\n"
		"32765:\tnot from all fwmark 0xca6c lookup 51820\n");
	routing_remove(host.plan, host.netlink);
	assert_says("ip rule",
		"0:\tfrom all lookup local\n"
		"32764:\tfrom all lookup main suppress_prefixlength 0\n"
		"32765:\tnot from all fwmark 0xca6c lookup 51820\n");
	host_close(&host);
	shell("ip rule del priority 32764; ip rule del priority 32765; ip route flush table 51820");
}

#define PLANS_MAX 3

/* Interfaces of one process that are planned before any is up: what each one's facts must be. */
static const struct together_row {
	struct sketch sketches[PLANS_MAX];
	uint32_t marks[PLANS_MAX];
	uint32_t priorities[PLANS_MAX][2]; /* where the next rule would go, in IPv4 and IPv6 */
} together_rows[] = {
	/* 0: no default route takes nothing */
	{{{.allowed_ips = {"10.0.0.0/8"}}, {.allowed_ips = {"0.0.0.0/0"}}}, {0, 51820},
		{{32765, 32765}, {32765, 32765}}},
	/* 1: IPv4 and IPv6: tables are counted together, rules apart */
	{{{.allowed_ips = {"0.0.0.0/0"}}, {.allowed_ips = {"::/0"}}}, {51820, 51821},
		{{32765, 32765}, {32763, 32765}}},
	/* 2: both IPv4, then both families */
	{{{.allowed_ips = {"0.0.0.0/0"}}, {.allowed_ips = {"0.0.0.0/0"}},
		 {.allowed_ips = {"0.0.0.0/0 ::/0"}}},
		{51820, 51821, 51822}, {{32765, 32765}, {32763, 32765}, {32761, 32765}}},
	/* 3: a mark of the user's is left alone, wherever it is */
	{{{.allowed_ips = {"::/0"}}, {.allowed_ips = {"10.0.0.0/8"}, .fwmark = 51820},
		 {.allowed_ips = {"::/0"}, .fwmark = 51822}},
		{51821, 51820, 51822}, {{32765, 32765}, {32765, 32763}, {32765, 32763}}},
	/* 4: one mark for two interfaces */
	{{{.allowed_ips = {"0.0.0.0/0"}, .fwmark = 7}, {.allowed_ips = {"::/0"}, .fwmark = 7}},
		{7, 7}, {{32765, 32765}, {32763, 32765}}},
};

static void plan_together(struct host *host, size_t row, struct routing_plan *out_plans[PLANS_MAX])
{
	const struct together_row *r = &together_rows[row];
	struct interface_config configs[PLANS_MAX];
	struct built built[PLANS_MAX];
	struct routing_taken taken;

	for (size_t i = 0; i < PLANS_MAX; i++)
		configs[i] = *build(&r->sketches[i], &built[i]);
	routing_taken_init(
		&taken, &(struct gw_config){.interfaces = configs, .n_interfaces = PLANS_MAX});
	for (size_t i = 0; i < PLANS_MAX; i++) {
		struct routing_facts facts;

		assert_int_equal(
			routing_survey(host->netlink, &configs[i], &taken, &facts, &host->error),
			0);
		if (r->priorities[i][0]
			&& memcmp(facts.rule_priority, r->priorities[i], sizeof(r->priorities[i])))
			fail_msg("row %zu, interface %zu: rules at %u and %u", row, i,
				facts.rule_priority[0], facts.rule_priority[1]);
		out_plans[i] = routing_plan_create(&configs[i], &facts, &host->error);
		assert_non_null(out_plans[i]);
		if (routing_plan_fwmark(out_plans[i]) != r->marks[i])
			fail_msg("row %zu, interface %zu: mark %u", row, i,
				routing_plan_fwmark(out_plans[i]));
		routing_plan_take(out_plans[i], &taken);
	}
}

static void test_plan_together(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	host_open(&host, &default_sketch);
	for (size_t row = 0; row < array_len(together_rows); row++) {
		struct routing_plan *plans[PLANS_MAX];

		plan_together(&host, row, plans);
		for (size_t i = 0; i < PLANS_MAX; i++)
			routing_plan_free(plans[i]);
	}
	host_close(&host);
}

/* The second default route fails; the rules of the first one go again. */
static void test_apply_fails(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	host_open(&host, &default_sketch);
	shell("ip -6 route add default dev up0 table 51820"); /* after the survey */
	assert_int_equal(host_apply(&host), -EEXIST);
	assert_string_equal(host.error.line,
		"ip -6 route add ::/0 dev wgt0 table 51820: File exists;"
		" another interface has this route: remove it, or set Table");
	assert_says_not("ip rule; ip -6 rule", "51820");
	assert_says_not("ip rule; ip -6 rule", "suppress");
	host_close(&host);
}

static const struct survey_row {
	const char *setup; /* done and undone around the survey */
	const char *undo;
	const char *endpoints[2];
	uint32_t path_mtu;
} survey_rows[] = {
	/* 0: the default route's interface */
	{"true", "true", {NULL}, 1480},
	/* 1: the interface towards the peer */
	{"true", "true", {"127.0.0.1"}, 65536},
	{"true", "true", {NULL, "192.0.2.50"}, 1480},
	/* 3: a route with an MTU of its own */
	{"ip route add 198.51.100.0/24 via 192.0.2.1 mtu 1333", "ip route del 198.51.100.0/24",
		{"198.51.100.1"}, 1333},
	{"ip -6 route add 2001:db8:1::/48 via 2001:db8::1 mtu 1344",
		"ip -6 route del 2001:db8:1::/48", {"2001:db8:1::1"}, 1344},
	/* 5: the greatest of several, in either order */
	{"ip route add 198.51.100.0/24 via 192.0.2.1 mtu 1333", "ip route del 198.51.100.0/24",
		{"198.51.100.1", "192.0.2.50"}, 1480},
	{"ip route add 198.51.100.0/24 via 192.0.2.1 mtu 1333", "ip route del 198.51.100.0/24",
		{"192.0.2.50", "198.51.100.1"}, 1480},
	/* 7: a peer out of reach */
	{"ip route add unreachable 198.51.100.0/24", "ip route del unreachable 198.51.100.0/24",
		{"198.51.100.1"}, 1480},
	/* 8: the default route of IPv6 when IPv4 has none; none at all */
	{"ip route del default; ip -6 route change default via 2001:db8::1 mtu 1450",
		"ip route add default via 192.0.2.1; ip -6 route change default via 2001:db8::1",
		{NULL}, 1450},
	{"ip route del default; ip -6 route del default",
		"ip route add default via 192.0.2.1; ip -6 route add default via 2001:db8::1",
		{NULL}, 1500},
	/* 10: the first of two default routes, with an MTU of its own */
	{"ip route change default via 192.0.2.1 mtu 1399;"
	 " ip route add default via 192.0.2.1 mtu 1388 metric 2000",
		"ip route del default metric 2000; ip route change default via 192.0.2.1", {NULL},
		1399},
};

static void test_survey_mtu(void **state)
{
	struct host host;

	(void)state;
	NEED_OWN_NETNS();
	host_open(&host, &default_sketch);
	for (size_t row = 0; row < array_len(survey_rows); row++) {
		struct sketch sketch = {.allowed_ips = {"10.0.0.2/32", "10.0.0.3/32"},
			.endpoints = {
				survey_rows[row].endpoints[0], survey_rows[row].endpoints[1]}};
		struct routing_facts facts;
		struct built built;

		shell(survey_rows[row].setup);
		assert_int_equal(routing_survey(host.netlink, build(&sketch, &built), &host.taken,
					 &facts, &host.error),
			0);
		if (facts.path_mtu != survey_rows[row].path_mtu)
			fail_msg("row %zu: %u", row, facts.path_mtu);
		shell(survey_rows[row].undo);
	}
	host_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_plan_fwmark),
		cmocka_unit_test(test_plan_mtu),
		cmocka_unit_test(test_plan_refused),
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_apply_default),
		cmocka_unit_test(test_apply_after_kill),
		cmocka_unit_test(test_apply_beside_another),
		cmocka_unit_test(test_plan_together),
		cmocka_unit_test(test_apply_fails),
		cmocka_unit_test(test_survey_mtu),
	};

	own_netns_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
