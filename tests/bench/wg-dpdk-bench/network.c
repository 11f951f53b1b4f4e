/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "network.h"

#include <rte_mbuf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/port.h"
#include "io/port_link.h"
#include "io/tun_link.h"
#include "tables/routes.h"

#define OUT_OF_MEMORY "out of memory"

#define ROUTER4 192, 0, 2, 254

const uint8_t network_gateway4[4] = {192, 0, 2, 1};
static const struct ip_addr router = {AF_INET, {ROUTER4}};

static const struct {
	const char *prefix;
	struct hop hop;
} ways[] = {
	{"192.0.2.1/32", {.kind = HOP_LOCAL}},
	{"192.0.2.0/24", {.kind = HOP_PORT, .out_id = NETWORK_WAN}},
	{"192.168.0.0/16", {.kind = HOP_PORT, .out_id = NETWORK_LAN}},
	{"fd88::/64", {.kind = HOP_PORT, .out_id = NETWORK_LAN}},
	{"10.0.0.0/8", {.kind = HOP_INTERFACE}},
	{"fd77:6700::/32", {.kind = HOP_INTERFACE}},
	{"0.0.0.0/0", {.kind = HOP_PORT, .out_id = NETWORK_WAN, .gateway = {AF_INET, {ROUTER4}}}},
};

void network_host(uint8_t *out, sa_family_t family, unsigned host)
{
	static const uint8_t v4[4] = {192, 168}, v6[16] = {0xfd, 0x88};

	if (family == AF_INET)
		memcpy(out, v4, sizeof(v4));
	else
		memcpy(out, v6, sizeof(v6));
	out[family == AF_INET ? 3 : 15] = (uint8_t)(host + 1);
}

void network_mac(uint8_t *out, unsigned port_id, unsigned host)
{
	const uint8_t mac[6] = {2, 0, 0x5e, 0x10, (uint8_t)port_id,
		port_id == NETWORK_LAN ? (uint8_t)(host + 1) : 254};

	memcpy(out, mac, sizeof(mac));
}

static bool add_ways(struct routes *routes)
{
	for (unsigned i = 0; i < array_len(ways); i++) {
		const struct route route = {.n_hops = 1, .hops = {ways[i].hop}};
		struct ip_prefix prefix;

		if (!ip_prefix_parse(ways[i].prefix, &prefix)
			|| routes_set(routes, &prefix, &route) != 0)
			return false;
	}
	routes_set_forwarding(routes, AF_INET, true);
	routes_set_forwarding(routes, AF_INET6, true);
	return true;
}

static bool add_neighbour(
	struct routes *routes, uint8_t port_id, const struct ip_addr *addr, unsigned host)
{
	struct neighbour neighbour;

	network_mac(neighbour.mac, port_id, host);
	return neighbour_set(routes, port_id, 0, addr, &neighbour) == 0;
}

static bool add_neighbours(struct routes *routes)
{
	static const sa_family_t families[] = {AF_INET, AF_INET6};

	for (unsigned i = 0; i < NETWORK_HOSTS * array_len(families); i++) {
		struct ip_addr addr = {.family = families[i % array_len(families)]};
		unsigned host = i / array_len(families);

		network_host(addr.bytes, addr.family, host);
		if (!add_neighbour(routes, NETWORK_LAN, &addr, host))
			return false;
	}
	return add_neighbour(routes, NETWORK_WAN, &router, 0);
}

/* The ring that the driver made, by the name that it gives it. */
static struct rte_ring *wire_of(const char *device)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "ETH_RXTX0_%s", device);
	return rte_ring_lookup(name);
}

static const char *add_port(
	struct network *net, unsigned port_id, struct rte_mempool *pool, uint16_t mtu)
{
	static const char *const devices[NETWORK_PORTS] = {"net_ring0", "net_ring1"};
	static char error[PORT_ERROR_MAX];
	const uint8_t mac[6] = {2, 0, 0x5e, 0x10, (uint8_t)port_id, 0};
	const struct port_setup setup = {
		.name = devices[port_id], .device = devices[port_id], .n_workers = 1};
	struct port_facts *facts = &net->facts[port_id];

	net->devices[port_id] = port_attach(&setup, error);
	if (!net->devices[port_id] || port_start(net->devices[port_id], pool, error) != 0)
		return error;
	*facts = *port_facts(net->devices[port_id]);
	memcpy(facts->mac, mac, sizeof(mac));
	facts->mtu = mtu;
	net->wires[port_id] = wire_of(devices[port_id]);
	net->locks[port_id] = port_send_locks_create();
	if (!net->wires[port_id] || !net->locks[port_id])
		return OUT_OF_MEMORY;
	net->ports[port_id] = (struct forward_port){
		.facts = facts,
		.link = port_link_create(facts, net->locks[port_id], 0, 0, 1),
		.twin = net->twin,
		.host_rate = 1,
	};
	return net->ports[port_id].link ? NULL : OUT_OF_MEMORY;
}

const char *network_init(
	struct network *net, struct rcu *rcu, struct rte_mempool *pool, uint16_t mtu)
{
	const char *error = NULL;

	net->twin = tun_link_create(-1, pool);
	net->routes = routes_create(rcu);
	if (!net->twin || !net->routes || !add_ways(net->routes) || !add_neighbours(net->routes))
		return OUT_OF_MEMORY;
	net->listen_ports[NETWORK_UDP_PORT] = 1;
	for (unsigned i = 0; i < NETWORK_PORTS && !error; i++)
		error = add_port(net, i, pool, mtu);
	return error;
}

void network_fini(struct network *net)
{
	for (unsigned i = 0; i < NETWORK_PORTS; i++) {
		port_link_destroy(net->ports[i].link);
		free(net->locks[i]);
		port_detach(net->devices[i]);
	}
	tun_link_destroy(net->twin);
	routes_destroy(net->routes);
}

struct forward network_forward(struct network *net, struct iface_view *const *ifaces)
{
	return (struct forward){.routes = net->routes,
		.ifaces = ifaces,
		.ports = net->ports,
		.listen_ports = net->listen_ports,
		.n_ports = NETWORK_PORTS};
}
