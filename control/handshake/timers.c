/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/timers.h"

#include "protocol.h"

/*
 * The kernel's five timers. None of them is a timer here: each is a due time that is computed from the
 * marks and from what was done before, so nothing has to be armed or cancelled when a packet passes.
 *
 * retransmit            an initiation is repeated every Rekey-Timeout until the handshake is
 *                       complete or Rekey-Attempt-Time is over, [W] 6.4
 * new handshake         data was sent and nothing came back for Keepalive-Timeout + Rekey-Timeout, [W] 6.4
 * passive keepalive     data was received and nothing was sent for Keepalive-Timeout, [W] 6.5
 * persistent keepalive  nothing passed in either direction for keepalive_s seconds
 * wipe                  the newest keys are older than three times Reject-After-Time, [W] 6.3
 *
 * A mark that another core noted may lie a little in the future; a due time computed from it then simply does too.
 */

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static uint64_t later(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

/* When the peer counts as silent. Once per mark: it stands until something arrives. */
static uint64_t new_handshake_due(const struct timers *timers, const struct timers_marks *marks)
{
	if (marks->unanswered_since_ns == 0
		|| marks->unanswered_since_ns == timers->handled_unanswered_ns)
		return TIMERS_NEVER;
	return marks->unanswered_since_ns + WG_KEEPALIVE_TIMEOUT_NS + WG_REKEY_TIMEOUT_NS
		+ timers->new_handshake_jitter_ns;
}

/*
 * Once per mark: the worker clears it a moment after the keepalive was asked for. If the keepalive could not be
 * sent, repeating it would prolong the attempts to reach a peer that is gone for ever.
 */
static uint64_t passive_keepalive_due(const struct timers *timers, const struct timers_marks *marks)
{
	if (marks->unacked_since_ns == 0 || marks->unacked_since_ns == timers->handled_unacked_ns)
		return TIMERS_NEVER;
	return marks->unacked_since_ns + WG_KEEPALIVE_TIMEOUT_NS;
}

static uint64_t persistent_keepalive_due(
	const struct timers *timers, const struct timers_marks *marks)
{
	uint64_t last_ns;

	if (timers->keepalive_s == 0)
		return TIMERS_NEVER;
	if (timers->is_keepalive_wanted)
		return 0;
	last_ns = later(marks->last_sent_ns, marks->last_received_ns);
	last_ns = later(last_ns, later(timers->keepalive_ns, timers->initiation_ns));
	return last_ns + timers->keepalive_s * NSEC_PER_SEC;
}

static uint64_t keepalive_due(const struct timers *timers, const struct timers_marks *marks)
{
	return earlier(
		passive_keepalive_due(timers, marks), persistent_keepalive_due(timers, marks));
}

/* One more initiation, or the end of the attempts. */
static unsigned handshake_attempt(struct timers *timers, uint64_t now_ns)
{
	if (!clock_has_passed(now_ns, timers->attempts_since_ns, WG_REKEY_ATTEMPT_TIME_NS)) {
		/* Counts as sent even if the caller cannot send it; timers_initiation_sent adds the jitter. */
		timers_initiation_sent(timers, now_ns, 0);
		return TIMERS_INITIATE;
	}
	timers->handshake_due_ns = TIMERS_NEVER;
	/* No session followed, so nothing else would wipe what the handshake left behind. */
	if (timers->wipe_due_ns == TIMERS_NEVER)
		timers->wipe_due_ns = now_ns + WG_WIPE_AFTER_TIME_NS;
	return TIMERS_DROP_STAGED;
}

static unsigned keepalive_handle(
	struct timers *timers, const struct timers_marks *marks, uint64_t now_ns)
{
	timers->keepalive_ns = now_ns;
	timers->handled_unacked_ns = marks->unacked_since_ns;
	timers->is_keepalive_wanted = false;
	return TIMERS_KEEPALIVE;
}

void timers_init(struct timers *timers, uint16_t keepalive_s)
{
	*timers = (struct timers){
		.handshake_due_ns = TIMERS_NEVER,
		.wipe_due_ns = TIMERS_NEVER,
	};
	timers_set_keepalive(timers, keepalive_s);
}

void timers_set_keepalive(struct timers *timers, uint16_t keepalive_s)
{
	if (timers->keepalive_s == 0)
		timers->is_keepalive_wanted = true;
	timers->keepalive_s = keepalive_s;
}

void timers_handshake_wanted(struct timers *timers, uint64_t now_ns)
{
	timers->attempts_since_ns = now_ns;
	/*
	 * While attempts go on, data does not bring the next one forward: two peers that call each other at
	 * once end each other's handshake, and only the jitter keeps them from doing so for ever.
	 */
	if (timers->handshake_due_ns != TIMERS_NEVER)
		return;
	if (timers->initiation_ns == 0
		|| clock_has_passed(now_ns, timers->initiation_ns, WG_REKEY_TIMEOUT_NS))
		timers->handshake_due_ns = now_ns;
}

void timers_initiation_sent(struct timers *timers, uint64_t now_ns, uint64_t jitter_ns)
{
	if (timers->handshake_due_ns == TIMERS_NEVER)
		timers->attempts_since_ns = now_ns;
	timers->initiation_ns = now_ns;
	timers->handshake_due_ns = now_ns + WG_REKEY_TIMEOUT_NS + jitter_ns;
	timers->new_handshake_jitter_ns = jitter_ns;
}

/* Our own attempt ended with the remote's; if nothing comes of that, the jitter tells the two of us apart again. */
void timers_response_sent(struct timers *timers, uint64_t now_ns)
{
	timers->initiation_ns = now_ns;
	if (timers->handshake_due_ns != TIMERS_NEVER)
		timers->handshake_due_ns =
			now_ns + WG_REKEY_TIMEOUT_NS + timers->new_handshake_jitter_ns;
}

void timers_session_derived(struct timers *timers, uint64_t now_ns)
{
	timers->wipe_due_ns = now_ns + WG_WIPE_AFTER_TIME_NS;
}

void timers_handshake_complete(struct timers *timers)
{
	timers->handshake_due_ns = TIMERS_NEVER;
}

unsigned timers_poll(struct timers *timers, const struct timers_marks *marks, uint64_t now_ns,
	uint64_t *out_due_ns)
{
	unsigned actions = 0;

	if (new_handshake_due(timers, marks) <= now_ns) {
		timers->handled_unanswered_ns = marks->unanswered_since_ns;
		timers_handshake_wanted(timers, now_ns);
	}
	if (timers->handshake_due_ns <= now_ns)
		actions |= handshake_attempt(timers, now_ns);
	if (keepalive_due(timers, marks) <= now_ns)
		actions |= keepalive_handle(timers, marks, now_ns);
	if (timers->wipe_due_ns <= now_ns) {
		timers->wipe_due_ns = TIMERS_NEVER;
		actions |= TIMERS_WIPE;
	}
	*out_due_ns = earlier(earlier(new_handshake_due(timers, marks), timers->handshake_due_ns),
		earlier(keepalive_due(timers, marks), timers->wipe_due_ns));
	return actions;
}
