/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/route_watch.h"

#include "host/route_parse.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (32 << 10) /* answers to dumps come in datagrams of up to 32 KiB */
#define REQUEST_MAX 128

/* The kernel doubles it and counts about 1 KiB for a route: news of 30,000 changes can wait. */
#define BUFFER_BYTES (16 << 20)

#define GROUP(name) (1U << (RTNLGRP_##name - 1))
#define GROUPS \
	(GROUP(LINK) | GROUP(NEIGH) | GROUP(IPV4_IFADDR) | GROUP(IPV4_ROUTE) | GROUP(IPV6_ROUTE) \
		| GROUP(IPV4_NETCONF) | GROUP(IPV6_NETCONF))

/* In the order in which they are needed: a route means something when its links are known. */
static const struct step {
	enum watch_kind kind;
	uint8_t family;
	uint16_t request;
	size_t header_len; /* each begins with the family */
} steps[] = {
	{WATCH_LINK, AF_UNSPEC, RTM_GETLINK, sizeof(struct ifinfomsg)},
	{WATCH_FORWARDING, AF_INET, RTM_GETNETCONF, sizeof(struct netconfmsg)},
	{WATCH_FORWARDING, AF_INET6, RTM_GETNETCONF, sizeof(struct netconfmsg)},
	{WATCH_ROUTE, AF_INET, RTM_GETROUTE, sizeof(struct rtmsg)},
	{WATCH_ROUTE, AF_INET6, RTM_GETROUTE, sizeof(struct rtmsg)},
	{WATCH_NEIGHBOUR, AF_INET, RTM_GETNEIGH, sizeof(struct ndmsg)},
	{WATCH_NEIGHBOUR, AF_INET6, RTM_GETNEIGH, sizeof(struct ndmsg)},
};

#define ALL_STEPS ((1U << array_len(steps)) - 1)

struct route_watch {
	struct mnl_socket *socket;
	route_watch_fn fn;
	void *context;

	uint32_t wanted; /* a bit for each step */
	uint32_t seen;   /* as above: ended at least once */
	uint32_t seq;    /* of the dump under way, or of the last one */
	const struct step *running;
	bool is_disturbed; /* the dump under way misses something */
	uint64_t n_losses;
	uint8_t answer[ANSWER_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
};

struct route_watch *route_watch_open(route_watch_fn fn, void *context, struct host_error *out_error)
{
	struct route_watch *watch = calloc(1, sizeof(*watch));
	int bytes = BUFFER_BYTES;

	if (!watch) {
		host_error_set(out_error, ENOMEM, "rtnetlink: %m");
		return NULL;
	}
	watch->fn = fn;
	watch->context = context;
	watch->wanted = ALL_STEPS;
	watch->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!watch->socket || mnl_socket_bind(watch->socket, GROUPS, MNL_SOCKET_AUTOPID) < 0) {
		host_error_set(out_error, errno, "rtnetlink: %m");
		route_watch_close(watch);
		return NULL;
	}
	/* Without the right to it the buffer stays small, and lost news cost a dump. */
	(void)setsockopt(route_watch_fd(watch), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	return watch;
}

void route_watch_close(struct route_watch *watch)
{
	if (watch && watch->socket)
		mnl_socket_close(watch->socket);
	free(watch);
}

int route_watch_fd(const struct route_watch *watch)
{
	return mnl_socket_get_fd(watch->socket);
}

bool route_watch_wants_read(const struct route_watch *watch)
{
	return watch->wanted && !watch->running;
}

bool route_watch_has_seen_all(const struct route_watch *watch)
{
	return watch->seen == ALL_STEPS;
}

bool route_watch_is_idle(const struct route_watch *watch)
{
	return !watch->wanted && !watch->running;
}

uint64_t route_watch_losses(const struct route_watch *watch)
{
	return watch->n_losses;
}

void route_watch_ask(struct route_watch *watch, enum watch_kind kind)
{
	for (unsigned i = 0; i < array_len(steps); i++)
		if (steps[i].kind == kind)
			watch->wanted |= 1U << i;
}

static int send_request(struct route_watch *watch, const struct nlmsghdr *request)
{
	return mnl_socket_sendto(watch->socket, request, request->nlmsg_len) < 0 ? -errno : 0;
}

static void tell_dump(struct route_watch *watch, enum watch_kind kind, bool is_complete)
{
	struct watch_event event = {.kind = kind, .family = watch->running->family};

	event.dump.of = watch->running->kind;
	event.dump.is_complete = is_complete;
	watch->fn(watch->context, &event);
}

static int begin_dump(struct route_watch *watch)
{
	const unsigned i = (unsigned)__builtin_ctz(watch->wanted);
	uint8_t buffer[REQUEST_MAX] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	uint8_t *family;
	int rc;

	request->nlmsg_type = steps[i].request;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = ++watch->seq;
	family = mnl_nlmsg_put_extra_header(request, steps[i].header_len);
	*family = steps[i].family;
	rc = send_request(watch, request);
	if (rc != 0)
		return rc;
	watch->wanted &= ~(1U << i);
	watch->running = &steps[i];
	watch->is_disturbed = false;
	tell_dump(watch, WATCH_DUMP_BEGUN, false);
	return 0;
}

/*
 * A dump in which something changed is made again. A family that the host lacks has nothing; with any other error
 * nothing is known, and what is there stays.
 */
static void end_dump(struct route_watch *watch, const struct nlmsghdr *message)
{
	const int *result = mnl_nlmsg_get_payload(message);
	bool has_result = mnl_nlmsg_get_payload_len(message) >= sizeof(*result);
	bool is_sound =
		!has_result || *result >= 0 || *result == -EAFNOSUPPORT || *result == -EOPNOTSUPP;

	tell_dump(watch, WATCH_DUMP_ENDED, is_sound && !watch->is_disturbed);
	watch->seen |= 1U << (watch->running - steps);
	if (watch->is_disturbed)
		watch->wanted |= 1U << (watch->running - steps);
	watch->running = NULL;
}

static void take_message(struct route_watch *watch, const struct nlmsghdr *message)
{
	const unsigned port = mnl_socket_get_portid(watch->socket);
	struct watch_event event = {.is_from_dump = watch->running
			&& message->nlmsg_seq == watch->seq && message->nlmsg_pid == port};

	if (event.is_from_dump && message->nlmsg_flags & NLM_F_DUMP_INTR)
		watch->is_disturbed = true;
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
		/* Other errors are about a probe of a neighbour that has gone. */
		if (event.is_from_dump)
			end_dump(watch, message);
	} else if (route_parse(message, &event)) {
		watch->fn(watch->context, &event);
	}
}

/*
 * Before the kernel's next news it says that some were lost. It keeps no new ones until all older ones were read, so
 * the dumps, which must not miss any, begin when there is nothing left to read.
 */
static void note_loss(struct route_watch *watch)
{
	watch->n_losses++;
	watch->is_disturbed = true;
	watch->wanted = ALL_STEPS;
}

/* How many messages came; 0: nothing more can be done now. */
static int read_once(struct route_watch *watch, struct host_error *out_error)
{
	struct sockaddr_nl sender = {0};
	socklen_t sender_len = sizeof(sender);
	ssize_t received = recvfrom(route_watch_fd(watch), watch->answer, sizeof(watch->answer), 0,
		(void *)&sender, &sender_len);
	int left = (int)received, n_messages = 1, rc = -errno;

	if (received < 0) {
		if (rc == -ENOBUFS) {
			note_loss(watch);
			return 1;
		}
		if (rc == -EINTR)
			return 1;
		if (rc == -EAGAIN && !route_watch_wants_read(watch))
			return 0;
		if (rc == -EAGAIN)
			rc = begin_dump(watch);
		return rc == 0 ? 1 : host_error_set(out_error, -rc, "rtnetlink: %m");
	}
	if (sender.nl_pid != 0) /* not the kernel */
		return 1;
	for (const struct nlmsghdr *message = (const void *)watch->answer;
		mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		take_message(watch, message);
		n_messages++;
	}
	return n_messages;
}

int route_watch_read(struct route_watch *watch, struct host_error *out_error)
{
	for (int n = 0, rc; n < WATCH_MESSAGES_MAX; n += rc) {
		const bool was_running = watch->running;

		rc = read_once(watch, out_error);
		if (rc <= 0)
			return rc;
		if (was_running && !watch->running)
			return 0;
	}
	return 0;
}

void route_watch_probe(struct route_watch *watch, unsigned ifindex, const struct ip_addr *addr)
{
	uint8_t buffer[REQUEST_MAX] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ndmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));

	request->nlmsg_type = RTM_NEWNEIGH;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->ndm_family = (uint8_t)addr->family;
	info->ndm_ifindex = (int)ifindex;
	info->ndm_flags = NTF_USE;
	mnl_attr_put(request, NDA_DST, ip_addr_bits(addr->family) / 8, addr->bytes);
	/* When it cannot be sent, the neighbour stays as stale as it is. */
	(void)send_request(watch, request);
}
