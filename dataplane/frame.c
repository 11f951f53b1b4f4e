/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "frame.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "io/port.h"
#include "packet.h"
#include "tables/way.h"

#define OUTER_HOP_LIMIT 64 /* RFC 1700, as the kernel's net.ipv4.ip_default_ttl */

/* This network, loopback, multicast and above. */
static bool is_odd_source4(const uint8_t *from)
{
	return from[0] == 0 || from[0] == 127 || from[0] >= 224;
}

/* ::/64 with unspecified and loopback, link-local, multicast. */
static bool is_odd_source6(const uint8_t *from)
{
	return be64_load(from) == 0 || from[0] == 0xff || (from[0] == 0xfe && from[1] >> 6 == 2);
}

bool ip_is_odd_source(sa_family_t family, const uint8_t *from)
{
	return family == AF_INET ? is_odd_source4(from) : is_odd_source6(from);
}

/* The sum of 32-bit words as the ones' complement sum of 16-bit ones, [RFC 1071]. */
static uint16_t fold_sum(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* Of a header without options. DPDK's sum has any length and takes twice the time. */
static uint16_t ipv4_sum(const uint8_t *ip)
{
	uint32_t words[sizeof(struct rte_ipv4_hdr) / 4];
	uint64_t sum = 0;

	memcpy(words, ip, sizeof(words));
	for (unsigned i = 0; i < array_len(words); i++)
		sum += words[i];
	return fold_sum(sum);
}

/* Is the header's checksum right, by the device's word or by our own sum? */
static bool is_ipv4_sum_right(const struct rte_mbuf *mbuf, const uint8_t *ip)
{
	switch (mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) {
	case RTE_MBUF_F_RX_IP_CKSUM_GOOD:
		return true;
	case RTE_MBUF_F_RX_IP_CKSUM_BAD:
		return false;
	default:
		return ipv4_sum(ip) == 0xffff;
	}
}

static enum frame_class parse_ipv4(
	const struct rte_mbuf *mbuf, const uint8_t *ip, uint16_t room, struct frame *out)
{
	bool is_fragment;

	if (room < sizeof(struct rte_ipv4_hdr) || ip[0] >> 4 != 4 || (ip[0] & 15) < 5)
		return FRAME_MALFORMED;
	if (!ip_is_plain(ip))
		return FRAME_HOST;
	out->ip_len = be16_load(ip + 2);
	if (out->ip_len < sizeof(struct rte_ipv4_hdr) || out->ip_len > room
		|| !is_ipv4_sum_right(mbuf, ip))
		return FRAME_MALFORMED;
	is_fragment = be16_load(ip + 6) & 0x3fff; /* more to come, or an offset */
	out->tos = ip[1];
	out->from = ip + 12;
	out->to = ip + 16;
	out->is_udp = ip[9] == IPPROTO_UDP && !is_fragment;
	out->udp_at = (uint16_t)(out->ip_at + sizeof(struct rte_ipv4_hdr));
	return is_odd_source4(out->from) ? FRAME_HOST : FRAME_IP;
}

static enum frame_class parse_ipv6(const uint8_t *ip, uint16_t room, struct frame *out)
{
	uint32_t len;

	if (room < sizeof(struct rte_ipv6_hdr) || ip[0] >> 4 != 6)
		return FRAME_MALFORMED;
	if (!ip_is_plain(ip))
		return FRAME_HOST;
	len = sizeof(struct rte_ipv6_hdr) + (uint32_t)be16_load(ip + 4);
	if (len > room)
		return FRAME_MALFORMED;
	out->ip_len = (uint16_t)len;
	out->tos = (uint8_t)(be16_load(ip) >> 4);
	out->from = ip + 8;
	out->to = ip + 24;
	out->is_udp = ip[6] == IPPROTO_UDP;
	out->udp_at = (uint16_t)(out->ip_at + sizeof(struct rte_ipv6_hdr));
	return is_odd_source6(out->from) ? FRAME_HOST : FRAME_IP;
}

/* The device may have seen a wrong sum; where it has not looked the AEAD will. The length must be the packet's. */
static enum frame_class parse_udp(const struct rte_mbuf *mbuf, struct frame *out)
{
	const uint8_t *udp = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, out->udp_at);
	uint32_t room = (uint32_t)out->ip_at + out->ip_len - out->udp_at;

	if (room < sizeof(struct rte_udp_hdr) || be16_load(udp + 4) != room
		|| (mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD)
		return FRAME_MALFORMED;
	out->from_port = be16_load(udp);
	out->to_port = be16_load(udp + 2);
	return FRAME_IP;
}

enum frame_class frame_parse(const struct rte_mbuf *mbuf, const uint8_t mac[6], struct frame *out)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	uint16_t len = rte_pktmbuf_data_len(mbuf), type;
	enum frame_class class;

	if (len < FRAME_OVERHEAD || memcmp(frame, mac, RTE_ETHER_ADDR_LEN) != 0)
		return FRAME_HOST;
	out->ip_at = sizeof(struct rte_ether_hdr);
	out->vlan = 0;
	type = be16_load(frame + 12);
	if (type == RTE_ETHER_TYPE_VLAN) {
		out->ip_at = FRAME_OVERHEAD;
		out->vlan = be16_load(frame + 14) & 0x0fff; /* without the priority */
		type = be16_load(frame + 16);
	}
	if (type == RTE_ETHER_TYPE_IPV4) {
		out->family = AF_INET;
		class = parse_ipv4(mbuf, frame + out->ip_at, (uint16_t)(len - out->ip_at), out);
	} else if (type == RTE_ETHER_TYPE_IPV6) {
		out->family = AF_INET6;
		class = parse_ipv6(frame + out->ip_at, (uint16_t)(len - out->ip_at), out);
	} else {
		return FRAME_HOST;
	}
	return class == FRAME_IP && out->is_udp ? parse_udp(mbuf, out) : class;
}

static uint16_t ether_len(const struct way *way)
{
	return (uint16_t)(sizeof(struct rte_ether_hdr)
		+ (way->vlan != 0) * sizeof(struct rte_vlan_hdr));
}

static __rte_always_inline void write_ethernet(
	uint8_t *frame, sa_family_t family, const struct port_facts *port, const struct way *way)
{
	memcpy(frame, way->mac, RTE_ETHER_ADDR_LEN);
	memcpy(frame + RTE_ETHER_ADDR_LEN, port->mac, RTE_ETHER_ADDR_LEN);
	frame += 2 * RTE_ETHER_ADDR_LEN;
	if (way->vlan) {
		be16_store(frame, RTE_ETHER_TYPE_VLAN);
		be16_store(frame + 2, way->vlan);
		frame += sizeof(struct rte_vlan_hdr);
	}
	be16_store(frame, family == AF_INET ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
}

bool frame_wrap(struct rte_mbuf *mbuf, sa_family_t family, const struct port_facts *port,
	const struct way *way)
{
	uint8_t *frame = packet_push(mbuf, ether_len(way));

	if (!frame)
		return false;
	write_ethernet(frame, family, port, way);
	mbuf->ol_flags = 0;
	return true;
}

static struct rte_udp_hdr *write_udp(
	uint8_t *udp, const struct packet *packet, uint16_t from_port, uint16_t len)
{
	be16_store(udp, from_port);
	be16_store(udp + 2, packet->outer.port);
	be16_store(udp + 4, len);
	be16_store(udp + 6, 0);
	return (struct rte_udp_hdr *)udp;
}

/* What the device is told when it computes sums. Out of line, as what follows: most datagrams need neither. */
static __rte_noinline void offload_sums(
	struct rte_mbuf *mbuf, uint8_t *ip, bool is_v4, const struct port_facts *port)
{
	uint16_t len = is_v4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + len);

	mbuf->l2_len = (uint64_t)(ip - rte_pktmbuf_mtod(mbuf, uint8_t *));
	mbuf->l3_len = len;
	mbuf->ol_flags = is_v4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6;
	if (is_v4 && port->has_ipv4_checksum)
		mbuf->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
	if (!port->has_udp_checksum)
		return;
	mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	udp->dgram_cksum = is_v4 ? rte_ipv4_phdr_cksum((struct rte_ipv4_hdr *)ip, mbuf->ol_flags)
				 : rte_ipv6_phdr_cksum((struct rte_ipv6_hdr *)ip, mbuf->ol_flags);
}

static __rte_noinline uint16_t ipv6_udp_sum(
	const struct rte_ipv6_hdr *header, const struct rte_udp_hdr *udp)
{
	return rte_ipv6_udptcp_cksum(header, udp);
}

/*
 * Word by word, so that the sum is of what is at hand: read back from memory at once it would wait for the stores.
 * Without "don't fragment", as the kernel's WireGuard; a datagram that needs it anyway has the low bits of the message's
 * counter for its identifier: they differ within what can be on the way.
 */
static void write_ipv4(struct rte_mbuf *mbuf, uint8_t *ip, const struct packet *packet,
	uint16_t from_port, uint16_t udp_len, const struct port_facts *port)
{
	struct rte_udp_hdr *udp =
		write_udp(ip + sizeof(struct rte_ipv4_hdr), packet, from_port, udp_len);
	uint32_t len = (uint32_t)udp_len + sizeof(struct rte_ipv4_hdr);
	uint32_t first = UINT32_C(0x45) << 24 | (uint32_t)packet->outer_tos << 16 | len;
	uint32_t second = (le32_load((const uint8_t *)(udp + 1) + 8) & 0xffff) << 16;
	uint32_t third = (uint32_t)OUTER_HOP_LIMIT << 24 | IPPROTO_UDP << 16;
	uint32_t from = be32_load(packet->outer.local.bytes);
	uint32_t to = be32_load(packet->outer.addr.bytes);

	if (!port->has_ipv4_checksum)
		third |= (uint16_t)~fold_sum((uint64_t)first + second + third + from + to);
	be32_store(ip, first);
	be32_store(ip + 4, second);
	be32_store(ip + 8, third);
	be32_store(ip + 12, from);
	be32_store(ip + 16, to);
	if (port->has_ipv4_checksum || port->has_udp_checksum)
		offload_sums(mbuf, ip, true, port);
}

static void write_ipv6(struct rte_mbuf *mbuf, uint8_t *ip, const struct packet *packet,
	uint16_t from_port, uint16_t udp_len, const struct port_facts *port)
{
	struct rte_ipv6_hdr *header = (struct rte_ipv6_hdr *)ip;
	struct rte_udp_hdr *udp = write_udp(ip + sizeof(*header), packet, from_port, udp_len);

	be32_store(ip, 6U << 28 | (uint32_t)packet->outer_tos << 20);
	be32_store(ip + 4, (uint32_t)udp_len << 16 | IPPROTO_UDP << 8 | OUTER_HOP_LIMIT);
	memcpy(header->src_addr, packet->outer.local.bytes, sizeof(header->src_addr));
	memcpy(header->dst_addr, packet->outer.addr.bytes, sizeof(header->dst_addr));
	if (port->has_udp_checksum)
		offload_sums(mbuf, ip, false, port);
	else
		udp->dgram_cksum = ipv6_udp_sum(header, udp);
}

bool frame_wrap_datagram(struct rte_mbuf *mbuf, const struct packet *packet, uint16_t from_port,
	const struct port_facts *port, const struct way *way)
{
	sa_family_t family = packet->outer.addr.family;
	uint16_t udp_len = (uint16_t)(rte_pktmbuf_data_len(mbuf) + sizeof(struct rte_udp_hdr));
	uint16_t l2_len = ether_len(way);
	uint8_t *frame;

	if (packet->outer.local.family != family)
		return false;
	frame = packet_push(mbuf, (uint16_t)(l2_len + frame_datagram_overhead(family)));
	if (!frame)
		return false;
	write_ethernet(frame, family, port, way);
	mbuf->ol_flags = 0;
	if (family == AF_INET)
		write_ipv4(mbuf, frame + l2_len, packet, from_port, udp_len, port);
	else
		write_ipv6(mbuf, frame + l2_len, packet, from_port, udp_len, port);
	return true;
}

uint32_t ip_flow_hash(sa_family_t family, const uint8_t *from, const uint8_t *to)
{
	if (family == AF_INET)
		return (uint32_t)hash_mix((uint64_t)be32_load(from) << 32 | be32_load(to));
	/* No plain sum of the halves: the numbers of networks and of the hosts in them would cancel each other. */
	return (uint32_t)hash_mix(hash_mix(be64_load(from) + be64_load(to) * 3)
		^ be64_load(from + 8) ^ hash_mix(be64_load(to + 8)));
}
