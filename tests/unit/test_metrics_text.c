/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Prometheus's text part by part, read back by a parser of its rules; tests/system/metrics.sh sees the rest. */

#include "metrics_text.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/config.h"
#include "control_fixture.h"
#include "crypto/aead.h"
#include "dataplane.h"
#include "peer.h"
#include "reload.h"
#include "settings.h"
#include "tables/peer_view.h"

#define NOW_NS (1000 * NSEC_PER_SEC)
#define N_PEERS 3
#define PARTS_MAX 200 /* more than a text about N_PEERS has */
#define LINES_MAX 300

static struct reload_outcome outcome;
static struct gw_config config;
static struct metrics_text text;
static char whole[1 << 17];
static size_t len;
static const char *lines[LINES_MAX];
static size_t n_lines;

/* The data plane has two workers, and drops of each reason. */
bool dataplane_count_work(const struct dataplane *dp, unsigned i, struct dataplane_work *out)
{
	(void)dp;
	*out = (struct dataplane_work){.lcore_id = i + 1,
		.n_packets = 10,
		.n_polls = UINT64_C(1) << 63,
		.busy_ns = 12 * NSEC_PER_SEC + 34 * NSEC_PER_MSEC};
	return i < 2;
}

void dataplane_sum_drops(const struct dataplane *dp, uint64_t out_n[DROP_N])
{
	(void)dp;
	for (unsigned i = 0; i < DROP_N; i++)
		out_n[i] = i;
}

void dataplane_count_buffers(const struct dataplane *dp, unsigned *out_total, unsigned *out_in_use)
{
	(void)dp;
	*out_total = 8;
	*out_in_use = 5;
}

const struct reload_outcome *reload_outcome(const struct reload *reload)
{
	(void)reload;
	return &outcome;
}

static int setup(void **state)
{
	struct aead_trials trials;
	const char *why;

	(void)state;
	control_fixture_init();
	config = (struct gw_config){.has_peer_metrics = true};
	outcome = (struct reload_outcome){.number = 0};
	fixture.gw.config = &config;
	fixture.gw.engine = aead_engine_find("scalar", 256, &trials, &why);
	fixture.gw.interfaces = &fixture.iface;
	fixture.gw.n_interfaces = 1;
	for (uint8_t i = 1; i <= N_PEERS; i++)
		control_fixture_add(i);
	return fixture.gw.engine ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	control_fixture_fini();
	return 0;
}

static void begin(void)
{
	len = 0;
	metrics_text_begin(&text, &fixture.gw);
}

static void next(void)
{
	size_t n = metrics_text_next(&text, whole + len, NOW_NS);

	assert_true(n < METRICS_PART_MAX);
	len += n;
	assert_true(len + METRICS_PART_MAX < sizeof(whole));
}

static void cut_into_lines(void)
{
	n_lines = 0;
	whole[len] = '\0';
	assert_int_equal(whole[len - 1], '\n');
	for (char *line = strtok(whole, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(n_lines < LINES_MAX);
		lines[n_lines++] = line;
	}
}

static void end(void)
{
	while (!text.is_over)
		next();
	metrics_text_end(&text);
	assert_true(LIST_EMPTY(&fixture.iface.cursors));
	cut_into_lines();
}

static void assert_line(const char *wanted)
{
	for (size_t i = 0; i < n_lines; i++)
		if (strcmp(lines[i], wanted) == 0)
			return;
	fail_msg("missing: %s", wanted);
}

static unsigned count_lines(const char *beginning)
{
	unsigned n = 0;

	for (size_t i = 0; i < n_lines; i++)
		n += strncmp(lines[i], beginning, strlen(beginning)) == 0;
	return n;
}

static const char *skip_name(const char *at)
{
	assert_true(isalpha((unsigned char)*at) || *at == '_');
	return at + strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
}

/* {name="value",...}, whose values need no escapes here. */
static const char *skip_labels(const char *at)
{
	const char *separator = "{";

	if (*at != '{')
		return at;
	for (; *at != '}'; separator = ",") {
		assert_int_equal(*at, *separator);
		at = skip_name(at + 1);
		assert_memory_equal(at, "=\"", 2);
		at += 2;
		at += strcspn(at, "\"\\");
		assert_int_equal(*at++, '"');
	}
	return at + 1;
}

static void check_sample(const char *line, const char *family)
{
	const char *at = skip_name(line);
	char *rest;

	assert_int_equal(at - line, strlen(family));
	assert_memory_equal(line, family, strlen(family));
	at = skip_labels(at);
	assert_int_equal(*at, ' ');
	(void)strtod(at + 1, &rest);
	assert_true(rest > at + 1 && *rest == '\0');
}

/* HELP, then TYPE, then samples, each family in one piece; counters, and they alone, are called _total. */
static void test_rules(void **state)
{
	char family[64] = "", type[16] = "", about[64];

	(void)state;
	begin();
	end();
	for (size_t i = 0; i < n_lines; i++) {
		char head[80];
		size_t name_len;

		if (*lines[i] != '#') {
			check_sample(lines[i], family);
			for (size_t k = 0; k < i; k++)
				assert_true(strcspn(lines[i], " ") != strcspn(lines[k], " ")
					|| strncmp(lines[i], lines[k], strcspn(lines[i], " ")));
			continue;
		}
		assert_int_equal(sscanf(lines[i], "# HELP %63s %63s", family, about), 2);
		snprintf(head, sizeof(head), "# HELP %s ", family);
		assert_int_equal(count_lines(head), 1);
		assert_true(++i < n_lines);
		assert_int_equal(sscanf(lines[i], "# TYPE %63s %15s", about, type), 2);
		assert_string_equal(about, family);
		name_len = strlen(family);
		assert_int_equal(strcmp(type, "counter") == 0,
			name_len > 6 && strcmp(family + name_len - 6, "_total") == 0);
		assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0);
	}
}

static void test_values(void **state)
{
	struct peer *peer = TAILQ_FIRST(&fixture.iface.peers);

	(void)state;
	atomic_store(&peer->view->rx_bytes, UINT64_MAX);
	atomic_store(&peer->view->tx_bytes, 7);
	peer->last_handshake.tv_sec = 1700000000;
	fixture.gw.started_ns = NOW_NS - 60 * NSEC_PER_SEC;
	fixture.gw.n_staged = 4;
	begin();
	end();
	assert_line("wg_dpdk_uptime_seconds 60");
	assert_line("wg_dpdk_last_reload_successful 1");
	assert_line("wg_dpdk_buffers 8");
	assert_line("wg_dpdk_buffers_in_use 5");
	assert_line("wg_dpdk_staged_packets 4");
	assert_line("wg_dpdk_waiting_handshakes 3");
	assert_line("wg_dpdk_waiting_handshakes_max 1024");
	assert_line("wg_dpdk_worker_packets_total{lcore=\"1\"} 10");
	assert_line("wg_dpdk_worker_polls_total{lcore=\"2\"} 9223372036854775808");
	assert_line("wg_dpdk_worker_busy_seconds_total{lcore=\"2\"} 12.034000000");
	assert_line("wg_dpdk_dropped_packets_total{reason=\"outer_not_wireguard\"} 1");
	assert_line("wg_dpdk_interface_peers{interface=\"wg0\"} 3");
	assert_line("wg_dpdk_interface_active_peers{interface=\"wg0\"} 0");
#define FIRST "{interface=\"wg0\",public_key=\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\"}"
	assert_line("wg_dpdk_peer_receive_bytes_total" FIRST " 18446744073709551615");
	assert_line("wg_dpdk_peer_transmit_bytes_total" FIRST " 7");
	assert_line("wg_dpdk_peer_latest_handshake_seconds" FIRST " 1700000000");
	assert_int_equal(count_lines("wg_dpdk_dropped_packets_total{"), DROP_N);
	assert_int_equal(count_lines("wg_dpdk_peer_latest_handshake_seconds{"), N_PEERS);
	assert_int_equal(count_lines("wg_dpdk_port_up{"), 0);
	assert_int_equal(count_lines("wg_dpdk_handshake_jobs "), 0);
}

static void test_states(void **state)
{
	struct peer *peer = TAILQ_FIRST(&fixture.iface.peers);

	(void)state;
	clock_gettime(CLOCK_REALTIME, &peer->last_handshake);
	(void)host_error_set(&outcome.error, 1, "wg0: mtu cannot change while it runs");
	begin();
	end();
	assert_line("wg_dpdk_interface_active_peers{interface=\"wg0\"} 1");
	assert_line("wg_dpdk_last_reload_successful 0");
}

static void test_without_peers(void **state)
{
	(void)state;
	config.has_peer_metrics = false;
	begin();
	end();
	assert_int_equal(count_lines("wg_dpdk_peer_"), 0);
	assert_line("wg_dpdk_interface_peers{interface=\"wg0\"} 3");
}

/* More peers than are counted at a time. */
static void test_many_peers(void **state)
{
	struct timespec now;
	struct peer *peer;

	(void)state;
	config.has_peer_metrics = false;
	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned i = N_PEERS + 1; i <= 600; i++) {
		uint8_t key[WG_KEY_LEN] = {(uint8_t)i, (uint8_t)(i >> 8), 1};

		assert_int_equal(peer_create(&fixture.gw, &fixture.iface, key, &peer), 0);
		peer->last_handshake = now;
	}
	begin();
	end();
	assert_line("wg_dpdk_interface_active_peers{interface=\"wg0\"} 597");
}

/* Whatever is removed between whichever parts: nobody else is missing or there twice. */
static void test_peers_go_in_between(void **state)
{
	(void)state;
	for (unsigned n_parts = 0; n_parts < PARTS_MAX; n_parts++) {
		begin();
		for (unsigned i = 0; i < n_parts && !text.is_over; i++)
			next();
		peer_remove(&fixture.gw, TAILQ_FIRST(&fixture.iface.peers));
		end();
		for (uint8_t i = 1; i <= N_PEERS; i++) {
			static const char *const keys[] = {"AQEB", "AgIC", "AwMD"};
			char beginning[96];

			snprintf(beginning, sizeof(beginning),
				"wg_dpdk_peer_receive_bytes_total{interface=\"wg0\",public_key=\"%s",
				keys[i - 1]);
			assert_in_range(count_lines(beginning), i > 1, 1);
		}
		settings_remove_peers(&fixture.gw, &fixture.iface, UINT32_MAX);
		for (uint8_t i = 1; i <= N_PEERS; i++)
			control_fixture_add(i);
	}
}

static void test_interface_goes_in_between(void **state)
{
	(void)state;
	for (unsigned n_parts = 0; n_parts < PARTS_MAX; n_parts++) {
		begin();
		for (unsigned i = 0; i < n_parts && !text.is_over; i++)
			next();
		metrics_text_drop(&text, &fixture.iface);
		assert_true(LIST_EMPTY(&fixture.iface.cursors));
		fixture.iface.is_leaving = true;
		end();
		fixture.iface.is_leaving = false;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_states, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_peers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_peers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peers_go_in_between, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interface_goes_in_between, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
