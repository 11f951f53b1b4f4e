/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Answers to dumps come in datagrams of up to 32 KiB. */
#define ANSWER_MAX (32 << 10)
#define REQUEST_MAX 512

/* How often a dump may be disturbed by changes before we give up. */
#define DUMP_ATTEMPTS 16

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	uint8_t answer[ANSWER_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* A message to the kernel in the making. */
struct request {
	struct nlmsghdr *header;
	uint8_t buffer[REQUEST_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* What is done with each message of an answer. */
typedef void (*message_fn)(void *context, const struct nlmsghdr *message);

struct netlink *netlink_open(struct host_error *out_error)
{
	struct netlink *netlink = calloc(1, sizeof(*netlink));
	int on = 1;

	if (!netlink) {
		host_error_set(out_error, ENOMEM, "rtnetlink: %m");
		return NULL;
	}
	netlink->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!netlink->socket || mnl_socket_bind(netlink->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		host_error_set(out_error, errno, "rtnetlink: %m");
		netlink_close(netlink);
		return NULL;
	}
	/*
	 * Reasons in words, and dumps of one table instead of all. Kernels without them (before 4.12
	 * and 4.20) give a bare errno and more messages, which the dumps below sort out.
	 */
	mnl_socket_setsockopt(netlink->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(netlink->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return netlink;
}

void netlink_close(struct netlink *netlink)
{
	if (netlink && netlink->socket)
		mnl_socket_close(netlink->socket);
	free(netlink);
}

/* Starts a message whose own header has `header_len` bytes, which are zero and are returned. */
static void *request_begin(
	struct request *request, uint16_t type, uint16_t flags, size_t header_len)
{
	memset(request->buffer, 0, sizeof(request->buffer));
	request->header = mnl_nlmsg_put_header(request->buffer);
	request->header->nlmsg_type = type;
	request->header->nlmsg_flags = NLM_F_REQUEST | flags;
	return mnl_nlmsg_put_extra_header(request->header, header_len);
}

static void request_put_addr(struct request *request, uint16_t type, const struct ip_addr *addr)
{
	mnl_attr_put(request->header, type, ip_addr_bits(addr->family) / 8, addr->bytes);
}

static int reason_parse(const struct nlattr *attribute, void *context)
{
	const char **reason = context;

	if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG
		&& mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
		*reason = mnl_attr_get_str(attribute);
	return MNL_CB_OK;
}

/* The result in the last message of an answer: 0, or a negative errno with its line. */
static int message_result(const struct nlmsghdr *message, struct host_error *out_error)
{
	const int *rc = mnl_nlmsg_get_payload(message);
	size_t skip = sizeof(*rc);
	const char *reason = NULL;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*rc) || *rc >= 0)
		return 0;
	if (message->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

		skip = sizeof(*error);
		if (!(message->nlmsg_flags & NLM_F_CAPPED)) /* our request is repeated in it */
			skip += error->msg.nlmsg_len - sizeof(error->msg);
	}
	if (message->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(message, (unsigned)skip, reason_parse, &reason);
	if (*rc == -EPERM)
		reason = "run as root or with CAP_NET_ADMIN";
	if (!reason)
		return host_error_set(out_error, -*rc, "%m");
	return host_error_set(out_error, -*rc, "%m (%.160s)", reason);
}

/*
 * Reads one datagram of the answer. 1: more follow; else the result. A change in the middle of a dump marks
 * its messages, which sets *out_is_disturbed.
 */
static int answer_read(struct netlink *netlink, message_fn fn, void *context,
	bool *out_is_disturbed, struct host_error *out_error)
{
	ssize_t received =
		mnl_socket_recvfrom(netlink->socket, netlink->answer, sizeof(netlink->answer));
	int left = (int)received;

	if (received < 0)
		return host_error_set(out_error, errno, "rtnetlink: %m");
	for (const struct nlmsghdr *message = (const void *)netlink->answer;
		mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		if (message->nlmsg_seq != netlink->seq)
			continue;
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			*out_is_disturbed = true;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
			return message_result(message, out_error);
		if (fn)
			fn(context, message);
	}
	return 1;
}

static int exchange(struct netlink *netlink, struct request *request, message_fn fn, void *context,
	bool *out_is_disturbed, struct host_error *out_error)
{
	int rc = 1;

	request->header->nlmsg_seq = ++netlink->seq;
	if (mnl_socket_sendto(netlink->socket, request->header, request->header->nlmsg_len) < 0)
		return host_error_set(out_error, errno, "rtnetlink: %m");
	while (rc == 1)
		rc = answer_read(netlink, fn, context, out_is_disturbed, out_error);
	return rc;
}

/* A request with one acknowledgement, before which `fn` (may be NULL) sees the message asked for. */
static int request_send(struct netlink *netlink, struct request *request, message_fn fn,
	void *context, struct host_error *out_error)
{
	bool is_disturbed;

	request->header->nlmsg_flags |= NLM_F_ACK;
	return exchange(netlink, request, fn, context, &is_disturbed, out_error);
}

static int request_dump(struct netlink *netlink, struct request *request, message_fn fn,
	void *context, struct host_error *out_error)
{
	request->header->nlmsg_flags |= NLM_F_DUMP;
	for (int i = 0; i < DUMP_ATTEMPTS; i++) {
		bool is_disturbed = false;
		int rc = exchange(netlink, request, fn, context, &is_disturbed, out_error);

		if (rc < 0 || !is_disturbed)
			return rc;
	}
	return host_error_set(out_error, EAGAIN, "rtnetlink: the tables change without a pause");
}

/* 0 when the attribute is too short to be a number. */
static uint32_t attribute_u32(const struct nlattr *attribute)
{
	return mnl_attr_validate(attribute, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(attribute) : 0;
}

static int link_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct netlink_link *link = context;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		snprintf(link->name, sizeof(link->name), "%.*s",
			(int)mnl_attr_get_payload_len(attribute), mnl_attr_get_str(attribute));
		break;
	case IFLA_MTU:
		link->mtu = attribute_u32(attribute);
		break;
	case IFLA_NEW_NETNSID:
		link->is_moved = link->is_gone;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static void link_parse(void *context, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct netlink_link *link = context;

	*link = (struct netlink_link){
		.ifindex = (unsigned)info->ifi_index,
		.is_up = info->ifi_flags & IFF_UP,
		.is_running = info->ifi_flags & IFF_RUNNING,
		.is_gone = message->nlmsg_type == RTM_DELLINK,
	};
	mnl_attr_parse(message, sizeof(*info), link_parse_attribute, link);
}

int netlink_link_get(struct netlink *netlink, unsigned ifindex, struct netlink_link *out_link,
	struct host_error *out_error)
{
	struct request request;
	struct ifinfomsg *info = request_begin(&request, RTM_GETLINK, 0, sizeof(*info));

	*out_link = (struct netlink_link){0};
	info->ifi_index = (int)ifindex;
	return request_send(netlink, &request, link_parse, out_link, out_error);
}

int netlink_link_up(
	struct netlink *netlink, unsigned ifindex, uint32_t mtu, struct host_error *out_error)
{
	struct request request;
	struct ifinfomsg *info = request_begin(&request, RTM_NEWLINK, 0, sizeof(*info));

	info->ifi_index = (int)ifindex;
	info->ifi_flags = info->ifi_change = IFF_UP;
	mnl_attr_put_u32(request.header, IFLA_MTU, mtu);
	return request_send(netlink, &request, NULL, NULL, out_error);
}

int netlink_link_mtu(
	struct netlink *netlink, unsigned ifindex, uint32_t mtu, struct host_error *out_error)
{
	struct request request;
	struct ifinfomsg *info = request_begin(&request, RTM_NEWLINK, 0, sizeof(*info));

	info->ifi_index = (int)ifindex;
	mnl_attr_put_u32(request.header, IFLA_MTU, mtu);
	return request_send(netlink, &request, NULL, NULL, out_error);
}

int netlink_link_silence(struct netlink *netlink, unsigned ifindex, struct host_error *out_error)
{
	struct request request;
	struct ifinfomsg *info = request_begin(&request, RTM_NEWLINK, 0, sizeof(*info));
	struct nlattr *families = mnl_attr_nest_start(request.header, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(request.header, AF_INET6);
	int rc;

	info->ifi_index = (int)ifindex;
	mnl_attr_put_u8(request.header, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(request.header, inet6);
	mnl_attr_nest_end(request.header, families);
	rc = request_send(netlink, &request, NULL, NULL, out_error);
	return rc == -EAFNOSUPPORT ? 0 : rc; /* a host without IPv6 is silent already */
}

int netlink_address_add(struct netlink *netlink, unsigned ifindex, const struct ip_prefix *address,
	struct host_error *out_error)
{
	struct request request;
	struct ifaddrmsg *info =
		request_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
	int rc;

	info->ifa_family = (uint8_t)address->addr.family;
	info->ifa_prefixlen = address->len;
	info->ifa_index = ifindex;
	request_put_addr(&request, IFA_LOCAL, &address->addr);
	request_put_addr(&request, IFA_ADDRESS, &address->addr);
	rc = request_send(netlink, &request, NULL, NULL, out_error);
	return rc == -EEXIST ? 0 : rc;
}

/* A route through the interface without a next hop, as ip(8) and so wg-quick(8) make it. */
static void route_put(struct request *request, struct rtmsg *info, unsigned ifindex,
	const struct ip_prefix *prefix, uint32_t table)
{
	info->rtm_family = (uint8_t)prefix->addr.family;
	info->rtm_dst_len = prefix->len;
	info->rtm_protocol = RTPROT_BOOT;
	info->rtm_scope = RT_SCOPE_LINK;
	info->rtm_type = RTN_UNICAST;
	if (prefix->len)
		request_put_addr(request, RTA_DST, &prefix->addr);
	mnl_attr_put_u32(request->header, RTA_OIF, ifindex);
	mnl_attr_put_u32(request->header, RTA_TABLE, table);
}

int netlink_route_add(struct netlink *netlink, unsigned ifindex, const struct ip_prefix *prefix,
	uint32_t table, struct host_error *out_error)
{
	struct request request;
	struct rtmsg *info =
		request_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));

	route_put(&request, info, ifindex, prefix, table);
	return request_send(netlink, &request, NULL, NULL, out_error);
}

int netlink_route_delete(struct netlink *netlink, unsigned ifindex, const struct ip_prefix *prefix,
	uint32_t table, struct host_error *out_error)
{
	struct request request;
	struct rtmsg *info = request_begin(&request, RTM_DELROUTE, 0, sizeof(*info));

	route_put(&request, info, ifindex, prefix, table);
	return request_send(netlink, &request, NULL, NULL, out_error);
}

static int route_parse_metric(const struct nlattr *metric, void *context)
{
	struct netlink_route *route = context;

	if (mnl_attr_get_type(metric) == RTAX_MTU)
		route->mtu = attribute_u32(metric);
	return MNL_CB_OK;
}

static int route_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct netlink_route *route = context;

	switch (mnl_attr_get_type(attribute)) {
	case RTA_TABLE: /* the header has room for 8 bits of it only */
		route->table = attribute_u32(attribute);
		break;
	case RTA_OIF:
		route->ifindex = attribute_u32(attribute);
		break;
	case RTA_METRICS:
		mnl_attr_parse_nested(attribute, route_parse_metric, route);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static void route_parse(void *context, const struct nlmsghdr *message)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(message);
	struct netlink_route *route = context;

	*route = (struct netlink_route){
		.family = info->rtm_family, .dst_len = info->rtm_dst_len, .table = info->rtm_table};
	mnl_attr_parse(message, sizeof(*info), route_parse_attribute, route);
}

int netlink_route_get(struct netlink *netlink, const struct ip_addr *addr,
	struct netlink_route *out_route, struct host_error *out_error)
{
	struct request request;
	struct rtmsg *info = request_begin(&request, RTM_GETROUTE, 0, sizeof(*info));

	*out_route = (struct netlink_route){0};
	info->rtm_family = (uint8_t)addr->family;
	info->rtm_dst_len = (uint8_t)ip_addr_bits(addr->family);
	request_put_addr(&request, RTA_DST, addr);
	return request_send(netlink, &request, route_parse, out_route, out_error);
}

struct route_dump {
	uint16_t family;
	uint32_t table;
	netlink_route_fn fn;
	void *context;
};

static void route_dump_message(void *context, const struct nlmsghdr *message)
{
	const struct route_dump *dump = context;
	struct netlink_route route;

	route_parse(&route, message);
	if (route.family == dump->family && route.table == dump->table)
		dump->fn(dump->context, &route);
}

int netlink_route_dump(struct netlink *netlink, uint16_t family, uint32_t table,
	netlink_route_fn fn, void *context, struct host_error *out_error)
{
	struct route_dump dump = {family, table, fn, context};
	struct request request;
	struct rtmsg *info = request_begin(&request, RTM_GETROUTE, 0, sizeof(*info));
	int rc;

	info->rtm_family = (uint8_t)family;
	mnl_attr_put_u32(request.header, RTA_TABLE, table);
	rc = request_dump(netlink, &request, route_dump_message, &dump, out_error);
	/* A table that was never used does not exist; nor does one of a family that the host lacks. */
	return rc == -ENOENT || rc == -EAFNOSUPPORT ? 0 : rc;
}

static int rule_send(struct netlink *netlink, uint16_t type, uint16_t flags,
	const struct netlink_rule *rule, struct host_error *out_error)
{
	struct request request;
	struct fib_rule_hdr *info = request_begin(&request, type, flags, sizeof(*info));

	info->family = (uint8_t)rule->family;
	info->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(request.header, FRA_PRIORITY, rule->priority);
	mnl_attr_put_u32(request.header, FRA_TABLE, rule->table);
	if (rule->not_fwmark) {
		info->flags = FIB_RULE_INVERT;
		mnl_attr_put_u32(request.header, FRA_FWMARK, rule->not_fwmark);
	}
	if (rule->is_default_excluded)
		mnl_attr_put_u32(request.header, FRA_SUPPRESS_PREFIXLEN, 0);
	return request_send(netlink, &request, NULL, NULL, out_error);
}

int netlink_rule_add(
	struct netlink *netlink, const struct netlink_rule *rule, struct host_error *out_error)
{
	int rc = rule_send(netlink, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule, out_error);

	return rc == -EEXIST ? 0 : rc;
}

int netlink_rule_delete(
	struct netlink *netlink, const struct netlink_rule *rule, struct host_error *out_error)
{
	return rule_send(netlink, RTM_DELRULE, 0, rule, out_error);
}

struct rule_dump {
	netlink_rule_fn fn;
	void *context;
};

static int rule_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct netlink_rule *rule = context;

	switch (mnl_attr_get_type(attribute)) {
	case FRA_PRIORITY:
		rule->priority = attribute_u32(attribute);
		break;
	case FRA_TABLE:
		rule->table = attribute_u32(attribute);
		break;
	case FRA_FWMARK:
		rule->not_fwmark = attribute_u32(attribute);
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		rule->is_default_excluded = attribute_u32(attribute) == 0;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static void rule_dump_message(void *context, const struct nlmsghdr *message)
{
	const struct fib_rule_hdr *info = mnl_nlmsg_get_payload(message);
	const struct rule_dump *dump = context;
	struct netlink_rule rule = {.family = info->family, .table = info->table};

	mnl_attr_parse(message, sizeof(*info), rule_parse_attribute, &rule);
	if (!(info->flags & FIB_RULE_INVERT)) /* a rule for the mark, not for its absence */
		rule.not_fwmark = 0;
	dump->fn(dump->context, &rule);
}

int netlink_rule_dump(struct netlink *netlink, uint16_t family, netlink_rule_fn fn, void *context,
	struct host_error *out_error)
{
	struct rule_dump dump = {fn, context};
	struct request request;
	struct fib_rule_hdr *info = request_begin(&request, RTM_GETRULE, 0, sizeof(*info));

	info->family = (uint8_t)family;
	return request_dump(netlink, &request, rule_dump_message, &dump, out_error);
}

int netlink_watch_open(struct host_error *out_error)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return host_error_set(out_error, errno, "rtnetlink: %m");
	if (bind(fd, (const void *)&address, sizeof(address)) < 0) {
		int rc = host_error_set(out_error, errno, "rtnetlink: %m");

		close(fd);
		return rc;
	}
	return fd;
}

/* Bridges announce their ports as links of their own family; those do not tell whether the interface lives. */
static bool watch_is_link(const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);

	return (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK)
		&& mnl_nlmsg_get_payload_len(message) >= sizeof(*info)
		&& info->ifi_family == AF_UNSPEC;
}

int netlink_watch_read(int fd, netlink_link_fn fn, void *context)
{
	uint8_t news[ANSWER_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct sockaddr_nl sender;
	struct netlink_link link;
	bool is_lost = false;

	for (;;) {
		socklen_t sender_len = sizeof(sender);
		ssize_t received =
			recvfrom(fd, news, sizeof(news), 0, (void *)&sender, &sender_len);
		int left = (int)received;

		/*
		 * The kernel says so before it gives the older news that still wait. They come first here: a
		 * caller who asks for the state must not see them after the answer.
		 */
		if (received < 0 && errno == ENOBUFS) {
			is_lost = true;
			continue;
		}
		if (received < 0 && errno == EAGAIN)
			return is_lost ? -ENOBUFS : 0;
		if (received < 0)
			return -errno;
		if (sender.nl_pid != 0) /* not the kernel */
			continue;
		for (const struct nlmsghdr *message = (const void *)news;
			mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
			if (!watch_is_link(message))
				continue;
			link_parse(&link, message);
			fn(context, &link);
		}
	}
}
