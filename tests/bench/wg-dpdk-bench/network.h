/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the gateway is connected to: two memory ports (DPDK's net_ring, whose queue sends to itself), and the routes and
 * neighbours that lead out of them. This end puts frames on a wire and takes off what the gateway sent.
 *
 *   lan  192.168.0.0/16, fd88::/64        NETWORK_HOSTS hosts on the link
 *   wan  192.0.2.1 is the gateway         everything else by the router 192.0.2.254
 *
 * Where peers are, 10.0.0.0/8 and fd77:6700::/32, is the way into the tunnel.
 */

#include <rte_ring.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/compiler.h"
#include "forward.h"

struct rcu;
struct rte_mempool;

enum {
	NETWORK_LAN,
	NETWORK_WAN,
	NETWORK_PORTS,
};

#define NETWORK_HOSTS 200
#define NETWORK_UDP_PORT 51820 /* the gateway's and the peers' */

struct network {
	struct port *devices[NETWORK_PORTS];
	struct port_facts facts[NETWORK_PORTS]; /* with addresses of our choice */
	struct port_send_locks *locks[NETWORK_PORTS];
	struct rte_ring *wires[NETWORK_PORTS];
	struct forward_port ports[NETWORK_PORTS];
	struct tun_link *twin; /* leads nowhere: what comes there is dropped */
	struct routes *routes;
	_Atomic uint8_t listen_ports[UINT16_MAX + 1];
};

/*
 * network_init: ports whose links take IP packets of `mtu` bytes and receive into `pool`. NULL, or what is wrong;
 * network_fini is for both ends. The EAL must be initialised.
 */
must_check const char *network_init(
	struct network *net, struct rcu *rcu, struct rte_mempool *pool, uint16_t mtu);
void network_fini(struct network *net);

/* network_forward: what a worker forwards with. `ifaces`: one. */
struct forward network_forward(struct network *net, struct iface_view *const *ifaces);

/* network_host: the address of a host on lan, 4 or 16 bytes. network_gateway4: the gateway on wan. */
void network_host(uint8_t *out, sa_family_t family, unsigned host);
extern const uint8_t network_gateway4[4];

/* network_mac: who is at the other end of a frame: a host on lan, the router on wan. 6 bytes. */
void network_mac(uint8_t *out, unsigned port_id, unsigned host);

/* network_put has `n` frames arrive at the port; network_take takes at most `n` that it sent and returns how many. */
static inline void network_put(
	struct network *net, unsigned port_id, struct rte_mbuf **mbufs, unsigned n)
{
	(void)rte_ring_sp_enqueue_bulk(net->wires[port_id], (void **)mbufs, n, NULL);
}

static inline unsigned network_take(
	struct network *net, unsigned port_id, struct rte_mbuf **out, unsigned n)
{
	return rte_ring_sc_dequeue_burst(net->wires[port_id], (void **)out, n, NULL);
}
