/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "host/tun.h"
#include "host/udp.h"
#include "unit/own_netns.h"

#define NOBODY 65534

static void assert_fd_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static int int_option(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, option, &value, &len), 0);
	return value;
}

static void test_tun_made_and_removed(void **state)
{
	struct host_error error;
	unsigned ifindex;
	uint8_t packet[64];
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(tun_open("wgt0", 1, &fd, &ifindex, &error), 0);
	assert_int_equal(ifindex, if_nametoindex("wgt0"));
	assert_fd_flags(fd);
	assert_int_equal(read(fd, packet, sizeof(packet)), -1);
	tun_close(&fd, 1);
	assert_int_equal(if_nametoindex("wgt0"), 0);
}

static const struct tun_row {
	const char *name;
	unsigned n_queues;
	int rc;
	const char *line;
} tun_rows[] = {
	{"lo", 1, -EEXIST, "an interface lo exists already"},
	{"lo", 2, -EEXIST, "an interface lo exists already"},
	{"persist1", 1, -EEXIST, "an interface persist1 exists already"},
	{"persist2", 2, -EEXIST, "ip link delete dev persist2"},
	{"", 1, -EINVAL, "a name has 1 to 15"},
	{"a234567890123456", 1, -EINVAL, "a name has 1 to 15"},
	{"wg%d", 1, -EINVAL, "a name has 1 to 15"},
	{"a/b", 1, -EINVAL, "a name has 1 to 15"},
	{"a b", 1, -EINVAL, "a name has 1 to 15"},
	{"wgt0", 0, -EINVAL, "1 to 64 queues"},
	{"wgt0", 65, -EINVAL, "1 to 64 queues"},
};

static void test_tun_refused(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	shell("ip tuntap add dev persist1 mode tun && ip tuntap add dev persist2 mode tun multi_queue");
	for (size_t row = 0; row < array_len(tun_rows); row++) {
		struct host_error error = {""};
		int fds[TUN_QUEUES_MAX];
		unsigned ifindex;
		int rc =
			tun_open(tun_rows[row].name, tun_rows[row].n_queues, fds, &ifindex, &error);

		if (rc != tun_rows[row].rc || !strstr(error.line, tun_rows[row].line))
			fail_msg("row %zu: %d %s", row, rc, error.line);
	}
	assert_int_equal(if_nametoindex("wgt0"), 0);
	shell("ip link del persist1 && ip link del persist2");
}

static void test_tun_name_of_a_running_one(void **state)
{
	struct host_error error;
	unsigned ifindex;
	int fds[2], more[2];

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(tun_open("wgt0", 2, fds, &ifindex, &error), 0);
	assert_int_equal(tun_open("wgt0", 2, more, &ifindex, &error), -EEXIST);
	assert_int_not_equal(if_nametoindex("wgt0"), 0);
	tun_close(fds, 2);
}

/* Sends a datagram from `source_port` to a neighbour behind the TUN. */
static void send_through_tun(uint16_t source_port)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(source_port)};
	struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(7)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(inet_pton(AF_INET, "10.77.0.2", &remote.sin_addr), 1);
	assert_int_equal(bind(fd, (const void *)&local, sizeof(local)), 0);
	assert_int_equal(sendto(fd, "hi", 2, 0, (const void *)&remote, sizeof(remote)), 2);
	close(fd);
}

static unsigned count_packets(int fd)
{
	uint8_t packet[2048];
	unsigned n = 0;
	ssize_t len;

	while ((len = read(fd, packet, sizeof(packet))) > 0) {
		assert_int_equal(len, 20 + 8 + 2); /* nothing before the IP header */
		assert_int_equal(packet[0], 0x45);
		n++;
	}
	return n;
}

static void test_tun_queues(void **state)
{
	struct host_error error;
	unsigned ifindex, n_packets = 0, n_used = 0;
	int fds[TUN_QUEUES_MAX];

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(tun_open("wgt0", TUN_QUEUES_MAX, fds, &ifindex, &error), 0);
	shell("ip link set wgt0 addrgenmode none && ip link set wgt0 up && ip addr add 10.77.0.1/24 dev wgt0");
	for (uint16_t port = 30000; port < 30100; port++)
		send_through_tun(port);
	for (unsigned i = 0; i < TUN_QUEUES_MAX; i++) {
		unsigned n = count_packets(fds[i]);

		n_packets += n;
		n_used += n > 0;
	}
	assert_int_equal(n_packets, 100);
	assert_true(n_used > TUN_QUEUES_MAX / 4);
	tun_close(fds, TUN_QUEUES_MAX - 1);
	assert_int_equal(if_nametoindex("wgt0"), ifindex);
	tun_close(&fds[TUN_QUEUES_MAX - 1], 1);
	assert_int_equal(if_nametoindex("wgt0"), 0);
}

static void test_udp_options(void **state)
{
	struct udp_sockets sockets;
	struct host_error error;

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(udp_open(0, 51820, 2, &sockets, &error), 0);
	assert_int_not_equal(sockets.port, 0);
	for (unsigned i = 0; i < 2; i++) {
		int fd4 = sockets.fds4[i], fd6 = sockets.fds6[i];

		assert_fd_flags(fd4);
		assert_fd_flags(fd6);
		assert_int_equal(int_option(fd6, IPPROTO_IPV6, IPV6_V6ONLY), 1);
		assert_int_equal(int_option(fd4, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DONT);
		assert_int_equal(
			int_option(fd6, IPPROTO_IPV6, IPV6_MTU_DISCOVER), IPV6_PMTUDISC_DONT);
		assert_int_equal(int_option(fd4, IPPROTO_IP, IP_RECVERR), 0);
		assert_int_equal(int_option(fd6, IPPROTO_IPV6, IPV6_RECVERR), 0);
		assert_int_equal(int_option(fd4, SOL_SOCKET, SO_MARK), 51820);
		assert_int_equal(int_option(fd6, SOL_SOCKET, SO_MARK), 51820);
		assert_true(int_option(fd4, SOL_SOCKET, SO_RCVBUF) > 400 << 10);
		assert_true(int_option(fd6, SOL_SOCKET, SO_SNDBUF) > 400 << 10);
	}
	assert_int_equal(udp_set_fwmark(&sockets, 7, &error), 0);
	assert_int_equal(int_option(sockets.fds4[1], SOL_SOCKET, SO_MARK), 7);
	assert_int_equal(int_option(sockets.fds6[0], SOL_SOCKET, SO_MARK), 7);
	assert_int_equal(udp_set_fwmark(&sockets, 0, &error), 0);
	assert_int_equal(int_option(sockets.fds6[1], SOL_SOCKET, SO_MARK), 0);
	udp_close(&sockets);
}

/* Somebody who holds `port` in one family, with or without the wish to share it. */
static int hold_port(int family, uint16_t port, bool is_sharer)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(family, SOCK_DGRAM, 0), on = 1, share = is_sharer;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof(share)), 0);
	if (family == AF_INET6)
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)), 0);
	assert_int_equal(family == AF_INET ? bind(fd, (const void *)&in, sizeof(in))
					   : bind(fd, (const void *)&in6, sizeof(in6)),
		0);
	return fd;
}

static const struct taken_row {
	int family;
	bool is_sharer;
	unsigned n_workers;
	const char *line;
} taken_rows[] = {
	{AF_INET, false, 1, "UDP port 34567 is in use (IPv4)"},
	{AF_INET, true, 1, "UDP port 34567 is in use (IPv4)"},
	{AF_INET, true, 2, "UDP port 34567 is in use (IPv4)"},
	{AF_INET6, false, 1, "UDP port 34567 is in use (IPv6)"},
	{AF_INET6, false, 2, "UDP port 34567 is in use (IPv6)"},
	{AF_INET6, true, 2, "UDP port 34567 is in use (IPv6)"},
};

static void test_udp_port_taken(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	for (size_t row = 0; row < array_len(taken_rows); row++) {
		const struct taken_row *r = &taken_rows[row];
		int holder = hold_port(r->family, 34567, r->is_sharer);
		struct udp_sockets sockets = {0}; /* 0: somebody else's descriptor */
		struct host_error error = {""};
		int rc = udp_open(34567, 0, r->n_workers, &sockets, &error);

		if (rc != -EADDRINUSE || !strstr(error.line, r->line))
			fail_msg("row %zu: %d %s", row, rc, error.line);
		udp_close(&sockets);
		assert_true(fcntl(0, F_GETFD) >= 0);
		close(holder);
		if (udp_open(34567, 0, r->n_workers, &sockets, &error) < 0)
			fail_msg("row %zu: %s", row, error.line); /* something was left open */
		udp_close(&sockets);
	}
}

static void test_udp_join_datagrams(void **state)
{
	struct udp_sockets sockets;
	struct host_error error;

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(udp_open(0, 0, 2, &sockets, &error), 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(int_option(sockets.fds4[i], IPPROTO_UDP, UDP_GRO), 0);
	if (!udp_join_datagrams(&sockets)) {
		udp_close(&sockets);
		print_message("skipped: this kernel has no UDP_GRO\n");
		skip();
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(int_option(sockets.fds4[i], IPPROTO_UDP, UDP_GRO), 1);
		assert_int_equal(int_option(sockets.fds6[i], IPPROTO_UDP, UDP_GRO), 1);
	}
	udp_close(&sockets);
}

static void test_udp_second_gateway(void **state)
{
	struct udp_sockets sockets, others;
	struct host_error error;

	(void)state;
	NEED_OWN_NETNS();
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(udp_open(34567, 0, n, &sockets, &error), 0);
		assert_int_equal(udp_open(34567, 0, 2, &others, &error), -EADDRINUSE);
		udp_close(&sockets);
	}
	assert_int_equal(udp_open(34567, 0, 0, &sockets, &error), -EINVAL);
	udp_close(&sockets);
	assert_int_equal(udp_open(34567, 0, UDP_WORKERS_MAX + 1, &sockets, &error), -EINVAL);
}

/* One of four ports is free in both families; a free one is found, and when there is none, that is said. */
static void test_udp_free_port(void **state)
{
	struct udp_sockets sockets, others;
	struct host_error error;
	int holders[4];

	(void)state;
	NEED_OWN_NETNS();
	shell("echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range");
	for (uint16_t i = 0; i < 3; i++)
		holders[i] = hold_port(AF_INET6, (uint16_t)(40000 + i), false);
	assert_int_equal(udp_open(0, 0, 2, &sockets, &error), 0);
	assert_int_equal(sockets.port, 40003);
	assert_int_equal(udp_open(0, 0, 1, &others, &error), -EADDRINUSE);
	udp_close(&sockets);
	for (unsigned i = 0; i < 3; i++)
		close(holders[i]);
	shell("echo 32768 60999 >/proc/sys/net/ipv4/ip_local_port_range");
}

static unsigned drain(int fd)
{
	uint8_t datagram[64];
	unsigned n = 0;

	while (recv(fd, datagram, sizeof(datagram), 0) >= 0)
		n++;
	return n;
}

/* Every worker gets a share of the senders, and nothing is lost. */
static void test_udp_workers_share(void **state)
{
	struct udp_sockets sockets;
	struct host_error error;
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	unsigned n4[2], n6[2];

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(udp_open(0, 0, 2, &sockets, &error), 0);
	in.sin_port = in6.sin6_port = htons(sockets.port);
	for (unsigned i = 0; i < 64; i++) {
		int fd4 = socket(AF_INET, SOCK_DGRAM, 0), fd6 = socket(AF_INET6, SOCK_DGRAM, 0);

		assert_int_equal(sendto(fd4, "4", 1, 0, (const void *)&in, sizeof(in)), 1);
		assert_int_equal(sendto(fd6, "6", 1, 0, (const void *)&in6, sizeof(in6)), 1);
		close(fd4);
		close(fd6);
	}
	for (unsigned i = 0; i < 2; i++) {
		n4[i] = drain(sockets.fds4[i]);
		n6[i] = drain(sockets.fds6[i]);
	}
	assert_int_equal(n4[0] + n4[1], 64);
	assert_int_equal(n6[0] + n6[1], 64);
	assert_true(n4[0] && n4[1] && n6[0] && n6[1]);
	udp_close(&sockets);
}

/* Runs `check` in a process without privileges; it returns whether all was as it should be. */
static void as_nobody(bool (*check)(void), const char *what)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(setresuid(NOBODY, NOBODY, NOBODY) == 0 && check() ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		fail_msg("%s: status %d", what, status);
}

static bool is_tun_refused(void)
{
	struct host_error error;
	unsigned ifindex;
	int fd;

	return tun_open("wgt0", 1, &fd, &ifindex, &error) == -EPERM
		&& strstr(error.line, "CAP_NET_ADMIN");
}

static bool is_fwmark_refused(void)
{
	struct udp_sockets sockets;
	struct host_error error;

	return udp_open(0, 1, 1, &sockets, &error) == -EPERM && strstr(error.line, "CAP_NET_ADMIN");
}

/* The sockets alone need no privilege, only the mark does. */
static bool is_udp_open_to_all(void)
{
	struct udp_sockets sockets;
	struct host_error error;

	return udp_open(0, 0, 2, &sockets, &error) == 0;
}

static bool is_descriptor_limit_named(void)
{
	const struct rlimit limit = {.rlim_cur = 48, .rlim_max = 48};
	struct udp_sockets sockets;
	struct host_error error;

	return setrlimit(RLIMIT_NOFILE, &limit) == 0
		&& udp_open(0, 0, UDP_WORKERS_MAX, &sockets, &error) == -EMFILE
		&& strstr(error.line, "; 48 are allowed: raise the limit (ulimit -n");
}

static void test_descriptor_limit(void **state)
{
	(void)state;
	as_nobody(is_descriptor_limit_named, "is_descriptor_limit_named");
}

static void test_unprivileged(void **state)
{
	(void)state;
	NEED_OWN_NETNS();
	as_nobody(is_tun_refused, "is_tun_refused");
	as_nobody(is_fwmark_refused, "is_fwmark_refused");
	as_nobody(is_udp_open_to_all, "is_udp_open_to_all");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tun_made_and_removed),
		cmocka_unit_test(test_tun_refused),
		cmocka_unit_test(test_tun_name_of_a_running_one),
		cmocka_unit_test(test_tun_queues),
		cmocka_unit_test(test_udp_options),
		cmocka_unit_test(test_udp_port_taken),
		cmocka_unit_test(test_udp_join_datagrams),
		cmocka_unit_test(test_udp_second_gateway),
		cmocka_unit_test(test_udp_free_port),
		cmocka_unit_test(test_udp_workers_share),
		cmocka_unit_test(test_descriptor_limit),
		cmocka_unit_test(test_unprivileged),
	};

	own_netns_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
