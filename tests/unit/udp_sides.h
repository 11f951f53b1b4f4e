/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * For tests of the UDP link: real sockets on the loopback interface, of which one side is a link. What sendmmsg does can be
 * played.
 */

#include "io/udp_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipeline_fixture.h"

#define N_FAMILIES 2

static const struct {
	sa_family_t family;
	struct endpoint any_port;
} families[N_FAMILIES] = {
	{AF_INET, {.addr = {AF_INET, {127, 0, 0, 1}}}},
	{AF_INET6, {.addr = {AF_INET6, {[15] = 1}}}},
};

/* A socket for each family, and where it is. */
struct side {
	int fds[N_FAMILIES];
	struct endpoint at[N_FAMILIES];
};

static struct side here, there;
static struct udp_link *link_here;
static struct drops drops;
static bool has_v6;

/* What sendmmsg does next: 0 asks the kernel. */
static int send_script[8];
static unsigned n_sends;
static unsigned n_messages; /* that the kernel took */

int __real_sendmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags);

/* Positive: so many at most; negative: that error. */
int __wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags)
{
	int play = n_sends < RTE_DIM(send_script) ? send_script[n_sends] : 0;

	n_sends++;
	if (play < 0) {
		errno = -play;
		return -1;
	}
	play = __real_sendmmsg(fd, msgs, play ? RTE_MIN((unsigned)play, n) : n, flags);
	n_messages += play > 0 ? (unsigned)play : 0;
	return play;
}

static inline int open_socket(unsigned i, struct endpoint *out_at)
{
	struct sockaddr_storage name;
	socklen_t len = endpoint_to_sockaddr(&families[i].any_port, &name);
	int fd = socket(families[i].family, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (void *)&name, len) < 0)
		return -1;
	len = sizeof(name);
	assert_int_equal(getsockname(fd, (void *)&name, &len), 0);
	endpoint_from_sockaddr(out_at, &name);
	return fd;
}

static inline int setup(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	memset(send_script, 0, sizeof(send_script));
	n_sends = n_messages = 0;
	for (unsigned i = 0; i < N_FAMILIES; i++) {
		here.fds[i] = open_socket(i, &here.at[i]);
		there.fds[i] = open_socket(i, &there.at[i]);
	}
	has_v6 = here.fds[1] >= 0;
	link_here = udp_link_create(here.fds[0], here.fds[1], fixture_pool());
	return here.fds[0] >= 0 && link_here ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	udp_link_destroy(link_here);
	for (unsigned i = 0; i < N_FAMILIES; i++) {
		close(here.fds[i]);
		close(there.fds[i]);
	}
	return fixture_mbufs_out() == 0 ? 0 : -1;
}

#define NEED_IPV6() \
	do { \
		if (!has_v6) { \
			print_message("skipped: this machine has no IPv6 loopback address\n"); \
			skip(); \
		} \
	} while (0)

static inline uint64_t dropped(enum drop_reason reason)
{
	return atomic_load(&drops.n[reason]);
}

static inline uint64_t all_drops(void)
{
	uint64_t n = 0;

	for (unsigned reason = 0; reason < DROP_N; reason++)
		n += dropped(reason);
	return n;
}

/* The other side sends datagram number `number` of `len` bytes. */
static inline void send_from_there(unsigned i, uint8_t number, size_t len)
{
	uint8_t bytes[4096];
	struct sockaddr_storage name;
	socklen_t name_len = endpoint_to_sockaddr(&here.at[i], &name);

	memset(bytes, number, sizeof(bytes));
	assert_int_equal(sendto(there.fds[i], bytes, len, 0, (void *)&name, name_len), len);
}

/* The other side receives the next datagram: its number, or -1 when there is none. */
static inline int receive_there(unsigned i, size_t expected_len)
{
	uint8_t bytes[4096];
	struct sockaddr_storage name;
	socklen_t name_len = sizeof(name);
	struct endpoint from;
	ssize_t len = recvfrom(there.fds[i], bytes, sizeof(bytes), 0, (void *)&name, &name_len);

	if (len < 0)
		return -1;
	endpoint_from_sockaddr(&from, &name);
	assert_true(endpoint_equal(&from, &here.at[i]));
	assert_int_equal(len, expected_len);
	for (ssize_t k = 1; k < len; k++)
		assert_int_equal(bytes[k], bytes[0]);
	return bytes[0];
}

static inline struct rte_mbuf *datagram(const struct endpoint *to, uint8_t number, size_t len)
{
	uint8_t bytes[2048];
	struct rte_mbuf *mbuf;

	memset(bytes, number, sizeof(bytes));
	mbuf = fixture_mbuf(bytes, len);
	*packet_of(mbuf) = (struct packet){.outer = *to};
	return mbuf;
}

static inline void set(int fd, int level, int option, int value)
{
	assert_int_equal(setsockopt(fd, level, option, &value, sizeof(value)), 0);
}
