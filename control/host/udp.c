/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"

/*
 * Bytes a socket may hold in each direction: a burst must survive the time that a worker is away. 7 MiB is
 * what wireguard-go asks for; its commit f26efb6 measured 4.08 Gbit/s before and 5.27 after.
 */
#define UDP_BUFFER_LEN (7 << 20)

/* How often a port that is free in IPv4 may turn out to be taken in IPv6. */
#define UDP_FREE_PORT_ATTEMPTS 64

/* What the sockets of one family have in common. */
struct socket_wish {
	int family;
	uint16_t port; /* 0: the first socket chooses */
	uint32_t fwmark;
	bool is_shared; /* by several workers */
};

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static int socket_set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* The forced size needs CAP_NET_ADMIN; without it the host's net.core.rmem_max and wmem_max bound it. */
static void socket_grow_buffers(int fd)
{
	if (socket_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, UDP_BUFFER_LEN) < 0)
		socket_set(fd, SOL_SOCKET, SO_RCVBUF, UDP_BUFFER_LEN);
	if (socket_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, UDP_BUFFER_LEN) < 0)
		socket_set(fd, SOL_SOCKET, SO_SNDBUF, UDP_BUFFER_LEN);
}

/*
 * No path MTU discovery for outer packets, as in the kernel's WireGuard, which sends them without "don't
 * fragment": an outer packet that is too long for a link is fragmented and arrives, where it would vanish if the
 * network swallows the ICMP answer. (wireguard-go leaves Linux' default, which discovers.) The inner
 * packets keep their own path MTU discovery against the interface's MTU. IP_RECVERR stays off, its
 * default, so that forged ICMP errors never reach a sendmmsg.
 */
static int socket_allow_fragments(int fd, int family)
{
	if (family == AF_INET)
		return socket_set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	return socket_set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
}

/* Which of our addresses was asked, so that it answers, and the congestion marks of the path: [RFC 6040]. */
static int socket_ask_details(int fd, int family)
{
	if (family == AF_INET)
		return socket_set(fd, IPPROTO_IP, IP_PKTINFO, 1) < 0
				|| socket_set(fd, IPPROTO_IP, IP_RECVTOS, 1) < 0
			? -1
			: 0;
	return socket_set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) < 0
			|| socket_set(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1) < 0
		? -1
		: 0;
}

static int socket_bind(int fd, int family, uint16_t port)
{
	struct endpoint any = {.addr.family = (uint16_t)family, .port = port};
	struct sockaddr_storage address;
	socklen_t address_len = endpoint_to_sockaddr(&any, &address);

	return bind(fd, (const void *)&address, address_len);
}

static int socket_set_fwmark(int fd, uint32_t fwmark, struct host_error *out_error)
{
	if (socket_set(fd, SOL_SOCKET, SO_MARK, (int)fwmark) == 0)
		return 0;
	return host_error_set(out_error, errno,
		"cannot set the fwmark %u: %m; run as root or with CAP_NET_ADMIN", fwmark);
}

static int socket_bind_error(const struct socket_wish *wish, struct host_error *out_error)
{
	if (errno == EADDRINUSE)
		return host_error_set(out_error, errno,
			"UDP port %u is in use (%s); choose another listen port"
			" or stop its owner (ss -lunp)",
			wish->port, family_name(wish->family));
	return host_error_set(out_error, errno, "cannot bind UDP port %u (%s): %m", wish->port,
		family_name(wish->family));
}

static int socket_share(int fd)
{
	return socket_set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

/*
 * The first socket binds alone and joins SO_REUSEPORT only afterwards, the others before: so the kernel
 * refuses a port that anybody else holds, sharer or not, with no gap between the question and the bind.
 */
static int socket_prepare(
	int fd, const struct socket_wish *wish, bool is_first, struct host_error *out_error)
{
	if ((wish->family == AF_INET6 && socket_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0)
		|| socket_allow_fragments(fd, wish->family) < 0
		|| socket_ask_details(fd, wish->family) < 0 || (!is_first && socket_share(fd) < 0))
		return host_error_set(out_error, errno, "cannot set up a UDP socket of %s: %m",
			family_name(wish->family));
	socket_grow_buffers(fd);
	if (wish->fwmark) {
		int rc = socket_set_fwmark(fd, wish->fwmark, out_error);

		if (rc < 0)
			return rc;
	}
	if (socket_bind(fd, wish->family, wish->port) < 0)
		return socket_bind_error(wish, out_error);
	if (is_first && wish->is_shared && socket_share(fd) < 0)
		return host_error_set(
			out_error, errno, "cannot share a UDP port between workers: %m");
	return 0;
}

static int socket_open(const struct socket_wish *wish, bool is_first, struct host_error *out_error)
{
	int fd = socket(wish->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	int rc;

	if (fd < 0)
		return host_error_set(out_error, errno, "cannot open a UDP socket of %s: %m",
			family_name(wish->family));
	rc = socket_prepare(fd, wish, is_first, out_error);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	return fd;
}

static void close_all(int fds[], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static uint16_t socket_port(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t address_len = sizeof(address);
	struct endpoint local;

	getsockname(fd, (void *)&address, &address_len);
	endpoint_from_sockaddr(&local, &address);
	return local.port;
}

/* Opens the sockets of one family, all on the port that the first one gets. */
static int open_family(
	struct socket_wish *wish, unsigned n_workers, int out_fds[], struct host_error *out_error)
{
	for (unsigned i = 0; i < n_workers; i++) {
		int fd = socket_open(wish, i == 0, out_error);

		if (fd < 0) {
			close_all(out_fds, i);
			return fd;
		}
		out_fds[i] = fd;
		if (i == 0)
			wish->port = socket_port(fd);
	}
	return 0;
}

static int open_both_families(
	struct udp_sockets *sockets, uint16_t port, uint32_t fwmark, struct host_error *out_error)
{
	unsigned n = sockets->n_workers;
	struct socket_wish wish = {
		.family = AF_INET, .port = port, .fwmark = fwmark, .is_shared = n > 1};
	int rc = open_family(&wish, n, sockets->fds4, out_error);

	if (rc < 0)
		return rc;
	sockets->port = wish.port;
	wish.family = AF_INET6;
	rc = open_family(&wish, n, sockets->fds6, out_error);
	if (rc == -EAFNOSUPPORT) /* no socket was opened, and each is -1 */
		return 0;
	if (rc < 0)
		close_all(sockets->fds4, n);
	return rc;
}

int udp_open(uint16_t port, uint32_t fwmark, unsigned n_workers, struct udp_sockets *out_sockets,
	struct host_error *out_error)
{
	unsigned attempts = port ? 1 : UDP_FREE_PORT_ATTEMPTS;
	int rc;

	/* Before anything can fail, so that udp_close never meets a descriptor that is not ours. */
	*out_sockets = (struct udp_sockets){.n_workers = 0};
	for (unsigned i = 0; i < UDP_WORKERS_MAX; i++)
		out_sockets->fds4[i] = out_sockets->fds6[i] = -1;
	if (!n_workers || n_workers > UDP_WORKERS_MAX)
		return host_error_set(out_error, EINVAL,
			"sockets for %u workers: 1 to %d are possible", n_workers, UDP_WORKERS_MAX);
	out_sockets->n_workers = n_workers;
	do {
		rc = open_both_families(out_sockets, port, fwmark, out_error);
	} while (rc == -EADDRINUSE && --attempts);
	return rc;
}

bool udp_join_datagrams(const struct udp_sockets *sockets)
{
	for (unsigned i = 0; i < sockets->n_workers; i++) {
		if (socket_set(sockets->fds4[i], IPPROTO_UDP, UDP_GRO, 1) < 0)
			return false; /* the first one, as they are alike */
		if (sockets->fds6[i] >= 0)
			(void)socket_set(sockets->fds6[i], IPPROTO_UDP, UDP_GRO, 1);
	}
	return true;
}

int udp_set_fwmark(const struct udp_sockets *sockets, uint32_t fwmark, struct host_error *out_error)
{
	for (unsigned i = 0; i < sockets->n_workers; i++) {
		int rc = socket_set_fwmark(sockets->fds4[i], fwmark, out_error);

		if (rc == 0 && sockets->fds6[i] >= 0)
			rc = socket_set_fwmark(sockets->fds6[i], fwmark, out_error);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void udp_close(struct udp_sockets *sockets)
{
	close_all(sockets->fds4, sockets->n_workers);
	close_all(sockets->fds6, sockets->n_workers);
}
