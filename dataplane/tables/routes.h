/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Where IP packets go: the kernel's routes and neighbours as the workers see them. Control mirrors the kernel's
 * tables; workers look up without a lock while it does. What is not here belongs to the kernel: a packet without
 * a fast way takes the slow one, through the host.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "tables/prefix_table.h"

struct rcu;
struct routes;

enum hop_kind {
	HOP_HOST,  /* the kernel decides: unreachable, blackhole, a link that is none of ours */
	HOP_LOCAL, /* an address of this host, or one that it listens to (broadcast, multicast) */
	HOP_PORT,  /* out of the port `out_id` */
	HOP_INTERFACE, /* into the WireGuard interface `out_id` */
};

/* One way to go on. */
struct hop {
	uint8_t kind;   /* enum hop_kind */
	uint8_t out_id; /* port_id or iface_id */
	uint16_t vlan;  /* HOP_PORT: the tag's VLAN id; 0: untagged */
	uint16_t mtu;   /* the route's own, bytes of IP packet; 0: that of the way out */
	struct ip_addr
		gateway; /* HOP_PORT: whom to send to; AF_UNSPEC: the destination itself. Any family */
};

#define ROUTE_HOPS_MAX 8 /* of a multipath route; the kernel's further ones are left out */

/* What a prefix leads to. Never changes once it is published. */
struct route {
	uint8_t n_hops; /* at least 1; several share the flows evenly */
	struct hop hops[ROUTE_HOPS_MAX];
};

/* A neighbour on a port's link that has answered. Never changes once it is published. */
struct neighbour {
	uint8_t mac[6];
};

/* routes_create: empty tables; NULL when memory is short. Control. */
must_check struct routes *routes_create(struct rcu *rcu);

/* routes_destroy: no worker gets to them any more. NULL is allowed. `rcu` must still stand. Control. */
void routes_destroy(struct routes *routes);

/*
 * routes_set publishes a copy of `route` for `prefix`, in place of what was there; routes that are the same, byte for
 * byte, share one copy. 0, -ENOMEM (nothing changed), -EINVAL. Control.
 */
must_check int routes_set(
	struct routes *routes, const struct ip_prefix *prefix, const struct route *route);

/* routes_remove: 0, or -ENOENT. Control. */
int routes_remove(struct routes *routes, const struct ip_prefix *prefix);

/* routes_set_forwarding: may the host forward packets of this family from one link to another? Control. */
void routes_set_forwarding(struct routes *routes, sa_family_t family, bool is_forwarding);

/* routes_is_forwarding: any thread. At first false. */
bool routes_is_forwarding(const struct routes *routes, sa_family_t family);

#define VLAN_IDS 4096

/* A bit for each VLAN id. */
struct vlan_set {
	uint64_t words[VLAN_IDS / 64];
};

/* routes_set_vlans: the port has these VLAN links. Each comes and goes alone. Control. */
void routes_set_vlans(struct routes *routes, uint8_t port_id, const struct vlan_set *vlans);

/* routes_has_vlan: does the port have a link of this VLAN? O(1), any thread. At first it has none. */
bool routes_has_vlan(const struct routes *routes, uint8_t port_id, uint16_t vlan);

/* One question of a burst, and its answer. */
struct route_lookup {
	const uint8_t
		*bytes; /* 4 (AF_INET) or 16 (AF_INET6) bytes in network order at any alignment */
	sa_family_t family;
	const struct route *route; /* the answer: of the longest prefix, or NULL */
};

/*
 * What a worker remembers of questions, for others that have the same answer: two ranges of each family, as many packets are for
 * the host itself and the others go one way. It begins with zeros.
 */
struct route_memo {
	uint64_t generation;
	bool is_forwarding[2];            /* IPv4, IPv6; see routes_is_forwarding */
	struct prefix_range ranges[2][2]; /* of IPv4, IPv6: the newest and the one before */
};

/* routes_begin forgets what is known no more, and looks whether packets may be forwarded. Before a burst, worker, between two quiescent reports, as what follows. */
void routes_begin(const struct routes *routes, struct route_memo *memo);

/* routes_recall: is it known? Then *out is the answer. */
static inline bool routes_recall(const struct route_memo *memo, sa_family_t family,
	const uint8_t *bytes, const struct route **out)
{
	const struct prefix_range *ranges = memo->ranges[family == AF_INET6];

	if (!prefix_range_has(ranges, family, bytes)) {
		ranges++;
		if (!prefix_range_has(ranges, family, bytes))
			return false;
	}
	*out = ranges->value;
	return true;
}

/* routes_find_burst answers `n` questions in step; `memo` (or NULL) learns from the first one of each family. */
void routes_find_burst(const struct routes *routes, struct route_memo *memo,
	struct route_lookup *lookups, unsigned n);

/* route_hop: the way of a flow, by a hash that is the same for all its packets. */
static inline const struct hop *route_hop(const struct route *route, uint32_t flow_hash)
{
	return &route->hops[route->n_hops == 1 ? 0 : flow_hash % route->n_hops];
}

/*
 * routes_generation: at least 1, another one after each change. What was found with the generation that was read before holds
 * as long as this gives the same. Any thread.
 */
uint64_t routes_generation(const struct routes *routes);

/* routes_touch: something else that ways depend on has changed, such as a port's MTU. Control. */
void routes_touch(struct routes *routes);

/* neighbour_set publishes who has the address on that link. 0, -ENOMEM, -EINVAL. neighbour_remove: 0 or -ENOENT. Control. */
must_check int neighbour_set(struct routes *routes, uint8_t port_id, uint16_t vlan,
	const struct ip_addr *addr, const struct neighbour *neighbour);
int neighbour_remove(
	struct routes *routes, uint8_t port_id, uint16_t vlan, const struct ip_addr *addr);

/* neighbour_find: NULL when it has not answered, and the kernel must ask. O(1). Worker, between two quiescent reports. */
const struct neighbour *neighbour_find(const struct routes *routes, uint8_t port_id, uint16_t vlan,
	sa_family_t family, const uint8_t *bytes);

/* routes_bytes: memory of the tables in bytes. Control. */
uint64_t routes_bytes(const struct routes *routes);
