/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Reads the headers of frames as they lie on a port's wire. In line, as its caller asks for each frame of a burst and drops most of
 * what it was told. Any thread that owns the mbuf.
 */

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "frame.h"

enum frame_class {
	FRAME_IP,   /* an IP packet sent to our MAC address, plain enough for the fast path */
	FRAME_HOST, /* for the host's kernel to judge: ARP, multicast, IP options, odd addresses */
	FRAME_MALFORMED, /* an IP header that contradicts itself or its frame */
};

/* What a FRAME_IP says of itself. */
struct frame {
	uint8_t *ip;         /* inside the frame */
	const uint8_t *from; /* 4 or 16 bytes */
	const uint8_t *to;
	sa_family_t family;
	uint16_t ip_at;  /* bytes in front of the IP header */
	uint16_t ip_len; /* bytes of the IP packet; Ethernet may have padded behind it */
	uint16_t vlan;   /* the tag's VLAN id; 0: none */
};

/* frame_is_udp: whole, neither more to come nor an offset. */
static inline bool frame_is_udp(const struct frame *frame)
{
	return frame->family == AF_INET
		? frame->ip[9] == IPPROTO_UDP && !(be16_load(frame->ip + 6) & 0x3fff)
		: frame->ip[6] == IPPROTO_UDP;
}

/* Its UDP header. */
struct frame_udp {
	uint8_t tos; /* type of service or traffic class around it */
	uint16_t from_port, to_port;
	uint16_t data_at, data_len; /* bytes in front of its data, and of it */
};

/* Is the header's checksum right, by the device's word or by our own sum? */
static __rte_always_inline bool is_ipv4_sum_right(const struct rte_mbuf *mbuf, const uint8_t *ip)
{
	uint64_t high, low;
	uint32_t last;

	switch (mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) {
	case RTE_MBUF_F_RX_IP_CKSUM_GOOD:
		return true;
	case RTE_MBUF_F_RX_IP_CKSUM_BAD:
		return false;
	}
	memcpy(&high, ip, sizeof(high));
	memcpy(&low, ip + 8, sizeof(low));
	memcpy(&last, ip + 16, sizeof(last));
	low += last;
	low += low < last; /* what is carried out comes in again */
	high += low;
	high += high < low;
	return checksum_fold(high) == UINT16_MAX;
}

static __rte_always_inline enum frame_class parse_ipv4(
	const struct rte_mbuf *mbuf, uint16_t room, struct frame *out)
{
	const uint8_t *ip = out->ip;

	if (room < sizeof(struct rte_ipv4_hdr))
		return FRAME_MALFORMED;
	if (ip[0] != 0x45) /* with options, or of no version or length */
		return ip[0] > 0x45 && ip[0] <= 0x4f ? FRAME_HOST : FRAME_MALFORMED;
	out->ip_len = be16_load(ip + 2);
	if (out->ip_len < sizeof(struct rte_ipv4_hdr) || out->ip_len > room
		|| !is_ipv4_sum_right(mbuf, ip))
		return FRAME_MALFORMED;
	out->from = ip + 12;
	out->to = ip + 16;
	return ip_is_odd_source4(out->from) ? FRAME_HOST : FRAME_IP;
}

static __rte_always_inline enum frame_class parse_ipv6(uint16_t room, struct frame *out)
{
	const uint8_t *ip = out->ip;
	uint32_t len;

	if (room < sizeof(struct rte_ipv6_hdr) || ip[0] >> 4 != 6)
		return FRAME_MALFORMED;
	if (!ip_is_plain(ip))
		return FRAME_HOST;
	len = sizeof(struct rte_ipv6_hdr) + (uint32_t)be16_load(ip + 4);
	if (len > room)
		return FRAME_MALFORMED;
	out->ip_len = (uint16_t)len;
	out->from = ip + 8;
	out->to = ip + 24;
	return ip_is_odd_source6(out->from) ? FRAME_HOST : FRAME_IP;
}

/* frame_mac: a MAC address as frame_parse compares it. */
static inline uint64_t frame_mac(const uint8_t mac[6])
{
	return le32_load(mac) | (uint64_t)mac[4] << 32 | (uint64_t)mac[5] << 40;
}

/* frame_parse reads the headers of a frame that arrived at the port with the address `mac`. */
static __rte_always_inline enum frame_class frame_parse(
	const struct rte_mbuf *mbuf, uint64_t mac, struct frame *out)
{
	uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *);
	uint16_t len = rte_pktmbuf_data_len(mbuf), type;

	if (len < FRAME_OVERHEAD || (le64_load(frame) ^ mac) << 16 != 0)
		return FRAME_HOST;
	out->ip_at = sizeof(struct rte_ether_hdr);
	out->vlan = 0;
	type = be16_load(frame + 12);
	if (unlikely(type == RTE_ETHER_TYPE_VLAN)) {
		out->ip_at = FRAME_OVERHEAD;
		out->vlan = be16_load(frame + 14) & 0x0fff; /* without the priority */
		type = be16_load(frame + 16);
	}
	out->ip = frame + out->ip_at;
	if (type == RTE_ETHER_TYPE_IPV4) {
		out->family = AF_INET;
		return parse_ipv4(mbuf, (uint16_t)(len - out->ip_at), out);
	}
	if (type == RTE_ETHER_TYPE_IPV6) {
		out->family = AF_INET6;
		return parse_ipv6((uint16_t)(len - out->ip_at), out);
	}
	return FRAME_HOST;
}

/*
 * frame_parse_udp reads the header of one that is. The device may have seen a wrong sum; where it has not looked the
 * AEAD will. false: it contradicts itself or the packet's length.
 */
must_check static __rte_always_inline bool frame_parse_udp(
	const struct rte_mbuf *mbuf, const struct frame *frame, struct frame_udp *out)
{
	bool is_v4 = frame->family == AF_INET;
	uint16_t header_len = is_v4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr);
	const uint8_t *udp = frame->ip + header_len;
	uint16_t len = (uint16_t)(frame->ip_len - header_len);

	if (len < sizeof(struct rte_udp_hdr) || be16_load(udp + 4) != len
		|| (mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD)
		return false;
	out->tos = is_v4 ? frame->ip[1] : (uint8_t)(be16_load(frame->ip) >> 4);
	out->from_port = be16_load(udp);
	out->to_port = be16_load(udp + 2);
	out->data_at = (uint16_t)(frame->ip_at + header_len + sizeof(struct rte_udp_hdr));
	out->data_len = (uint16_t)(len - sizeof(struct rte_udp_hdr));
	return true;
}
