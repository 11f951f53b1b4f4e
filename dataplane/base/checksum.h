/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The internet checksum, [RFC 1071], in this machine's byte order: what is stored is stored as it is. Any thread. */

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* checksum_sum adds up to 64 KiB of `bytes`; sums of pieces can be added, if all but the last have an even length. */
static inline uint64_t checksum_sum(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;
	uint32_t word;
	size_t i;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, bytes + i, len - i);
	return sum + word;
}

/* checksum_sum_pseudo: the pseudo header of an IP packet with `len` bytes of `protocol`, [RFC 9293] 3.1, [RFC 8200] 8.1. */
static inline uint64_t checksum_sum_pseudo(const uint8_t *ip, uint8_t protocol, uint32_t len)
{
	uint64_t sum = ip[0] >> 4 == 4 ? checksum_sum(ip + 12, 8) : checksum_sum(ip + 8, 32);

	return sum + htonl(len) + htonl(protocol);
}

/* checksum_fold: 16 bits of a sum; their complement is the checksum, and 0xffff says that all was right. */
static inline uint16_t checksum_fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}
