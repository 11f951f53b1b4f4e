/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "forward.h"

#include "base/clock.h"
#include "frame.h"
#include "frame_parse.h"
#include "frame_write.h"
#include "inner_ip.h"
#include "io/port_link.h"
#include "io/tun_link.h"
#include "tables/peer_view.h"
#include "tables/routes.h"
#include "tables/way.h"

/* Frames that the kernel may be given at once after a pause. */
#define HOST_BURST 256

static const struct hop *hop_of(
	const struct route *route, sa_family_t family, const uint8_t *from, const uint8_t *to)
{
	if (!route)
		return NULL;
	if (route->n_hops == 1)
		return &route->hops[0];
	return route_hop(route, ip_flow_hash(family, from, to));
}

/* May an IP packet of `len` bytes, a plain one, go on by itself into something that takes `mtu` bytes? */
static bool may_forward(const struct route_memo *memo, sa_family_t family, const uint8_t *ip,
	uint32_t len, const struct hop *hop, uint32_t mtu)
{
	return memo->is_forwarding[family == AF_INET6] && ip_hop_limit(ip) > 1 && len <= mtu
		&& (hop->mtu == 0 || len <= hop->mtu);
}

static uint32_t iface_mtu(const struct forward *fw, const struct hop *hop)
{
	return atomic_load_explicit(&fw->ifaces[hop->out_id]->mtu, memory_order_relaxed);
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

static void give_to_host(struct rte_mbuf *mbuf)
{
	packet_of(mbuf)->kind = PACKET_FRAME;
	packet_of(mbuf)->iface_id = 0;
}

/* A peer's datagram, if an interface on ports listens there. false: it is nobody's, as it contradicts itself. */
static __rte_always_inline bool take_udp(
	const struct forward *fw, struct rte_mbuf *mbuf, const struct frame *frame)
{
	struct packet *packet = packet_of(mbuf);
	struct frame_udp udp;
	uint8_t listener; /* iface_id + 1, or 0 */

	if (!frame_parse_udp(mbuf, frame, &udp))
		return false;
	listener = atomic_load_explicit(&fw->listen_ports[udp.to_port], memory_order_relaxed);
	if (!listener) {
		give_to_host(mbuf);
		return true;
	}
	packet->kind = PACKET_DATAGRAM;
	packet->to = NULL; /* an answer to it goes where it came from */
	packet->iface_id = (uint8_t)(listener - 1);
	packet->outer_tos = udp.tos;
	set_addr(&packet->outer.addr, frame->family, frame->from);
	set_addr(&packet->outer.local, frame->family, frame->to);
	packet->outer.port = udp.from_port;
	packet->outer.scope = 0;
	packet_keep(mbuf, udp.data_at, udp.data_len);
	return true;
}

static __rte_always_inline bool take_inner(const struct forward *fw, const struct route_memo *memo,
	struct rte_mbuf *mbuf, const struct frame *frame, const struct hop *hop)
{
	if (!may_forward(memo, frame->family, frame->ip, frame->ip_len, hop, iface_mtu(fw, hop)))
		return false;
	ip_spend_hop(frame->ip);
	packet_of(mbuf)->kind = PACKET_INNER;
	packet_of(mbuf)->iface_id = hop->out_id;
	packet_keep(mbuf, frame->ip_at, frame->ip_len);
	return true;
}

/* Fragments are the kernel's to put together. false: the frame contradicts itself. */
static __rte_always_inline bool judge_frame(const struct forward *fw, const struct route_memo *memo,
	struct rte_mbuf *mbuf, const struct frame *frame, const struct route *route)
{
	const struct hop *hop = hop_of(route, frame->family, frame->from, frame->to);

	if (hop && hop->kind == HOP_LOCAL && frame_is_udp(frame))
		return take_udp(fw, mbuf, frame);
	if (!hop || hop->kind != HOP_INTERFACE || !take_inner(fw, memo, mbuf, frame, hop))
		give_to_host(mbuf);
	return true;
}

/* Of a VLAN that the port has no link of: the kernel gets the frame, and drops it by its own count. */
static bool is_foreign(
	const struct forward *fw, const struct forward_port *port, const struct frame *frame)
{
	return unlikely(frame->vlan != 0)
		&& !routes_has_vlan(fw->routes, (uint8_t)(port - fw->ports), frame->vlan);
}

/* Frames whose route has to be looked for. */
struct asked_frames {
	unsigned n;
	uint8_t at[PACKET_BURST]; /* in the burst */
	struct frame frames[PACKET_BURST];
	struct route_lookup lookups[PACKET_BURST];
};

/* Returns how many of the burst are left. */
static __rte_noinline unsigned judge_asked(struct pipeline *pl, const struct forward *fw,
	struct route_memo *memo, struct asked_frames *asked, struct rte_mbuf **mbufs, unsigned n)
{
	unsigned n_dropped = 0, n_out = 0;

	for (unsigned i = 0; i < asked->n; i++)
		asked->lookups[i] = (struct route_lookup){
			.bytes = asked->frames[i].to, .family = asked->frames[i].family};
	routes_find_burst(fw->routes, memo, asked->lookups, asked->n);
	for (unsigned i = 0; i < asked->n; i++) {
		struct rte_mbuf **mbuf = &mbufs[asked->at[i]];

		if (judge_frame(fw, memo, *mbuf, &asked->frames[i], asked->lookups[i].route))
			continue;
		drop_packet(&pl->drops, DROP_FRAME_MALFORMED, *mbuf);
		*mbuf = NULL;
		n_dropped++;
	}
	for (unsigned i = 0; n_dropped && i < n; i++)
		if (mbufs[i])
			mbufs[n_out++] = mbufs[i];
	return n - n_dropped;
}

unsigned forward_sort(struct pipeline *pl, const struct forward *fw, struct forward_port *port,
	struct rte_mbuf **mbufs, unsigned n)
{
	const uint64_t mac = frame_mac(port->facts->mac);
	struct route_memo *memo = &port->memo;
	struct asked_frames asked;
	unsigned n_out = 0;

	asked.n = 0;
	routes_begin(fw->routes, memo);
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = mbufs[i];
		const struct route *route;
		struct frame frame;
		enum frame_class class = frame_parse(mbuf, mac, &frame);

		if (class == FRAME_IP && is_foreign(fw, port, &frame))
			class = FRAME_HOST;
		if (class == FRAME_HOST) {
			give_to_host(mbuf);
		} else if (class == FRAME_IP
			&& !routes_recall(memo, frame.family, frame.to, &route)) {
			asked.frames[asked.n] = frame;
			asked.at[asked.n++] = (uint8_t)n_out;
		} else if (class == FRAME_IP && !judge_frame(fw, memo, mbuf, &frame, route)) {
			class = FRAME_MALFORMED;
		}
		if (class == FRAME_MALFORMED)
			drop_packet(&pl->drops, DROP_FRAME_MALFORMED, mbuf);
		else
			mbufs[n_out++] = mbuf;
	}
	return asked.n ? judge_asked(pl, fw, memo, &asked, mbufs, n_out) : n_out;
}

/* --- to a port --- */

static uint16_t port_mtu(const struct forward_port *port)
{
	return (uint16_t)atomic_load_explicit(&port->facts->mtu, memory_order_relaxed);
}

/* Who gets what is for `to`; NULL: the kernel has to ask who that is. */
static const struct neighbour *find_neighbour(
	const struct routes *routes, const struct hop *hop, sa_family_t family, const uint8_t *to)
{
	bool has_gateway = hop->gateway.family != AF_UNSPEC;

	return neighbour_find(routes, hop->out_id, hop->vlan,
		has_gateway ? hop->gateway.family : family, has_gateway ? hop->gateway.bytes : to);
}

/* The packet was parsed when it was admitted, so its header is whole. */
static __rte_always_inline bool send_inner(struct pipeline *pl, const struct forward *fw,
	struct rte_mbuf *mbuf, const struct inner_ip *inner, const struct hop *hop)
{
	const struct forward_port *port = &fw->ports[hop->out_id];
	uint8_t *ip = rte_pktmbuf_mtod(mbuf, uint8_t *);
	const struct neighbour *neighbour;

	/* On a NIC that the kernel keeps its filter and its address translation hold for what leaves there. */
	if (!port->twin || !ip_is_plain(ip)
		|| !may_forward(&fw->memo, inner->family, ip, inner->len, hop, port_mtu(port)))
		return false;
	neighbour = find_neighbour(fw->routes, hop, inner->family, inner->to);
	if (!neighbour || !frame_wrap(mbuf, inner->family, port->facts, neighbour->mac, hop->vlan))
		return false;
	ip_spend_hop(ip);
	port_link_send(port->link, &pl->drops, mbuf);
	return true;
}

/* Marks what stays; false: it has gone. */
static __rte_always_inline bool judge_inner(struct pipeline *pl, const struct forward *fw,
	struct rte_mbuf *mbuf, const struct inner_ip *inner, const struct route *route)
{
	const struct hop *hop = hop_of(route, inner->family, inner->from, inner->to);
	struct packet *packet = packet_of(mbuf);
	uint8_t *ip = rte_pktmbuf_mtod(mbuf, uint8_t *);

	if (hop && hop->kind == HOP_PORT && send_inner(pl, fw, mbuf, inner, hop))
		return false;
	packet->kind = PACKET_HOST;
	if (hop && hop->kind == HOP_INTERFACE && ip_is_plain(ip)
		&& may_forward(&fw->memo, inner->family, ip, inner->len, hop, iface_mtu(fw, hop))) {
		ip_spend_hop(ip);
		packet->kind = PACKET_INNER;
		packet->iface_id = hop->out_id;
	}
	return true;
}

/* false, and of no family: only the host may have it. */
static bool may_leave(struct rte_mbuf *mbuf, struct inner_ip *out)
{
	if (inner_ip_parse(rte_pktmbuf_mtod(mbuf, const uint8_t *), rte_pktmbuf_data_len(mbuf), out)
		&& !ip_is_odd_source(out->family, out->from))
		return true;
	*out = (struct inner_ip){.family = AF_UNSPEC};
	return false;
}

/* Packets whose route has to be looked for. */
struct asked_inner {
	unsigned n;
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct inner_ip ips[PACKET_BURST];
	struct route_lookup lookups[PACKET_BURST];
};

/* Returns how many it put into `out`. */
static __rte_noinline unsigned judge_asked_inner(
	struct pipeline *pl, struct forward *fw, struct asked_inner *asked, struct rte_mbuf **out)
{
	unsigned n_out = 0;

	for (unsigned i = 0; i < asked->n; i++)
		asked->lookups[i] = (struct route_lookup){
			.bytes = asked->ips[i].to, .family = asked->ips[i].family};
	routes_find_burst(fw->routes, &fw->memo, asked->lookups, asked->n);
	for (unsigned i = 0; i < asked->n; i++)
		if (judge_inner(pl, fw, asked->mbufs[i], &asked->ips[i], asked->lookups[i].route))
			out[n_out++] = asked->mbufs[i];
	return n_out;
}

/* Behind a packet whose route has to be looked for all others are looked for, too, so that they keep their order. */
unsigned forward_inner(struct pipeline *pl, struct forward *fw, struct rte_mbuf **mbufs, unsigned n)
{
	struct asked_inner asked;
	unsigned n_out = 0;

	asked.n = 0;
	routes_begin(fw->routes, &fw->memo);
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = mbufs[i];
		const struct route *route = NULL;
		struct inner_ip ip;
		bool is_known =
			!may_leave(mbuf, &ip) || routes_recall(&fw->memo, ip.family, ip.to, &route);

		if (asked.n || !is_known) {
			asked.ips[asked.n] = ip;
			asked.mbufs[asked.n++] = mbuf;
		} else if (judge_inner(pl, fw, mbuf, &ip, route)) {
			mbufs[n_out++] = mbuf;
		}
	}
	return n_out + (asked.n ? judge_asked_inner(pl, fw, &asked, mbufs + n_out) : 0);
}

/* The way by `hop`; false: only the kernel knows one. */
static bool make_way(const struct forward *fw, const struct hop *hop, const struct endpoint *to,
	uint16_t from_port, struct way *out)
{
	const struct neighbour *neighbour =
		find_neighbour(fw->routes, hop, to->addr.family, to->addr.bytes);
	const struct forward_port *port = &fw->ports[hop->out_id];

	if (!neighbour)
		return false;
	frame_begin_way(out, to->addr.family, port->facts, neighbour->mac, hop->vlan);
	out->port_id = hop->out_id;
	way_set_mtu(out, hop->mtu != 0 && hop->mtu < port_mtu(port) ? hop->mtu : port_mtu(port));
	return frame_aim_way(out, to, from_port);
}

/* By route and neighbour, and keeps it for the next packet. Without one it is too narrow for anything. */
static void find_way(
	const struct forward *fw, const struct packet *packet, uint64_t generation, struct way *out)
{
	const struct endpoint *to = packet_destination(packet);
	struct route_lookup lookup = {.bytes = to->addr.bytes, .family = to->addr.family};
	uint16_t from_port = atomic_load_explicit(
		&fw->ifaces[packet->iface_id]->listen_port, memory_order_relaxed);
	const struct hop *hop;

	routes_find_burst(fw->routes, NULL, &lookup, 1);
	hop = hop_of(lookup.route, to->addr.family, to->local.bytes, to->addr.bytes);
	if (!hop || hop->kind != HOP_PORT || !make_way(fw, hop, to, from_port, out))
		way_set_mtu(out, 0);
	else if (packet->to)
		way_keep(&packet->to->way, generation, out);
}

static bool send_datagram(
	struct pipeline *pl, const struct forward *fw, struct rte_mbuf *mbuf, const struct way *way)
{
	const struct forward_port *port = &fw->ports[way->port_id];

	if (rte_pktmbuf_data_len(mbuf) > way->message_max
		|| !frame_wrap_datagram(mbuf, way, packet_of(mbuf)->outer_tos, port->facts))
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
	const struct peer_endpoint *last = NULL;
	struct way way = {.mtu = 0, .message_max = 0};
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet *packet = packet_of(mbufs[i]);

		if (!packet->to || packet->to != last) {
			last = packet->to;
			if (!last || !way_recall(&last->way, generation, &way))
				find_way(fw, packet, generation, &way);
		}
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
