/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/noise.h"
#include "prng.h"
#include "publish.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

/*
 * I: we started a handshake, and it was answered. R: we answered one. C: an authentic packet came under `next`.
 * c: one came under `current`. x: one came under an index of nobody. W: wipe.
 * What is current, previous and next afterwards, by the number of the handshake from 0; [W] 6.3.
 */
static const struct {
	const char *events, *sessions;
} rows[] = {
	/* 0: the initiator seals at once */
	{"", "---"},
	{"I", "0--"},
	{"II", "10-"},
	{"III", "21-"},
	/* 4: the responder waits for a packet */
	{"R", "--0"},
	{"RC", "0--"},
	{"RR", "--1"},
	{"RRC", "1--"},
	{"RCR", "0-1"},
	{"RCRC", "10-"},
	{"RCRCRC", "21-"},
	/* 11: only a packet under `next` confirms it */
	{"Rx", "--0"},
	{"RCRc", "0-1"},
	{"RCRx", "0-1"},
	{"Ic", "0--"},
	{"Ix", "0--"},
	/* 16: the parts change */
	{"IR", "0-1"},
	{"IRC", "10-"},
	{"IRR", "0-2"},
	{"IRRC", "20-"},
	{"RCI", "10-"},
	/* 21: what was previous goes when there is a next */
	{"IIR", "1-2"},
	{"IIRC", "21-"},
	{"RCRCR", "1-2"},
	/* 24: an unconfirmed next is newer than the current one, and the remote may be sealing with it already */
	{"RI", "10-"},
	{"IRI", "21-"},
	{"IIRI", "32-"},
	{"IRRI", "32-"},
	{"IRII", "32-"},
	{"IRIR", "2-3"},
	/* 30: all of them */
	{"W", "---"},
	{"IW", "---"},
	{"RW", "---"},
	{"IIW", "---"},
	{"IRW", "---"},
	{"IIRW", "---"},
	{"IRWI", "2--"},
	{"IRWRC", "2--"},
};

#define HANDSHAKES_MAX 8
#define NO_INDEX 7

static struct prng prng = {.state = 1};
static struct publisher pub;
static struct iface_view *iface;
static struct peer_view *peer;
static struct session session;
static struct keypair *keypairs[HANDSHAKES_MAX]; /* retired ones must not be looked into */
static uint32_t indices[HANDSHAKES_MAX];
static unsigned n_handshakes;

/* NO_INDEX is never drawn. */
static uint32_t draw(void)
{
	return (uint32_t)prng_next(&prng) | 8;
}

static int setup(void **state)
{
	(void)state;
	pub.rcu = rcu_create(1);
	pub.indices = index_table_create(pub.rcu, draw);
	iface = publish_interface(&pub, 0, 1420);
	peer = publish_peer(iface);
	session = (struct session){.current = NULL};
	n_handshakes = 0;
	return peer ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	session_wipe(&session, &pub, peer);
	rcu_synchronize(pub.rcu);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
	publish_destroy_peer(peer);
	publish_destroy_interface(iface);
	index_table_destroy(pub.indices);
	rcu_destroy(pub.rcu);
	return 0;
}

static void add(bool is_initiator)
{
	struct noise_session fresh = {.is_initiator = is_initiator, .remote_index = n_handshakes};

	memset(fresh.send_key, n_handshakes, sizeof(fresh.send_key));
	assert_int_equal(index_table_take(pub.indices, peer, &fresh.local_index), 0);
	indices[n_handshakes] = fresh.local_index;
	keypairs[n_handshakes] = publish_keypair(&pub, peer, &fresh, 1);
	assert_non_null(keypairs[n_handshakes]);
	session_add(&session, &pub, peer, keypairs[n_handshakes++]);
}

static void play(char event)
{
	switch (event) {
	case 'I':
	case 'R':
		add(event == 'I');
		break;
	case 'C':
		assert_true(session_confirm(&session, &pub, peer, session.next->local_index));
		break;
	case 'c':
		assert_false(session_confirm(&session, &pub, peer, session.current->local_index));
		break;
	case 'x':
		assert_false(session_confirm(&session, &pub, peer, NO_INDEX));
		break;
	case 'W':
		session_wipe(&session, &pub, peer);
		break;
	}
	rcu_reclaim(pub.rcu);
}

static struct keypair *keypair_of(char name)
{
	return name == '-' ? NULL : keypairs[name - '0'];
}

/* Workers open what is under any of the three, and seal with `current`; everything else is gone. */
static void check(size_t row)
{
	const char *names = rows[row].sessions;
	unsigned n_held = 0;

	if (session.current != keypair_of(names[0]) || session.previous != keypair_of(names[1])
		|| session.next != keypair_of(names[2]))
		fail_msg("row %zu: not %s", row, names);
	for (unsigned i = 0; i < n_handshakes; i++) {
		bool is_held = strchr(names, (char)('0' + i));

		if (index_table_find(pub.indices, indices[i]) != (is_held ? keypairs[i] : NULL))
			fail_msg("row %zu: keypair %u is %sfound", row, i, is_held ? "not " : "");
		n_held += is_held;
	}
	if (index_table_count(pub.indices) != n_held)
		fail_msg("row %zu: an index leaked", row);
	if (atomic_load(&peer->sending) != session.current)
		fail_msg("row %zu: sealed with another one", row);
	if (session.current && !atomic_load(&session.current->is_in_use))
		fail_msg("row %zu: current is not in use", row);
	if (session.next && atomic_load(&session.next->is_in_use))
		fail_msg("row %zu: next is in use", row);
	if (rcu_reclaim(pub.rcu) != 0)
		fail_msg("row %zu: something still waits", row);
}

static void test_rotation(void **state)
{
	for (size_t row = 0; row < array_len(rows); row++) {
		assert_int_equal(setup(state), 0);
		for (const char *event = rows[row].events; *event; event++)
			play(*event);
		check(row);
		teardown(state);
	}
}

/* A worker may hold a keypair that was just replaced: it stays whole until the worker has reported. */
static void test_replaced_keypair_waits_for_workers(void **state)
{
	struct keypair *held;

	(void)state;
	add(true);
	rcu_online(pub.rcu, 0);
	held = index_table_find(pub.indices, indices[0]);
	session_wipe(&session, &pub, peer);
	assert_int_equal(rcu_reclaim(pub.rcu), 1);
	assert_null(index_table_find(pub.indices, indices[0]));
	assert_null(atomic_load(&peer->sending));
	assert_int_equal(held->local_index, indices[0]);
	assert_ptr_equal(held->peer, peer);
	rcu_quiescent(pub.rcu, 0);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
	rcu_offline(pub.rcu, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rotation),
		cmocka_unit_test_setup_teardown(
			test_replaced_keypair_waits_for_workers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
