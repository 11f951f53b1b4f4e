/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* TCP segments for tests, whose checksums are sums over every byte. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inner_ip.h"
#include "pipeline_fixture.h"

#define SEGMENT_SYN 0x02
#define SEGMENT_MAX (60 + 60 + 64)

struct segment {
	const char *from, *to; /* the family is theirs */
	size_t ip_options_len; /* IPv4 only, a multiple of 4 */
	uint8_t flags;
	const void *options;
	size_t options_len; /* up to 40; zeros follow up to a multiple of 4 */
	size_t payload_len;
};

static inline size_t segment_ip_hdr_len(const struct segment *s)
{
	return strchr(s->from, ':') ? IPV6_HDR_LEN : IPV4_HDR_LEN + s->ip_options_len;
}

/* The sum of RFC 1071 over `len` bytes, added to `sum`, without the last carries. */
static inline uint32_t segment_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

/* segment_sum: over the pseudo header and all of TCP; 0xffff when the checksum in it is right. */
static inline uint16_t segment_sum(const uint8_t *ip, size_t ip_hdr_len, size_t len)
{
	size_t addresses = ip[0] >> 4 == 4 ? 12 : 8;
	uint32_t sum = 6 + (uint32_t)(len - ip_hdr_len);

	sum = segment_add(sum, ip + addresses, ip[0] >> 4 == 4 ? 8 : 32);
	sum = segment_add(sum, ip + ip_hdr_len, len - ip_hdr_len);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* segment_write makes the packet at `out`, which has room for SEGMENT_MAX bytes, and returns its length. */
static inline uint16_t segment_write(uint8_t *out, const struct segment *s)
{
	size_t ip_len = segment_ip_hdr_len(s), tcp_len = 20 + (s->options_len + 3) / 4 * 4;
	uint16_t len = (uint16_t)(ip_len + tcp_len + s->payload_len), sum;
	uint8_t *tcp = out + ip_len;

	fixture_write_inner(out, len, s->from, s->to);
	if (out[0] >> 4 == 4) {
		out[0] = (uint8_t)(0x40 | ip_len / 4);
		out[6] = 0x40; /* do not fragment */
		out[7] = 0;
		out[9] = 6;
	} else {
		out[6] = 6;
	}
	tcp[12] = (uint8_t)(tcp_len / 4 << 4);
	tcp[13] = s->flags;
	memset(tcp + 20, 0, tcp_len - 20);
	if (s->options_len)
		memcpy(tcp + 20, s->options, s->options_len);
	tcp[16] = tcp[17] = 0;
	sum = (uint16_t)~segment_sum(out, ip_len, len);
	tcp[16] = (uint8_t)(sum >> 8);
	tcp[17] = (uint8_t)sum;
	return len;
}
