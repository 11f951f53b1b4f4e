/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Packets of a TCP connection or a UDP flow for tests, whose checksums are sums over every byte; and what undoes a join. */

#include <assert.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "io/tun_cut.h"
#include "io/tun_join.h"

#define FLOW_PACKET_MAX 2048
#define FLOW_OPTIONS_LEN 12 /* of TCP: a time stamp and padding */

struct flow_packet {
	bool is_v6, is_udp;
	uint8_t tos, ttl;
	uint16_t id, fragment; /* IPv4; `fragment` with the flags */
	uint32_t label;        /* IPv6 */
	uint8_t from, to;      /* last bytes of addresses */
	uint16_t from_port, to_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window, urgent;
	uint8_t options[FLOW_OPTIONS_LEN];
	uint16_t payload_len;
	uint8_t fill; /* first byte of the payload; the others count up */
};

static inline uint32_t flow_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

static inline uint16_t flow_checksum(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static inline size_t flow_l4_at(const struct flow_packet *p)
{
	return p->is_v6 ? 40 : 20;
}

static inline size_t flow_hdr_len(const struct flow_packet *p)
{
	return flow_l4_at(p) + (p->is_udp ? 8 : 20 + FLOW_OPTIONS_LEN);
}

static inline void flow_write_ip(uint8_t *ip, const struct flow_packet *p, size_t len)
{
	const uint8_t protocol = p->is_udp ? 17 : 6;

	memset(ip, 0, flow_l4_at(p));
	if (p->is_v6) {
		be32_store(ip, 6U << 28 | (uint32_t)p->tos << 20 | p->label);
		be16_store(ip + 4, (uint16_t)(len - 40));
		ip[6] = protocol;
		ip[7] = p->ttl;
		ip[8] = ip[24] = 0xfd;
		ip[23] = p->from;
		ip[39] = p->to;
		return;
	}
	ip[0] = 0x45;
	ip[1] = p->tos;
	be16_store(ip + 2, (uint16_t)len);
	be16_store(ip + 4, p->id);
	be16_store(ip + 6, p->fragment);
	ip[8] = p->ttl;
	ip[9] = protocol;
	ip[12] = ip[16] = 10;
	ip[15] = p->from;
	ip[19] = p->to;
	be16_store(ip + 10, flow_checksum(flow_add(0, ip, 20)));
}

/* flow_checksum_l4: what belongs into the checksum field, which is 0. */
static inline uint16_t flow_checksum_l4(const uint8_t *ip, size_t l4_at, size_t len)
{
	uint32_t sum = (ip[0] >> 4 == 4 ? ip[9] : ip[6]) + (uint32_t)(len - l4_at);

	sum = flow_add(sum, ip + (l4_at == 20 ? 12 : 8), l4_at == 20 ? 8 : 32);
	return flow_checksum(flow_add(sum, ip + l4_at, len - l4_at));
}

/* flow_write makes the packet at `out`, which has room for FLOW_PACKET_MAX bytes, and returns its length. */
static inline uint16_t flow_write(uint8_t *out, const struct flow_packet *p)
{
	size_t l4_at = flow_l4_at(p), len = flow_hdr_len(p) + p->payload_len;
	uint8_t *l4 = out + l4_at;
	uint16_t sum;

	flow_write_ip(out, p, len);
	memset(l4, 0, flow_hdr_len(p) - l4_at);
	be16_store(l4, p->from_port);
	be16_store(l4 + 2, p->to_port);
	for (size_t i = 0; i < p->payload_len; i++)
		out[flow_hdr_len(p) + i] = (uint8_t)(p->fill + i);
	if (p->is_udp) {
		be16_store(l4 + 4, (uint16_t)(len - l4_at));
		sum = flow_checksum_l4(out, l4_at, len);
		be16_store(l4 + 6, sum ? sum : 0xffff);
		return (uint16_t)len;
	}
	be32_store(l4 + 4, p->seq);
	be32_store(l4 + 8, p->ack);
	l4[12] = (20 + FLOW_OPTIONS_LEN) / 4 << 4;
	l4[13] = p->flags;
	be16_store(l4 + 14, p->window);
	be16_store(l4 + 18, p->urgent);
	memcpy(l4 + 20, p->options, FLOW_OPTIONS_LEN);
	be16_store(l4 + 16, flow_checksum_l4(out, l4_at, len));
	return (uint16_t)len;
}

/* flow_unite: what writing the train gives the kernel: the packet at `out` (64 KiB of room), and its header. */
static inline uint32_t flow_unite(const struct tun_join *join, const struct tun_train *train,
	struct rte_mbuf **mbufs, uint8_t *out, struct virtio_net_hdr *out_header)
{
	uint32_t len = 0;

	tun_join_begin(train, mbufs, out_header);
	for (uint8_t at = train->first;; at = join->next[at]) {
		uint16_t skipped = at == train->first ? 0 : train->hdr_len;
		uint16_t n = (uint16_t)(rte_pktmbuf_data_len(mbufs[at]) - skipped);

		memcpy(out + len, rte_pktmbuf_mtod_offset(mbufs[at], uint8_t *, skipped), n);
		len += n;
		if (at == train->last)
			return len;
	}
}
