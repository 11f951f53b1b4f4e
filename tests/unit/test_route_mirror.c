/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The kernel's own routes and neighbours, changed by ip(8) in a network namespace, as workers then find them. */

#include "route_mirror.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tables/rcu.h"
#include "tables/routes.h"
#include "unit/own_netns.h"
#include "unit/route_text.h"

static struct rcu *rcu;
static struct routes *routes;
static struct route_mirror *mirror;
static struct host_error error;

static unsigned ifindex_of(const char *name)
{
	char command[64];

	snprintf(command, sizeof(command), "ip -o link show dev %s", name);
	return (unsigned)atoi(shell(command));
}

/* Ports 0 and 1 are p0 and p1, interface 3 is wg0; d0 is none of ours. */
static void make_links(void)
{
	shell("ip link add p0 type veth peer name q0 && ip link add p1 type veth peer name q1"
	      " && ip link add wg0 type veth peer name wgq && ip link add d0 type veth peer name dq"
	      ""
	      " && for link in p0 q0 p1 q1 wg0 wgq d0 dq; do ip link set $link up; done"
	      " && ip addr add 10.0.0.1/24 dev p0 && ip -6 addr add 2001:db8::1/64 dev p0 nodad");
}

static void begin_mirror(void)
{
	assert_non_null(rcu = rcu_create(1));
	assert_non_null(routes = routes_create(rcu));
	mirror = route_mirror_create(routes, &error);
	if (!mirror)
		fail_msg("%s", error.line);
	assert_int_equal(route_mirror_add_port(mirror, ifindex_of("p0"), 0), 0);
	assert_int_equal(route_mirror_add_port(mirror, ifindex_of("p1"), 1), 0);
	assert_int_equal(route_mirror_add_interface(mirror, ifindex_of("wg0"), 3), 0);
	if (route_mirror_start(mirror, &error) != 0)
		fail_msg("%s", error.line);
}

static int set_up(void **state)
{
	(void)state;
	if (!is_in_own_netns)
		return 0;
	make_links();
	begin_mirror();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (!is_in_own_netns)
		return 0;
	route_mirror_destroy(mirror);
	routes_destroy(routes);
	rcu_destroy(rcu);
	shell("for link in p0 p1 wg0 d0; do ip link del $link; done; ip nexthop flush;"
	      " ip route flush table main; ip -6 route flush table main; ip route flush 192.0.2.8 table local;"
	      " ip route flush table 77; sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
	return 0;
}

/* Reads what there is now, or comes within a tenth of a second; false: nothing did. */
static bool read_news(void)
{
	struct pollfd fd = {.fd = route_mirror_fd(mirror), .events = POLLIN};

	if (poll(&fd, 1, 100) <= 0)
		return false;
	if (route_mirror_read(mirror, &error) != 0)
		fail_msg("%s", error.line);
	return true;
}

/* Everything that the kernel has said, and what follows from it, is done. */
static void settle(void)
{
	while (read_news())
		;
}

static void expect_way(const char *address, const char *expected, const char *after)
{
	const char *found = route_text(routes, address);

	if (strcmp(found, expected) != 0)
		fail_msg("%s: to %s: expected %s, found %s", after, address, expected, found);
}

struct row {
	const char *command; /* NULL: as before */
	const char *address;
	const char *way;
};

static void play(const struct row *rows, size_t n_rows)
{
	for (size_t i = 0; i < n_rows; i++) {
		if (rows[i].command) {
			shell(rows[i].command);
			settle();
		}
		expect_way(
			rows[i].address, rows[i].way, rows[i].command ? rows[i].command : "then");
	}
}

static const struct row v4_rows[] = {
	{NULL, "10.0.0.9", "port 0"},
	{NULL, "10.0.0.1", "local"},
	{NULL, "10.0.0.255", "local"},
	{NULL, "192.0.2.1", "none"},
	{"ip route add 192.0.2.0/24 via 10.0.0.2", "192.0.2.1", "port 0 via 10.0.0.2"},
	{"ip route change 192.0.2.0/24 dev p1", "192.0.2.1", "port 1"},
	{"ip route replace 192.0.2.0/24 via 10.0.0.3 mtu 1400", "192.0.2.1",
		"port 0 via 10.0.0.3 mtu 1400"},
	/* metrics: the lowest wins, the next one takes over */
	{"ip route add 192.0.2.0/24 dev wg0 metric 5", "192.0.2.1", "port 0 via 10.0.0.3 mtu 1400"},
	{"ip route del 192.0.2.0/24 via 10.0.0.3", "192.0.2.1", "interface 3"},
	{"ip route add 192.0.2.0/24 dev p1 metric 4", "192.0.2.1", "port 1"},
	{"ip route del 192.0.2.0/24 dev p1 metric 4", "192.0.2.1", "interface 3"},
	/* the same metric: the first one wins */
	{"ip route append 192.0.2.0/24 dev p1 metric 5", "192.0.2.1", "interface 3"},
	{"ip route prepend 192.0.2.0/24 dev p0 metric 5", "192.0.2.1", "port 0"},
	{"ip route del 192.0.2.0/24 dev p0 metric 5", "192.0.2.1", "interface 3"},
	{"ip route del 192.0.2.0/24 dev wg0 metric 5", "192.0.2.1", "port 1"},
	{"ip route del 192.0.2.0/24 dev p1 metric 5", "192.0.2.1", "none"},
	/* several hops */
	{"ip route add 192.0.2.0/24 nexthop dev p1 nexthop via 10.0.0.2 nexthop dev d0",
		"192.0.2.1", "port 1 + port 0 via 10.0.0.2 + host"},
	{"ip route replace 192.0.2.0/24 via inet6 fe80::2 dev p0", "192.0.2.1",
		"port 0 via fe80::2"},
	/* what is no way for us */
	{"ip route replace 192.0.2.0/24 dev d0", "192.0.2.1", "host"},
	{"ip route add blackhole 192.0.2.4/32", "192.0.2.4", "host"},
	{"ip route add unreachable 192.0.2.5/32", "192.0.2.5", "host"},
	{"ip route add prohibit 192.0.2.6/32", "192.0.2.6", "host"},
	{"ip route add throw 192.0.2.7/32", "192.0.2.7", "host"},
	{"ip route add local 192.0.2.8/32 dev lo", "192.0.2.8", "local"},
	{"ip route replace 192.0.2.0/24 dev p1; ip route add 192.0.2.9 dev p0 table 77",
		"192.0.2.9", "port 1"},
	{"ip route add 192.0.2.10 tos 0x10 dev p0", "192.0.2.10", "port 1"},
	{"ip route add 192.0.2.11 encap ip id 5 dst 10.0.0.9 dev p0 2>/dev/null || true",
		"192.0.2.1", "port 1"},
	/* local before main */
	{"ip route add 192.0.2.12/32 dev p0", "192.0.2.12", "port 0"},
	{"ip addr add 192.0.2.12/32 dev lo", "192.0.2.12", "local"},
	{"ip addr del 192.0.2.12/32 dev lo", "192.0.2.12", "port 0"},
	/* an object of the kernel for the hop */
	{"ip nexthop add id 5 via 10.0.0.2 dev p0 && ip route replace 192.0.2.0/24 nhid 5",
		"192.0.2.1", "port 0 via 10.0.0.2"},
	/* what is not sent on by routes */
	{"ip route add default via 10.0.0.2", "198.51.100.1", "port 0 via 10.0.0.2"},
	{NULL, "224.0.0.5", "local"},
	{NULL, "239.255.255.255", "local"},
	{NULL, "255.255.255.255", "local"},
	{NULL, "127.1.2.3", "local"},
	{NULL, "0.1.2.3", "host"},
	{NULL, "240.0.0.1", "port 0 via 10.0.0.2"},
	{NULL, "169.254.1.1", "port 0 via 10.0.0.2"},
	{"ip route add 232.0.0.0/8 dev p1 2>/dev/null || true", "232.1.1.1", "local"},
};

static const struct row v6_rows[] = {
	{NULL, "2001:db8::9", "port 0"},
	{NULL, "2001:db8::1", "local"},
	{NULL, "fe80::9", "host"},
	{NULL, "ff02::1", "local"},
	{NULL, "2001:db8:1::1", "none"},
	{"ip -6 route add 2001:db8:1::/48 via 2001:db8::2", "2001:db8:1::1",
		"port 0 via 2001:db8::2"},
	{"ip -6 route change 2001:db8:1::/48 dev p1 mtu 1400", "2001:db8:1::1", "port 1 mtu 1400"},
	{"ip -6 route replace 2001:db8:1::/48 via fe80::3 dev p0", "2001:db8:1::1",
		"port 0 via fe80::3"},
	/* metrics */
	{"ip -6 route add 2001:db8:1::/48 dev wg0 metric 2000", "2001:db8:1::1",
		"port 0 via fe80::3"},
	{"ip -6 route add 2001:db8:1::/48 dev p1 metric 10", "2001:db8:1::1", "port 1"},
	{"ip -6 route del 2001:db8:1::/48 dev p1 metric 10", "2001:db8:1::1", "port 0 via fe80::3"},
	{"ip -6 route del 2001:db8:1::/48 via fe80::3 dev p0", "2001:db8:1::1", "interface 3"},
	{"ip -6 route del 2001:db8:1::/48 dev wg0 metric 2000", "2001:db8:1::1", "none"},
	/* hops come and go one by one */
	{"ip -6 route add 2001:db8:2::/48 via 2001:db8::2", "2001:db8:2::1",
		"port 0 via 2001:db8::2"},
	{"ip -6 route append 2001:db8:2::/48 via 2001:db8::3", "2001:db8:2::1",
		"port 0 via 2001:db8::3 + port 0 via 2001:db8::2"},
	{"ip -6 route append 2001:db8:2::/48 via fe80::4 dev p1", "2001:db8:2::1",
		"port 1 via fe80::4 + port 0 via 2001:db8::2 + port 0 via 2001:db8::3"},
	{"ip -6 route del 2001:db8:2::/48 via 2001:db8::2", "2001:db8:2::1",
		"port 1 via fe80::4 + port 0 via 2001:db8::3"},
	{"ip -6 route replace 2001:db8:2::/48 nexthop via 2001:db8::5 nexthop via fe80::6 dev p1",
		"2001:db8:2::1", "port 0 via 2001:db8::5 + port 1 via fe80::6"},
	{"ip -6 route del 2001:db8:2::/48", "2001:db8:2::1", "none"},
	{"ip -6 route add unreachable 2001:db8:3::/48", "2001:db8:3::1", "host"},
	{"ip -6 route add default via fe80::1 dev p1", "2001:db8:9::1", "port 1 via fe80::1"},
	{NULL, "::1", "local"},
	{NULL, "::", "host"},
	{NULL, "::ffff:192.0.2.1", "host"},
	{NULL, "ff0e::1", "local"},
	{NULL, "febf::1", "host"},
	{NULL, "fec0::1", "port 1 via fe80::1"},
};

/* The kernel says nothing of most of this. */
static const struct row link_rows[] = {
	{"ip route add 192.0.2.0/24 nexthop via 10.0.0.2 nexthop dev p1 && ip route add 198.51.100.0/24 dev p1"
	 " && ip route add 198.51.100.0/24 via 10.0.0.2 metric 9",
		"198.51.100.1", "port 1"},
	{"ip link set p1 down", "192.0.2.1", "port 0 via 10.0.0.2"},
	{NULL, "198.51.100.1", "port 0 via 10.0.0.2"},
	{"ip link set p1 up", "192.0.2.1", "port 0 via 10.0.0.2 + port 1"},
	{NULL, "198.51.100.1", "port 0 via 10.0.0.2"}, /* the kernel does not bring it back */
	/* a lost carrier does not matter, unless the host was told so */
	{"ip link set q1 down", "192.0.2.1", "port 0 via 10.0.0.2 + port 1"},
	{"sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1 && ip link set q1 up && ip link set q1 down",
		"192.0.2.1", "port 0 via 10.0.0.2"},
	{"sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0 && ip link set q1 up",
		"192.0.2.1", "port 0 via 10.0.0.2 + port 1"},
	/* with an address goes what prefers it */
	{"ip addr add 10.7.0.1/32 dev lo && ip route add 203.0.113.0/24 dev p1 src 10.7.0.1",
		"203.0.113.1", "port 1"},
	{"ip addr del 10.7.0.1/32 dev lo", "203.0.113.1", "none"},
	/* with a hop's link goes the whole route */
	{"ip link del p1", "192.0.2.1", "none"}, {"ip link set p0 down", "10.0.0.9", "none"},
	{NULL, "2001:db8::9", "none"},
	{"ip link add p1 type veth peer name q1", "10.0.0.9", "none"}, /* for tear_down */
};

/* A VLAN link of p0. */
static const struct row vlan_rows[] = {
	{"ip route add 192.0.2.0/24 dev p0.7", "192.0.2.1", "port 0 vlan 7 mtu 1500"},
	{"ip link set p0.7 mtu 1280", "192.0.2.1", "port 0 vlan 7 mtu 1280"},
	{"ip route replace 192.0.2.0/24 dev p0.7 mtu 1000", "192.0.2.1", "port 0 vlan 7 mtu 1000"},
	{"ip -6 route add 2001:db8:2::/48 dev p0.7", "2001:db8:2::1", "port 0 vlan 7 mtu 1280"},
	{"ip link set p0.7 down", "192.0.2.1", "none"},
};

static void test_vlan(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	if (system("ip link add link p0 name p0.7 type vlan id 7 2>/dev/null") != 0) {
		print_message("skipped: the kernel has no VLAN links\n");
		skip();
	}
	shell("ip link set p0.7 up && ip neigh add 10.0.7.2 lladdr 02:00:00:00:00:07 dev p0.7 nud permanent");
	settle();
	assert_string_equal(neighbour_text(routes, 0, 7, "10.0.7.2"), "02:00:00:00:00:07");
	assert_string_equal(neighbour_text(routes, 0, 0, "10.0.7.2"), "none");
	assert_true(routes_has_vlan(routes, 0, 7));
	assert_false(routes_has_vlan(routes, 1, 7));
	play(vlan_rows, array_len(vlan_rows));
	assert_false(routes_has_vlan(routes, 0, 7));
	shell("ip link set p0.7 up && ip link add link p1 name p1.9 type vlan id 9");
	settle();
	assert_true(routes_has_vlan(routes, 0, 7));
	assert_false(routes_has_vlan(routes, 1, 9));
	shell("ip link del p0.7");
	settle();
	assert_false(routes_has_vlan(routes, 0, 7));
	assert_string_equal(neighbour_text(routes, 0, 7, "10.0.7.2"), "none");
}

static void test_v4(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	settle();
	play(v4_rows, array_len(v4_rows));
}

static void test_v6(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	settle();
	play(v6_rows, array_len(v6_rows));
}

static void test_links(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	play(link_rows, array_len(link_rows));
}

/* What was there before the mirror is there at once, and the same as if it had come as news. */
static void test_first_dump(void **state)
{
	struct route_mirror_stats stats;

	(void)state;
	NEED_OWN_NETNS();
	for (size_t i = 0; i < array_len(v4_rows); i++)
		if (v4_rows[i].command)
			shell(v4_rows[i].command);
	shell("ip -6 route add 2001:db8:2::/48 nexthop via 2001:db8::5 nexthop via fe80::6 dev p1"
	      " && ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev p0 nud permanent"
	      " && sysctl -qw net.ipv4.ip_forward=1");
	route_mirror_destroy(mirror);
	routes_destroy(routes);
	rcu_destroy(rcu);
	begin_mirror();
	expect_way("10.0.0.1", "local", "start");
	expect_way("10.0.0.9", "port 0", "start");
	expect_way("192.0.2.1", "port 0 via 10.0.0.2", "start");
	expect_way("192.0.2.6", "host", "start");
	expect_way("2001:db8:2::1", "port 0 via 2001:db8::5 + port 1 via fe80::6", "start");
	assert_string_equal(neighbour_text(routes, 0, 0, "10.0.0.2"), "02:00:00:00:00:02");
	assert_true(routes_is_forwarding(routes, AF_INET));
	assert_false(routes_is_forwarding(routes, AF_INET6));
	route_mirror_get_stats(mirror, &stats);
	assert_true(stats.n_neighbours >= 1);
	assert_int_equal(stats.n_losses, 0);
	assert_int_equal(stats.n_refused, 0);
	assert_true(stats.n_routes > 20 && stats.bytes > stats.n_routes * 64);
}

static const struct {
	const char *command;
	uint8_t port_id;
	uint16_t vlan;
	const char *address;
	const char *mac;
} neighbour_rows[] = {
	{"true", 0, 0, "10.0.0.2", "none"},
	{"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev p0 nud reachable", 0, 0, "10.0.0.2",
		"02:00:00:00:00:02"},
	{"true", 1, 0, "10.0.0.2", "none"},
	{"ip neigh change 10.0.0.2 lladdr 02:00:00:00:00:03 dev p0 nud reachable", 0, 0, "10.0.0.2",
		"02:00:00:00:00:03"},
	{"ip neigh change 10.0.0.2 dev p0 nud failed", 0, 0, "10.0.0.2", "none"},
	{"ip neigh change 10.0.0.2 lladdr 02:00:00:00:00:04 dev p0 nud permanent", 0, 0, "10.0.0.2",
		"02:00:00:00:00:04"},
	{"ip neigh del 10.0.0.2 dev p0", 0, 0, "10.0.0.2", "none"},
	{"ip neigh add fe80::2 lladdr 02:00:00:00:00:08 dev p1 nud noarp", 1, 0, "fe80::2",
		"02:00:00:00:00:08"},
	{"ip neigh add 10.0.9.2 lladdr 02:00:00:00:00:09 dev d0 nud permanent", 0, 0, "10.0.9.2",
		"none"},
	{"ip link set p1 down", 1, 0, "fe80::2", "none"},
};

static void test_neighbours(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	for (size_t i = 0; i < array_len(neighbour_rows); i++) {
		const char *found;

		shell(neighbour_rows[i].command);
		settle();
		found = neighbour_text(routes, neighbour_rows[i].port_id, neighbour_rows[i].vlan,
			neighbour_rows[i].address);
		if (strcmp(found, neighbour_rows[i].mac) != 0)
			fail_msg("row %zu: %s: expected %s, found %s", i, neighbour_rows[i].command,
				neighbour_rows[i].mac, found);
	}
}

/* A stale neighbour of a port is asked by the kernel, which otherwise nobody would make it do; others are not. */
static void test_stale_neighbour(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	shell("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev p0 nud stale"
	      " && ip neigh add 2001:db8::2 lladdr 02:00:00:00:00:02 dev p0 nud stale"
	      " && ip neigh add 10.0.9.2 lladdr 02:00:00:00:00:09 dev d0 nud stale");
	settle();
	assert_says("ip neigh show 10.0.0.2", "DELAY");
	assert_says("ip -6 neigh show 2001:db8::2", "DELAY");
	assert_says("ip neigh show 10.0.9.2", "STALE");
	assert_string_equal(neighbour_text(routes, 0, 0, "10.0.0.2"), "02:00:00:00:00:02");
}

static void test_forwarding(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	assert_false(routes_is_forwarding(routes, AF_INET));
	shell("sysctl -qw net.ipv4.ip_forward=1");
	settle();
	assert_true(routes_is_forwarding(routes, AF_INET));
	assert_false(routes_is_forwarding(routes, AF_INET6));
	shell("sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=0");
	settle();
	assert_false(routes_is_forwarding(routes, AF_INET));
	assert_true(routes_is_forwarding(routes, AF_INET6));
}

/* A port that comes later. */
static void test_late_port(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	shell("ip route add 192.0.2.0/24 dev d0 && ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev d0 nud permanent");
	settle();
	expect_way("192.0.2.1", "host", "before");
	assert_int_equal(route_mirror_add_port(mirror, ifindex_of("d0"), 9), 0);
	settle();
	expect_way("192.0.2.1", "port 9", "after");
	assert_string_equal(neighbour_text(routes, 9, 0, "192.0.2.1"), "02:00:00:00:00:01");
}

/* An interface that goes, and another one that comes in its place. */
static void test_interface_goes(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	shell("ip route add 192.0.2.0/24 dev wg0 && ip -6 route add 2001:db8:1::/48 dev wg0 && ip route add 198.51.100.0/24 dev d0");
	settle();
	expect_way("192.0.2.1", "interface 3", "before");
	route_mirror_drop_interface(mirror, ifindex_of("wg0"));
	assert_false(route_mirror_is_settled(mirror));
	settle();
	assert_true(route_mirror_is_settled(mirror));
	expect_way("192.0.2.1", "host", "dropped, IPv4");
	expect_way("2001:db8:1::1", "host", "dropped, IPv6");
	assert_int_equal(route_mirror_add_interface(mirror, ifindex_of("d0"), 3), 0);
	settle();
	expect_way("192.0.2.1", "host", "of the one that went");
	expect_way("198.51.100.1", "interface 3", "of the next one");
}

/* More news than the socket keeps: in the end everything is as the kernel has it. */
static void test_lost_news(void **state)
{
	struct route_mirror_stats stats;

	(void)state;
	NEED_OWN_NETNS();
	shell("ip route add 192.0.2.0/24 dev p1 && ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev p0 nud permanent");
	settle();
	shell("for i in $(seq 0 255); do for j in $(seq 0 255); do"
	      " echo route add 172.$((16 + i % 16)).$j.$((i / 16 * 16))/28 dev p0; done; done >${TMPDIR:-/tmp}/routes.$PPID"
	      " && ip -batch ${TMPDIR:-/tmp}/routes.$PPID && ip route flush root 172.16.0.0/12; rm ${TMPDIR:-/tmp}/routes.$PPID");
	shell("ip route del 192.0.2.0/24 && ip route add 198.51.100.0/24 via 10.0.0.2"
	      " && ip neigh del 10.0.0.2 dev p0 && sysctl -qw net.ipv4.ip_forward=1 && ip link set p1 down");
	settle();
	route_mirror_get_stats(mirror, &stats);
	assert_true(stats.n_losses > 0);
	assert_true(stats.n_routes < 100);
	expect_way("172.16.1.1", "none", "losses");
	expect_way("192.0.2.1", "none", "losses");
	expect_way("198.51.100.1", "port 0 via 10.0.0.2", "losses");
	assert_string_equal(neighbour_text(routes, 0, 0, "10.0.0.2"), "none");
	assert_true(routes_is_forwarding(routes, AF_INET));
	/* and it goes on from there */
	shell("ip route add 192.0.2.0/24 dev wg0");
	settle();
	expect_way("192.0.2.1", "interface 3", "afterwards");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_v4, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_v6, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_vlan, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_first_dump, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_neighbours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale_neighbour, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forwarding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_port, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interface_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_news, set_up, tear_down),
	};

	own_netns_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
