/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Facts with times, and what timers_poll must say: one script per rule. Times are milliseconds. */

#include "handshake/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "protocol.h"

#define NEVER_MS UINT64_MAX
#define REJECT_MS (WG_REJECT_AFTER_TIME_NS / NSEC_PER_MSEC)
#define WIPE_MS (3 * REJECT_MS)

enum fact {
	INIT, /* a new script; keepalive_s */
	SET_KEEPALIVE,
	WANTED,
	SENT, /* an initiation; jitter_ms */
	RESPONDED,
	DERIVED,
	COMPLETE,
	POLL,
};

struct row {
	enum fact fact;
	uint64_t at_ms;
	uint64_t argument;
	struct {
		uint64_t sent, received, unanswered, unacked;
	} marks;
	unsigned actions;
	uint64_t due_ms;
};

#define INITIATE TIMERS_INITIATE
#define KEEPALIVE TIMERS_KEEPALIVE

static const struct row rows[] = {
	/* 0: at rest */
	{INIT, .argument = 0},
	{POLL, 1000, .due_ms = NEVER_MS},
	{POLL, 999000, .marks = {.sent = 900000, .received = 900000}, .due_ms = NEVER_MS},

	/* 3: an initiation at once, again after Rekey-Timeout and jitter, until it is complete */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 200},
	{POLL, 1000, .due_ms = 6200},
	{POLL, 6199, .due_ms = 6200},
	{POLL, 6200, .actions = INITIATE, .due_ms = 11200},
	{SENT, .at_ms = 6200, .argument = 333},
	{POLL, 6250, .due_ms = 11533},
	{DERIVED, .at_ms = 6300},
	{COMPLETE, .at_ms = 6300},
	{POLL, 6300, .due_ms = 6300 + WIPE_MS},

	/* 15: it could not be sent: no busy loop, next try after Rekey-Timeout */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{POLL, 1000, .due_ms = 6000},
	{POLL, 6000, .actions = INITIATE, .due_ms = 11000},

	/* 20: wanted again within Rekey-Timeout: nothing more */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 300},
	{WANTED, .at_ms = 1001},
	{POLL, 1001, .due_ms = 6300},
	{WANTED, .at_ms = 5999},
	{POLL, 5999, .due_ms = 6300},
	/* 28: and not before the jitter is over */
	{WANTED, .at_ms = 6100},
	{POLL, 6299, .due_ms = 6300},
	{POLL, 6300, .actions = INITIATE, .due_ms = 11300},

	/* 31: wanted by someone who has not heard yet that it is complete */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 0},
	{COMPLETE, .at_ms = 1100},
	{WANTED, .at_ms = 1101},
	{POLL, 1101, .due_ms = NEVER_MS},
	{POLL, 7000, .due_ms = NEVER_MS},
	/* 39: later it counts */
	{WANTED, .at_ms = 7000},
	{POLL, 7000, .actions = INITIATE, .due_ms = 12000},

	/* 41: given up after Rekey-Attempt-Time; what is left behind is wiped */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 0},
	{POLL, 90999, .actions = INITIATE, .due_ms = 95999},
	{SENT, .at_ms = 90999, .argument = 0},
	{POLL, 95998, .due_ms = 95999},
	{POLL, 95999, .actions = TIMERS_DROP_STAGED, .due_ms = 95999 + WIPE_MS},
	{POLL, 95999, .due_ms = 95999 + WIPE_MS},
	{POLL, 95999 + WIPE_MS, .actions = TIMERS_WIPE, .due_ms = NEVER_MS},
	{POLL, 95999 + WIPE_MS, .due_ms = NEVER_MS},

	/* 52: exactly at its end; the wipe of the old session is not put off */
	{INIT, .argument = 0},
	{DERIVED, .at_ms = 500},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 0},
	{POLL, 91000, .actions = TIMERS_DROP_STAGED, .due_ms = 500 + WIPE_MS},
	/* 58: new data starts anew, at once if the last initiation is old enough */
	{WANTED, .at_ms = 91001},
	{POLL, 91001, .actions = INITIATE, .due_ms = 96001},
	{SENT, .at_ms = 91001, .argument = 0},
	{POLL, 181000, .actions = INITIATE, .due_ms = 186000},

	/* 62: new data during the attempts prolongs them */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 1000},
	{POLL, 1000, .actions = INITIATE, .due_ms = 6000},
	{SENT, .at_ms = 1000, .argument = 0},
	{POLL, 86000, .actions = INITIATE, .due_ms = 91000},
	{SENT, .at_ms = 86000, .argument = 0},
	{WANTED, .at_ms = 88000},
	{POLL, 91000, .actions = INITIATE, .due_ms = 96000},
	{SENT, .at_ms = 91000, .argument = 0},
	{POLL, 178000, .actions = TIMERS_DROP_STAGED, .due_ms = 178000 + WIPE_MS},

	/* 72: an initiation that nobody wanted is repeated as well */
	{INIT, .argument = 0},
	{SENT, .at_ms = 101000, .argument = 100},
	{POLL, 101000, .due_ms = 106100},
	{POLL, 106100, .actions = INITIATE, .due_ms = 111100},

	/* 76: data without an answer: a new handshake, once per mark */
	{INIT, .argument = 0},
	{POLL, 1000, .marks = {1000, 0, 1000, 0}, .due_ms = 16000},
	{POLL, 15999, .marks = {15000, 0, 1000, 0}, .due_ms = 16000},
	{POLL, 16000, .marks = {16000, 0, 1000, 0}, .actions = INITIATE, .due_ms = 21000},
	{SENT, .at_ms = 16000, .argument = 100},
	{POLL, 16001, .marks = {16000, 0, 1000, 0}, .due_ms = 21100},
	{COMPLETE, .at_ms = 16100},
	{POLL, 16100, .marks = {16100, 16050, 1000, 0}, .due_ms = NEVER_MS},
	{POLL, 16101, .marks = {16100, 16050, 0, 0}, .due_ms = NEVER_MS},
	/* 85: a new mark, and now with the jitter of the last initiation */
	{POLL, 17000, .marks = {17000, 16050, 17000, 0}, .due_ms = 32100},
	{POLL, 20000, .marks = {17000, 20000, 0, 0}, .due_ms = NEVER_MS},
	{POLL, 32100, .marks = {17000, 20000, 0, 0}, .due_ms = NEVER_MS},
	{POLL, 50000, .marks = {35000, 20000, 34900, 0}, .actions = INITIATE, .due_ms = 55000},

	/* 89: and given up once, whatever the mark says */
	{INIT, .argument = 0},
	{POLL, 16000, .marks = {1000, 0, 1000, 0}, .actions = INITIATE, .due_ms = 21000},
	{SENT, .at_ms = 16000, .argument = 0},
	{POLL, 106000, .marks = {1000, 0, 1000, 0}, .actions = TIMERS_DROP_STAGED,
		.due_ms = 106000 + WIPE_MS},
	{POLL, 107000, .marks = {1000, 0, 1000, 0}, .due_ms = 106000 + WIPE_MS},

	/* 94: silence is noticed during attempts: they are prolonged, not doubled */
	{INIT, .argument = 0},
	{WANTED, .at_ms = 14000},
	{POLL, 14000, .marks = {1000, 0, 1000, 0}, .actions = INITIATE, .due_ms = 16000},
	{SENT, .at_ms = 14000, .argument = 0},
	{POLL, 16000, .marks = {1000, 0, 1000, 0}, .due_ms = 19000},
	{POLL, 19000, .marks = {1000, 0, 1000, 0}, .actions = INITIATE, .due_ms = 24000},

	/* 100: passive keepalive, once per mark */
	{INIT, .argument = 0},
	{POLL, 1000, .marks = {0, 1000, 0, 1000}, .due_ms = 11000},
	{POLL, 10999, .marks = {0, 9000, 0, 1000}, .due_ms = 11000},
	{POLL, 11000, .marks = {0, 9000, 0, 1000}, .actions = KEEPALIVE, .due_ms = NEVER_MS},
	{POLL, 11000, .marks = {0, 9000, 0, 1000}, .due_ms = NEVER_MS},
	{POLL, 11001, .marks = {11001, 9000, 0, 0}, .due_ms = NEVER_MS},
	{POLL, 12000, .marks = {11001, 12000, 0, 12000}, .due_ms = 22000},
	/* 107: something was sent in time */
	{POLL, 15000, .marks = {15000, 12000, 0, 0}, .due_ms = NEVER_MS},
	{POLL, 22000, .marks = {15000, 12000, 0, 0}, .due_ms = NEVER_MS},
	/* 109: keepalives that were received show in last_received only */
	{POLL, 40000, .marks = {15000, 40000, 0, 0}, .due_ms = NEVER_MS},

	/* 110: marks from the future of another core */
	{INIT, .argument = 0},
	{POLL, 1000, .marks = {1002, 1001, 1002, 1001}, .due_ms = 11001},
	{POLL, 11001, .marks = {1002, 1001, 1002, 1001}, .actions = KEEPALIVE, .due_ms = 16002},
	{INIT, .argument = 25},
	{POLL, 1000, .marks = {1002, 0, 0, 0}, .actions = KEEPALIVE, .due_ms = 26002},

	/* 115: persistent keepalive: at once, then so long after whatever passed last */
	{INIT, .argument = 25},
	{POLL, 1000, .actions = KEEPALIVE, .due_ms = 26000},
	{POLL, 1000, .due_ms = 26000},
	{POLL, 1001, .marks = {.sent = 1001}, .due_ms = 26001},
	{POLL, 20000, .marks = {1001, 20000, 0, 0}, .due_ms = 45000},
	{POLL, 45000, .marks = {1001, 20000, 0, 0}, .actions = KEEPALIVE, .due_ms = 70000},
	{POLL, 45000, .marks = {1001, 20000, 0, 0}, .due_ms = 70000},
	/* 122: never sent, for want of a session: again and again, a handshake puts it off */
	{POLL, 70000, .marks = {1001, 20000, 0, 0}, .actions = KEEPALIVE, .due_ms = 95000},
	{SENT, .at_ms = 71000, .argument = 0},
	{COMPLETE, .at_ms = 71050},
	{POLL, 71100, .marks = {1001, 20000, 0, 0}, .due_ms = 96000},
	/* 126: changed, off, on */
	{SET_KEEPALIVE, .argument = 10},
	{POLL, 72000, .marks = {1001, 20000, 0, 0}, .due_ms = 81000},
	{SET_KEEPALIVE, .argument = 0},
	{POLL, 90000, .marks = {1001, 20000, 0, 0}, .due_ms = NEVER_MS},
	{SET_KEEPALIVE, .argument = 65535},
	{POLL, 91000, .marks = {1001, 20000, 0, 0}, .actions = KEEPALIVE, .due_ms = 65626000},
	/* 132: off before it was asked for */
	{INIT, .argument = 25},
	{SET_KEEPALIVE, .argument = 0},
	{POLL, 1000, .due_ms = NEVER_MS},

	/* 135: one keepalive serves both rules */
	{INIT, .argument = 5},
	{POLL, 1000, .marks = {0, 1000, 0, 1000}, .actions = KEEPALIVE, .due_ms = 6000},
	{POLL, 6000, .marks = {0, 1000, 0, 1000}, .actions = KEEPALIVE, .due_ms = 11000},

	/* 138: the newest session counts for the wipe */
	{INIT, .argument = 0},
	{DERIVED, .at_ms = 1000},
	{POLL, 1000, .due_ms = 1000 + WIPE_MS},
	{DERIVED, .at_ms = 121000},
	{POLL, 1000 + WIPE_MS, .due_ms = 121000 + WIPE_MS},
	{POLL, 121000 + WIPE_MS, .actions = TIMERS_WIPE, .due_ms = NEVER_MS},
	{POLL, 121000 + WIPE_MS, .due_ms = NEVER_MS},

	/* 145: everything at once, asked late */
	{INIT, .argument = 25},
	{DERIVED, .at_ms = 1000},
	{WANTED, .at_ms = 1000},
	{POLL, 1000 + WIPE_MS, .marks = {2000, 3000, 2000, 3000},
		.actions = INITIATE | KEEPALIVE | TIMERS_WIPE, .due_ms = 6000 + WIPE_MS},
	{POLL, 1000 + WIPE_MS, .marks = {2000, 3000, 2000, 3000}, .due_ms = 6000 + WIPE_MS},

	/* 150: a response of ours holds back what is wanted */
	{INIT, .argument = 0},
	{RESPONDED, .at_ms = 1000},
	{POLL, 1000, .due_ms = NEVER_MS},
	{WANTED, .at_ms = 5999},
	{POLL, 5999, .due_ms = NEVER_MS},
	{WANTED, .at_ms = 6000},
	{POLL, 6000, .actions = INITIATE, .due_ms = 11000},
	/* 157: and the next attempt, which keeps its jitter */
	{SENT, .at_ms = 6000, .argument = 200},
	{RESPONDED, .at_ms = 11100},
	{POLL, 11200, .due_ms = 16300},
	{POLL, 16299, .due_ms = 16300},
	{POLL, 16300, .actions = INITIATE, .due_ms = 21300},
	/* 162: until its session is confirmed */
	{RESPONDED, .at_ms = 17000},
	{COMPLETE, .at_ms = 17100},
	{POLL, 22200, .due_ms = NEVER_MS},
};

static void check_poll(size_t i, struct timers *timers)
{
	const struct row *row = &rows[i];
	const struct timers_marks marks = {
		.last_sent_ns = row->marks.sent * NSEC_PER_MSEC,
		.last_received_ns = row->marks.received * NSEC_PER_MSEC,
		.unanswered_since_ns = row->marks.unanswered * NSEC_PER_MSEC,
		.unacked_since_ns = row->marks.unacked * NSEC_PER_MSEC,
	};
	uint64_t due_ns, due_ms;
	unsigned actions = timers_poll(timers, &marks, row->at_ms * NSEC_PER_MSEC, &due_ns);

	due_ms = due_ns == TIMERS_NEVER ? NEVER_MS : due_ns / NSEC_PER_MSEC;
	if (actions != row->actions || due_ms != row->due_ms)
		fail_msg("row %zu: actions %#x, expected %#x; due %llu ms, expected %llu", i,
			actions, row->actions, (unsigned long long)due_ms,
			(unsigned long long)row->due_ms);
	if (due_ns <= row->at_ms * NSEC_PER_MSEC)
		fail_msg("row %zu: due at once", i);
}

static void test_rows(void **state)
{
	struct timers timers;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		const uint64_t at_ns = rows[i].at_ms * NSEC_PER_MSEC;

		switch (rows[i].fact) {
		case INIT:
			timers_init(&timers, (uint16_t)rows[i].argument);
			break;
		case SET_KEEPALIVE:
			timers_set_keepalive(&timers, (uint16_t)rows[i].argument);
			break;
		case WANTED:
			timers_handshake_wanted(&timers, at_ns);
			break;
		case SENT:
			timers_initiation_sent(&timers, at_ns, rows[i].argument * NSEC_PER_MSEC);
			break;
		case RESPONDED:
			timers_response_sent(&timers, at_ns);
			break;
		case DERIVED:
			timers_session_derived(&timers, at_ns);
			break;
		case COMPLETE:
			timers_handshake_complete(&timers);
			break;
		case POLL:
			check_poll(i, &timers);
			break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
