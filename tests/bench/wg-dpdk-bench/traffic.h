/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The packets of a measurement, a batch at a time: who sends what to whom. frames.h makes frames of them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "crypto/aead.h"
#include "packet.h"
#include "prng.h"

struct world;

#define TRAFFIC_LEN_MIN 40 /* an IPv6 header */
#define TRAFFIC_LEN_MAX 9000

/* Which lengths there are, each as likely as the others. */
struct traffic_mix {
	unsigned n_lens;
	uint16_t lens[12];
};

struct traffic {
	struct traffic_mix mix;
	unsigned train_len; /* packets in a row between the same two */
	bool is_from_peers; /* else from the hosts on lan */
	bool is_to_peers;
	struct prng prng;
};

/* One packet: an inner packet from a peer or a host to a peer or a host, and what tables are asked for on its way. */
struct item {
	uint32_t from;
	uint32_t to;
	uint16_t len; /* bytes of inner packet */
	sa_family_t family;
	uint32_t index; /* of the session under which it arrives from a peer */
	uint8_t from_addr[16];
	uint8_t to_addr[16];
};

/* Small enough that 64-byte packets stay in a second-level cache, as what a NIC has just written would. */
#define BATCH_PACKETS 512
#define BATCH_MAX (BATCH_PACKETS + PACKET_BURST)

struct batch {
	unsigned n;
	struct item items[BATCH_MAX];
	struct rte_mbuf *mbufs[BATCH_MAX];
	struct aead_op ops[BATCH_MAX]; /* of the datagrams */
	uint8_t keys[BATCH_MAX][WG_KEY_LEN];
};

/* traffic_parse_size reads "imix" (64, 570 and 1420 bytes, 7:4:1) or a number of bytes; false: neither. */
must_check bool traffic_parse_size(struct traffic_mix *out, const char *text);

/* traffic_max_len: bytes of the largest packet; traffic_mean_len: of the average one. */
uint16_t traffic_max_len(const struct traffic_mix *mix);
double traffic_mean_len(const struct traffic_mix *mix);

/* traffic_draw chooses who sends what in a batch of `out->n` packets. */
void traffic_draw(struct traffic *traffic, const struct world *world, struct batch *out);
