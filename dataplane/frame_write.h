/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Puts headers in front of packets for a port's wire; in line, for each packet of a burst. Worker. */

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "base/bytes.h"
#include "frame.h"
#include "io/port.h"
#include "packet.h"
#include "tables/way.h"

/* What most datagrams need not; see frame_wrap_datagram. The IP header is whole, but for the sums and what IPv6 lacks. */
void frame_offload_sums(
	struct rte_mbuf *mbuf, uint8_t *ip, bool is_v4, const struct port_facts *port);
void frame_finish_ipv6(struct rte_mbuf *mbuf, uint8_t *ip, uint8_t tos, uint16_t udp_len,
	const struct port_facts *port);

/* Returns its length. */
static __rte_always_inline uint8_t frame_write_ethernet(uint8_t *frame, sa_family_t family,
	const struct port_facts *port, const uint8_t mac[6], uint16_t vlan)
{
	uint8_t *at = frame;

	memcpy(at, mac, RTE_ETHER_ADDR_LEN);
	memcpy(at + RTE_ETHER_ADDR_LEN, port->mac, RTE_ETHER_ADDR_LEN);
	at += 2 * RTE_ETHER_ADDR_LEN;
	if (unlikely(vlan)) {
		be16_store(at, RTE_ETHER_TYPE_VLAN);
		be16_store(at + 2, vlan);
		at += sizeof(struct rte_vlan_hdr);
	}
	be16_store(at, family == AF_INET ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	return (uint8_t)(at + 2 - frame);
}

/*
 * frame_wrap puts an Ethernet header in front of an IP packet of `family` that goes out of `port` to the neighbour `mac`; `vlan` of
 * the tag, 0: none. false: no headroom, the buffer is unchanged.
 */
must_check static __rte_always_inline bool frame_wrap(struct rte_mbuf *mbuf, sa_family_t family,
	const struct port_facts *port, const uint8_t mac[6], uint16_t vlan)
{
	uint8_t *frame = packet_push(mbuf, vlan ? FRAME_OVERHEAD : sizeof(struct rte_ether_hdr));

	if (!frame)
		return false;
	frame_write_ethernet(frame, family, port, mac, vlan);
	mbuf->ol_flags = 0;
	return true;
}

static __rte_always_inline void word_store(uint8_t *to, uint64_t word)
{
	memcpy(to, &word, sizeof(word));
}

/*
 * Word by word, as a memo gave them just now: longer loads would wait for those stores. The first 40 bytes are a part of all
 * headers. `len` is without the UDP checksum, which comes later, and so a multiple of 4.
 */
static __rte_always_inline void copy_headers(uint8_t *to, const struct way *way, unsigned len)
{
	const volatile uint64_t *words = way->words;
	unsigned i;

	for (i = 0; i < 5; i++)
		word_store(to + 8 * i, words[i]);
	if (likely(len == 40))
		return;
	for (; i < len / 8; i++)
		word_store(to + 8 * i, words[i]);
	if (len % 8)
		memcpy(to + 8 * i, &way->words[i], 4);
}

/*
 * A datagram that has to be fragmented on its way has the low bits of the message's counter for its identifier: they differ
 * within what can be on the way.
 */
static __rte_always_inline void finish_ipv4(struct rte_mbuf *mbuf, uint8_t *ip, uint8_t tos,
	uint16_t udp_len, const struct port_facts *port)
{
	uint8_t *udp = ip + sizeof(struct rte_ipv4_hdr);
	uint32_t len = (uint32_t)udp_len + sizeof(struct rte_ipv4_hdr);
	uint32_t id = le32_load(udp + sizeof(struct rte_udp_hdr) + 8) & 0xffff;
	uint32_t sum = be16_load(ip + 10) + tos + len + id;

	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	ip[1] = tos;
	be32_store(ip + 2, len << 16 | id);
	be16_store(ip + 10, (uint16_t)~sum);
	be32_store(udp + 4, (uint32_t)udp_len << 16); /* and no sum */
	if (unlikely(port->has_ipv4_checksum || port->has_udp_checksum))
		frame_offload_sums(mbuf, ip, true, port);
}

/*
 * frame_wrap_datagram puts all headers of a way that was aimed in front of a WireGuard message. [W] 5.4.6 and RFC 6935: the
 * IPv4 UDP checksum is left out where the device does not compute it, as every byte is authenticated; over IPv6 it is always
 * there. false: no headroom, the buffer is unchanged.
 */
must_check static __rte_always_inline bool frame_wrap_datagram(
	struct rte_mbuf *mbuf, const struct way *way, uint8_t tos, const struct port_facts *port)
{
	uint16_t udp_len = (uint16_t)(rte_pktmbuf_data_len(mbuf) + sizeof(struct rte_udp_hdr));
	uint16_t len = (uint16_t)(way->l2_len + datagram_overhead(way->is_v4));
	uint8_t *frame = packet_push(mbuf, len);

	if (!frame)
		return false;
	copy_headers(frame, way, len - 2U);
	mbuf->ol_flags = 0;
	if (likely(way->is_v4))
		finish_ipv4(mbuf, frame + way->l2_len, tos, udp_len, port);
	else
		frame_finish_ipv6(mbuf, frame + way->l2_len, tos, udp_len, port);
	return true;
}
