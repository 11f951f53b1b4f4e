/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The way of packets out of a port: which port, and the headers that they get in front. A worker finds the way to an
 * endpoint once, by route and neighbour, and keeps it in a memo beside the endpoint, where it holds until routes, neighbours or
 * our port numbers change. A memo has values and no pointers, so that it needs no RCU.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* Ethernet with a VLAN tag, IPv6 and UDP, in whole words. */
#define WAY_HEADER_MAX 72

/* frame.h writes the headers, with zeros where packets differ. */
struct way {
	union {
		uint8_t header[WAY_HEADER_MAX];
		uint64_t words[WAY_HEADER_MAX / 8];
	};
	uint16_t mtu; /* of the port or of the route, whichever is less; 0: there is no way */
	uint16_t message_max; /* bytes of the longest message that fits; see way_set_mtu */
	uint8_t port_id;
	uint8_t l2_len; /* bytes of Ethernet header, 14 or 18: what comes behind it stands there */
	bool is_v4;
};

/* Bytes of IP and UDP header around a datagram. */
static inline uint16_t datagram_overhead(bool is_v4)
{
	return is_v4 ? 20 + 8 : 40 + 8;
}

/* `mtu`: bytes of IP packet. */
static inline void way_set_mtu(struct way *way, uint16_t mtu)
{
	uint16_t overhead = datagram_overhead(way->is_v4);

	way->mtu = mtu;
	way->message_max = mtu > overhead ? (uint16_t)(mtu - overhead) : 0;
}

/*
 * `stamp`: the generation of the tables and all of the way but its headers; 0: nothing yet. It changes whenever they do, so a
 * reader who sees the same one before and after has what belongs to it. Any worker writes, one at a time. The
 * headers of IPv4 end in the first line.
 */
struct way_memo {
	_Atomic uint64_t stamp;
	_Atomic uint64_t words[WAY_HEADER_MAX / 8];
};

#define WAY_WORDS_V4 6 /* 18 + 20 + 8 bytes */
#define WAY_WORDS_V6 9

/* The stamp's fields, from the bottom: MTU, port, length of the Ethernet header, IPv4 or IPv6, generation. */
#define WAY_PORT_SHIFT 16
#define WAY_L2_SHIFT 24
#define WAY_V4_SHIFT 29
#define WAY_GENERATION_SHIFT 30

/* 34 bits: they come round after 17 thousand million changes. */
#define WAY_GENERATION_MAX (UINT64_MAX >> WAY_GENERATION_SHIFT)

/* Of a memo that is being written: no generation is so high. */
#define WAY_BUSY UINT64_MAX

/* way_recall: the way that was kept in this generation, which is at least 1. false: look it up. Worker. */
static inline bool way_recall(const struct way_memo *memo, uint64_t generation, struct way *out)
{
	/* Acquire, each time: the stamp is read before the words and again after them. */
	const uint64_t stamp = atomic_load_explicit(&memo->stamp, memory_order_acquire);
	const bool is_v4 = stamp >> WAY_V4_SHIFT & 1;

	if (stamp >> WAY_GENERATION_SHIFT != generation)
		return false;
	for (unsigned i = 0; i < WAY_WORDS_V4; i++)
		out->words[i] = atomic_load_explicit(&memo->words[i], memory_order_acquire);
	for (unsigned i = WAY_WORDS_V4; !is_v4 && i < WAY_WORDS_V6; i++)
		out->words[i] = atomic_load_explicit(&memo->words[i], memory_order_acquire);
	if (atomic_load_explicit(&memo->stamp, memory_order_relaxed) != stamp)
		return false;
	out->is_v4 = is_v4;
	way_set_mtu(out, (uint16_t)stamp);
	out->port_id = (uint8_t)(stamp >> WAY_PORT_SHIFT);
	out->l2_len = stamp >> WAY_L2_SHIFT & 31;
	return true;
}

/* way_keep: `way` was found with what the tables held in `generation` or later. Worker. */
static inline void way_keep(struct way_memo *memo, uint64_t generation, const struct way *way)
{
	uint64_t before = atomic_load_explicit(&memo->stamp, memory_order_relaxed);
	unsigned n_words = way->is_v4 ? WAY_WORDS_V4 : WAY_WORDS_V6;

	if (before == WAY_BUSY
		|| !atomic_compare_exchange_strong_explicit(&memo->stamp, &before, WAY_BUSY,
			memory_order_acq_rel, memory_order_relaxed))
		return; /* another worker is at it */
	/* Release: who sees one of these sees the stamp of before, or a later one, no more. */
	for (unsigned i = 0; i < n_words; i++)
		atomic_store_explicit(&memo->words[i], way->words[i], memory_order_release);
	atomic_store_explicit(&memo->stamp,
		generation << WAY_GENERATION_SHIFT | (uint64_t)way->is_v4 << WAY_V4_SHIFT
			| (uint64_t)way->l2_len << WAY_L2_SHIFT
			| (uint64_t)way->port_id << WAY_PORT_SHIFT | way->mtu,
		memory_order_release);
}

/* way_mtu: of the way that was last kept, even if it holds no more; 0: none yet. Any thread. */
static inline uint16_t way_mtu(const struct way_memo *memo, bool *out_is_v4)
{
	uint64_t stamp = atomic_load_explicit(&memo->stamp, memory_order_relaxed);

	*out_is_v4 = stamp >> WAY_V4_SHIFT & 1;
	return stamp == WAY_BUSY ? 0 : (uint16_t)stamp;
}
