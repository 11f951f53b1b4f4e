/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A batch's packets as frames: what hosts and peers put on the wire, and whether what came out is right. */

#include <stdbool.h>

struct batch;
struct rte_mbuf;
struct world;

/* frames_write_plain makes the buffers frames of hosts on lan. */
void frames_write_plain(struct batch *batch, const struct world *world);

/*
 * frames_write_datagrams makes them frames of peers, or, for the AEAD alone, what becomes of packets to peers. They
 * are not sealed yet: sealing batch->ops finishes them.
 */
void frames_write_datagrams(struct batch *batch, struct world *world, bool is_from_peers);

/* Of the `n` frames that came out: how many are not what they must be? Opens the sealed ones. */
unsigned frames_check_plain(
	const struct batch *batch, const struct world *world, struct rte_mbuf **out, unsigned n);
unsigned frames_check_sealed(
	const struct batch *batch, struct world *world, struct rte_mbuf **out, unsigned n);
