/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "frame.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "frame_write.h"
#include "io/port.h"
#include "packet.h"
#include "tables/way.h"

#define OUTER_HOP_LIMIT 64 /* RFC 1700, as the kernel's net.ipv4.ip_default_ttl */

void frame_begin_way(struct way *way, sa_family_t family, const struct port_facts *port,
	const uint8_t mac[6], uint16_t vlan)
{
	memset(way->header, 0, sizeof(way->header));
	way->l2_len = frame_write_ethernet(way->header, family, port, mac, vlan);
	way->is_v4 = family == AF_INET;
}

/* The checksum's place holds the sum of all that is known. Without "don't fragment", as the kernel's WireGuard. */
static void begin_ipv4(uint8_t *ip, const struct endpoint *to)
{
	ip[0] = 0x45;
	ip[8] = OUTER_HOP_LIMIT;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, to->local.bytes, 4);
	memcpy(ip + 16, to->addr.bytes, 4);
	memcpy(ip + 10, &(uint16_t){rte_raw_cksum(ip, sizeof(struct rte_ipv4_hdr))}, 2);
}

static void begin_ipv6(uint8_t *ip, const struct endpoint *to)
{
	ip[6] = IPPROTO_UDP;
	ip[7] = OUTER_HOP_LIMIT;
	memcpy(ip + 8, to->local.bytes, 16);
	memcpy(ip + 24, to->addr.bytes, 16);
}

bool frame_aim_way(struct way *way, const struct endpoint *to, uint16_t from_port)
{
	uint8_t *ip = way->header + way->l2_len;
	uint8_t *udp =
		ip + (way->is_v4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr));

	if (to->local.family != to->addr.family)
		return false;
	if (way->is_v4)
		begin_ipv4(ip, to);
	else
		begin_ipv6(ip, to);
	be16_store(udp, from_port);
	be16_store(udp + 2, to->port);
	return true;
}

void frame_offload_sums(
	struct rte_mbuf *mbuf, uint8_t *ip, bool is_v4, const struct port_facts *port)
{
	uint16_t len = is_v4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + len);

	mbuf->l2_len = (uint64_t)(ip - rte_pktmbuf_mtod(mbuf, uint8_t *));
	mbuf->l3_len = len;
	mbuf->ol_flags = is_v4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6;
	if (is_v4 && port->has_ipv4_checksum) {
		mbuf->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
		be16_store(ip + 10, 0);
	}
	if (!port->has_udp_checksum)
		return;
	mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	udp->dgram_cksum = is_v4 ? rte_ipv4_phdr_cksum((struct rte_ipv4_hdr *)ip, mbuf->ol_flags)
				 : rte_ipv6_phdr_cksum((struct rte_ipv6_hdr *)ip, mbuf->ol_flags);
}

void frame_finish_ipv6(struct rte_mbuf *mbuf, uint8_t *ip, uint8_t tos, uint16_t udp_len,
	const struct port_facts *port)
{
	struct rte_ipv6_hdr *header = (struct rte_ipv6_hdr *)ip;
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(header + 1);

	be32_store(ip, 6U << 28 | (uint32_t)tos << 20);
	be16_store(ip + 4, udp_len);
	be32_store((uint8_t *)udp + 4, (uint32_t)udp_len << 16);
	if (port->has_udp_checksum)
		frame_offload_sums(mbuf, ip, false, port);
	else
		udp->dgram_cksum = rte_ipv6_udptcp_cksum(header, udp);
}

uint32_t ip_flow_hash(sa_family_t family, const uint8_t *from, const uint8_t *to)
{
	if (family == AF_INET)
		return (uint32_t)hash_mix((uint64_t)be32_load(from) << 32 | be32_load(to));
	/* No plain sum of the halves: the numbers of networks and of the hosts in them would cancel each other. */
	return (uint32_t)hash_mix(hash_mix(be64_load(from) + be64_load(to) * 3)
		^ be64_load(from + 8) ^ hash_mix(be64_load(to + 8)));
}
