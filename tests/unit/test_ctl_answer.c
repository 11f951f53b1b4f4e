/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Answers part by part, with what happens to the peers in between; tests/system/ctl.sh sees the rest. */

#include "ctl_answer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "control_fixture.h"
#include "dataplane.h"
#include "log.h"
#include "peer.h"
#include "protocol.h"
#include "reload.h"
#include "settings.h"
#include "tables/peer_view.h"

#define NOW_NS (1000 * NSEC_PER_SEC)
#define N_PEERS 3
#define PARTS_MAX 16 /* more than an answer about N_PEERS has */

static struct reload_outcome outcome;
static struct ctl_answer answer;
static char text[1 << 20];
static size_t len;

/* The data plane has two workers, and a drop of each reason. */
bool dataplane_count_work(const struct dataplane *dp, unsigned i, struct dataplane_work *out)
{
	(void)dp;
	*out = (struct dataplane_work){
		.lcore_id = i + 1, .n_packets = 10, .n_polls = UINT64_C(1) << 40};
	return i < 2;
}

void dataplane_sum_drops(const struct dataplane *dp, uint64_t out_n[DROP_N])
{
	(void)dp;
	for (unsigned i = 0; i < DROP_N; i++)
		out_n[i] = 1;
}

/* The odd reasons are the interface's. */
void dataplane_sum_interface_drops(
	const struct dataplane *dp, uint8_t iface_id, uint64_t out_n[DROP_N])
{
	(void)dp;
	assert_int_equal(iface_id, 0);
	for (unsigned i = 0; i < DROP_N; i++)
		out_n[i] = i % 2 ? 7 : 0;
}

void dataplane_count_buffers(const struct dataplane *dp, unsigned *out_total, unsigned *out_in_use)
{
	(void)dp;
	*out_total = *out_in_use = 1;
}

uint64_t reload_ask(struct reload *reload)
{
	(void)reload;
	return outcome.number + 1;
}

const struct reload_outcome *reload_outcome(const struct reload *reload)
{
	(void)reload;
	return &outcome;
}

static int setup(void **state)
{
	(void)state;
	control_fixture_init();
	fixture.gw.interfaces = &fixture.iface;
	fixture.gw.n_interfaces = 1;
	outcome = (struct reload_outcome){.number = 7};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	control_fixture_fini();
	return 0;
}

static void begin(enum ctl_command command, const char *interface, const char *level)
{
	struct ctl_request request = {.command = command};

	snprintf(request.interface, sizeof(request.interface), "%s", interface);
	snprintf(request.level, sizeof(request.level), "%s", level);
	len = 0;
	ctl_answer_begin(&answer, &fixture.gw, &request);
}

static size_t next(void)
{
	size_t n = ctl_answer_next(&answer, text + len, NOW_NS);

	assert_true(n <= CTL_PART_MAX);
	len += n;
	return n;
}

/* The answer, whole. */
static json_t *end(void)
{
	json_t *json;

	while (answer.state != CTL_OVER)
		next();
	ctl_answer_end(&answer);
	assert_true(len > 0 && text[len - 1] == '\n');
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json)
		fail_msg("no JSON: %.*s", (int)len, text);
	return json;
}

static json_t *ask(enum ctl_command command)
{
	begin(command, "", "");
	return end();
}

static void add_peers(void)
{
	for (uint8_t i = 1; i <= N_PEERS; i++) {
		struct peer *peer = control_fixture_add(i);
		struct ip_prefix prefix;
		char words[32];

		for (unsigned k = 0; k < i; k++) {
			snprintf(words, sizeof(words), "10.%u.%u.0/24", i, k);
			assert_true(ip_prefix_parse(words, &prefix));
			assert_int_equal(allowed_ip_give(peer, &prefix), 0);
		}
	}
}

static const char *string_at(const json_t *array, size_t i, const char *name)
{
	return json_string_value(json_object_get(json_array_get(array, i), name));
}

static void test_peers(void **state)
{
	json_t *json, *peers;

	(void)state;
	add_peers();
	json = ask(CTL_PEERS);
	peers = json_object_get(json, "peers");
	assert_int_equal(json_array_size(peers), N_PEERS);
	for (size_t i = 0; i < N_PEERS; i++) {
		const json_t *ips = json_object_get(json_array_get(peers, i), "allowed_ips");

		assert_int_equal(json_array_size(ips), i + 1);
		assert_string_equal(string_at(peers, i, "interface"), "wg0");
		assert_null(string_at(peers, i, "endpoint"));
	}
	assert_string_equal(
		string_at(peers, 0, "public_key"), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=");
	json_decref(json);
	assert_true(LIST_EMPTY(&fixture.iface.cursors));
}

/* Whatever is removed between whichever parts: the answer stays whole, and nobody else is missing or there twice. */
static void test_peers_go_in_between(void **state)
{
	(void)state;
	for (unsigned n_parts = 0; n_parts < PARTS_MAX; n_parts++) {
		for (unsigned gone = 0; gone < N_PEERS; gone++) {
			unsigned n_seen[N_PEERS] = {0};
			struct peer *peer;
			json_t *json, *peers;

			add_peers();
			begin(CTL_PEERS, "wg0", "");
			for (unsigned i = 0; i < n_parts && answer.state != CTL_OVER; i++)
				next();
			peer = TAILQ_FIRST(&fixture.iface.peers);
			for (unsigned i = 0; i < gone; i++)
				peer = TAILQ_NEXT(peer, others);
			peer_remove(&fixture.gw, peer);
			json = end();
			peers = json_object_get(json, "peers");
			for (size_t i = 0; i < json_array_size(peers); i++)
				n_seen[string_at(peers, i, "public_key")[1] == 'Q' ? 0
						: string_at(peers, i, "public_key")[1] == 'g'
						? 1
						: 2]++;
			for (unsigned i = 0; i < N_PEERS; i++)
				assert_true(n_seen[i] == 1 || (i == gone && n_seen[i] == 0));
			json_decref(json);
			settings_remove_peers(&fixture.gw, &fixture.iface, UINT32_MAX);
		}
	}
}

static void test_nobody_waits_for_the_rest(void **state)
{
	(void)state;
	add_peers();
	begin(CTL_PEERS, "", "");
	next();
	next();
	ctl_answer_end(&answer);
	assert_true(LIST_EMPTY(&fixture.iface.cursors));
}

/* Sums over more peers than are looked at in a turn. */
static void test_interfaces(void **state)
{
	const json_t *iface;
	unsigned n_turns = 0;
	json_t *json;

	(void)state;
	for (unsigned i = 1; i <= 600; i++) {
		uint8_t public_key[WG_KEY_LEN] = {(uint8_t)i, (uint8_t)(i >> 8), 9};
		struct peer *peer;

		assert_int_equal(peer_create(&fixture.gw, &fixture.iface, public_key, &peer), 0);
		atomic_store(&peer->view->rx_bytes, 1000);
		atomic_store(&peer->view->tx_bytes, i);
		if (i <= 2)
			clock_gettime(CLOCK_REALTIME, &peer->last_handshake);
		if (i == 2)
			peer->last_handshake.tv_sec -=
				(time_t)(WG_REJECT_AFTER_TIME_NS / NSEC_PER_SEC) + 1;
	}
	begin(CTL_INTERFACES, "", "");
	for (; answer.state != CTL_OVER; n_turns++)
		next();
	assert_int_equal(n_turns, 1 + 3 + 1);
	json = end();
	iface = json_array_get(json_object_get(json, "interfaces"), 0);
	assert_string_equal(json_string_value(json_object_get(iface, "name")), "wg0");
	assert_int_equal(json_integer_value(json_object_get(iface, "peers")), 600);
	assert_int_equal(json_integer_value(json_object_get(iface, "active_peers")), 1);
	assert_int_equal(json_integer_value(json_object_get(iface, "rx_bytes")), 600000);
	assert_int_equal(json_integer_value(json_object_get(iface, "tx_bytes")), 600 * 601 / 2);
	json_decref(json);
}

static void test_workers_and_drops(void **state)
{
	json_t *json = ask(CTL_WORKERS);
	const json_t *list = json_object_get(json, "workers");

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 1), "lcore")), 2);
	assert_true(json_integer_value(json_object_get(json_array_get(list, 1), "polls"))
		== INT64_C(1) << 40);
	json_decref(json);
	json = ask(CTL_DROPS);
	list = json_object_get(json, "drops");
	assert_int_equal(json_array_size(list), DROP_N);
	for (size_t i = 0; i < DROP_N; i++) {
		const json_t *interfaces = json_object_get(json_array_get(list, i), "interfaces");

		assert_int_equal(json_object_size(interfaces), i % 2);
		assert_int_equal(
			json_integer_value(json_object_get(interfaces, "wg0")), i % 2 ? 7 : 0);
	}
	json_decref(json);
}

static void assert_error(json_t *json, const char *words)
{
	const char *error = json_string_value(json_object_get(json, "error"));

	if (!error || !strstr(error, words))
		fail_msg("error: %s", error ? error : "none");
	json_decref(json);
}

static void test_refusals(void **state)
{
	struct host_error cut = {"cut within \xc3"};

	(void)state;
	begin(CTL_PEERS, "wg1", "");
	assert_error(end(), "no interface \"wg1\"");
	begin(CTL_LOG, "", "loud");
	assert_error(end(), "no log level \"loud\"");
	ctl_answer_refuse(&answer, &cut);
	len = 0;
	assert_error(end(), "cut within ?");
}

static void test_log(void **state)
{
	json_t *json;

	(void)state;
	begin(CTL_LOG, "", "error");
	json = end();
	assert_string_equal(json_string_value(json_object_get(json, "log_level")), "error");
	assert_false(log_is_on(LOG_LEVEL_WARNING));
	json_decref(json);
}

static void test_reload(void **state)
{
	json_t *json;

	(void)state;
	begin(CTL_RELOAD, "", "");
	assert_int_equal(next(), 0);
	assert_int_equal(next(), 0);
	assert_int_equal(answer.state, CTL_WAITING);
	outcome =
		(struct reload_outcome){.number = 8, .is_taken = true, .n_added = 3, .n_peers = 4};
	json = end();
	assert_null(json_object_get(json, "error"));
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(json, "reload"), "peers_added")),
		3);
	json_decref(json);

	/* One that ends at once */
	begin(CTL_RELOAD, "", "");
	outcome = (struct reload_outcome){.number = 9, .error = {"gw.conf:1: nonsense"}};
	assert_true(next() > 0);
	json = end();
	assert_null(json_object_get(json, "reload"));
	assert_error(json, "gw.conf:1: nonsense");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_peers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peers_go_in_between, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_waits_for_the_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interfaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_workers_and_drops, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
