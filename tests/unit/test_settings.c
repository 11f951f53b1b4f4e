/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Peers that come and go, their allowed IPs, and who goes through them meanwhile. */

#include "settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "control_fixture.h"
#include "failing_alloc.h"
#include "handshake/noise.h"
#include "peer.h"
#include "peer_cursor.h"
#include "protocol.h"
#include "tables/index_table.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

#define NOW_NS (1000 * NSEC_PER_SEC)

static int setup(void **state)
{
	(void)state;
	control_fixture_init();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	n_until_failure = NEVER_FAIL;
	control_fixture_fini();
	return 0;
}

static int give(struct peer *peer, const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return allowed_ip_give(peer, &prefix);
}

static void take(struct peer *peer, const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	allowed_ip_take(peer, &prefix);
}

/* The list of a peer, in its order: "10.0.0.0/8 fd00::/8". */
static void assert_list(const struct peer *peer, const char *expected)
{
	char list[256] = "", text[ADDR_TEXT_MAX];
	const struct allowed_ip *ip;
	size_t len = 0;

	TAILQ_FOREACH(ip, &peer->allowed_ips, others) {
		assert_ptr_equal(ip->peer, peer);
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", len ? " " : "",
			ip_prefix_format(&ip->prefix, text));
	}
	assert_string_equal(list, expected);
}

static void test_allowed_ips_move(void **state)
{
	struct peer *one = control_fixture_add(1), *two = control_fixture_add(2);

	(void)state;
	assert_int_equal(give(one, "10.1.2.3/16"), 0);
	assert_int_equal(give(one, "fd00::1/64"), 0);
	assert_int_equal(give(one, "10.1.0.0/16"), 0); /* the same */
	assert_list(one, "10.1.0.0/16 fd00::/64");
	assert_ptr_equal(control_fixture_owner("10.1.9.9"), one);

	assert_int_equal(give(two, "10.1.0.0/16"), 0);
	assert_list(one, "fd00::/64");
	assert_list(two, "10.1.0.0/16");
	assert_ptr_equal(control_fixture_owner("10.1.9.9"), two);

	take(one, "10.1.0.0/16"); /* not its own */
	assert_ptr_equal(control_fixture_owner("10.1.9.9"), two);
	take(two, "10.1.0.0/16");
	assert_list(two, "");
	assert_null(control_fixture_owner("10.1.9.9"));
}

/* What stays is there all the time, and the new order counts. */
static void test_allowed_ips_replaced(void **state)
{
	struct peer *one = control_fixture_add(1), *two = control_fixture_add(2);

	(void)state;
	assert_int_equal(give(one, "10.1.0.0/16"), 0);
	assert_int_equal(give(one, "10.2.0.0/16"), 0);
	assert_int_equal(give(one, "10.3.0.0/16"), 0);
	allowed_ips_doubt(one);
	assert_ptr_equal(control_fixture_owner("10.1.0.1"), one);
	assert_int_equal(give(one, "10.4.0.0/16"), 0);
	assert_int_equal(give(two, "10.3.0.0/16"), 0);
	assert_int_equal(give(one, "10.1.0.0/16"), 0);
	assert_ptr_equal(control_fixture_owner("10.1.0.1"), one);
	assert_ptr_equal(control_fixture_owner("10.2.0.1"), one);
	settings_settle_peer(&fixture.gw, one, NOW_NS);
	assert_list(one, "10.4.0.0/16 10.1.0.0/16");
	assert_list(two, "10.3.0.0/16");
	assert_null(control_fixture_owner("10.2.0.1"));
	settings_settle_peer(&fixture.gw, one, NOW_NS);
	assert_list(one, "10.4.0.0/16 10.1.0.0/16");
}

/* A number is used again when nothing on its way can name it, and not before. */
static void test_numbers_return(void **state)
{
	struct peer_book *book = &fixture.gw.peers;
	struct peer *one = control_fixture_add(1), *two = control_fixture_add(2), *three, *four;
	uint8_t public_key[WG_KEY_LEN];

	(void)state;
	memcpy(public_key, one->public_key, sizeof(public_key));
	assert_ptr_equal(interface_find_peer(&fixture.iface, public_key), one);
	assert_int_equal(one->view->peer_id, 0);
	assert_int_equal(two->view->peer_id, 1);
	assert_int_equal(give(one, "10.1.0.0/16"), 0);
	fixture.is_flush_over = false;
	peer_remove(&fixture.gw, one);
	assert_null(peer_book_find(book, 0));
	assert_null(control_fixture_owner("10.1.0.1"));
	assert_null(interface_find_peer(&fixture.iface, public_key));
	assert_int_equal(book->n_peers, 1);

	fixture.is_flush_over = true;
	assert_true(peer_book_sweep(book, NULL)); /* the flush begins */
	assert_int_equal(fixture.n_flushes, 1);
	fixture.is_flush_over = false;
	peer_remove(&fixture.gw, two); /* too late for this one */
	assert_true(peer_book_sweep(book, NULL));
	three = control_fixture_add(3);
	assert_int_equal(three->view->peer_id, 2);

	fixture.is_flush_over = true;
	assert_true(peer_book_sweep(book, NULL));
	assert_int_equal(fixture.n_flushes, 2);
	four = control_fixture_add(4);
	assert_int_equal(four->view->peer_id, 0);
	assert_ptr_equal(peer_book_find(book, 0), four);
	assert_false(peer_book_sweep(book, NULL));
	assert_int_equal(control_fixture_add(5)->view->peer_id, 1);
	assert_false(peer_book_sweep(book, NULL));
}

/* Who asks for a flush gets one that begins afterwards, with or without peers that wait for it. */
static void test_flush_for_others(void **state)
{
	struct peer_book *book = &fixture.gw.peers;
	uint64_t first, second;

	(void)state;
	fixture.is_flush_over = false;
	first = peer_book_ask_flush(book);
	assert_false(peer_book_is_flushed(book, first));
	assert_true(peer_book_sweep(book, NULL)); /* it begins */
	second = peer_book_ask_flush(book);
	assert_true(peer_book_sweep(book, NULL));
	assert_false(peer_book_is_flushed(book, first));

	fixture.is_flush_over = true;
	assert_true(peer_book_sweep(book, NULL)); /* the second one begins */
	assert_true(peer_book_is_flushed(book, first));
	assert_false(peer_book_is_flushed(book, second));
	assert_false(peer_book_sweep(book, NULL));
	assert_true(peer_book_is_flushed(book, second));
	assert_int_equal(fixture.n_flushes, 2);
}

/* A million changes leave nothing behind. */
static void test_many_changes(void **state)
{
	(void)state;
	control_fixture_add(7);
	for (unsigned i = 0; i < 1000000; i++) {
		struct peer *peer = control_fixture_add((uint8_t)(i % 5));

		assert_int_equal(give(peer, "10.1.0.0/16"), 0);
		peer_remove(&fixture.gw, peer);
		peer_book_sweep(&fixture.gw.peers, NULL);
		if (i % 64 == 0)
			rcu_reclaim(fixture.gw.publisher.rcu);
	}
	assert_true(fixture.gw.peers.n_ids < 8);
	assert_int_equal(fixture.gw.peers.n_peers, 1);
	assert_int_equal(fixture.iface.allowed_ips.chains.n_nodes, 0);
}

static void test_cursor(void **state)
{
	struct peer *one = control_fixture_add(1), *two = control_fixture_add(2),
		    *three = control_fixture_add(3);
	struct peer_cursor cursor, other;

	(void)state;
	assert_int_equal(give(two, "10.1.0.0/16"), 0);
	assert_int_equal(give(two, "10.2.0.0/16"), 0);
	peer_cursor_open(&cursor, &fixture.iface);
	peer_cursor_open(&other, &fixture.iface);
	assert_ptr_equal(cursor.peer, one);
	assert_null(cursor.allowed_ip);
	peer_cursor_enter(&cursor); /* it has none */
	assert_ptr_equal(cursor.peer, two);
	peer_remove(&fixture.gw, one);
	assert_ptr_equal(other.peer, two);

	peer_cursor_enter(&cursor);
	peer_cursor_enter(&other);
	assert_int_equal(cursor.allowed_ip->prefix.addr.bytes[1], 1);
	take(two, "10.1.0.0/16");
	assert_int_equal(cursor.allowed_ip->prefix.addr.bytes[1], 2);
	assert_int_equal(give(three, "10.2.0.0/16"), 0); /* the last one moves away */
	assert_ptr_equal(cursor.peer, three);
	assert_null(cursor.allowed_ip);

	peer_cursor_enter(&cursor);
	peer_remove(&fixture.gw, three);
	assert_null(cursor.peer);
	assert_null(other.peer);
	peer_cursor_close(&cursor);
	peer_cursor_close(&other);
	control_fixture_add(4);
}

static void test_private_key(void **state)
{
	struct interface *iface = &fixture.iface;
	uint8_t key[WG_KEY_LEN] = {16, [31] = 0x40}, public_key[WG_KEY_LEN];
	const struct endpoint endpoint = {.addr = {AF_INET, {192, 0, 2, 1}}, .port = 1};
	struct peer *one = control_fixture_add(1), *self;

	(void)state;
	noise_public_key(public_key, key);
	assert_int_equal(peer_create(&fixture.gw, iface, public_key, &self), 0);
	settings_set_endpoint(&fixture.gw, one, &endpoint);
	settings_set_keepalive(one, 25);
	settings_settle_peer(&fixture.gw, one, NOW_NS);
	settings_settle_peer(&fixture.gw, one, NOW_NS);
	assert_int_equal(fixture.n_messages, 1); /* the keepalive wants a session */
	assert_int_equal(index_table_count(fixture.gw.publisher.indices), 1);

	/* The same key: the handshake goes on. */
	settings_set_private_key(&fixture.gw, iface, noise_local_private_key(iface->noise), NOW_NS);
	assert_int_equal(fixture.n_messages, 1);
	assert_int_equal(fixture.gw.peers.n_peers, 2);

	settings_set_private_key(&fixture.gw, iface, key, NOW_NS);
	assert_null(interface_find_peer(iface, public_key));
	assert_int_equal(fixture.gw.peers.n_peers, 1);
	assert_int_equal(fixture.n_messages, 2); /* a new one */
	assert_int_equal(index_table_count(fixture.gw.publisher.indices), 1);

	memset(key, 0, sizeof(key));
	settings_set_private_key(&fixture.gw, iface, key, NOW_NS);
	assert_int_equal(index_table_count(fixture.gw.publisher.indices), 0);
	peer_remove(&fixture.gw, one);
}

/* Whichever allocation fails, nothing has changed. */
static void test_no_memory(void **state)
{
	const uint8_t public_key[WG_KEY_LEN] = {1};
	struct peer *peer;
	int result, n = 0;

	(void)state;
	do {
		n_until_failure = n++;
		result = peer_create(&fixture.gw, &fixture.iface, public_key, &peer);
		n_until_failure = NEVER_FAIL;
		assert_true(result == 0 || result == -ENOMEM);
		assert_int_equal(fixture.gw.peers.n_peers, result == 0);
		assert_int_equal(fixture.iface.n_peers, result == 0);
	} while (result < 0);
	assert_int_equal(n, 4);
	for (n = 0, result = -ENOMEM; result < 0; n++) {
		n_until_failure = n;
		result = give(peer, "10.1.0.0/16");
		n_until_failure = NEVER_FAIL;
		assert_list(peer, result == 0 ? "10.1.0.0/16" : "");
		assert_ptr_equal(control_fixture_owner("10.1.0.1"), result == 0 ? peer : NULL);
	}
	assert_true(n > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_allowed_ips_move, setup, teardown),
		cmocka_unit_test_setup_teardown(test_allowed_ips_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_return, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flush_for_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cursor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_private_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
