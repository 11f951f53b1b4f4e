/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Ports, and what interfaces say beside a wg(8) file. What is refused are rows of test_config_bad. */

#include "unit/config_fixture.h"

#include "base/compiler.h"
#include "protocol.h"
#include "unit/failing_alloc.h"

#define MINIMAL "interfaces = ( { config = \"wg0.conf\"; } );\n"
#define WG_HEAD "[Interface]\nPrivateKey = " S1 "\n"
#define FIFTY "12345678901234567890123456789012345678901234567890"
#define PORT(name, more) "{ name = \"" name "\"; device = \"net_null_" name "\"; " more " }"

static struct gw_config *load_texts(const char *gw, const char *wg)
{
	struct gw_config *config;

	write_text("gw.conf", gw);
	write_text("wg0.conf", wg);
	config = load_here("gw.conf");
	if (n_errors)
		fail_msg("%s", last_error);
	assert_non_null(config);
	return config;
}

static void test_every_key(void **state)
{
	struct gw_config *config = load_texts(
		"ports = ( { name = \"wan\"; device = \"net_af_xdp0,iface=eth1\"; mode = \"shared\";\n"
		"queues = 3; mtu = 1500; rx_descriptors = 512; tx_descriptors = 1024;\n"
		"host_rate = 5000; promiscuous = true; } );\n" MINIMAL,
		WG_HEAD);
	const struct port_config *port = config->ports;

	(void)state;
	assert_int_equal(config->n_ports, 1);
	assert_string_equal(port->name, "wan");
	assert_string_equal(port->device, "net_af_xdp0,iface=eth1");
	assert_int_equal(port->mode, PORT_SHARED);
	assert_int_equal(port->queues, 3);
	assert_int_equal(port->mtu, 1500);
	assert_int_equal(port->rx_descriptors, 512);
	assert_int_equal(port->tx_descriptors, 1024);
	assert_int_equal(port->host_rate, 5000);
	assert_true(port->is_promiscuous);
	assert_int_equal(n_warnings, 0);
	config_free(config);
}

/* The second port does not inherit from the first, nor the second interface. */
static void test_defaults(void **state)
{
	struct gw_config *config = load_texts(
		"interfaces = ( { name = \"wg1\"; private_key = \"" S1 "\"; listen_port = 1;\n"
		"underlay = \"port\"; mss_clamp = true; dscp = \"copy\"; },\n"
		"{ config = \"wg0.conf\"; } );\n"
		"ports = ( " PORT(
			"a", "queues = 2; host_rate = 100; promiscuous = TRUE;") ",\n" PORT("b",
			"") " );\n",
		WG_HEAD);
	const struct port_config *port = &config->ports[1];
	const struct interface_config *interface = &config->interfaces[1];

	(void)state;
	assert_int_equal(config->interfaces[0].underlay, UNDERLAY_PORT);
	assert_true(config->interfaces[0].is_mss_clamped);
	assert_true(config->interfaces[0].is_dscp_copied);
	assert_string_equal(config->interfaces[0].netns, "");
	assert_int_equal(interface->underlay, UNDERLAY_SOCKET);
	assert_false(interface->is_mss_clamped);
	assert_false(interface->is_dscp_copied);

	assert_int_equal(config->n_ports, 2);
	assert_true(config->ports[0].is_promiscuous);
	assert_string_equal(port->name, "b");
	assert_string_equal(port->device, "net_null_b");
	assert_int_equal(port->mode, PORT_OWN);
	assert_int_equal(port->queues, 0);
	assert_int_equal(port->mtu, 0);
	assert_int_equal(port->rx_descriptors, 0);
	assert_int_equal(port->tx_descriptors, 0);
	assert_int_equal(port->host_rate, 20000);
	assert_false(port->is_promiscuous);
	config_free(config);

	config = load_texts(MINIMAL, WG_HEAD);
	assert_int_equal(config->n_ports, 0);
	config_free(config);
}

/* Texts of `device`, and what becomes of them. */
static void test_devices(void **state)
{
	static const struct {
		const char *text, *device;
	} rows[] = {
		{"0000:3b:00.0", "0000:3b:00.0"},
		{"3b:00.0", "0000:3b:00.0"},
		{"0:3B:1F.7", "0000:3b:1f.7"},
		{"10000:e1:00.0", "10000:e1:00.0"},
		{"ffffffff:ff:1f.7", "ffffffff:ff:1f.7"},
		{"3b:00.1,rxq_comp_en=1", "0000:3b:00.1,rxq_comp_en=1"},
		{"net_null0", "net_null0"},
		{"net_n", "net_n"},
		{"net_567890" FIFTY "123", "net_567890" FIFTY "123"},
		{"eth_af_packet0,iface=eth1", "eth_af_packet0,iface=eth1"},
		{"net_virtio_user-A_1,path=/dev/vhost-net,queues=2",
			"net_virtio_user-A_1,path=/dev/vhost-net,queues=2"},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct gw_config *config;
		char text[512];

		snprintf(text, sizeof(text), "ports = ( { name = \"a\"; device = \"%s\"; } );\n%s",
			rows[i].text, MINIMAL);
		config = load_texts(text, WG_HEAD);
		if (strcmp(config->ports[0].device, rows[i].device) != 0)
			fail_msg("row %zu: %s", i, config->ports[0].device);
		config_free(config);
	}
}

/* 255 characters fit; a short PCI address gets longer by five. */
static void test_longest_device(void **state)
{
	static const struct {
		const char *start;
		int arguments_len;
		bool is_good;
	} rows[] = {
		{"net_null0,a=", 243, true},
		{"net_null0,a=", 244, false},
		{"3b:00.0,a=", 240, true},
		{"3b:00.0,a=", 241, false},
	};
	char more[256];

	(void)state;
	memset(more, '1', sizeof(more));
	write_text("wg0.conf", WG_HEAD);
	for (size_t i = 0; i < array_len(rows); i++) {
		struct gw_config *config;
		char text[512];

		snprintf(text, sizeof(text),
			"ports = ( { name = \"a\"; device = \"%s%.*s\"; } );\n%s", rows[i].start,
			rows[i].arguments_len, more, MINIMAL);
		write_text("gw.conf", text);
		config = load_here("gw.conf");
		if (rows[i].is_good != !!config)
			fail_msg("row %zu: %s", i, last_error);
		if (config)
			assert_int_equal(strlen(config->ports[0].device), 255);
		else
			assert_non_null(strstr(last_error, "longer than 255 characters"));
		config_free(config);
	}
}

/* Both ends of every range. The ends' outer neighbours are rows of test_config_bad. */
static void test_limits(void **state)
{
	static const struct {
		const char *text;
		size_t offset, len;
		uint32_t value;
		unsigned n_warnings;
	} rows[] = {
#define LIMIT(text, field, value, n_warnings) \
	{text, offsetof(struct port_config, field), sizeof(((struct port_config *)NULL)->field), \
		value, n_warnings}
		LIMIT("queues = 1", queues, 1, 0),
		LIMIT("queues = 64", queues, 64, 0),
		LIMIT("queues = \"auto\"", queues, 0, 0),
		LIMIT("mtu = 576", mtu, 576, 1), /* no IPv6 */
		LIMIT("mtu = 1279", mtu, 1279, 1),
		LIMIT("mtu = 1280", mtu, 1280, 0),
		LIMIT("mtu = 9000", mtu, 9000, 0),
		LIMIT("mtu = 0", mtu, 0, 0),
		LIMIT("rx_descriptors = 0", rx_descriptors, 0, 0),
		LIMIT("rx_descriptors = 64", rx_descriptors, 64, 0),
		LIMIT("rx_descriptors = 32768", rx_descriptors, 32768, 0),
		LIMIT("tx_descriptors = 64", tx_descriptors, 64, 0),
		LIMIT("tx_descriptors = 32768", tx_descriptors, 32768, 0),
		LIMIT("host_rate = 100", host_rate, 100, 0),
		LIMIT("host_rate = 10000000", host_rate, 10000000, 0),
		LIMIT("promiscuous = false", is_promiscuous, false, 0),
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct gw_config *config;
		uint32_t value = 0;
		char text[512];

		snprintf(text, sizeof(text), "ports = ( " PORT("a", "%s;") " );\n" MINIMAL,
			rows[i].text);
		config = load_texts(text, WG_HEAD);
		memcpy(&value, (const char *)config->ports + rows[i].offset, rows[i].len);
		if (value != rows[i].value || n_warnings != rows[i].n_warnings)
			fail_msg("row %zu: %u, %s", i, value, last_warning);
		config_free(config);
	}
}

static void test_beside_config(void **state)
{
	struct gw_config *config = load_texts(
		"ports = ( " PORT("a", "") ", " PORT("b", "") ", " PORT("c",
			"") " );\n"
			    "interfaces = ( { underlay = \"port\"; config = \"wg0.conf\"; name = \"tunnel\";\n"
			    "mss_clamp = true; dscp = \"copy\"; } );\n",
		WG_HEAD "ListenPort = 51820\n");
	const struct interface_config *interface = config->interfaces;

	(void)state;
	assert_int_equal(config->n_ports, PORTS_MAX_IN_TESTS);
	assert_string_equal(interface->name, "tunnel");
	assert_int_equal(interface->listen_port, 51820);
	assert_int_equal(interface->underlay, UNDERLAY_PORT);
	assert_true(interface->is_mss_clamped);
	assert_true(interface->is_dscp_copied);
	config_free(config);
	assert_int_equal(config_env_host.ports_max, WG_PORTS_MAX);
}

static void test_every_allocation_fails(void **state)
{
	int n = 0;

	(void)state;
	write_text("gw.conf", "ports = ( " PORT("a", "") ", " PORT("b", "") " );\n" MINIMAL);
	write_text("wg0.conf", WG_HEAD);
	for (;; n++) {
		struct gw_config *config;

		n_until_failure = n;
		config = load_here("gw.conf");
		n_until_failure = NEVER_FAIL;
		if (config) {
			config_free(config);
			break;
		}
		assert_int_equal(n_errors, 1);
		assert_non_null(strstr(last_error, "out of memory"));
	}
	assert_true(n > 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_longest_device),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_beside_config),
		cmocka_unit_test(test_every_allocation_fails),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
