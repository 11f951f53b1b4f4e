/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the kernel leaves to a device that offers TSO, USO and checksums: a packet of up to 64 KiB is cut into segments, each a
 * whole packet, and a checksum that was begun is finished. The kernel is believed nothing that could be checked. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "io/tun_header.h"

/* How a packet is cut. */
struct tun_cut {
	uint32_t len;       /* of the packet */
	uint16_t l4_at;     /* where the header of TCP or UDP is */
	uint16_t hdr_len;   /* of all headers, which each segment gets */
	uint16_t piece_len; /* payload of each segment but the last */
	uint16_t n;         /* segments */
	uint8_t protocol;   /* IPPROTO_TCP, IPPROTO_UDP */
};

/* tun_cut_is_due: the packet is to be cut, and not only to be completed. */
static inline bool tun_cut_is_due(const struct virtio_net_hdr *header)
{
	return header->gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

/* tun_cut_plan: false: packet and header contradict each other, or are of a kind that was not offered. */
must_check bool tun_cut_plan(
	struct tun_cut *out, const struct virtio_net_hdr *header, const uint8_t *ip, uint32_t len);

/* tun_cut_write writes segment number `i` of the planned packet at `out`, and returns its length: up to hdr_len + piece_len. */
uint16_t tun_cut_write(const struct tun_cut *cut, const uint8_t *ip, unsigned i, uint8_t *out);

/* tun_cut_complete finishes the checksum of a packet that is whole, if it was only begun. false: it lies outside. */
must_check bool tun_cut_complete(const struct virtio_net_hdr *header, uint8_t *ip, uint32_t len);
