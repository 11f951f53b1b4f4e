/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "too_big.h"

#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "base/bytes.h"
#include "inner_ip.h"

#define IPV4_MIN_MTU 576  /* RFC 791 3.2: each host takes such packets */
#define IPV6_MIN_MTU 1280 /* RFC 8200 5 */

/* How much of the packet may come back, ICMP's own headers included: RFC 1812 4.3.2.3, RFC 4443 2.4 (c). */
#define IPV4_ANSWER_MAX 576
#define IPV6_ANSWER_MAX 1280

#define ICMP_LEN 8 /* type, code, checksum and the MTU, in both families */
#define HOP_LIMIT 64

#define IPV4_DONT_FRAGMENT 0x4000
#define IPV4_OFFSET 0x1fff

uint32_t too_big_limit(const uint8_t *ip, uint32_t mtu)
{
	uint32_t least = ip[0] >> 4 == 4 ? IPV4_MIN_MTU : IPV6_MIN_MTU;

	return mtu > least ? mtu : least;
}

bool too_big_is_cuttable(const uint8_t *ip)
{
	return ip[0] >> 4 == 4 && !(be16_load(ip + 6) & IPV4_DONT_FRAGMENT);
}

/* One host; neither nobody nor many. */
static bool is_single4(const uint8_t *addr)
{
	return addr[0] != 0 && addr[0] != 127 && addr[0] < 224;
}

static bool is_single6(const uint8_t *addr)
{
	return addr[0] != 0xff && (be64_load(addr) | be64_load(addr + 8)) != 0;
}

static bool is_error4(const uint8_t *ip, uint16_t len)
{
	uint16_t header_len = (uint16_t)((ip[0] & 15) * 4);
	uint8_t type;

	if (ip[9] != IPPROTO_ICMP)
		return false;
	if (len <= header_len)
		return true; /* who knows */
	type = ip[header_len];
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT
		|| type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

static bool is_error6(const uint8_t *ip, uint16_t len)
{
	return ip[6] == IPPROTO_ICMPV6
		&& (len <= IPV6_HDR_LEN || !(ip[IPV6_HDR_LEN] & ICMP6_INFOMSG_MASK));
}

static bool may_tell(const uint8_t *ip, uint16_t len)
{
	if (ip[0] >> 4 == 4)
		return is_single4(ip + 12) && is_single4(ip + 16) && !is_error4(ip, len)
			&& !(be16_load(ip + 6) & IPV4_OFFSET);
	return is_single6(ip + 8) && is_single6(ip + 24) && !is_error6(ip, len);
}

static void write_icmp4(uint8_t *ip, uint16_t len, const uint8_t *original, uint16_t mtu)
{
	struct rte_ipv4_hdr *header = (struct rte_ipv4_hdr *)ip;
	uint8_t *icmp = ip + IPV4_HDR_LEN;

	*header = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(len),
		.time_to_live = HOP_LIMIT,
		.next_proto_id = IPPROTO_ICMP,
	};
	memcpy(&header->src_addr, original + 16, sizeof(header->src_addr));
	memcpy(&header->dst_addr, original + 12, sizeof(header->dst_addr));
	header->hdr_checksum = rte_ipv4_cksum(header);
	memset(icmp, 0, ICMP_LEN);
	icmp[0] = ICMP_DEST_UNREACH;
	icmp[1] = ICMP_FRAG_NEEDED;
	be16_store(icmp + 6, mtu);
	be16_store(icmp + 2,
		rte_be_to_cpu_16((uint16_t)~rte_raw_cksum(icmp, (size_t)(len - IPV4_HDR_LEN))));
}

static void write_icmp6(uint8_t *ip, uint16_t len, const uint8_t *original, uint16_t mtu)
{
	struct rte_ipv6_hdr *header = (struct rte_ipv6_hdr *)ip;
	uint8_t *icmp = ip + IPV6_HDR_LEN;

	*header = (struct rte_ipv6_hdr){
		.vtc_flow = rte_cpu_to_be_32(6U << 28),
		.payload_len = rte_cpu_to_be_16((uint16_t)(len - IPV6_HDR_LEN)),
		.proto = IPPROTO_ICMPV6,
		.hop_limits = HOP_LIMIT,
	};
	memcpy(header->src_addr, original + 24, sizeof(header->src_addr));
	memcpy(header->dst_addr, original + 8, sizeof(header->dst_addr));
	memset(icmp, 0, ICMP_LEN);
	icmp[0] = ICMP6_PACKET_TOO_BIG;
	be32_store(icmp + 4, mtu);
	be16_store(icmp + 2, rte_be_to_cpu_16(rte_ipv6_udptcp_cksum(header, icmp)));
}

bool too_big_answer(struct rte_mbuf *mbuf, uint16_t mtu)
{
	const uint8_t *original = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	uint16_t len = rte_pktmbuf_data_len(mbuf);
	bool is_v4 = original[0] >> 4 == 4;
	uint16_t front = (uint16_t)((is_v4 ? IPV4_HDR_LEN : IPV6_HDR_LEN) + ICMP_LEN);
	uint16_t kept = (uint16_t)((is_v4 ? IPV4_ANSWER_MAX : IPV6_ANSWER_MAX) - front);
	uint8_t *ip;

	if (!may_tell(original, len))
		return false;
	ip = (uint8_t *)rte_pktmbuf_prepend(mbuf, front);
	if (!ip)
		return false;
	if (len > kept)
		rte_pktmbuf_trim(mbuf, (uint16_t)(len - kept));
	len = rte_pktmbuf_data_len(mbuf);
	if (is_v4)
		write_icmp4(ip, len, original, mtu);
	else
		write_icmp6(ip, len, original, mtu);
	return true;
}
