/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * One session's transport keys. Control creates it, publishes it in the index table and in the peer's
 * view, and wipes and frees it one grace period after it was taken out of both. Workers read it and
 * write only the fields that are marked so. [W] 5.4.5, 5.4.6, 6.2, 6.3.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "protocol.h"
#include "tables/replay.h"
#include "wire.h"

struct peer_view;

/* Since when there is a session, and who began it. */
struct session_age {
	uint64_t birth_ns;
	bool is_initiator;
};

/* The age stands beside each key, so that neither direction has to fetch the other one's line. */
struct keypair {
	/* What opening needs. Written by control before publication, then read only. */
	uint8_t receive_key[WG_KEY_LEN];
	struct peer_view *peer;
	struct session_age receive_age;
	uint32_t local_index; /* what the remote writes into receiver_index */

	/*
	 * Written by control when it becomes the session to seal with. A responder's session starts without:
	 * what arrives under it goes to control first, so that no answer leaves under an older session that
	 * the remote may have lost, [W] 6.3.
	 */
	_Atomic bool is_in_use;

	/*
	 * What sealing needs: its own line, because workers write the counter, atomically: it is the next one to
	 * send. The others are written by control before publication, then read only.
	 */
	cache_aligned uint8_t send_key[WG_KEY_LEN];
	_Atomic uint64_t send_counter;
	struct session_age send_age;
	uint32_t remote_index; /* what we write into receiver_index */

	/* Written by workers through replay_commit. */
	cache_aligned struct replay replay;
};

_Static_assert(offsetof(struct keypair, send_key) == CACHE_LINE, "a line for opening");
_Static_assert(offsetof(struct keypair, replay) == 2 * CACHE_LINE, "a line for sealing");

/* keypair_set_age: before publication. Control. */
static inline void keypair_set_age(struct keypair *kp, uint64_t birth_ns, bool is_initiator)
{
	kp->receive_age = kp->send_age = (struct session_age){birth_ns, is_initiator};
}

/* keypair_prefetch_sending: the line that sealing needs. Worker. */
static inline void keypair_prefetch_sending(const struct keypair *kp)
{
	prefetch(&kp->send_key);
}

/* keypair_prefetch_receiving: the lines that opening the packet with `counter` needs. Worker. */
static inline void keypair_prefetch_receiving(const struct keypair *kp, uint64_t counter)
{
	prefetch(&kp->receive_key);
	replay_prefetch(&kp->replay, counter);
}

/*
 * keypair_reserve takes `n` counters in a row, of which *out_first is the first. false: so many are not
 * left below WG_REJECT_AFTER_MESSAGES, [W] 6.2. Worker.
 */
must_check static inline bool keypair_reserve(struct keypair *kp, unsigned n, uint64_t *out_first)
{
	const uint64_t last = WG_REJECT_AFTER_MESSAGES - n;

	/*
	 * A session that is used up is not counted on, or it would come round to counters that were used.
	 * Workers that pass here together go over the limit by less than the 2^13 that are left above it.
	 */
	if (atomic_load_explicit(&kp->send_counter, memory_order_relaxed) > last)
		return false;
	*out_first = atomic_fetch_add_explicit(&kp->send_counter, n, memory_order_relaxed);
	return *out_first <= last;
}

/* session_is_alive: younger than Reject-After-Time, [W] 6.2. Any thread. */
static inline bool session_is_alive(const struct session_age *age, uint64_t now_ns)
{
	return !clock_has_passed(now_ns, age->birth_ns, WG_REJECT_AFTER_TIME_NS);
}

/* keypair_wants_rekey_on_send: the sender's limits of [W] 6.2; only the initiator watches the time. Worker. */
static inline bool keypair_wants_rekey_on_send(
	const struct keypair *kp, uint64_t counter, uint64_t now_ns)
{
	return counter >= WG_REKEY_AFTER_MESSAGES
		|| (kp->send_age.is_initiator
			&& clock_has_passed(now_ns, kp->send_age.birth_ns, WG_REKEY_AFTER_TIME_NS));
}

/* keypair_wants_rekey_on_receive: an initiator that only receives renews before the end, [W] 6.2. Worker. */
static inline bool keypair_wants_rekey_on_receive(const struct keypair *kp, uint64_t now_ns)
{
	const struct session_age *age = &kp->receive_age;

	return age->is_initiator && clock_has_passed(now_ns, age->birth_ns, WG_REKEY_ON_RECEIVE_NS);
}
