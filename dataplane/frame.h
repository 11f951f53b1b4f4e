/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The headers that the gateway puts in front of its own packets on a port's wire, and what is asked of an IP header in
 * several places. Any thread that owns the mbuf. What comes from the wire: frame_parse.h.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/compiler.h"

struct endpoint;
struct port_facts;
struct rte_mbuf;
struct way;

#define FRAME_OVERHEAD (14 + 4) /* bytes of Ethernet header with one VLAN tag */

/* frame_begin_way writes the Ethernet header of packets of `family` out of `port` to the neighbour `mac`; `vlan` of the tag, 0: none. */
void frame_begin_way(struct way *way, sa_family_t family, const struct port_facts *port,
	const uint8_t mac[6], uint16_t vlan);

/*
 * frame_aim_way adds IP and UDP headers of datagrams to an endpoint of the same family, from its local address and
 * `from_port` (host byte order), with zeros where they differ. false: it has no such address.
 */
must_check bool frame_aim_way(struct way *way, const struct endpoint *to, uint16_t from_port);

/* An IP packet (without frame) that may be forwarded; `hop_limit` of at least 2. */
static inline uint8_t ip_hop_limit(const uint8_t *ip)
{
	return ip[0] >> 4 == 4 ? ip[8] : ip[7];
}

/* ip_is_plain: an IPv4 header without options, an IPv6 header without one that each hop has to read. */
static inline bool ip_is_plain(const uint8_t *ip)
{
	return ip[0] >> 4 == 4 ? ip[0] == 0x45 : ip[6] != 0;
}

/*
 * ip_is_odd_source: an address that nothing may be forwarded from, as the kernel does not either: RFC 1812 5.3.7, RFC 4291 2.5.
 * This network, loopback, multicast and above; ::/64 with unspecified and loopback, multicast, link-local.
 */
static inline bool ip_is_odd_source4(const uint8_t *from)
{
	return (uint8_t)(from[0] - 1) >= 223 || from[0] == 127;
}

static inline bool ip_is_odd_source6(const uint8_t *from)
{
	uint64_t high = be64_load(from);

	return high == 0 || high >> 56 == 0xff || high >> 54 == 0xfe80 >> 6;
}

static inline bool ip_is_odd_source(sa_family_t family, const uint8_t *from)
{
	return family == AF_INET ? ip_is_odd_source4(from) : ip_is_odd_source6(from);
}

/* ip_spend_hop takes one from the hop limit, which is not 0, and keeps the checksum right, RFC 1624. */
static inline void ip_spend_hop(uint8_t *ip)
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

/* ip_flow_hash: the same for all packets between two addresses; not secret, not to be relied on against attackers. */
uint32_t ip_flow_hash(sa_family_t family, const uint8_t *from, const uint8_t *to);
