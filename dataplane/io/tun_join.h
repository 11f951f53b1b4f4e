/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Finds the packets of a burst that the kernel can take as one: segments of a TCP connection, or datagrams of a UDP flow,
 * that follow each other and whose headers differ in nothing else. Each checksum is verified before, so that joining never
 * makes a damaged packet right. What tun_cut makes of the whole are the same packets, but for the identification of IPv4
 * packets that must not be fragmented, where it has no meaning: [RFC 6864] 4.1. The owner of the mbufs.
 */

#include <stdbool.h>
#include <stdint.h>

#include "io/tun_header.h"
#include "packet.h"

struct rte_mbuf;

#define TUN_JOIN_HEADERS_MAX (40 + 60) /* bytes of IP and TCP header of what is joined */

/* A packet that may have others behind it. */
struct tun_train {
	uint32_t flow;    /* a hash of its addresses and ports; 0: it belongs to none */
	uint32_t len;     /* bytes of IP packet that it has become */
	uint16_t hdr_len; /* of IP and transport */
	uint16_t piece_len;
	uint8_t l4_at;
	uint8_t protocol;
	uint8_t first, last; /* places in the burst */
	uint8_t n;
	uint8_t id_step;  /* from the first to the second packet, IPv4 */
	bool is_closed;   /* nothing can follow */
	bool is_verified; /* the first packet's checksums are right */
};

/* What there is to write for a burst, in the order of the first packets. */
struct tun_join {
	unsigned n;
	struct tun_train trains[PACKET_BURST];
	uint8_t next[PACKET_BURST]; /* of a place in the burst, within its train */
};

/* tun_join_burst: `n` whole IP packets, PACKET_BURST at most; `has_udp`: UDP may be joined, too. They do not change. */
void tun_join_burst(struct tun_join *join, struct rte_mbuf **mbufs, unsigned n, bool has_udp);

/* tun_join_begin makes the first packet's headers those of the whole, and describes it. `train` has two packets or more. */
void tun_join_begin(
	const struct tun_train *train, struct rte_mbuf **mbufs, struct virtio_net_hdr *out);
