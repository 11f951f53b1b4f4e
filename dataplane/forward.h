/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The fast way of packets between ports and tunnels, beside the host's kernel. It takes what needs no thought: plain
 * packets with a route, a neighbour, hops left, that fit. All else goes to the kernel exactly as it came, which then
 * answers, asks for neighbours, reassembles or forwards it: there is no second IP stack here.
 */

#include <stdint.h>

#include "budget.h"
#include "io/port.h"
#include "pipeline.h"
#include "tables/routes.h"

struct iface_view;
struct port_link;
struct tun_link;

/* A port as one worker sees it. */
struct forward_port {
	const struct port_facts *facts;
	struct port_link *link;
	struct tun_link *twin; /* the kernel's side; NULL: shared, the kernel has the NIC itself */
	uint32_t
		host_rate; /* frames a second that the kernel may be handed: a flood must not take the time of tunnels */
	struct budget budget;
	struct route_memo memo; /* of frames from the port */
};

/* What a worker forwards with; one per worker, filled before it starts. */
struct forward {
	const struct routes *routes;
	struct iface_view *const *ifaces; /* by iface_id */
	struct forward_port *ports;       /* by port_id */
	/* By UDP port: iface_id + 1 of the interface on ports that listens, or 0. Control, also while workers run. */
	const _Atomic uint8_t *listen_ports;
	unsigned n_ports;
	struct route_memo memo; /* of packets out of tunnels */
};

/*
 * forward_sort looks at `n` frames (at most PACKET_BURST) that arrived at `port` and says of each, in kind and iface_id, whose
 * it is: PACKET_DATAGRAM for decap_burst of that interface and PACKET_INNER for its encap_burst, stripped to
 * their data; PACKET_FRAME for the kernel, as it came. The others are dropped by name. Returns how many are left. Worker.
 */
unsigned forward_sort(struct pipeline *pl, const struct forward *fw, struct forward_port *port,
	struct rte_mbuf **mbufs, unsigned n);

/*
 * forward_inner sends inner packets that left a tunnel out of ports. What goes into a tunnel again is marked
 * PACKET_INNER with that iface_id, the rest PACKET_HOST for the kernel, in place; returns how many of both. Worker.
 */
unsigned forward_inner(
	struct pipeline *pl, struct forward *fw, struct rte_mbuf **mbufs, unsigned n);

/*
 * forward_datagrams sends sealed datagrams out of ports. Those that the kernel has to send, as only it
 * knows the way, stay in place; returns how many. Worker.
 */
unsigned forward_datagrams(
	struct pipeline *pl, const struct forward *fw, struct rte_mbuf **mbufs, unsigned n);

/* forward_to_host gives `n` frames to the kernel, within the budget. Worker. */
void forward_to_host(
	struct pipeline *pl, struct forward_port *port, struct rte_mbuf **mbufs, unsigned n);

/* forward_from_host sends what the kernel sends on the port; returns how many. Worker. */
unsigned forward_from_host(struct pipeline *pl, const struct forward_port *port);
