/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Control's side of a peer: identity, handshake, sessions, timers and the packets that wait. What
 * workers need of it is its view (tables/peer_view.h). Control.
 */

#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "allowed_ip.h"
#include "base/addr.h"
#include "base/compiler.h"
#include "handshake/cookie.h"
#include "handshake/tai64n.h"
#include "handshake/timers.h"
#include "schedule.h"
#include "session.h"
#include "stage.h"

struct gateway;
struct interface;
struct noise_remote;

struct peer {
	struct schedule_entry schedule; /* first, so that an entry is its peer */
	struct interface *iface;
	TAILQ_ENTRY(peer) others; /* of the interface */
	STAILQ_ENTRY(peer) next_buried;
	uint8_t public_key[WG_KEY_LEN];
	struct peer_view *view;
	struct noise_remote *noise;
	struct cookie_maker cookie; /* makes the MACs of what goes out */
	struct tai64n_clock stamps;
	struct timers timers;
	struct session session;
	struct stage stage;
	struct allowed_ip_list allowed_ips;
	struct endpoint endpoint; /* that it was told; where the peer is may be another by now */
	bool has_doubtful_ips;    /* see allowed_ips_doubt */
	bool is_listed;           /* by the file that a reload takes over */
	bool is_initiation_unanswered;
	struct timespec last_handshake; /* CLOCK_REALTIME, for people; zero: never */
};

/* peer_create adds a peer of `iface`; 0, -ENOMEM, or -ENOSPC: there are too many. */
must_check int peer_create(struct gateway *gw, struct interface *iface,
	const uint8_t public_key[WG_KEY_LEN], struct peer **out_peer);

/*
 * peer_remove makes `peer` unreachable and wipes its keys. Nobody may use it any more; it is freed by peer_free, when
 * nothing on its way refers to it.
 */
void peer_remove(struct gateway *gw, struct peer *peer);
void peer_free(struct peer *peer);

/* peer_reset: the interface is somebody else now. Sessions end, and with them what they had to wait for. */
void peer_reset(struct gateway *gw, struct peer *peer);

/* peer_act does what the timers say is due and schedules the next look. Also after every fact given to them. */
void peer_act(struct gateway *gw, struct peer *peer, uint64_t now_ns);

/* peer_is_active: did it have a handshake that a session may still stem from? `now`: CLOCK_REALTIME. */
must_check bool peer_is_active(const struct peer *peer, const struct timespec *now);

/* peer_stage keeps an inner packet until there is a session, and asks for one. Takes the mbuf. */
void peer_stage(struct gateway *gw, struct peer *peer, struct rte_mbuf *mbuf, uint64_t now_ns);

/* peer_session_ready: `current` is new; what waited goes out, or a keepalive to confirm the session. */
void peer_session_ready(struct gateway *gw, struct peer *peer, uint64_t now_ns);
