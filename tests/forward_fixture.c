/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "forward_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/tun_link.h"

static const struct {
	const char *prefix;
	struct hop hop;
	const char *gateway;
} ways[] = {
	{"10.0.0.1/32", {.kind = HOP_LOCAL}, NULL},
	{"2001:db8::1/128", {.kind = HOP_LOCAL}, NULL},
	{"172.16.0.0/16", {.kind = HOP_INTERFACE, .out_id = IFACE_A}, NULL},
	{"fd16::/16", {.kind = HOP_INTERFACE, .out_id = IFACE_A}, NULL},
	{"172.17.0.0/16", {.kind = HOP_INTERFACE, .out_id = IFACE_B}, NULL},
	{"fd17::/16", {.kind = HOP_INTERFACE, .out_id = IFACE_B}, NULL},
	{"172.18.0.0/16", {.kind = HOP_INTERFACE, .out_id = IFACE_A, .mtu = 1000}, NULL},
	{"192.0.2.0/24", {.kind = HOP_PORT, .out_id = PORT_WAN}, NULL},
	{"2001:db8:2::/64", {.kind = HOP_PORT, .out_id = PORT_WAN}, NULL},
	{"198.51.100.0/24", {.kind = HOP_PORT, .out_id = PORT_WAN}, "192.0.2.254"},
	{"2001:db8:51::/48", {.kind = HOP_PORT, .out_id = PORT_WAN}, "fe80::1"},
	{"203.0.113.0/24", {.kind = HOP_PORT, .out_id = PORT_WAN}, "fe80::1"},
	{"100.64.0.0/16", {.kind = HOP_PORT, .out_id = PORT_WAN, .mtu = 1000}, "192.0.2.254"},
	{"100.66.0.0/16", {.kind = HOP_PORT, .out_id = PORT_WAN}, "192.0.2.99"},
	{"198.18.0.0/16", {.kind = HOP_PORT, .out_id = PORT_LAN, .vlan = 7}, "10.0.7.254"},
	{"100.65.0.0/16", {.kind = HOP_HOST}, NULL},
};

static void must(bool is_done, const char *what)
{
	if (is_done)
		return;
	fprintf(stderr, "forward fixture: %s\n", what);
	abort();
}

struct ip_addr forward_fixture_addr(const char *text)
{
	struct ip_addr addr;

	must(ip_addr_parse(text, &addr), text);
	return addr;
}

void forward_fixture_route(
	struct forward_fixture *w, const char *text, const struct hop *hops, uint8_t n_hops)
{
	struct route route = {.n_hops = n_hops};
	struct ip_prefix prefix;

	memcpy(route.hops, hops, n_hops * sizeof(hops[0]));
	must(ip_prefix_parse(text, &prefix), text);
	must(routes_set(w->routes, &prefix, &route) == 0, text);
}

void forward_fixture_neighbour(
	struct forward_fixture *w, uint8_t port_id, uint16_t vlan, const char *address, uint8_t mac)
{
	const struct neighbour neighbour = {{2, 0, 0x5e, 0, 0x53, mac}};
	struct ip_addr addr = forward_fixture_addr(address);

	must(neighbour_set(w->routes, port_id, vlan, &addr, &neighbour) == 0, address);
}

void forward_fixture_start(struct forward_fixture *w)
{
	for (unsigned i = 0; i < N_PORTS; i++)
		port_fixture_start(&w->ports[i], i, 1, 1);
}

void forward_fixture_stop(struct forward_fixture *w)
{
	for (unsigned i = 0; i < N_PORTS; i++)
		port_fixture_stop(&w->ports[i]);
}

static void add_ways(struct forward_fixture *w)
{
	w->routes = routes_create(w->f.rcu);
	must(w->routes, "routes");
	for (size_t i = 0; i < array_len(ways); i++) {
		struct hop hop = ways[i].hop;

		if (ways[i].gateway)
			hop.gateway = forward_fixture_addr(ways[i].gateway);
		forward_fixture_route(w, ways[i].prefix, &hop, 1);
	}
	forward_fixture_neighbour(w, PORT_WAN, 0, "192.0.2.9", MAC_NINTH);
	forward_fixture_neighbour(w, PORT_WAN, 0, "2001:db8:2::9", MAC_NINTH);
	forward_fixture_neighbour(w, PORT_WAN, 0, "192.0.2.254", MAC_GATEWAY);
	forward_fixture_neighbour(w, PORT_WAN, 0, "fe80::1", MAC_GATEWAY6);
	forward_fixture_neighbour(w, PORT_LAN, 7, "10.0.7.254", MAC_VLAN);
	routes_set_vlans(w->routes, PORT_LAN, &(struct vlan_set){{1 << 7}});
	routes_set_vlans(w->routes, PORT_WAN, &(struct vlan_set){{1 << 8}});
	routes_set_forwarding(w->routes, AF_INET, true);
	routes_set_forwarding(w->routes, AF_INET6, true);
}

void forward_fixture_init(struct forward_fixture *w)
{
	int fds[2];

	fixture_init(&w->f);
	memset(w->listen_ports, 0, sizeof(w->listen_ports));
	for (unsigned i = 0; i < array_len(w->f.ifaces); i++) {
		struct iface_view *iface = &w->f.ifaces[i];

		iface->is_on_ports = true;
		iface->listen_port = (uint16_t)(LISTEN_A + i);
		w->listen_ports[iface->listen_port] = (uint8_t)(iface->iface_id + 1);
		w->ifaces[iface->iface_id] = iface;
	}
	add_ways(w);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds) == 0, "sockets");
	w->twin_fd = fds[0];
	w->host_fd = fds[1];
	for (unsigned i = 0; i < N_PORTS; i++) {
		w->views[i] = (struct forward_port){
			.facts = &w->ports[i].facts, .link = w->ports[i].link, .host_rate = 1000};
		w->views[i].twin = tun_link_create(w->twin_fd, fixture_pool());
		must(w->views[i].twin, "memory");
	}
	w->fw = (struct forward){.routes = w->routes,
		.ifaces = w->ifaces,
		.ports = w->views,
		.listen_ports = w->listen_ports,
		.n_ports = N_PORTS};
}

int forward_fixture_fini(struct forward_fixture *w)
{
	for (unsigned i = 0; i < N_PORTS; i++) {
		port_link_flush(w->ports[i].link, &w->f.pl.drops);
		port_fixture_drain(&w->ports[i]);
		tun_link_destroy(w->views[i].twin);
	}
	close(w->twin_fd);
	close(w->host_fd);
	routes_destroy(w->routes);
	return fixture_fini(&w->f);
}

void forward_fixture_share(struct forward_fixture *w, uint8_t port_id)
{
	tun_link_destroy(w->views[port_id].twin);
	w->views[port_id].twin = NULL;
}
