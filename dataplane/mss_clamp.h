/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Makes both ends of a TCP connection agree on segments that fit a tunnel, for paths that lose the news of its MTU.
 * Any thread that owns the packet.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * mss_clamp_packet looks at the inner IP packet in the `len` bytes at `ip`, which padding may follow. If it opens a TCP
 * connection (SYN, with or without ACK) and announces segments that are larger than a tunnel of `mtu` bytes carries
 * without IP and TCP options, [RFC 9293] 3.7.1, it announces as much as fits; the checksum follows, so that one that was
 * wrong stays wrong. Everything else is left as it is: fragments, IPv6 with extension headers, what contradicts itself.
 * So is a SYN that announces nothing: that means 536 bytes (IPv6: 1220), which fit every tunnel of the configuration.
 */
void mss_clamp_packet(uint8_t *ip, size_t len, uint32_t mtu);
