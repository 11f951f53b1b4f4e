/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/netlink.h"

#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "host/tun.h"
#include "unit/own_netns.h"

static struct netlink *netlink;
static struct host_error error;
static int tun_fd;
static unsigned ifindex; /* of wgt0 */

static int set_up(void **state)
{
	(void)state;
	if (!is_in_own_netns)
		return 0;
	netlink = netlink_open(&error);
	return !netlink || tun_open("wgt0", 1, &tun_fd, &ifindex, &error) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (!is_in_own_netns)
		return 0;
	netlink_close(netlink);
	tun_close(&tun_fd, 1);
	return 0;
}

static struct ip_prefix prefix_of(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return prefix;
}

static void assert_done(int rc)
{
	if (rc < 0)
		fail_msg("%d: %s", rc, error.line);
}

static void test_link(void **state)
{
	struct netlink_link link;

	(void)state;
	NEED_OWN_NETNS();
	assert_done(netlink_link_get(netlink, ifindex, &link, &error));
	assert_int_equal(link.ifindex, ifindex);
	assert_string_equal(link.name, "wgt0");
	assert_int_equal(link.mtu, 1500);
	assert_false(link.is_up || link.is_gone || link.is_moved);
	assert_done(netlink_link_silence(netlink, ifindex, &error));
	assert_done(netlink_link_mtu(netlink, ifindex, 1400, &error));
	assert_done(netlink_link_get(netlink, ifindex, &link, &error));
	assert_int_equal(link.mtu, 1400);
	assert_false(link.is_up);
	assert_done(netlink_link_up(netlink, ifindex, 1380, &error));
	assert_done(netlink_link_get(netlink, ifindex, &link, &error));
	assert_int_equal(link.mtu, 1380);
	assert_true(link.is_up && link.is_running);
	assert_int_equal(netlink_link_get(netlink, 4711, &link, &error), -ENODEV);
}

/* With the answer in the kernel's words. */
static void test_kernel_reason(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(netlink_link_up(netlink, ifindex, 70000, &error), -EINVAL);
	assert_string_equal(error.line, "Invalid argument (mtu greater than device maximum)");
}

/* A silent interface that comes up sends nothing, where another one reports its multicast groups at once. */
static void test_silence(void **state)
{
	uint8_t packet[256];

	(void)state;
	NEED_OWN_NETNS();
	assert_done(netlink_link_silence(netlink, ifindex, &error));
	assert_done(netlink_link_up(netlink, ifindex, 1420, &error));
	usleep(200 * 1000);
	assert_int_equal(read(tun_fd, packet, sizeof(packet)), -1);
	assert_says_not("ip addr show dev wgt0", "inet6");
}

static void test_address(void **state)
{
	struct ip_prefix address4 = prefix_of("10.0.0.1/24"), address6 = prefix_of("fd00::1/64");

	(void)state;
	NEED_OWN_NETNS();
	for (int i = 0; i < 2; i++) { /* the second time they are there already */
		assert_done(netlink_address_add(netlink, ifindex, &address4, &error));
		assert_done(netlink_address_add(netlink, ifindex, &address6, &error));
	}
	assert_says("ip addr show dev wgt0", "inet 10.0.0.1/24 scope global wgt0");
	assert_says("ip addr show dev wgt0", "inet6 fd00::1/64 scope global");
	assert_int_equal(netlink_address_add(netlink, 4711, &address4, &error), -ENODEV);
}

static void count_route(void *context, const struct netlink_route *route)
{
	unsigned *n = context;

	(void)route;
	++*n;
}

static unsigned count_routes(uint16_t family, uint32_t table)
{
	unsigned n = 0;

	assert_done(netlink_route_dump(netlink, family, table, count_route, &n, &error));
	return n;
}

static const struct route_row {
	const char *prefix;
	uint32_t table;
	const char *command;
	const char *said;
} route_rows[] = {
	{"10.7.0.0/16", NETLINK_TABLE_MAIN, "ip route", "10.7.0.0/16 dev wgt0 scope link"},
	{"0.0.0.0/0", 51999, "ip route show table 51999", "default dev wgt0 scope link"},
	{"10.7.0.1/32", 100, "ip route show table 100", "10.7.0.1 dev wgt0 scope link"},
	{"fd07::/16", NETLINK_TABLE_MAIN, "ip -6 route", "fd07::/16 dev wgt0 metric 1024"},
	{"::/0", 51999, "ip -6 route show table 51999", "default dev wgt0 metric 1024"},
};

static void test_route(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	assert_done(netlink_link_up(netlink, ifindex, 1420, &error));
	for (size_t row = 0; row < array_len(route_rows); row++) {
		const struct route_row *r = &route_rows[row];
		struct ip_prefix prefix = prefix_of(r->prefix);

		assert_done(netlink_route_add(netlink, ifindex, &prefix, r->table, &error));
		assert_says(r->command, r->said);
		assert_int_equal(
			netlink_route_add(netlink, ifindex, &prefix, r->table, &error), -EEXIST);
	}
	assert_int_equal(count_routes(AF_INET, 51999), 1);
	assert_int_equal(count_routes(AF_INET6, 51999), 1);
	assert_int_equal(count_routes(AF_INET, 100), 1);
	assert_int_equal(count_routes(AF_INET6, 100), 0);
	assert_int_equal(count_routes(AF_INET, 52000), 0);
	assert_int_equal(count_routes(AF_INET6, 52000), 0);
}

/* More than one datagram of answers. */
static void test_route_dump_long(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	assert_done(netlink_link_up(netlink, ifindex, 1420, &error));
	for (unsigned i = 0; i < 2000; i++) {
		struct ip_prefix prefix = prefix_of("10.0.0.0/32");

		prefix.addr.bytes[2] = (uint8_t)(i >> 8);
		prefix.addr.bytes[3] = (uint8_t)i;
		assert_done(netlink_route_add(netlink, ifindex, &prefix, 51999, &error));
	}
	assert_int_equal(count_routes(AF_INET, 51999), 2000);
}

static void test_route_get(void **state)
{
	struct netlink_route route;
	struct ip_addr near, far, v6;

	(void)state;
	NEED_OWN_NETNS();
	assert_true(ip_addr_parse("192.0.2.7", &near) && ip_addr_parse("198.51.100.7", &far)
		&& ip_addr_parse("2001:db8::7", &v6));
	assert_done(netlink_link_up(netlink, ifindex, 1420, &error));
	assert_int_equal(netlink_route_get(netlink, &far, &route, &error), -ENETUNREACH);
	shell("ip addr add 192.0.2.2/24 dev wgt0 && ip addr add 2001:db8::2/64 dev wgt0 &&"
	      " ip route add 198.51.100.0/24 via 192.0.2.1 mtu 1380");
	assert_done(netlink_route_get(netlink, &near, &route, &error));
	assert_int_equal(route.ifindex, ifindex);
	assert_int_equal(route.mtu, 0);
	assert_done(netlink_route_get(netlink, &far, &route, &error));
	assert_int_equal(route.ifindex, ifindex);
	assert_int_equal(route.mtu, 1380);
	assert_done(netlink_route_get(netlink, &v6, &route, &error));
	assert_int_equal(route.ifindex, ifindex);
}

static void find_rule(void *context, const struct netlink_rule *rule)
{
	struct netlink_rule *wanted = context;

	if (rule->priority == wanted->priority)
		*wanted = *rule;
}

static const struct rule_row {
	struct netlink_rule rule;
	const char *said;
} rule_rows[] = {
	{{AF_INET, 1000, 51820, 51820, false}, "1000:\tnot from all fwmark 0xca6c lookup 51820"},
	{{AF_INET, 999, NETLINK_TABLE_MAIN, 0, true},
		"999:\tfrom all lookup main suppress_prefixlength 0"},
	{{AF_INET6, 1000, 100, 5, false}, "1000:\tnot from all fwmark 0x5 lookup 100"},
	{{AF_INET6, 999, NETLINK_TABLE_MAIN, 0, true},
		"999:\tfrom all lookup main suppress_prefixlength 0"},
};

static void test_rule(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	for (size_t row = 0; row < array_len(rule_rows); row++) {
		const struct netlink_rule *rule = &rule_rows[row].rule;
		const char *list = rule->family == AF_INET ? "ip rule" : "ip -6 rule";
		struct netlink_rule found = {.priority = rule->priority};

		assert_done(netlink_rule_add(netlink, rule, &error));
		assert_done(netlink_rule_add(netlink, rule, &error)); /* no second one */
		assert_says(list, rule_rows[row].said);
		assert_done(netlink_rule_dump(netlink, rule->family, find_rule, &found, &error));
		assert_memory_equal(&found, rule, sizeof(found));
		assert_done(netlink_rule_delete(netlink, rule, &error));
		assert_says_not(list, rule_rows[row].said);
		assert_int_equal(netlink_rule_delete(netlink, rule, &error), -ENOENT);
	}
}

/* A rule for packets with a mark is not one for packets without it. */
static void test_rule_not_inverted(void **state)
{
	struct netlink_rule found = {.priority = 1001};

	(void)state;
	NEED_OWN_NETNS();
	shell("ip rule add fwmark 51820 table 51820 priority 1001");
	assert_done(netlink_rule_dump(netlink, AF_INET, find_rule, &found, &error));
	assert_int_equal(found.table, 51820);
	assert_int_equal(found.not_fwmark, 0);
	shell("ip rule del priority 1001");
}

/* The last news of wgt0. */
static void keep_link(void *context, const struct netlink_link *link)
{
	struct netlink_link *last = context;

	if (link->ifindex == ifindex)
		*last = *link;
}

static struct netlink_link news(int fd)
{
	struct netlink_link link = {0};

	assert_int_equal(netlink_watch_read(fd, keep_link, &link), 0);
	return link;
}

static void test_watch(void **state)
{
	struct netlink_link link;
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	fd = netlink_watch_open(&error);
	assert_true(fd >= 0);
	assert_int_equal(news(fd).ifindex, 0);
	shell("ip link set wgt0 mtu 1333");
	link = news(fd);
	assert_string_equal(link.name, "wgt0");
	assert_int_equal(link.mtu, 1333);
	assert_false(link.is_up || link.is_gone);
	shell("ip link set wgt0 up");
	assert_true(news(fd).is_up);
	shell("ip link del wgt0");
	link = news(fd);
	assert_true(link.is_gone);
	assert_false(link.is_moved);
	close(fd);
}

/* A process that lives in another namespace, which is there when this returns. */
static pid_t start_namespace(void)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

/* The interface leaves for another namespace, where it goes on: not the same as its end. */
static void test_watch_moved(void **state)
{
	struct netlink_link link;
	char command[64];
	pid_t child;
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	child = start_namespace();
	fd = netlink_watch_open(&error);
	assert_true(fd >= 0);
	snprintf(command, sizeof(command), "ip link set wgt0 netns %d", child);
	shell(command);
	link = news(fd);
	assert_true(link.is_gone);
	assert_true(link.is_moved);
	close(fd);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void count_gone(void *context, const struct netlink_link *link)
{
	unsigned *n = context;

	*n += link->is_gone;
}

/* A port that leaves a bridge is announced as a link that goes, in the bridge's family. */
static void test_watch_bridge(void **state)
{
	unsigned n_gone = 0;
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	if (system("ip link add brt0 type bridge 2>/dev/null && ip tuntap add dev port0 mode tap")) {
		print_message("skipped: the kernel has no bridges\n");
		skip();
	}
	fd = netlink_watch_open(&error);
	shell("ip link set port0 master brt0 && ip link set port0 nomaster");
	assert_int_equal(netlink_watch_read(fd, count_gone, &n_gone), 0);
	assert_int_equal(n_gone, 0);
	shell("ip link del brt0 && ip link del port0");
	assert_int_equal(netlink_watch_read(fd, count_gone, &n_gone), 0);
	assert_int_equal(n_gone, 2);
	close(fd);
}

/*
 * When too much happens between two reads, that is said once all older news were told, so that nothing old
 * follows the caller's look at the state itself; and the next news come again.
 */
static void test_watch_overrun(void **state)
{
	struct netlink_link link = {0};
	const int room = 1 << 16; /* bytes; what a host gives unasked differs */
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	fd = netlink_watch_open(&error);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
	for (uint32_t i = 0; i < 1000; i++)
		assert_done(netlink_link_up(netlink, ifindex, 1300 + i % 2, &error));
	assert_int_equal(netlink_watch_read(fd, keep_link, &link), -ENOBUFS);
	assert_true(link.mtu == 1300 || link.mtu == 1301);
	assert_int_equal(news(fd).ifindex, 0);
	assert_done(netlink_link_up(netlink, ifindex, 1399, &error));
	assert_int_equal(news(fd).mtu, 1399);
	close(fd);
}

static void test_unprivileged(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	NEED_OWN_NETNS();
	child = fork();
	if (child == 0) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(1);
		_exit(netlink_link_up(netlink, ifindex, 1400, &error) == -EPERM
					&& strstr(error.line, "CAP_NET_ADMIN")
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define with_wgt0(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_wgt0(test_link),
		with_wgt0(test_kernel_reason),
		with_wgt0(test_silence),
		with_wgt0(test_address),
		with_wgt0(test_route),
		with_wgt0(test_route_dump_long),
		with_wgt0(test_route_get),
		with_wgt0(test_rule),
		with_wgt0(test_rule_not_inverted),
		with_wgt0(test_watch),
		with_wgt0(test_watch_moved),
		with_wgt0(test_watch_bridge),
		with_wgt0(test_watch_overrun),
		with_wgt0(test_unprivileged),
	};

	own_netns_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
