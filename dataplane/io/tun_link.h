/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The host's side: a worker's queue of the kernel TUN that stands for the interface, as a source and a
 * sink of inner packets. Only the owning worker uses it.
 */

#include <stdbool.h>

#include "base/compiler.h"

struct drops;
struct rte_mbuf;
struct rte_mempool;
struct tun_link;

/*
 * tun_link_create: `fd` is a non-blocking TUN queue without packet information; it stays the caller's. One with a virtio header
 * (IFF_VNET_HDR) carries packets that are joined. Init only.
 */
must_check struct tun_link *tun_link_create(int fd, struct rte_mempool *pool);
void tun_link_destroy(struct tun_link *link);

/* tun_link_is_gone: the interface was deleted, as the last receive found out. Worker. */
bool tun_link_is_gone(const struct tun_link *link);

/* tun_link_receive fills `out` with at most PACKET_BURST packets from the host and returns how many. Worker. */
unsigned tun_link_receive(struct tun_link *link, struct drops *drops, struct rte_mbuf **out);

/* tun_link_send gives `n` packets to the host and frees them. Worker. */
void tun_link_send(struct tun_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n);
