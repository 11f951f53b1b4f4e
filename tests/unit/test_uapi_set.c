/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Requests to set, line by line and turn by turn. What is refused in general is compared with wireguard-go by
 * tests/system/wg_set.sh; here is what a newer one knows, and what happens between two turns.
 */

#include "uapi_set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control_fixture.h"
#include "peer.h"
#include "protocol.h"
#include "uapi_line.h"

#define NOW_NS (1000 * NSEC_PER_SEC)
#define ONE "0101010101010101010101010101010101010101010101010101010101010101"
#define TWO "0202020202020202020202020202020202020202020202020202020202020202"

static struct uapi_set set;

static int setup(void **state)
{
	(void)state;
	control_fixture_init();
	uapi_set_begin(&set, &fixture.gw, &fixture.iface);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	control_fixture_fini();
	return 0;
}

/* One turn with one line; false: it was not the end of the line's work. */
static bool say(const char *text)
{
	char line[256];

	snprintf(line, sizeof(line), "%s", text);
	assert_true(uapi_set_resume(&set));
	return uapi_set_line(&set, line, NOW_NS);
}

static int end(void)
{
	return uapi_set_end(&set, NOW_NS);
}

static struct peer *find(uint8_t number)
{
	uint8_t public_key[WG_KEY_LEN];

	memset(public_key, number, sizeof(public_key));
	return interface_find_peer(&fixture.iface, public_key);
}

static void test_lines(void **state)
{
	static const struct {
		const char *text;
		bool is_about_peer;
		int result;
		enum uapi_key key;
		uint32_t number;
	} rows[] = {
		{"listen_port=65535", false, 0, UAPI_LISTEN_PORT, 65535},
		{"listen_port=65536", false, -EINVAL, 0, 0},
		{"listen_port=18446744073709551617", false, -EINVAL, 0, 0},
		{"listen_port", false, -EPROTO, 0, 0},
		{"", false, -EPROTO, 0, 0},
		{"fwmark=4294967295", false, 0, UAPI_FWMARK, UINT32_MAX},
		{"listen_port=1", true, -EINVAL, 0, 0},
		{"allowed_ip=10.0.0.0/8", true, 0, UAPI_ALLOWED_IP, 0},
		{"allowed_ip=-10.0.0.0/8", true, 0, UAPI_ALLOWED_IP_GONE, 0},
		{"allowed_ip=--10.0.0.0/8", true, -EINVAL, 0, 0},
		{"allowed_ip=-", true, -EINVAL, 0, 0},
		{"endpoint=[fe80::1%lo]:7", true, 0, UAPI_ENDPOINT, 0},
		{"endpoint=[fe80::1%1]:7", true, 0, UAPI_ENDPOINT, 0},
		{"endpoint=[fe80::1%]:7", true, -EINVAL, 0, 0},
		{"endpoint=[fe80::1%nowhere]:7", true, -EINVAL, 0, 0},
		{"endpoint=192.0.2.1%1:7", true, -EINVAL, 0, 0},
		{"public_key=" ONE, true, 0, UAPI_PUBLIC_KEY, 0},
		{"public_key=" ONE "0", true, -EINVAL, 0, 0},
		{"preshared_key=" ONE " ", true, -EINVAL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct uapi_line line = {.number = 0};
		char text[256];
		int result;

		snprintf(text, sizeof(text), "%s", rows[i].text);
		result = uapi_line_parse(text, rows[i].is_about_peer, &line);
		if (result != rows[i].result || (result == 0 && line.key != rows[i].key)
			|| (rows[i].number && line.number != rows[i].number))
			fail_msg("row %zu: %s: %d", i + 1, rows[i].text, result);
		if (result == 0 && line.key == UAPI_ENDPOINT)
			assert_int_equal(line.endpoint.scope, 1);
	}
}

static void test_peer(void **state)
{
	(void)state;
	say("public_key=" ONE);
	say("allowed_ip=10.1.0.0/16");
	say("allowed_ip=10.2.0.0/16");
	say("allowed_ip=-10.1.0.0/16");
	say("persistent_keepalive_interval=25");
	assert_int_equal(fixture.n_messages, 0);
	say("endpoint=192.0.2.1:51820");
	assert_int_equal(fixture.n_messages, 0);
	say("public_key=" TWO); /* now all is said of the first */
	assert_int_equal(fixture.n_messages, 1);
	assert_int_equal(end(), 0);
	assert_null(control_fixture_owner("10.1.0.1"));
	assert_ptr_equal(control_fixture_owner("10.2.0.1"), find(1));
	assert_int_equal(fixture.gw.peers.n_peers, 2);
}

/* The first error counts, and ends it. */
static void test_error(void **state)
{
	(void)state;
	say("public_key=" ONE);
	say("allowed_ip=10.1.0.0/16");
	say("allowed_ip=10.1.0.0");
	say("nonsense");
	say("remove=true");
	assert_int_equal(end(), -EINVAL);
	assert_ptr_equal(control_fixture_owner("10.1.0.1"), find(1));
}

/* Between two turns another request removes the peer, or puts another one in its place. */
static void test_removed_by_another(void **state)
{
	(void)state;
	say("public_key=" ONE);
	say("replace_allowed_ips=true");
	peer_remove(&fixture.gw, find(1));
	peer_book_sweep(&fixture.gw.peers, NULL);
	peer_book_sweep(&fixture.gw.peers, NULL);
	say("allowed_ip=10.1.0.0/16");
	say("endpoint=192.0.2.1:51820");
	say("remove=true");
	assert_int_equal(end(), 0);
	assert_int_equal(fixture.gw.peers.n_peers, 0);
	assert_null(control_fixture_owner("10.1.0.1"));

	uapi_set_begin(&set, &fixture.gw, &fixture.iface);
	say("public_key=" ONE);
	peer_remove(&fixture.gw, find(1));
	control_fixture_add(1);
	say("allowed_ip=10.1.0.0/16");
	peer_remove(&fixture.gw, find(1));
	assert_int_equal(end(), 0);
}

/* Many peers do not go in one turn; the next line waits. */
static void test_replace_many(void **state)
{
	uint8_t public_key[WG_KEY_LEN] = {9};
	unsigned n_turns = 1;
	struct peer *peer;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		public_key[1] = (uint8_t)i;
		public_key[2] = (uint8_t)(i >> 8);
		assert_int_equal(peer_create(&fixture.gw, &fixture.iface, public_key, &peer), 0);
	}
	assert_false(say("replace_peers=true"));
	while (!uapi_set_resume(&set)) {
		n_turns++;
		assert_true(fixture.gw.peers.n_peers > 0);
	}
	assert_int_equal(n_turns, 3);
	assert_int_equal(fixture.gw.peers.n_peers, 0);
	say("public_key=" ONE);
	assert_int_equal(end(), 0);
	assert_int_equal(fixture.gw.peers.n_peers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_error, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removed_by_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replace_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
