/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Inner packets in, outer datagrams out. [W] 3, 5.4.6. */

#include "pipeline.h"

struct iface_view;

/*
 * encap_burst takes `n` (at most PACKET_BURST) inner packets that the host routed into `iface` and writes
 * sealed datagrams to `out`, which has room for n, each with its destination in packet_of(mbuf)->to;
 * returns how many. Packets without a session go to control to be staged, the rest is dropped by name. Answers to senders
 * whose packets do not fit the way are in pl->answers.
 * Each mbuf needs sizeof(struct wg_msg_data) bytes of headroom. Worker.
 */
unsigned encap_burst(struct pipeline *pl, struct iface_view *iface, struct rte_mbuf **in,
	unsigned n, struct rte_mbuf **out);

/* encap_routed does the same for packets whose peer is known: packet_of(mbuf)->peer. Empty ones are keepalives. Worker. */
unsigned encap_routed(struct pipeline *pl, struct rte_mbuf **in, unsigned n, struct rte_mbuf **out);
