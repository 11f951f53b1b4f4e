/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Two peers with one fake clock and a network that loses, doubles and reorders. The protocol's parts are real: handshakes,
 * sessions, timers, tables. What control/exchange.c and the workers do around them is written here in short, for one
 * packet at a time; a data packet carries its key instead of being sealed. What must hold at every packet is asserted here.
 */

#include <stdbool.h>
#include <stdint.h>

#include "handshake/tai64n.h"
#include "handshake/timers.h"
#include "prng.h"
#include "publish.h"
#include "session.h"
#include "wire.h"

#define ENDS_QUEUE_LEN 512
#define ENDS_DERIVED_LEN 64 /* the last keys of an end */
#define ENDS_SERIALS_LEN 4096

enum datagram_type { DATAGRAM_INITIATION, DATAGRAM_RESPONSE, DATAGRAM_TRANSPORT };

struct end;

struct datagram {
	struct end *to;
	uint64_t arrival_ns;
	enum datagram_type type;
	union {
		struct wg_msg_initiation initiation;
		struct wg_msg_response response;
		struct {
			uint64_t counter;
			uint64_t serial; /* of all data packets of a network; 0: a keepalive */
			uint32_t receiver_index;
			uint8_t key[WG_KEY_LEN];
		} transport;
	};
};

struct end {
	struct network *network;
	struct end *other;
	struct noise_local *local;
	struct noise_remote *remote;
	struct publisher publisher;
	struct iface_view *iface;
	struct peer_view *view;
	struct session session;
	struct timers timers;
	struct tai64n_clock stamps;
	uint64_t due_ns;
	unsigned n_staged;
	bool is_rekey_posted; /* a worker found the session old */
	bool is_talking;

	uint64_t
		handshake_ns; /* the last initiation or response that was sent; 0: none since the start */
	uint64_t heard_ns; /* when data arrived last */
	unsigned n_initiations, n_sessions, n_restarts;
	unsigned n_sent, n_arrived;
	uint8_t derived[ENDS_DERIVED_LEN][WG_KEY_LEN]; /* to receive with; restarts do not count */
};

struct network {
	struct prng prng;
	uint64_t now_ns;
	uint64_t loss_percent, double_percent, latency_max_ns;
	uint64_t last_serial;
	uint64_t arrived[ENDS_SERIALS_LEN];    /* which data packets, by serial modulo the length */
	struct datagram queue[ENDS_QUEUE_LEN]; /* in no order */
	unsigned n_queued;
	struct end ends[2];
};

void network_init(struct network *net, uint64_t seed);
void network_fini(struct network *net);

/* network_step: what is due now arrives and is done, and talkers send; then a tick passes. */
void network_step(struct network *net);

/* end_restart: everything is forgotten, and the clock goes on. */
void end_restart(struct end *end);

/* end_count_keypairs: how many sessions there are. */
unsigned end_count_keypairs(const struct end *end);
