/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * News of the kernel's links, routes, neighbours and forwarding switches over rtnetlink, as plain structs. It dumps
 * everything first, and again when news were lost. Of the routes it sees the tables main and local only, no policy
 * routing; routes for one type of service or one source prefix are left out. Control thread. A watch
 * stays in the network namespace where it was opened.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "host/host_error.h"

struct route_watch;

enum watch_kind {
	WATCH_LINK,
	WATCH_FORWARDING,
	WATCH_ROUTE,
	WATCH_NEIGHBOUR,
	WATCH_ADDRESS_GONE, /* an IPv4 address of the host; routes may have gone with it, without news */
	WATCH_DUMP_BEGUN, /* of one kind and family: what is there follows, news in between */
	WATCH_DUMP_ENDED,
};

struct watch_link {
	unsigned ifindex;
	unsigned
		parent; /* a VLAN link: the ifindex of the link that it tags for; 0: another kind of link */
	uint16_t vlan; /* with a parent: the VLAN id */
	uint32_t mtu;
	bool is_up;      /* set up by the administrator */
	bool is_running; /* there is a carrier, too */
};

enum watch_route_type {
	WATCH_UNICAST,
	WATCH_LOCAL,   /* for this host: local, broadcast, anycast, multicast */
	WATCH_REFUSED, /* blackhole, unreachable, prohibit, throw, and what else is no way */
};

/* Compared as bytes: there is no gap between the members. */
struct watch_hop {
	uint32_t ifindex; /* 0: a way that only the kernel knows, with encapsulation for instance */
	struct ip_addr gateway;
	uint16_t is_dead; /* the kernel does not use it now */
};

#define WATCH_HOPS_MAX 8 /* the kernel's further ones are left out */

struct watch_route {
	struct ip_prefix prefix;
	uint32_t metric;
	uint16_t mtu; /* the route's own; 0: none */
	uint8_t type; /* enum watch_route_type */
	bool is_local_table;
	bool is_replacing; /* takes the place of the first one of the same prefix, table and metric */
	bool is_behind;    /* comes after those */
	uint8_t n_hops;
	struct watch_hop hops[WATCH_HOPS_MAX];
};

struct watch_neighbour {
	unsigned ifindex;
	struct ip_addr addr;
	uint8_t mac[6];
	bool is_stale; /* the kernel has not heard of it for a while */
};

struct watch_event {
	enum watch_kind kind;
	uint16_t family; /* all but links */
	bool is_removed; /* link, route, neighbour; a neighbour that does not answer is a removed one */
	bool is_from_dump; /* as it was found, not as it changed */
	union {
		struct watch_link link;
		struct watch_route route;
		struct watch_neighbour neighbour;
		bool is_forwarding; /* net.ipv4.conf.all.forwarding, net.ipv6.conf.all.forwarding */
		struct {
			enum watch_kind of;
			bool is_complete; /* ended: what was not seen is not there */
		} dump;
	};
};

typedef void (*route_watch_fn)(void *context, const struct watch_event *event);

/* route_watch_open: every dump waits to be made by route_watch_read. NULL: see `out_error`. */
must_check struct route_watch *route_watch_open(
	route_watch_fn fn, void *context, struct host_error *out_error);
void route_watch_close(struct route_watch *watch); /* NULL is allowed */

/* route_watch_fd: readable when there are news. */
int route_watch_fd(const struct route_watch *watch);

/*
 * route_watch_read calls back for what is known, about WATCH_MESSAGES_MAX messages at most, and does not block. When
 * all news are read it begins the next dump that is wanted. WATCH_DUMP_ENDED is the last event of a call. 0, or what
 * the socket says.
 */
#define WATCH_MESSAGES_MAX 1024
must_check int route_watch_read(struct route_watch *watch, struct host_error *out_error);

/* route_watch_ask: everything of this kind (link, forwarding, route, neighbour) is to be dumped again. */
void route_watch_ask(struct route_watch *watch, enum watch_kind kind);

/* route_watch_wants_read: route_watch_read has something to do, though its descriptor may not be readable. */
bool route_watch_wants_read(const struct route_watch *watch);

/* route_watch_has_seen_all: every kind was dumped to its end once. */
bool route_watch_has_seen_all(const struct route_watch *watch);

/* route_watch_is_idle: no dump is under way or asked for. */
bool route_watch_is_idle(const struct route_watch *watch);

/* route_watch_losses: how often news were lost and everything had to be dumped again. */
uint64_t route_watch_losses(const struct route_watch *watch);

/* route_watch_probe: the neighbour is in use, so the kernel asks whether it is still there. Its answer is news. */
void route_watch_probe(struct route_watch *watch, unsigned ifindex, const struct ip_addr *addr);
