/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What may differ in files that are read again, and what must not: each key in its row. */

#include "reload_check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A gateway, twice: as it runs, and as the files say now. */
struct world {
	struct gw_config config;
	struct interface_config interfaces[2];
	struct ip_prefix addresses[2];
	struct port_config ports[1];
};

static struct world runs, files;

static void fill(struct world *w)
{
	*w = (struct world){
		.config = {.crypto = "auto", .n_interfaces = 2, .n_ports = 1},
		.interfaces = {{.name = "wg0", .n_addresses = 2}, {.name = "wg1"}},
		.ports = {{.name = "wan", .device = "net_tap0"}},
	};
	w->config.interfaces = w->interfaces;
	w->config.ports = w->ports;
	w->interfaces[0].addresses = w->addresses;
}

/* A field that gets another value in the files, and words of the refusal; NULL: it may. */
#define ROW(field, piece) \
	{ \
#		field, offsetof(struct world, field), piece \
	}

static int check_all(struct host_error *error)
{
	int result = reload_check_gateway(&runs.config, &files.config, error);

	for (size_t i = 0; i < 2 && result == 0; i++)
		result = reload_check_interface(&runs.interfaces[i], &files.interfaces[i], error);
	return result;
}

static void test_keys(void **state)
{
	static const struct {
		const char *name;
		size_t offset;
		const char *piece;
	} rows[] = {
		ROW(config.log_level, NULL),
		ROW(interfaces[0].listen_port, NULL),
		ROW(interfaces[0].fwmark, NULL),
		ROW(interfaces[0].private_key, NULL),
		ROW(interfaces[1].n_peers, NULL),
		ROW(config.crypto, "crypto cannot change while it runs"),
		ROW(config.idle_spin_us, "idle_spin_us cannot"),
		ROW(config.mbufs, "mbufs cannot"),
		ROW(config.handshake_lcores, "handshake_lcores cannot"),
		ROW(config.is_offloaded, "offload cannot"),
		ROW(config.metrics.port, "metrics cannot"),
		ROW(config.metrics.addr.bytes, "metrics cannot"),
		ROW(config.has_peer_metrics, "metrics_peers cannot"),
		ROW(ports[0].name, "ports cannot"),
		ROW(ports[0].device, "ports cannot"),
		ROW(ports[0].mode, "ports cannot"),
		ROW(ports[0].queues, "ports cannot"),
		ROW(ports[0].mtu, "ports cannot"),
		ROW(ports[0].rx_descriptors, "ports cannot"),
		ROW(ports[0].tx_descriptors, "ports cannot"),
		ROW(ports[0].host_rate, "ports cannot"),
		ROW(ports[0].is_promiscuous, "ports cannot"),
		ROW(interfaces[0].mtu, "wg0: mtu cannot"),
		ROW(interfaces[1].route_mode, "wg1: table cannot"),
		ROW(interfaces[1].route_table, "wg1: table cannot"),
		ROW(addresses[1].len, "wg0: addresses cannot"),
		ROW(addresses[0].addr.bytes, "wg0: addresses cannot"),
		ROW(interfaces[0].underlay, "wg0: underlay cannot"),
		ROW(interfaces[0].netns, "wg0: netns cannot"),
		ROW(interfaces[0].is_mss_clamped, "wg0: mss_clamp cannot"),
		ROW(interfaces[1].is_dscp_copied, "wg1: dscp cannot"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host_error error = {""};
		int result;

		fill(&runs);
		fill(&files);
		((uint8_t *)&files)[rows[i].offset]++;
		result = check_all(&error);
		if (result != (rows[i].piece ? -EOPNOTSUPP : 0)
			|| (rows[i].piece && !strstr(error.line, rows[i].piece)))
			fail_msg("row %zu: %s: %d, %s", i + 1, rows[i].name, result, error.line);
	}
}

static void test_numbers(void **state)
{
	struct host_error error;

	(void)state;
	fill(&runs);
	fill(&files);
	files.config.n_interfaces = 1; /* they come and go */
	assert_int_equal(check_all(&error), 0);
	files.config.n_ports = 0;
	assert_int_equal(check_all(&error), -EOPNOTSUPP);
	fill(&files);
	files.interfaces[0].n_addresses = 1;
	assert_int_equal(check_all(&error), -EOPNOTSUPP);
}

static void test_find(void **state)
{
	(void)state;
	fill(&files);
	assert_ptr_equal(reload_find(&files.config, "wg1"), &files.interfaces[1]);
	assert_null(reload_find(&files.config, "wg2"));
	files.config.n_interfaces = 1;
	assert_null(reload_find(&files.config, "wg1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
