/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A peer's up to three sessions, [W] 6.3: `current` seals and opens; `previous` still opens what is on
 * its way; `next` opens, and becomes current with the first authentic packet that arrives under it,
 * because a responder may not seal before it knows that the initiator has the keys. Control.
 */

#include <stdbool.h>
#include <stdint.h>

struct keypair;
struct peer_view;
struct publisher;

struct session {
	struct keypair *current;
	struct keypair *previous;
	struct keypair *next;
};

/* session_add takes in a keypair that was just published. */
void session_add(
	struct session *session, struct publisher *pub, struct peer_view *peer, struct keypair *kp);

/* session_confirm: an authentic packet came under `local_index`. true: that made `next` the current session. */
bool session_confirm(struct session *session, struct publisher *pub, struct peer_view *peer,
	uint32_t local_index);

/* session_wipe retires all of them. */
void session_wipe(struct session *session, struct publisher *pub, struct peer_view *peer);
