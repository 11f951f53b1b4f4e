/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "mss_clamp.h"

#include <netinet/in.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "inner_ip.h"

#define IPV4_FRAGMENT_MASK 0x3fff /* "more fragments" and the offset, [RFC 791] 3.1 */

/* [RFC 9293] 3.1, 3.2. */
#define TCP_HDR_LEN 20
#define TCP_CHECKSUM_AT 16
#define TCP_SYN 2
#define OPTION_END 0
#define OPTION_NOTHING 1
#define OPTION_MSS 2
#define OPTION_MSS_LEN 4

/* Where the TCP header of a packet that is whole begins; 0: there is none, or not right behind the IP header. */
static size_t find_tcp(const uint8_t *ip, const struct inner_ip *parsed)
{
	size_t at = (size_t)(ip[0] & 15) * 4;

	if (parsed->family == AF_INET6)
		return ip[6] == IPPROTO_TCP ? IPV6_HDR_LEN : 0;
	if (at < IPV4_HDR_LEN || ip[9] != IPPROTO_TCP || be16_load(ip + 6) & IPV4_FRAGMENT_MASK)
		return 0;
	return at;
}

/* Bytes that the header of a SYN says it has, options included, within `room`; 0: no SYN, or not whole. */
static size_t syn_hdr_len(const uint8_t *tcp, size_t room)
{
	size_t len;

	if (room < TCP_HDR_LEN || !(tcp[13] & TCP_SYN))
		return 0;
	len = (size_t)(tcp[12] >> 4) * 4;
	return len <= room ? len : 0;
}

/* Bytes of the option at `option`, which is not the end; 0: it is longer than the `room` or than itself. */
static size_t option_len(const uint8_t *option, size_t room)
{
	if (option[0] == OPTION_NOTHING)
		return 1;
	return room >= 2 && option[1] >= 2 && option[1] <= room ? option[1] : 0;
}

static uint16_t swap(uint16_t value)
{
	return (uint16_t)(value << 8 | value >> 8);
}

/* Lowers the number `at` bytes into the TCP header to `limit`. */
static void lower(uint8_t *tcp, size_t at, uint32_t limit)
{
	uint16_t before = be16_load(tcp + at), after = (uint16_t)limit;
	uint32_t sum;

	if (before <= limit)
		return;
	be16_store(tcp + at, after);
	if (at % 2) { /* across two words of the sum, which sees its bytes the other way round */
		before = swap(before);
		after = swap(after);
	}
	/* [RFC 1624] 3, equation 3; two carries at most. */
	sum = (uint16_t)~be16_load(tcp + TCP_CHECKSUM_AT);
	sum += (uint16_t)~before + (uint32_t)after;
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	be16_store(tcp + TCP_CHECKSUM_AT, (uint16_t)~sum);
}

void mss_clamp_packet(uint8_t *ip, size_t len, uint32_t mtu)
{
	struct inner_ip parsed;
	uint32_t overhead;
	size_t tcp_at, hdr_len;

	if (!inner_ip_parse(ip, len, &parsed))
		return;
	overhead = TCP_HDR_LEN + (parsed.family == AF_INET ? IPV4_HDR_LEN : IPV6_HDR_LEN);
	tcp_at = find_tcp(ip, &parsed);
	if (tcp_at == 0 || parsed.len < tcp_at || mtu <= overhead)
		return;
	hdr_len = syn_hdr_len(ip + tcp_at, parsed.len - tcp_at);
	/* All of them, as some hosts take the first announcement and some the last one. */
	for (size_t at = TCP_HDR_LEN, n; at < hdr_len && ip[tcp_at + at] != OPTION_END; at += n) {
		n = option_len(ip + tcp_at + at, hdr_len - at);
		if (n == 0)
			return;
		if (ip[tcp_at + at] == OPTION_MSS && n == OPTION_MSS_LEN)
			lower(ip + tcp_at, at + 2, mtu - overhead);
	}
}
