/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What stands in front of a packet that is read from or written to a TUN with IFF_VNET_HDR, and where the transport's header
 * has its fields. [virtio] 5.1.6; numbers are in this machine's byte order. Any thread.
 */

#include <stdint.h>

#include <linux/virtio_net.h>

#define TUN_HEADER_LEN sizeof(struct virtio_net_hdr)

/* Since Linux 6.2. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#	define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

#define TCP_HDR_LEN 20
#define TCP_FLAGS_AT 13
#define TCP_CHECKSUM_AT 16
#define TCP_FIN 0x01
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_ECE 0x40
#define TCP_CWR 0x80
#define UDP_HDR_LEN 8
#define UDP_CHECKSUM_AT 6

/* tcp_hdr_len: with options, as the header says. */
static inline uint16_t tcp_hdr_len(const uint8_t *tcp)
{
	return (uint16_t)(tcp[12] >> 4) * 4;
}
