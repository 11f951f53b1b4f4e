/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The kernel's links, and which of them are ways of the fast path. Control. */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/route_watch.h"
#include "tables/routes.h"

#define ROUTE_LINKS_OWN_MAX 512 /* ports and interfaces */

struct known_link;

/* All zero is an empty one. */
struct route_links {
	struct known_link *links; /* in order of ifindex */
	unsigned n_links;
	unsigned n_room;
	uint32_t dump;     /* the number of the last one */
	bool has_unknown;  /* somebody asked for a link that was not known yet */
	bool is_vlan_news; /* VLAN links or ports have changed; whoever reads them sets it back */
	struct {
		unsigned ifindex;
		uint8_t kind; /* HOP_PORT, HOP_INTERFACE */
		uint8_t id;
	} own[ROUTE_LINKS_OWN_MAX];
	unsigned n_own;
};

void route_links_fini(struct route_links *links);

/* route_links_own: the kernel's link `ifindex` is that port or interface. 0 or -ENOSPC. */
must_check int route_links_own(
	struct route_links *links, unsigned ifindex, enum hop_kind kind, uint8_t id);

/* route_links_disown: it is not any more. */
void route_links_disown(struct route_links *links, unsigned ifindex);

/*
 * route_links_set and route_links_remove take news. true: something changed for those who asked route_links_hop
 * before. A link for which there is no memory remains unknown.
 */
bool route_links_set(struct route_links *links, const struct watch_link *news);
bool route_links_remove(struct route_links *links, unsigned ifindex);

/* After route_links_dump_begun come all links; route_links_dump_ended removes those that did not. true: as above. */
void route_links_dump_begun(struct route_links *links);
bool route_links_dump_ended(struct route_links *links);

/*
 * route_links_hop: where what the kernel sends to this link goes; kind, out_id, vlan and mtu of `out` are set.
 * HOP_HOST: it is not ours. false: the link is down, so nothing goes there.
 */
bool route_links_hop(struct route_links *links, unsigned ifindex, struct hop *out);

/* route_links_vlans: the VLAN links of the port `ifindex` that are up. */
void route_links_vlans(const struct route_links *links, unsigned ifindex, struct vlan_set *out);
