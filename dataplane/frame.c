/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "frame.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "packet.h"

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
	*out = (struct frame){.ip_at = sizeof(struct rte_ether_hdr)};
	type = be16_load(frame + 12);
	if (type == RTE_ETHER_TYPE_VLAN) {
		out->ip_at = FRAME_OVERHEAD;
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

static uint16_t ether_len(const struct frame_link *link)
{
	return link->vlan ? FRAME_OVERHEAD : sizeof(struct rte_ether_hdr);
}

static void write_ethernet(uint8_t *frame, sa_family_t family, const struct frame_link *link)
{
	memcpy(frame, link->to_mac, RTE_ETHER_ADDR_LEN);
	memcpy(frame + RTE_ETHER_ADDR_LEN, link->from_mac, RTE_ETHER_ADDR_LEN);
	frame += 2 * RTE_ETHER_ADDR_LEN;
	if (link->vlan) {
		be16_store(frame, RTE_ETHER_TYPE_VLAN);
		be16_store(frame + 2, link->vlan);
		frame += sizeof(struct rte_vlan_hdr);
	}
	be16_store(frame, family == AF_INET ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
}

bool frame_wrap(struct rte_mbuf *mbuf, sa_family_t family, const struct frame_link *link)
{
	char *frame = rte_pktmbuf_prepend(mbuf, ether_len(link));

	if (!frame)
		return false;
	write_ethernet((uint8_t *)frame, family, link);
	mbuf->ol_flags = 0;
	return true;
}

static void write_udp(
	struct rte_udp_hdr *udp, const struct packet *packet, uint16_t from_port, uint16_t len)
{
	*udp = (struct rte_udp_hdr){
		.src_port = rte_cpu_to_be_16(from_port),
		.dst_port = rte_cpu_to_be_16(packet->outer.port),
		.dgram_len = rte_cpu_to_be_16(len),
	};
}

/*
 * Word by word, so that the sum is of what is at hand: read back from memory at once it would wait for the stores.
 * Without "don't fragment", as the kernel's WireGuard; a datagram that needs it anyway has the identifier `id`.
 */
static void write_ipv4_header(
	uint8_t *ip, const struct packet *packet, uint16_t ip_len, uint16_t id, bool has_checksum)
{
	uint32_t first = UINT32_C(0x45) << 24 | (uint32_t)packet->outer_tos << 16 | ip_len;
	uint32_t second = (uint32_t)id << 16;
	uint32_t third = (uint32_t)OUTER_HOP_LIMIT << 24 | IPPROTO_UDP << 16;
	uint32_t from = be32_load(packet->outer.local.bytes);
	uint32_t to = be32_load(packet->outer.addr.bytes);

	if (has_checksum)
		third |= (uint16_t)~fold_sum((uint64_t)first + second + third + from + to);
	be32_store(ip, first);
	be32_store(ip + 4, second);
	be32_store(ip + 8, third);
	be32_store(ip + 12, from);
	be32_store(ip + 16, to);
}

static void write_ipv4(struct rte_mbuf *mbuf, uint8_t *ip, const struct packet *packet,
	uint16_t from_port, uint16_t len, const struct frame_link *link)
{
	struct rte_ipv4_hdr *header = (struct rte_ipv4_hdr *)ip;
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(header + 1);
	/* The low bits of the message's counter: they differ within what can be on the way. */
	uint16_t id = (uint16_t)le32_load((const uint8_t *)(udp + 1) + 8);

	write_ipv4_header(
		ip, packet, (uint16_t)(len + sizeof(*header)), id, !link->has_ipv4_checksum);
	write_udp(udp, packet, from_port, len);
	if (link->has_ipv4_checksum)
		mbuf->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	if (link->has_udp_checksum) {
		mbuf->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM;
		udp->dgram_cksum = rte_ipv4_phdr_cksum(header, mbuf->ol_flags);
	}
	mbuf->l3_len = sizeof(*header);
}

static void write_ipv6(struct rte_mbuf *mbuf, uint8_t *ip, const struct packet *packet,
	uint16_t from_port, uint16_t len, const struct frame_link *link)
{
	struct rte_ipv6_hdr *header = (struct rte_ipv6_hdr *)ip;
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(header + 1);

	*header = (struct rte_ipv6_hdr){
		.vtc_flow = rte_cpu_to_be_32(6U << 28 | (uint32_t)packet->outer_tos << 20),
		.payload_len = rte_cpu_to_be_16(len),
		.proto = IPPROTO_UDP,
		.hop_limits = OUTER_HOP_LIMIT,
	};
	memcpy(header->src_addr, packet->outer.local.bytes, sizeof(header->src_addr));
	memcpy(header->dst_addr, packet->outer.addr.bytes, sizeof(header->dst_addr));
	write_udp(udp, packet, from_port, len);
	if (link->has_udp_checksum) {
		mbuf->ol_flags |= RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_UDP_CKSUM;
		udp->dgram_cksum = rte_ipv6_phdr_cksum(header, mbuf->ol_flags);
	} else {
		udp->dgram_cksum = rte_ipv6_udptcp_cksum(header, udp);
	}
	mbuf->l3_len = sizeof(*header);
}

bool frame_wrap_datagram(struct rte_mbuf *mbuf, const struct packet *packet, uint16_t from_port,
	const struct frame_link *link)
{
	sa_family_t family = packet->outer.addr.family;
	uint16_t udp_len = (uint16_t)(rte_pktmbuf_data_len(mbuf) + sizeof(struct rte_udp_hdr));
	uint16_t l2_len = ether_len(link), overhead = frame_datagram_overhead(family);
	uint8_t *frame;

	if (packet->outer.local.family != family)
		return false;
	frame = (uint8_t *)rte_pktmbuf_prepend(mbuf, (uint16_t)(l2_len + overhead));
	if (!frame)
		return false;
	write_ethernet(frame, family, link);
	mbuf->ol_flags = 0;
	mbuf->l2_len = l2_len;
	if (family == AF_INET)
		write_ipv4(mbuf, frame + l2_len, packet, from_port, udp_len, link);
	else
		write_ipv6(mbuf, frame + l2_len, packet, from_port, udp_len, link);
	return true;
}

void ip_spend_hop(uint8_t *ip)
{
	uint32_t sum;

	if (ip[0] >> 4 == 6) {
		ip[7]--;
		return;
	}
	ip[8]--;
	/* The header's sum shrank by 0x0100, so its complement grows by it. Zero is written as 0, never as 0xffff. */
	sum = (uint32_t)be16_load(ip + 10) + 0x0100;
	be16_store(ip + 10, (uint16_t)(sum + (sum >= 0xffff)));
}

uint32_t ip_flow_hash(sa_family_t family, const uint8_t *from, const uint8_t *to)
{
	if (family == AF_INET)
		return (uint32_t)hash_mix((uint64_t)be32_load(from) << 32 | be32_load(to));
	/* No plain sum of the halves: the numbers of networks and of the hosts in them would cancel each other. */
	return (uint32_t)hash_mix(hash_mix(be64_load(from) + be64_load(to) * 3)
		^ be64_load(from + 8) ^ hash_mix(be64_load(to + 8)));
}
