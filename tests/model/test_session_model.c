/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Random handshakes in both roles, packets and wipes against the log of all sessions. After each step the three sessions are
 * the log's, workers find these and no others, and seal with the current one.
 */

#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "handshake/noise.h"
#include "model/factor.h"
#include "model/session_log.h"
#include "prng.h"
#include "publish.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

#define N_ROUNDS 300
#define N_STEPS 3000 /* of a round: the log has room for them */
#define N_WATCHED 6  /* of the last sessions: whether workers find them */

static struct prng prng, index_prng;
static struct publisher pub;
static struct iface_view *iface;
static struct peer_view *peer;
static struct session session;
static struct session_log twin;
static unsigned n_sessions;
static uint32_t indices[N_STEPS + 1]; /* by session */

static uint32_t draw(void)
{
	return (uint32_t)prng_next(&index_prng);
}

/* The number of a session is in its keys. */
static unsigned number_of(const struct keypair *kp)
{
	return kp ? le32_load(kp->send_key) : SESSION_NONE;
}

static void add(bool is_initiator)
{
	struct noise_session fresh = {.is_initiator = is_initiator};
	struct keypair *kp;

	le32_store(fresh.send_key, ++n_sessions);
	assert_int_equal(index_table_take(pub.indices, peer, &fresh.local_index), 0);
	indices[n_sessions] = fresh.local_index;
	kp = publish_keypair(&pub, peer, &fresh, 1);
	assert_non_null(kp);
	session_add(&session, &pub, peer, kp);
	session_log_add(&twin, n_sessions, is_initiator);
}

/* A packet under one of the last sessions: a worker tells of it only where it finds a keypair. */
static void arrive(void)
{
	unsigned number = n_sessions - (unsigned)prng_below(&prng, N_WATCHED);

	if (number > n_sessions || number == 0 || !index_table_find(pub.indices, indices[number]))
		return;
	if (session_confirm(&session, &pub, peer, indices[number])
		!= session_log_confirm(&twin, number))
		fail_msg("session %u of %u was confirmed by one of the two", number, n_sessions);
}

static void step(void)
{
	switch (prng_below(&prng, 64)) {
	case 0:
		session_wipe(&session, &pub, peer);
		twin = (struct session_log){0};
		break;
	case 1 ... 16:
		add(true);
		break;
	case 17 ... 36:
		add(false);
		break;
	default:
		arrive();
	}
}

static bool is_held(unsigned number)
{
	return number == session_log_current(&twin) || number == session_log_previous(&twin)
		|| number == twin.waiting;
}

static void check(void)
{
	const unsigned n_held = !!session.current + !!session.previous + !!session.next;

	assert_int_equal(number_of(session.current), session_log_current(&twin));
	assert_int_equal(number_of(session.previous), session_log_previous(&twin));
	assert_int_equal(number_of(session.next), twin.waiting);
	assert_ptr_equal(atomic_load(&peer->sending), session.current);
	assert_true(!session.current || atomic_load(&session.current->is_in_use));
	assert_true(!session.previous || atomic_load(&session.previous->is_in_use));
	assert_true(!session.next || !atomic_load(&session.next->is_in_use));
	for (unsigned i = 0; i < N_WATCHED && i < n_sessions; i++) {
		unsigned number = n_sessions - i;
		const struct keypair *kp = index_table_find(pub.indices, indices[number]);

		assert_int_equal(number_of(kp), is_held(number) ? number : SESSION_NONE);
	}
	assert_int_equal(index_table_count(pub.indices), n_held);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
}

static void play_round(void)
{
	pub.rcu = rcu_create(1);
	pub.indices = index_table_create(pub.rcu, draw);
	iface = publish_interface(&pub, 0, 1420);
	peer = publish_peer(iface);
	assert_non_null(peer);
	twin = (struct session_log){0};
	n_sessions = 0;
	for (unsigned i = 0; i < N_STEPS; i++) {
		step();
		rcu_reclaim(pub.rcu);
		check();
	}
	session_wipe(&session, &pub, peer);
	publish_destroy_peer(peer);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
	publish_destroy_interface(iface);
	index_table_destroy(pub.indices);
	rcu_destroy(pub.rcu);
}

static void test_against_log(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N_ROUNDS * model_factor(); i++)
		play_round();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_log)};

	prng = prng_seed();
	index_prng = prng;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
