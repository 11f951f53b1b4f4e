/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A gateway with one interface on ports and one worker, built of what the workers and control use, and the other sides
 * of its peers. Each peer has its own keys, endpoint, an IPv4 and an IPv6 address, and a session that both sides
 * use; the timers have just been asked, so that nothing but packets moves.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "network.h"
#include "publish.h"
#include "wire.h"
#include "worker.h"

struct aead_engine;

#define WORLD_PEERS_MAX (1U << 20)
#define WORLD_MTU 1420 /* of the interface, unless larger packets are asked for */

/* The far end of a session: a cache line, so that it disturbs what is measured little. */
struct remote {
	cache_aligned uint8_t send_key[WG_KEY_LEN];
	uint64_t counter;
	uint32_t index; /* the gateway's name for the session */
	struct peer_view *peer;
	struct keypair *keypair; /* the gateway's */
};

_Static_assert(sizeof(struct remote) == CACHE_LINE, "one line");

struct world {
	struct publisher publisher;
	struct iface_view *iface;
	struct rte_mempool *pool;
	struct remote *remotes; /* n_peers */
	unsigned n_peers;
	uint16_t mtu;
	struct network net;
	struct worker_link link; /* the interface as the worker sees it */
	struct worker worker;
};

/* world_create: NULL, and *out_error says why. The EAL must be initialised. `inner_max_len`: bytes. */
must_check struct world *world_create(const struct aead_engine *engine, unsigned n_peers,
	uint16_t inner_max_len, const char **out_error);
void world_destroy(struct world *world);

/* world_endpoint: where the peer's datagrams come from. */
struct endpoint world_endpoint(unsigned peer);

/* world_address: the peer's address, 4 or 16 bytes. */
void world_address(uint8_t *out, sa_family_t family, unsigned peer);

/* world_drain takes what the pipeline gave to control and frees it, as no control is there. */
void world_drain(struct world *world);
