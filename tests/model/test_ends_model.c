/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Hours of two peers: storms, in which the network loses, doubles and reorders what it likes and one of them may start anew,
 * and calm after each. In calm what a talker says arrives again within the time that [W] 6 promises, and then all of it;
 * when both are silent long enough nothing is left of them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "model/ends.h"
#include "model/factor.h"
#include "protocol.h"
#include "tables/index_table.h"

#define N_ROUNDS 16
#define N_STORMS 12 /* of a round */

/*
 * A talker whose session is dead on the other side hears nothing for Keepalive-Timeout + Rekey-Timeout and then calls,
 * [W] 6.4. If the other one calls at the same time, both try again after Rekey-Timeout: twice at the most, as their
 * jitters differ by more than the latency.
 */
#define ATTEMPT_NS (WG_REKEY_TIMEOUT_NS + WG_REKEY_JITTER_NS)
#define RECOVERY_NS (WG_KEEPALIVE_TIMEOUT_NS + 3 * ATTEMPT_NS + NSEC_PER_SEC)
/*
 * A handshake that both begin at once comes to nothing but leaves each with a session that waits. If that is still there at the
 * next one, it takes the place of the old session, [W] 6.3, and what is on its way under that is lost: one packet each way.
 */
#define LOST_MAX 2
#define STALE_NS (3 * NSEC_PER_SEC) /* until nothing from the storm is on its way */
#define SILENCE_NS (WG_REKEY_ATTEMPT_TIME_NS + 2 * WG_WIPE_AFTER_TIME_NS)

struct figures {
	uint64_t simulated_ns, longest_recovery_ns;
	uint64_t n_calm_sent;
	unsigned n_calm_lost;
	unsigned n_initiations, n_sessions, n_sent, n_arrived, n_restarts;
};

static struct prng prng;

static void set_weather(struct network *net, uint64_t loss, uint64_t doubled, uint64_t latency_ms)
{
	net->loss_percent = loss;
	net->double_percent = doubled;
	net->latency_max_ns = latency_ms * NSEC_PER_MSEC;
}

static void play(struct network *net, uint64_t duration_ns)
{
	for (const uint64_t end_ns = net->now_ns + duration_ns; net->now_ns < end_ns;)
		network_step(net);
}

static void choose_talkers(struct network *net)
{
	unsigned who = 1 + (unsigned)prng_below(&net->prng, 3);

	net->ends[0].is_talking = who & 1;
	net->ends[1].is_talking = who & 2;
}

static void storm(struct network *net)
{
	static const uint64_t losses[] = {0, 5, 30, 60, 90, 100};

	set_weather(net, losses[prng_below(&net->prng, array_len(losses))],
		prng_below(&net->prng, 40), 1 + prng_below(&net->prng, 2000));
	choose_talkers(net);
	play(net, prng_below(&net->prng, 250 * NSEC_PER_SEC));
	if (prng_below(&net->prng, 3) == 0)
		end_restart(&net->ends[prng_below(&net->prng, 2)]);
	if (prng_below(&net->prng, 3) == 0)
		choose_talkers(net);
	play(net, prng_below(&net->prng, 50 * NSEC_PER_SEC));
}

/* false: somebody who is talked to has heard nothing yet since `begin_ns`. */
static bool has_recovered(const struct network *net, uint64_t begin_ns)
{
	for (unsigned i = 0; i < 2; i++)
		if (net->ends[!i].is_talking && net->ends[i].heard_ns < begin_ns)
			return false;
	return true;
}

/* Everybody who is talked to hears something again in time. */
static void recover(struct network *net, struct figures *figures)
{
	const uint64_t begin_ns = net->now_ns;

	while (!has_recovered(net, begin_ns)) {
		if (net->now_ns - begin_ns > RECOVERY_NS)
			fail_msg("nothing is heard again");
		network_step(net);
	}
	if (net->now_ns - begin_ns > figures->longest_recovery_ns)
		figures->longest_recovery_ns = net->now_ns - begin_ns;
}

static unsigned count_lost(const struct network *net, uint64_t first_serial)
{
	unsigned n_lost = 0;

	for (uint64_t serial = first_serial; serial <= net->last_serial; serial++)
		n_lost += net->arrived[serial % ENDS_SERIALS_LEN] != serial;
	return n_lost;
}

/* Then nothing is lost any more, however often sessions are renewed, but where both call at once: see LOST_MAX. */
static void calm(struct network *net, struct figures *figures)
{
	const bool was_talking[] = {net->ends[0].is_talking, net->ends[1].is_talking};
	uint64_t first_serial;
	unsigned n_lost;

	set_weather(net, 0, prng_below(&net->prng, 20), 1 + prng_below(&net->prng, 100));
	recover(net, figures);
	play(net, STALE_NS);
	first_serial = net->last_serial + 1;
	play(net, prng_below(&net->prng, 400 * NSEC_PER_SEC));
	net->ends[0].is_talking = net->ends[1].is_talking = false;
	play(net, NSEC_PER_SEC);
	n_lost = count_lost(net, first_serial);
	figures->n_calm_sent += net->last_serial + 1 - first_serial;
	figures->n_calm_lost += n_lost;
	assert_in_range(n_lost, 0, LOST_MAX);
	net->ends[0].is_talking = was_talking[0];
	net->ends[1].is_talking = was_talking[1];
}

/* Nothing is left, and nobody will ever be asked again. */
static void silence(struct network *net)
{
	net->ends[0].is_talking = net->ends[1].is_talking = false;
	play(net, SILENCE_NS);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(net->ends[i].due_ns, TIMERS_NEVER);
		assert_int_equal(end_count_keypairs(&net->ends[i]), 0);
		assert_int_equal(index_table_count(net->ends[i].publisher.indices), 0);
	}
}

static void play_round(struct figures *figures)
{
	static struct network net;
	uint64_t begin_ns;

	network_init(&net, prng_next(&prng));
	begin_ns = net.now_ns;
	for (unsigned i = 0; i < N_STORMS; i++) {
		storm(&net);
		calm(&net, figures);
		if (prng_below(&net.prng, 6) == 0)
			silence(&net);
	}
	silence(&net);
	figures->simulated_ns += net.now_ns - begin_ns;
	for (unsigned i = 0; i < 2; i++) {
		figures->n_initiations += net.ends[i].n_initiations;
		figures->n_sessions += net.ends[i].n_sessions;
		figures->n_restarts += net.ends[i].n_restarts;
		figures->n_sent += net.ends[i].n_sent;
		figures->n_arrived += net.ends[i].n_arrived;
	}
	network_fini(&net);
}

static void test_storms(void **state)
{
	struct figures figures = {0};

	(void)state;
	for (unsigned i = 0; i < N_ROUNDS * model_factor(); i++)
		play_round(&figures);
	print_message("%.1f hours, %u restarts, %u initiations, %u sessions; %u of %u packets "
		      "arrived, in calm all of %" PRIu64
		      " but %u; longest recovery %.1f s of %.1f s\n",
		(double)figures.simulated_ns / NSEC_PER_SEC / 3600, figures.n_restarts,
		figures.n_initiations, figures.n_sessions, figures.n_arrived, figures.n_sent,
		figures.n_calm_sent, figures.n_calm_lost,
		(double)figures.longest_recovery_ns / NSEC_PER_SEC,
		(double)RECOVERY_NS / NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_storms)};

	prng = prng_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
