/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "forward.h"

#include "base/clock.h"
#include "frame.h"
#include "inner_ip.h"
#include "io/port_link.h"
#include "io/tun_link.h"
#include "tables/peer_view.h"
#include "tables/routes.h"
#include "tables/way.h"

/* Frames that the kernel may be given at once after a pause. */
#define HOST_BURST 256

static const struct hop *hop_of(const struct route_lookup *lookup, const uint8_t *from)
{
	if (!lookup->route)
		return NULL;
	if (lookup->route->n_hops == 1)
		return &lookup->route->hops[0];
	return route_hop(lookup->route, ip_flow_hash(lookup->family, from, lookup->bytes));
}

/* --- from a port --- */

/* Copies of a length that the compiler knows are single instructions, and in place nothing waits for them. */
static void set_addr(struct ip_addr *out, sa_family_t family, const uint8_t *bytes)
{
	out->family = family;
	if (family == AF_INET) {
		memcpy(out->bytes, bytes, 4);
		memset(out->bytes + 4, 0, sizeof(out->bytes) - 4);
	} else {
		memcpy(out->bytes, bytes, 16);
	}
}

/* iface_id + 1 of the interface on ports that it is for, or 0. Fragments are the kernel's to put together. */
static uint8_t listener_of(const struct forward *fw, const struct frame *frame)
{
	return frame->is_udp
		? atomic_load_explicit(&fw->listen_ports[frame->to_port], memory_order_relaxed)
		: 0;
}

/* A peer's datagram. */
static void take_datagram(uint8_t listener, struct rte_mbuf *mbuf, const struct frame *frame)
{
	struct packet *packet = packet_of(mbuf);

	packet->kind = PACKET_DATAGRAM;
	packet->iface_id = (uint8_t)(listener - 1);
	packet->outer_tos = frame->tos;
	set_addr(&packet->outer.addr, frame->family, frame->from);
	set_addr(&packet->outer.local, frame->family, frame->to);
	packet->outer.port = frame->from_port;
	packet->outer.scope = 0;
	packet_keep(mbuf, (uint16_t)(frame->udp_at + 8),
		(uint16_t)(frame->ip_at + frame->ip_len - frame->udp_at - 8));
}

static bool is_known_local(
	const struct local_memo *memo, uint64_t generation, const struct frame *frame)
{
	return memo->generation == generation && memo->addr.family == frame->family
		&& ip_bytes_equal(frame->family, memo->addr.bytes, frame->to);
}

/* May an IP packet of `len` bytes go on by itself, into something that takes `mtu` bytes? */
static bool may_forward(const struct forward *fw, sa_family_t family, const uint8_t *ip,
	uint32_t len, const struct hop *hop, uint32_t mtu)
{
	return routes_is_forwarding(fw->routes, family) && ip_is_plain(ip) && ip_hop_limit(ip) > 1
		&& len <= mtu && (hop->mtu == 0 || len <= hop->mtu);
}

static uint32_t iface_mtu(const struct forward *fw, const struct hop *hop)
{
	return atomic_load_explicit(&fw->ifaces[hop->out_id]->mtu, memory_order_relaxed);
}

static void give_to_host(struct rte_mbuf *mbuf)
{
	packet_of(mbuf)->kind = PACKET_FRAME;
	packet_of(mbuf)->iface_id = 0;
}

static bool take_inner(const struct forward *fw, struct rte_mbuf *mbuf, const struct frame *frame,
	const struct hop *hop)
{
	uint8_t *ip = rte_pktmbuf_mtod_offset(mbuf, uint8_t *, frame->ip_at);

	if (!may_forward(fw, frame->family, ip, frame->ip_len, hop, iface_mtu(fw, hop)))
		return false;
	ip_spend_hop(ip);
	packet_of(mbuf)->kind = PACKET_INNER;
	packet_of(mbuf)->iface_id = hop->out_id;
	packet_keep(mbuf, frame->ip_at, frame->ip_len);
	return true;
}

static void judge_frame(const struct forward *fw, struct local_memo *memo, uint64_t generation,
	struct rte_mbuf *mbuf, const struct frame *frame, const struct route_lookup *lookup)
{
	const struct hop *hop = hop_of(lookup, frame->from);
	uint8_t listener = hop && hop->kind == HOP_LOCAL ? listener_of(fw, frame) : 0;

	if (listener) {
		take_datagram(listener, mbuf, frame);
		memo->generation = generation;
		memo->addr = packet_of(mbuf)->outer.local;
	} else if (!hop || hop->kind != HOP_INTERFACE || !take_inner(fw, mbuf, frame, hop)) {
		give_to_host(mbuf);
	}
}

/* Of a VLAN that the port has no link of: the kernel gets the frame, and drops it by its own count. */
static bool is_foreign(
	const struct forward *fw, const struct forward_port *port, const struct frame *frame)
{
	return frame->vlan != 0
		&& !routes_has_vlan(fw->routes, (uint8_t)(port - fw->ports), frame->vlan);
}

unsigned forward_sort(struct pipeline *pl, const struct forward *fw, struct forward_port *port,
	struct rte_mbuf **mbufs, unsigned n)
{
	/* Before the routes are looked into: what is found is no older. */
	uint64_t generation = routes_generation(fw->routes);
	struct frame frames[PACKET_BURST];
	struct route_lookup lookups[PACKET_BURST];
	struct rte_mbuf *asked[PACKET_BURST];
	unsigned n_out = 0, n_asked = 0;

	for (unsigned i = 0; i < n; i++) {
		struct frame *frame = &frames[n_asked];
		enum frame_class class = frame_parse(mbufs[i], port->facts->mac, frame);
		uint8_t listener;

		if (class == FRAME_MALFORMED) {
			drop_packet(&pl->drops, DROP_FRAME_MALFORMED, mbufs[i]);
			continue;
		}
		mbufs[n_out++] = mbufs[i];
		if (class == FRAME_HOST || is_foreign(fw, port, frame)) {
			give_to_host(mbufs[i]);
			continue;
		}
		listener = is_known_local(&port->local, generation, frame) ? listener_of(fw, frame)
									   : 0;
		if (listener) {
			take_datagram(listener, mbufs[i], frame);
		} else {
			lookups[n_asked] =
				(struct route_lookup){.bytes = frame->to, .family = frame->family};
			asked[n_asked++] = mbufs[i];
		}
	}
	routes_find_burst(fw->routes, &port->memo, lookups, n_asked);
	for (unsigned i = 0; i < n_asked; i++)
		judge_frame(fw, &port->local, generation, asked[i], &frames[i], &lookups[i]);
	return n_out;
}

/* --- to a port --- */

static uint16_t port_mtu(const struct forward_port *port)
{
	return (uint16_t)atomic_load_explicit(&port->facts->mtu, memory_order_relaxed);
}

/* The way to `to` by `hop`; false: the kernel has to ask who that is. */
static bool find_way(const struct forward *fw, const struct hop *hop, sa_family_t family,
	const uint8_t *to, struct way *out)
{
	bool has_gateway = hop->gateway.family != AF_UNSPEC;
	const struct neighbour *neighbour = neighbour_find(fw->routes, hop->out_id, hop->vlan,
		has_gateway ? hop->gateway.family : family, has_gateway ? hop->gateway.bytes : to);

	if (!neighbour)
		return false;
	memcpy(out->mac, neighbour->mac, sizeof(out->mac));
	out->port_id = hop->out_id;
	out->vlan = hop->vlan;
	out->mtu = port_mtu(&fw->ports[hop->out_id]);
	if (hop->mtu != 0 && hop->mtu < out->mtu)
		out->mtu = hop->mtu;
	return true;
}

/* The packet was parsed when it was admitted, so its header is whole. */
static bool send_inner(struct pipeline *pl, const struct forward *fw, struct rte_mbuf *mbuf,
	const struct route_lookup *lookup, const struct hop *hop)
{
	const struct forward_port *port = &fw->ports[hop->out_id];
	uint8_t *ip = rte_pktmbuf_mtod(mbuf, uint8_t *);
	struct way way;

	/* On a NIC that the kernel keeps its filter and its address translation hold for what leaves there. */
	if (!port->twin
		|| !may_forward(
			fw, lookup->family, ip, rte_pktmbuf_data_len(mbuf), hop, port_mtu(port))
		|| !find_way(fw, hop, lookup->family, lookup->bytes, &way)
		|| !frame_wrap(mbuf, lookup->family, port->facts, &way))
		return false;
	ip_spend_hop(ip);
	port_link_send(port->link, &pl->drops, mbuf);
	return true;
}

/* Marks what stays; false: it has gone. */
static bool judge_inner(struct pipeline *pl, const struct forward *fw, struct rte_mbuf *mbuf,
	const struct inner_ip *inner, const struct route_lookup *lookup)
{
	const struct hop *hop = hop_of(lookup, inner->from);
	struct packet *packet = packet_of(mbuf);
	uint8_t *ip = rte_pktmbuf_mtod(mbuf, uint8_t *);

	if (hop && hop->kind == HOP_PORT && send_inner(pl, fw, mbuf, lookup, hop))
		return false;
	packet->kind = PACKET_HOST;
	if (hop && hop->kind == HOP_INTERFACE
		&& may_forward(fw, lookup->family, ip, inner->len, hop, iface_mtu(fw, hop))) {
		ip_spend_hop(ip);
		packet->kind = PACKET_INNER;
		packet->iface_id = hop->out_id;
	}
	return true;
}

unsigned forward_inner(struct pipeline *pl, struct forward *fw, struct rte_mbuf **mbufs, unsigned n)
{
	struct inner_ip inner[PACKET_BURST];
	struct route_lookup lookups[PACKET_BURST];
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!inner_ip_parse(rte_pktmbuf_mtod(mbufs[i], const uint8_t *),
			    rte_pktmbuf_data_len(mbufs[i]), &inner[i])
			|| ip_is_odd_source(inner[i].family, inner[i].from))
			inner[i] = (struct inner_ip){.family = AF_UNSPEC};
		lookups[i] = (struct route_lookup){.bytes = inner[i].to, .family = inner[i].family};
	}
	routes_find_burst(fw->routes, &fw->memo, lookups, n);
	for (unsigned i = 0; i < n; i++)
		if (judge_inner(pl, fw, mbufs[i], &inner[i], &lookups[i]))
			mbufs[n_out++] = mbufs[i];
	return n_out;
}

/* By route and neighbour, and keeps it for the next packet; without a way only the kernel knows one. */
static void find_datagram_way(
	const struct forward *fw, const struct packet *packet, uint64_t generation, struct way *out)
{
	const struct ip_addr *to = &packet->outer.addr;
	struct route_lookup lookup = {.bytes = to->bytes, .family = to->family};
	const struct hop *hop;

	routes_find_burst(fw->routes, NULL, &lookup, 1);
	hop = hop_of(&lookup, packet->outer.local.bytes);
	if (!hop || hop->kind != HOP_PORT || !find_way(fw, hop, to->family, to->bytes, out))
		*out = (struct way){.mtu = 0};
	else if (packet->way)
		way_keep(packet->way, generation, out);
}

static bool send_datagram(
	struct pipeline *pl, const struct forward *fw, struct rte_mbuf *mbuf, const struct way *way)
{
	const struct packet *packet = packet_of(mbuf);
	const struct forward_port *port = &fw->ports[way->port_id];

	if ((uint32_t)rte_pktmbuf_data_len(mbuf)
				+ frame_datagram_overhead(packet->outer.addr.family)
			> way->mtu
		|| !frame_wrap_datagram(mbuf, packet,
			atomic_load_explicit(
				&fw->ifaces[packet->iface_id]->listen_port, memory_order_relaxed),
			port->facts, way))
		return false;
	port_link_send(port->link, &pl->drops, mbuf);
	return true;
}

/* One by one, so that they keep their order: hardly any has to look for its way. */
unsigned forward_datagrams(
	struct pipeline *pl, const struct forward *fw, struct rte_mbuf **mbufs, unsigned n)
{
	/* Before the tables are looked into: what is found is no older. */
	uint64_t generation = routes_generation(fw->routes);
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet *packet = packet_of(mbufs[i]);
		struct way way;

		if (!packet->way || !way_recall(packet->way, generation, &way))
			find_datagram_way(fw, packet, generation, &way);
		if (!send_datagram(pl, fw, mbufs[i], &way))
			mbufs[n_out++] = mbufs[i];
	}
	return n_out;
}

/* --- the host's kernel --- */

void forward_to_host(
	struct pipeline *pl, struct forward_port *port, struct rte_mbuf **mbufs, unsigned n)
{
	unsigned n_sent = 0;

	if (port->twin)
		n_sent = budget_spend(&port->budget, pl->now_ns, port->host_rate, HOST_BURST, n);
	if (n_sent)
		tun_link_send(port->twin, &pl->drops, mbufs, n_sent);
	for (unsigned i = n_sent; i < n; i++)
		drop_packet(&pl->drops, port->twin ? DROP_FRAME_HOST_RATE : DROP_FRAME_NO_TWIN,
			mbufs[i]);
}

unsigned forward_from_host(struct pipeline *pl, const struct forward_port *port)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n = port->twin ? tun_link_receive(port->twin, &pl->drops, mbufs) : 0;

	for (unsigned i = 0; i < n; i++) {
		mbufs[i]->ol_flags = 0;
		port_link_send(port->link, &pl->drops, mbufs[i]);
	}
	return n;
}
