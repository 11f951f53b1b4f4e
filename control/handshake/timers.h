/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * When a peer must act, [W] 6. Facts in (timers_...: past tense), "what is due now and when to ask
 * again" out (timers_poll). Pure arithmetic on times that are passed in; control thread.
 *
 * Workers never touch a timer. They note times in the peer's view (struct timers_marks is a snapshot
 * of them) and tell control when a peer that was at rest has traffic again.
 */

#include <stdbool.h>
#include <stdint.h>

/* 0: never, or nothing outstanding. */
struct timers_marks {
	uint64_t last_sent_ns; /* any authenticated packet, keepalives and handshakes included */
	uint64_t last_received_ns; /* likewise */
	uint64_t
		unanswered_since_ns; /* first data packet sent since anything authenticated was received */
	uint64_t
		unacked_since_ns; /* first data packet received since anything authenticated was sent */
};

enum timers_action {
	TIMERS_INITIATE =
		1 << 0, /* send a handshake initiation, then call timers_initiation_sent */
	TIMERS_KEEPALIVE = 1 << 1,   /* send an empty data packet */
	TIMERS_DROP_STAGED = 1 << 2, /* the handshake was given up: drop what waits for a session */
	TIMERS_WIPE = 1 << 3, /* wipe every key of the peer's sessions and handshake, [W] 6.3 */
};

struct timers {
	uint64_t initiation_sent_ns; /* 0: none yet */
	uint64_t attempts_since_ns;  /* start of the run of attempts; 0: no handshake in progress */
	uint64_t retry_due_ns;       /* 0: none */
	uint64_t new_handshake_jitter_ns;
	uint64_t session_derived_ns; /* newest; 0: nothing to wipe */
	uint64_t
		handled_unanswered_ns; /* the unanswered_since_ns that already led to an initiation */
	uint64_t handled_keepalive_ns; /* the last keepalive that timers_poll asked for */
	uint16_t keepalive_s;          /* persistent keepalive; 0: off */
	bool is_handshake_wanted;
};

#define TIMERS_NEVER UINT64_MAX

void timers_init(struct timers *timers, uint16_t keepalive_s);

/* Data waits for a session, or the session in use is old: initiate, at most once per Rekey-Timeout. */
void timers_handshake_wanted(struct timers *timers, uint64_t now_ns);

/* An initiation was handed to the network. `jitter_ns`: random below WG_REKEY_JITTER_NS. */
void timers_initiation_sent(struct timers *timers, uint64_t now_ns, uint64_t jitter_ns);

/* Keys of a new session exist, in either role. */
void timers_session_derived(struct timers *timers, uint64_t now_ns);

/* A response was accepted (initiator), or the first packet of a session verified (responder). */
void timers_handshake_complete(struct timers *timers, uint64_t now_ns);

/*
 * timers_poll returns the timers_action bits that are due now and writes when to poll again at the
 * latest (TIMERS_NEVER: when the next fact arrives).
 */
unsigned timers_poll(struct timers *timers, const struct timers_marks *marks, uint64_t now_ns,
	uint64_t *out_due_ns);
