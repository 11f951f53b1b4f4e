/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Ethernet frames as they lie on a port's wire, and the headers that the gateway puts in front of its own
 * packets. Any thread that owns the mbuf.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/compiler.h"

struct packet;
struct port_facts;
struct rte_mbuf;
struct way;

enum frame_class {
	FRAME_IP,   /* an IP packet sent to our MAC address, plain enough for the fast path */
	FRAME_HOST, /* for the host's kernel to judge: ARP, multicast, IP options, odd addresses */
	FRAME_MALFORMED, /* an IP header that contradicts itself or its frame */
};

/* What a FRAME_IP says of itself. */
struct frame {
	sa_family_t family;
	const uint8_t *from; /* 4 or 16 bytes inside the frame */
	const uint8_t *to;
	uint16_t ip_at;  /* bytes in front of the IP header */
	uint16_t ip_len; /* bytes of the IP packet; Ethernet may have padded behind it */
	uint16_t vlan;   /* the tag's VLAN id; 0: none */
	uint8_t tos;     /* type of service or traffic class */
	bool is_udp;     /* whole, not a fragment; only then: */
	uint16_t udp_at; /* bytes in front of the UDP header */
	uint16_t from_port;
	uint16_t to_port;
};

/* frame_parse reads the headers of a frame that arrived at the port with the address `mac`. */
enum frame_class frame_parse(const struct rte_mbuf *mbuf, const uint8_t mac[6], struct frame *out);

#define FRAME_OVERHEAD (14 + 4) /* bytes of Ethernet header with one VLAN tag */

/*
 * frame_wrap puts an Ethernet header in front of an IP packet of `family` that goes `way` out of `port`. false: no
 * headroom, the buffer is unchanged.
 */
must_check bool frame_wrap(struct rte_mbuf *mbuf, sa_family_t family, const struct port_facts *port,
	const struct way *way);

/*
 * frame_wrap_datagram puts UDP, IP and Ethernet headers in front of a datagram, from `packet`'s local address to its
 * endpoint; `from_port` and the endpoint's port in host byte order. [W] 5.4.6 and RFC 6935: the IPv4 UDP checksum is left
 * out where the device does not compute it, as every byte is authenticated; over IPv6 it is always there.
 * false: no headroom or no local address, the buffer is unchanged.
 */
must_check bool frame_wrap_datagram(struct rte_mbuf *mbuf, const struct packet *packet,
	uint16_t from_port, const struct port_facts *port, const struct way *way);

/* Bytes of IP and UDP header around a datagram. */
static inline uint16_t frame_datagram_overhead(sa_family_t family)
{
	return family == AF_INET ? 20 + 8 : 40 + 8;
}

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

/* ip_is_odd_source: an address that nothing may be forwarded from, as the kernel does not either: RFC 1812 5.3.7, RFC 4291 2.5. */
bool ip_is_odd_source(sa_family_t family, const uint8_t *from);

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
