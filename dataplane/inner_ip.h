/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The few fields of an inner IP header that WireGuard looks at. Any thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"

struct inner_ip {
	sa_family_t family;
	uint16_t len;        /* whole packet, bytes, as its header says */
	const uint8_t *from; /* 4 or 16 bytes inside the packet */
	const uint8_t *to;
};

#define IPV4_HDR_LEN 20
#define IPV6_HDR_LEN 40

/* Explicit congestion notification, the low two bits of both the type of service and the traffic class: [RFC 3168] 5. */
#define ECN_MASK 3
#define ECN_NOT_CAPABLE 0
#define ECN_CONGESTED 3

/*
 * inner_ip_parse reads the header of the `len` bytes at `data`; false: neither IPv4 nor IPv6, or its
 * own length does not fit into `len`, which may be larger because of padding. [W] 5.4.6.
 */
static inline bool inner_ip_parse(const uint8_t *data, size_t len, struct inner_ip *out)
{
	uint32_t total;

	if (len >= IPV4_HDR_LEN && data[0] >> 4 == 4) {
		out->family = AF_INET;
		out->from = data + 12;
		out->to = data + 16;
		out->len = be16_load(data + 2);
		return out->len >= IPV4_HDR_LEN && out->len <= len;
	}
	if (len < IPV6_HDR_LEN || data[0] >> 4 != 6)
		return false;
	total = IPV6_HDR_LEN + (uint32_t)be16_load(data + 4);
	out->family = AF_INET6;
	out->from = data + 8;
	out->to = data + 24;
	out->len = (uint16_t)total;
	return total <= len;
}

/* inner_ip_tos: type of service or traffic class (DSCP and ECN) of a packet that inner_ip_parse accepted. */
static inline uint8_t inner_ip_tos(const uint8_t *data)
{
	return data[0] >> 4 == 4 ? data[1] : (uint8_t)(data[0] << 4 | data[1] >> 4);
}

/* inner_ip_ecn: its congestion bits. */
static inline uint8_t inner_ip_ecn(const uint8_t *data)
{
	return inner_ip_tos(data) & ECN_MASK;
}

/*
 * inner_ip_mark_congestion sets the congestion mark of a packet that inner_ip_parse accepted; false: its sender
 * does not know the mark, so that only its loss can tell, [RFC 6040] 4.2.
 */
static inline bool inner_ip_mark_congestion(uint8_t *data)
{
	uint8_t ecn = inner_ip_ecn(data);
	uint32_t sum;

	if (ecn == ECN_NOT_CAPABLE)
		return false;
	if (data[0] >> 4 == 6) {
		data[1] |= ECN_CONGESTED << 4;
		return true;
	}
	data[1] |= ECN_CONGESTED;
	/* The sum of the header grew by this much, so its complement shrinks by it: [RFC 1624]. */
	sum = (uint32_t)(data[10] << 8 | data[11]) + 0xffff - (ECN_CONGESTED - ecn);
	sum = (sum & 0xffff) + (sum >> 16);
	data[10] = (uint8_t)(sum >> 8);
	data[11] = (uint8_t)sum;
	return true;
}
