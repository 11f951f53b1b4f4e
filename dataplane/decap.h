/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Outer datagrams in, inner packets out. [W] 3, 5.4.6. */

#include "pipeline.h"

struct iface_view;

/*
 * decap_burst takes `n` (at most PACKET_BURST) datagrams that arrived for `iface`, each with its source in
 * packet_of(mbuf)->outer, and writes the inner packets for the host to `out`, which has room for n;
 * returns how many. Handshake messages gather in the pipeline, for handshakes_judge; the rest is dropped by name. Worker.
 */
unsigned decap_burst(struct pipeline *pl, struct iface_view *iface, struct rte_mbuf **in,
	unsigned n, struct rte_mbuf **out);
