/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Keeps the workers' routes and neighbours (tables/routes.h) what the kernel's are: whatever sets those, a person with
 * ip(8), FRR or BIRD, steers the fast path. docs/architecture.md says what is not covered. Control thread;
 * it stays in the network namespace where it was created.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct route_mirror;
struct routes;

/* route_mirror_create: `routes` must stand as long as the mirror. NULL: see `out_error`. */
must_check struct route_mirror *route_mirror_create(
	struct routes *routes, struct host_error *out_error);
void route_mirror_destroy(
	struct route_mirror *mirror); /* NULL is allowed; what was published stays */

/*
 * The kernel's link `ifindex` is that port (its VLAN links are then the port, tagged) or that WireGuard interface. Before
 * route_mirror_start or, at the price of a fresh dump, after it. 0; -ENOSPC beyond 512 links.
 */
must_check int route_mirror_add_port(
	struct route_mirror *mirror, unsigned ifindex, uint8_t port_id);
must_check int route_mirror_add_interface(
	struct route_mirror *mirror, unsigned ifindex, uint8_t iface_id);

/*
 * route_mirror_drop_interface: the link is none of ours any more, at the price of a fresh dump. When route_mirror_is_settled then,
 * no route leads to the interface, and its iface_id is free once every worker has reported to RCU.
 */
void route_mirror_drop_interface(struct route_mirror *mirror, unsigned ifindex);
must_check bool route_mirror_is_settled(struct route_mirror *mirror);

/* route_mirror_start waits for the first dump; a million routes take seconds. 0, or negative errno and `out_error`. */
must_check int route_mirror_start(struct route_mirror *mirror, struct host_error *out_error);

/* route_mirror_fd: to be polled; readable when route_mirror_read has something to do. */
int route_mirror_fd(const struct route_mirror *mirror);

/*
 * route_mirror_read takes news, and does a part of what lost ones or a changed link require, without blocking: about
 * 1,000 messages or routes, so a millisecond or two. 0, or negative errno and `out_error`: the socket is at
 * fault, and the mirror does not follow the kernel any more.
 */
must_check int route_mirror_read(struct route_mirror *mirror, struct host_error *out_error);

struct route_mirror_stats {
	uint64_t n_routes; /* of the kernel's tables main and local */
	uint64_t n_neighbours;
	uint64_t n_losses; /* times that news were lost and everything was dumped again */
	uint64_t
		n_refused; /* routes and neighbours for which memory was short: workers may have older ones */
	uint64_t bytes; /* of control's copy */
};

void route_mirror_get_stats(const struct route_mirror *mirror, struct route_mirror_stats *out);
