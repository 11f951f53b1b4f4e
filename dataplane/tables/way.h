/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The way of datagrams to an endpoint: out of which port, to whom on its link. A worker finds it once, by route and
 * neighbour, and keeps it in a memo beside the endpoint, where it holds until routes or neighbours change. A memo has
 * values and no pointers, so that it needs no RCU.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

struct way {
	uint8_t mac[6]; /* of the neighbour */
	uint8_t port_id;
	uint16_t vlan; /* the tag's VLAN id; 0: untagged */
	uint16_t mtu;  /* of the port or of the route, whichever is less; bytes of IP packet */
};

/*
 * `stamp`: the generation of the tables, the VLAN and the MTU; 0: nothing yet. It changes whenever `to` does, so a reader who
 * sees the same one before and after has what belongs to it. Any worker writes, one at a time.
 */
struct way_memo {
	_Atomic uint64_t stamp;
	_Atomic uint64_t to; /* MAC address and port */
};

#define WAY_MTU_BITS 16
#define WAY_VLAN_BITS 12

/* 36 bits: they come round after 68 thousand million changes. */
#define WAY_GENERATION_MAX (UINT64_MAX >> (WAY_VLAN_BITS + WAY_MTU_BITS))

/* Of a memo that is being written: no generation is so high. */
#define WAY_BUSY UINT64_MAX

/* way_recall: the way that was kept in this generation, which is at least 1. false: look it up. Worker. */
static inline bool way_recall(const struct way_memo *memo, uint64_t generation, struct way *out)
{
	/* Acquire, twice: the stamp is read before `to` and again after it. */
	uint64_t stamp = atomic_load_explicit(&memo->stamp, memory_order_acquire);
	uint64_t to = atomic_load_explicit(&memo->to, memory_order_acquire);

	if (stamp >> (WAY_VLAN_BITS + WAY_MTU_BITS) != generation
		|| atomic_load_explicit(&memo->stamp, memory_order_relaxed) != stamp)
		return false;
	memcpy(out->mac, &to, sizeof(out->mac));
	out->port_id = (uint8_t)(to >> 48);
	out->vlan = stamp >> WAY_MTU_BITS & ((1 << WAY_VLAN_BITS) - 1);
	out->mtu = (uint16_t)stamp;
	return true;
}

/* way_keep: `way` was found with what the tables held in `generation` or later. Worker. */
static inline void way_keep(struct way_memo *memo, uint64_t generation, const struct way *way)
{
	uint64_t before = atomic_load_explicit(&memo->stamp, memory_order_relaxed), to = 0;

	if (before == WAY_BUSY
		|| !atomic_compare_exchange_strong_explicit(&memo->stamp, &before, WAY_BUSY,
			memory_order_acq_rel, memory_order_relaxed))
		return; /* another worker is at it */
	memcpy(&to, way->mac, sizeof(way->mac));
	/* Release: who sees this sees the stamp of before, or a later one, no more. */
	atomic_store_explicit(&memo->to, to | (uint64_t)way->port_id << 48, memory_order_release);
	atomic_store_explicit(&memo->stamp,
		generation << (WAY_VLAN_BITS + WAY_MTU_BITS) | (uint64_t)way->vlan << WAY_MTU_BITS
			| way->mtu,
		memory_order_release);
}

/* way_mtu: of the way that was last kept, even if it holds no more; 0: none yet. Any thread. */
static inline uint16_t way_mtu(const struct way_memo *memo)
{
	uint64_t stamp = atomic_load_explicit(&memo->stamp, memory_order_relaxed);

	return stamp == WAY_BUSY ? 0 : (uint16_t)stamp;
}
