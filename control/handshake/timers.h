/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * When a peer must act, [W] 6. Facts in (timers_...: past tense), "what is due now and when to ask
 * again" out (timers_poll). Pure arithmetic on times that are passed in; control thread.
 *
 * Workers never touch a timer. They note times in the peer's view (struct timers_marks is a snapshot
 * of them) and tell control when a peer that was at rest has traffic again. After every fact and every
 * such message the caller polls; otherwise it polls when the time that timers_poll gave has come.
 */

#include <stdbool.h>
#include <stdint.h>

/* 0: never, or nothing outstanding. */
struct timers_marks {
	uint64_t last_sent_ns; /* any authenticated packet, keepalives and handshakes included */
	uint64_t last_received_ns; /* likewise */
	/* First data packet sent since anything authenticated was received. */
	uint64_t unanswered_since_ns;
	/* First data packet received since anything authenticated was sent. */
	uint64_t unacked_since_ns;
};

enum timers_action {
	/* Send a handshake initiation, then call timers_initiation_sent. */
	TIMERS_INITIATE = 1 << 0,
	/* Send an empty data packet. Without a session: let it wait for one, timers_handshake_wanted. */
	TIMERS_KEEPALIVE = 1 << 1,
	/*
	 * The handshake was given up: drop what waits for a session, and clear the mark
	 * unanswered_since_ns, so that data sent from now on counts anew.
	 */
	TIMERS_DROP_STAGED = 1 << 2,
	/* Wipe every key of the peer's sessions and handshake, [W] 6.3. */
	TIMERS_WIPE = 1 << 3,
};

#define TIMERS_NEVER UINT64_MAX

/* Private to timers.c. Due times are TIMERS_NEVER when there is none. */
struct timers {
	uint64_t handshake_due_ns;  /* the next attempt, or the end of the attempts */
	uint64_t attempts_since_ns; /* start of the attempts; means nothing when none is due */
	uint64_t initiation_ns;     /* the last attempt; 0: none yet */
	uint64_t new_handshake_jitter_ns;
	uint64_t wipe_due_ns;
	uint64_t keepalive_ns; /* the last keepalive that timers_poll asked for; 0: none yet */
	uint64_t handled_unanswered_ns; /* the mark that already led to a handshake */
	uint64_t handled_unacked_ns;    /* the mark that already led to a keepalive */
	uint16_t keepalive_s;           /* persistent keepalive; 0: off */
	bool is_keepalive_wanted;       /* persistent keepalive was just switched on */
};

/*
 * timers_init: a peer at rest without keys. To be called before anything else, and again when its keys
 * were wiped for another reason than TIMERS_WIPE. A `keepalive_s` other than 0 asks for a keepalive at once.
 */
void timers_init(struct timers *timers, uint16_t keepalive_s);

/*
 * timers_set_keepalive changes the persistent keepalive. To be called when its setting changed; switching it on asks
 * for a keepalive at once.
 */
void timers_set_keepalive(struct timers *timers, uint16_t keepalive_s);

/* timers_keepalive_s: the persistent keepalive; 0: off. */
static inline uint16_t timers_keepalive_s(const struct timers *timers)
{
	return timers->keepalive_s;
}

/*
 * timers_handshake_wanted: to be called when data waits for a session, or the session in use is old. During
 * attempts it prolongs them. After an initiation of ours was answered it does nothing for
 * Rekey-Timeout: it was wanted before the news of the new session had spread.
 */
void timers_handshake_wanted(struct timers *timers, uint64_t now_ns);

/*
 * timers_initiation_sent: to be called when an initiation was handed to the network. `jitter_ns`: random below
 * WG_REKEY_JITTER_NS. If it could not be sent, this is not called: the next attempt follows all the same.
 */
void timers_initiation_sent(struct timers *timers, uint64_t now_ns, uint64_t jitter_ns);

/*
 * timers_response_sent: to be called when a response was handed to the network. It holds back an initiation of our own as
 * one of ours does, also the next one of attempts that go on, for the session is about to be there.
 */
void timers_response_sent(struct timers *timers, uint64_t now_ns);

/* timers_session_derived: to be called when keys of a new session exist, in either role. */
void timers_session_derived(struct timers *timers, uint64_t now_ns);

/*
 * timers_handshake_complete: to be called when a response was accepted (initiator), or when the first packet of a
 * session was verified (responder).
 */
void timers_handshake_complete(struct timers *timers);

/*
 * timers_poll returns the timers_action bits that are due now and writes when to poll again at the
 * latest, later than now (TIMERS_NEVER: when the next fact arrives). Each action is returned once: it
 * counts as done, whatever the marks still say.
 */
unsigned timers_poll(struct timers *timers, const struct timers_marks *marks, uint64_t now_ns,
	uint64_t *out_due_ns);
