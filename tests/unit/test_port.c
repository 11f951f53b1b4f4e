/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Ports of DPDK's virtual devices: net_null, which makes packets and eats them, and net_ring. */

#include "io/port.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_log.h>

#include "io/port_link.h"
#include "pipeline_fixture.h"
#include "unit/failing_alloc.h"

static char error[PORT_ERROR_MAX];

static struct port_setup setup_of(const char *device, unsigned n_workers, uint16_t n_queues)
{
	return (struct port_setup){
		.name = "lan", .device = device, .n_workers = n_workers, .n_queues = n_queues};
}

/* NULL: `error` and errno say why. */
static struct port *attach(const struct port_setup *setup)
{
	struct port *port;

	memset(error, 0, sizeof(error));
	errno = 0;
	port = port_attach(setup, error);
	if (port)
		return port;
	assert_int_not_equal(errno, 0);
	assert_int_not_equal(error[0], 0);
	assert_null(strchr(error, '\n'));
	assert_null(strstr(error, "lan"));
	return NULL;
}

static struct port *must_attach(const struct port_setup *setup)
{
	struct port *port = attach(setup);

	if (!port)
		fail_msg("%s: %s", setup->device, error);
	return port;
}

static void must_start(struct port *port)
{
	if (port_start(port, fixture_pool(), error) != 0)
		fail_msg("%s", error);
}

static unsigned n_ethdevs(void)
{
	return rte_eth_dev_count_avail();
}

/* No port without a device: the text says which one, and where to look. */
static void test_no_device(void **state)
{
	static const char *const devices[] = {
		"net_nothing0", "0000:ff:1f.7", "net_null9,nonsense=1"};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(devices); i++) {
		struct port_setup setup = setup_of(devices[i], 1, 0);

		assert_null(attach(&setup));
		assert_non_null(strstr(error, devices[i]));
		assert_non_null(strstr(error, "dpdk-devbind.py --status"));
		assert_int_equal(n_ethdevs(), 0);
	}
}

/* A device of another kind is refused, and the ports that there are stay as they are. */
static void test_no_network_device(void **state)
{
	struct port_setup setup = setup_of("net_null0", 1, 0), bad = setup_of("crypto_null0", 1, 0);
	struct port *port = must_attach(&setup);

	(void)state;
	must_start(port);
	for (unsigned i = 0; i < 2; i++) {
		assert_null(attach(&bad));
		assert_non_null(strstr(error, "crypto_null0"));
		assert_int_equal(n_ethdevs(), 1);
		assert_true(port_is_up(port));
	}
	port_detach(port);
	assert_int_equal(n_ethdevs(), 0);
}

/* As many queues as there are workers, or as is said, if the device has as many: net_ring has 16. */
static void test_queues(void **state)
{
	static const struct {
		unsigned n_workers;
		uint16_t n_queues, n_rx, n_tx;
	} rows[] = {
		{1, 0, 1, 1},
		{1, 1, 1, 1},
		{1, 4, 4, 1},
		{4, 0, 4, 4},
		{4, 1, 1, 4},
		{4, 2, 2, 4},
		{4, 9, 9, 4},
		{16, 0, 16, 16},
		{20, 0, 16, 16},
		{20, 3, 3, 16},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		struct port_setup setup =
			setup_of("net_ring0", rows[i].n_workers, rows[i].n_queues);
		struct port *port = must_attach(&setup);

		if (port_facts(port)->n_rx_queues != rows[i].n_rx
			|| port_facts(port)->n_tx_queues != rows[i].n_tx)
			fail_msg("row %zu: %u and %u", i, port_facts(port)->n_rx_queues,
				port_facts(port)->n_tx_queues);
		assert_int_equal(port_buffers(port), 1024 * (rows[i].n_rx + rows[i].n_tx));
		port_detach(port);
	}
}

static void test_descriptors(void **state)
{
	struct port_setup setup = setup_of("net_null0", 3, 2);
	struct port *port;

	(void)state;
	setup.n_rx_descriptors = 256;
	setup.n_tx_descriptors = 128;
	port = must_attach(&setup);
	assert_int_equal(port_buffers(port), 2 * 256 + 3 * 128);
	must_start(port);
	port_detach(port);
}

static void test_mtu(void **state)
{
	struct port_setup setup = setup_of("net_null0", 1, 0), other = setup_of("net_ring0", 1, 0);
	struct port *port = must_attach(&setup);

	(void)state;
	assert_int_equal(port_facts(port)->mtu, 1500);
	port_detach(port);
	setup.mtu = 9000;
	port = must_attach(&setup);
	assert_int_equal(port_facts(port)->mtu, 9000);
	port_detach(port);
	other.mtu = 9000; /* a device that cannot be told */
	assert_null(attach(&other));
	assert_non_null(strstr(error, "9000"));
	assert_int_equal(n_ethdevs(), 0);
}

static void test_describe(void **state)
{
	struct port_setup setup = setup_of("net_null0,size=64", 4, 2);
	struct port *port = must_attach(&setup);
	const struct port_facts *facts = port_facts(port);
	char text[256], mac[32], expected[256];

	(void)state;
	assert_string_equal(facts->driver, "net_null");
	assert_int_equal(facts->ifindex, 0);
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", facts->mac[0], facts->mac[1],
		facts->mac[2], facts->mac[3], facts->mac[4], facts->mac[5]);
	snprintf(expected, sizeof(expected),
		"net_null, %s, MTU 1500, 2 receive and 4 send queues, RSS on, "
		"checksums IPv4 software, UDP software, link ",
		mac);
	port_describe(port, text, sizeof(text));
	assert_memory_equal(text, expected, strlen(expected));
	assert_string_equal(text + strlen(expected), "down");
	must_start(port);
	port_describe(port, text, sizeof(text));
	assert_memory_equal(text, expected, strlen(expected));
	assert_string_equal(text + strlen(expected), "up");
	port_describe(port, text, 9);
	assert_string_equal(text, "net_null");
	port_detach(port);
}

/* Receives once and sends all but one back; returns how many frames came. */
static unsigned use(const struct port *port)
{
	struct drops drops = {0};
	struct port_link *link = port_link_create(port_facts(port), NULL, 0, 0, 1);
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n;

	assert_non_null(link);
	n = port_link_receive(link, &drops, mbufs);
	for (unsigned i = 1; i < n; i++)
		port_link_send(link, &drops, mbufs[i]);
	port_link_flush(link, &drops);
	rte_pktmbuf_free_bulk(mbufs, RTE_MIN(n, 1U));
	port_link_destroy(link);
	return n;
}

/* A port comes and goes, and gives back the device and all buffers. */
static void test_detach_and_attach(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct port_setup setup = setup_of("net_null0,size=80", 1, 0);
		struct port *port = must_attach(&setup);
		struct port_counters counters;

		assert_int_equal(n_ethdevs(), 1);
		assert_false(port_is_up(port));
		must_start(port);
		assert_true(port_is_up(port));
		assert_int_equal(use(port), PACKET_BURST);
		port_count(port, &counters);
		assert_int_equal(counters.n_received, PACKET_BURST);
		assert_int_equal(counters.n_sent, PACKET_BURST - 1);
		assert_int_equal(counters.n_missed + counters.n_errors, 0);
		port_detach(port);
		assert_int_equal(n_ethdevs(), 0);
		assert_int_equal(fixture_mbufs_out(), 0);
	}
	port_detach(NULL);
}

/* A device that EAL was told of is used, and stays when the port goes. */
static void test_device_of_eal(void **state)
{
	struct port_setup setup = setup_of("net_null7,size=80", 1, 0);
	struct rte_eth_dev_info info;
	uint16_t id;

	(void)state;
	assert_int_equal(rte_dev_probe("net_null7"), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct port *port = must_attach(&setup);

		assert_int_equal(n_ethdevs(), 1);
		must_start(port);
		assert_int_equal(use(port), PACKET_BURST);
		port_detach(port);
		assert_int_equal(n_ethdevs(), 1);
	}
	assert_int_equal(rte_eth_dev_get_port_by_name("net_null7", &id), 0);
	assert_int_equal(rte_eth_dev_info_get(id, &info), 0);
	assert_int_equal(rte_eth_dev_close(id), 0);
	assert_int_equal(rte_dev_remove(info.device), 0);
}

static void test_start_refused(void **state)
{
	struct port_setup setup = setup_of("net_null0", 1, 0);
	struct port *port = must_attach(&setup);

	(void)state;
	error[0] = 0;
	assert_true(port_start(port, NULL, error) < 0); /* queues without buffers */
	assert_memory_equal(error, "queues: ", 8);
	port_detach(port);
	assert_int_equal(n_ethdevs(), 0);
}

static void test_no_memory(void **state)
{
	struct port_setup setup = setup_of("net_null0", 1, 0);
	const struct port_facts facts = {.n_rx_queues = 1, .n_tx_queues = 1};

	(void)state;
	n_until_failure = 0;
	assert_null(attach(&setup));
	assert_int_equal(errno, ENOMEM);
	assert_null(port_send_locks_create());
	assert_null(port_link_create(&facts, NULL, 0, 0, 1));
	n_until_failure = NEVER_FAIL;
	port_link_destroy(NULL);
	assert_int_equal(n_ethdevs(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_no_network_device),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_mtu),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_detach_and_attach),
		cmocka_unit_test(test_device_of_eal),
		cmocka_unit_test(test_start_refused),
		cmocka_unit_test(test_no_memory),
	};
	int n_failed;

	fixture_start_eal();
	rte_log_set_level_pattern(
		"*", RTE_LOG_CRIT); /* what is refused here is refused on purpose */
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
