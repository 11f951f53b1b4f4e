/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "packet.h"

#include "wire.h"

#define MBUF_CACHE_LEN 256

struct rte_mempool *packet_pool_create(uint32_t n, uint16_t frame_max_len, int socket_id)
{
	/* One byte more than the largest packet, so that a longer one is seen to be longer. */
	size_t room = RTE_PKTMBUF_HEADROOM + frame_max_len + 1 + WG_PADDING + WG_DATA_OVERHEAD;

	room = RTE_MAX(RTE_ALIGN_CEIL(room, (size_t)RTE_CACHE_LINE_SIZE),
		(size_t)RTE_MBUF_DEFAULT_BUF_SIZE);
	return rte_pktmbuf_pool_create(
		"packets", n, MBUF_CACHE_LEN, sizeof(struct packet), (uint16_t)room, socket_id);
}
