/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The few fields of an inner IP header that WireGuard looks at. Any thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct inner_ip {
	sa_family_t family;
	uint16_t len;        /* whole packet, bytes, as its header says */
	const uint8_t *from; /* 4 or 16 bytes inside the packet */
	const uint8_t *to;
};

#define IPV4_HDR_LEN 20
#define IPV6_HDR_LEN 40

/*
 * inner_ip_parse reads the header of the `len` bytes at `data`; false: neither IPv4 nor IPv6, or its
 * own length does not fit into `len`, which may be larger because of padding. [W] 5.4.6.
 */
static inline bool inner_ip_parse(const uint8_t *data, size_t len, struct inner_ip *out)
{
	if (len >= IPV4_HDR_LEN && data[0] >> 4 == 4) {
		*out = (struct inner_ip){
			AF_INET, (uint16_t)(data[2] << 8 | data[3]), data + 12, data + 16};
		return out->len >= IPV4_HDR_LEN && out->len <= len;
	}
	if (len >= IPV6_HDR_LEN && data[0] >> 4 == 6) {
		size_t total = IPV6_HDR_LEN + (size_t)(data[4] << 8 | data[5]);

		*out = (struct inner_ip){AF_INET6, (uint16_t)total, data + 8, data + 24};
		return total <= len;
	}
	return false;
}
