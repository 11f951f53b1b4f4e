/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Inner packets from anyone: two bytes of MTU, and the packet. Whatever comes: nothing behind its end is looked at,
 * nothing changes but the header of a SYN, the sum over the packet stays, and a second time nothing changes.
 */

#include "mss_clamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define MTU_LEN 2

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

/* The sum of RFC 1071, where 0 and 0xffff are the same. */
static uint32_t sum_of(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint64_t)bytes[i] << (i % 2 ? 0 : 8);
	return (uint32_t)(sum % 0xffff);
}

/* A change has to be a SYN's, within its TCP header, and no number in there became larger. */
static void check_changes(const uint8_t *before, const uint8_t *after, size_t len)
{
	size_t tcp_at = before[0] >> 4 == 4 ? (size_t)(before[0] & 15) * 4 : 40;
	size_t tcp_end = tcp_at + (size_t)(before[tcp_at + 12] >> 4) * 4;

	check(before[before[0] >> 4 == 4 ? 9 : 6] == 6 && before[tcp_at + 13] & 2);
	check(memcmp(before, after, tcp_at + 16) == 0);
	check(memcmp(before + tcp_at + 18, after + tcp_at + 18, 4) == 0);
	check(memcmp(before + tcp_end, after + tcp_end, len - tcp_end) == 0);
	for (size_t i = tcp_at + 22; i < tcp_end; i++)
		if (before[i]
			!= after[i]) { /* the first byte of a number, or the second one alone */
			check(after[i] < before[i]);
			i++;
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size - MTU_LEN;
	uint8_t *once, *twice;
	uint16_t mtu;

	if (size <= MTU_LEN || len > UINT16_MAX)
		return 0;
	mtu = be16_load(data);
	data += MTU_LEN;
	once = malloc(len);
	twice = malloc(len);
	check(once && twice);
	memcpy(once, data, len);
	mss_clamp_packet(once, len, mtu);
	if (memcmp(once, data, len) != 0)
		check_changes(data, once, len);
	check(sum_of(once, len) == sum_of(data, len));
	memcpy(twice, once, len);
	mss_clamp_packet(twice, len, mtu);
	check(memcmp(once, twice, len) == 0);
	free(once);
	free(twice);
	return 0;
}
