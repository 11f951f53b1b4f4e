/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The host's links, addresses, routes and policy rules over rtnetlink. Control thread. A call waits for the
 * kernel's answer, which comes at once. Errors are negative errno; the line of `out_error` is the kernel's own
 * reason, to which the caller adds what it wanted. A connection stays in the network namespace
 * where it was opened.
 */

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "host/host_error.h"

#define NETLINK_TABLE_MAIN 254

struct netlink;

struct netlink_link {
	unsigned ifindex;
	char name[IFNAMSIZ];
	uint32_t mtu;
	bool is_up;      /* set up by the administrator */
	bool is_running; /* there is a carrier, too */
	bool is_gone;    /* not in this namespace any more: */
	bool is_moved;   /* ... because it was moved to another one, where it lives on */
};

struct netlink_route {
	uint16_t family;
	uint8_t dst_len; /* bits */
	uint32_t table;
	unsigned ifindex; /* 0: none, or several */
	uint32_t mtu;     /* the route's own; 0: that of the interface counts */
};

/* The two rules that a default route through a tunnel needs: wg-quick(8). */
struct netlink_rule {
	uint16_t family;
	uint32_t priority;
	uint32_t table;
	uint32_t not_fwmark;      /* only packets without this mark; 0: all packets */
	bool is_default_excluded; /* skips the default route of the table */
};

must_check struct netlink *netlink_open(struct host_error *out_error);
void netlink_close(struct netlink *netlink); /* NULL is allowed */

/* netlink_link_get: -ENODEV when there is no such interface. */
must_check int netlink_link_get(struct netlink *netlink, unsigned ifindex,
	struct netlink_link *out_link, struct host_error *out_error);
must_check int netlink_link_up(
	struct netlink *netlink, unsigned ifindex, uint32_t mtu, struct host_error *out_error);
must_check int netlink_link_mtu(
	struct netlink *netlink, unsigned ifindex, uint32_t mtu, struct host_error *out_error);

/*
 * netlink_link_silence keeps the kernel from giving the interface an IPv6 link-local address and from
 * sending router solicitations on it, as the kernel's WireGuard does: a tunnel is silent, [W] 5.1. Before up.
 */
must_check int netlink_link_silence(
	struct netlink *netlink, unsigned ifindex, struct host_error *out_error);

/* netlink_address_add: an address that is there already is fine. */
must_check int netlink_address_add(struct netlink *netlink, unsigned ifindex,
	const struct ip_prefix *address, struct host_error *out_error);

/* netlink_route_add adds a route through the interface without a next hop. -EEXIST: there is one. */
must_check int netlink_route_add(struct netlink *netlink, unsigned ifindex,
	const struct ip_prefix *prefix, uint32_t table, struct host_error *out_error);

/* netlink_route_delete removes it. -ESRCH: there is none. */
must_check int netlink_route_delete(struct netlink *netlink, unsigned ifindex,
	const struct ip_prefix *prefix, uint32_t table, struct host_error *out_error);

/* netlink_route_get asks which route leads to `addr`; -ENETUNREACH and others: none. */
must_check int netlink_route_get(struct netlink *netlink, const struct ip_addr *addr,
	struct netlink_route *out_route, struct host_error *out_error);

/* netlink_rule_add: a rule that is there already is fine. netlink_rule_delete: -ENOENT. */
must_check int netlink_rule_add(
	struct netlink *netlink, const struct netlink_rule *rule, struct host_error *out_error);
must_check int netlink_rule_delete(
	struct netlink *netlink, const struct netlink_rule *rule, struct host_error *out_error);

/*
 * The dumps call back for every route of a table, or every rule, of one family. After a change in the middle
 * of a dump they start again, so a callback may see an entry twice.
 */
typedef void (*netlink_route_fn)(void *context, const struct netlink_route *route);
typedef void (*netlink_rule_fn)(void *context, const struct netlink_rule *rule);
must_check int netlink_route_dump(struct netlink *netlink, uint16_t family, uint32_t table,
	netlink_route_fn fn, void *context, struct host_error *out_error);
must_check int netlink_rule_dump(struct netlink *netlink, uint16_t family, netlink_rule_fn fn,
	void *context, struct host_error *out_error);

/*
 * netlink_watch_open returns a descriptor, to be polled and closed by the caller, that is readable when an
 * interface came, changed or went. netlink_watch_read calls back for all that is known and does not block.
 * -ENOBUFS: some later news were lost, so ask netlink_link_get for the interfaces that matter and go on.
 */
typedef void (*netlink_link_fn)(void *context, const struct netlink_link *link);
must_check int netlink_watch_open(struct host_error *out_error);
must_check int netlink_watch_read(int fd, netlink_link_fn fn, void *context);
