/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Two gateways, the keys of each other: what one seals the other one opens. */

#include "decap.h"
#include "encap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline_fixture.h"

static struct fixture east, west;
static struct fixture_peer west_of_east, east_of_west;

static int setup(void **state)
{
	static const char *const easts[] = {"10.1.0.0/16", "fd01::/16", NULL};
	static const char *const wests[] = {"10.2.0.0/16", "fd02::/16", NULL};

	(void)state;
	fixture_init(&east);
	fixture_init(&west);
	fixture_add_peer(&east, &east.ifaces[0], &west_of_east, 1, wests);
	fixture_add_peer(&west, &west.ifaces[0], &east_of_west, 2, easts);
	fixture_cross(&west_of_east, &east_of_west);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&east) | fixture_fini(&west);
}

/* Through the network: the destination goes, and where it came from is known to the other side. */
static void cross(struct fixture *from, struct fixture *to, struct rte_mbuf **mbufs, unsigned n)
{
	const struct fixture_peer *sender = from == &east ? &east_of_west : &west_of_east;

	struct rte_mbuf *sealed[PACKET_BURST], *opened[PACKET_BURST];

	assert_int_equal(encap_burst(&from->pl, from->ifaces, mbufs, n, sealed), n);
	for (unsigned i = 0; i < n; i++)
		packet_of(sealed[i])->outer = sender->endpoint;
	assert_int_equal(decap_burst(&to->pl, to->ifaces, sealed, n, opened), n);
	assert_memory_equal(opened, mbufs, n * sizeof(mbufs[0]));
}

static const struct {
	const char *from, *to;
	uint16_t min_len;
} families[] = {
	{"10.1.0.1", "10.2.0.1", 20},
	{"fd01::1", "fd02::1", 40},
};

static void play_lengths(size_t family, bool is_eastwards)
{
	const char *from = is_eastwards ? families[family].to : families[family].from;
	const char *to = is_eastwards ? families[family].from : families[family].to;
	uint16_t len = families[family].min_len;

	while (len <= FIXTURE_MTU) {
		struct rte_mbuf *mbufs[PACKET_BURST];
		uint16_t first_len = len;
		unsigned n = 0;

		for (; n < PACKET_BURST && len <= FIXTURE_MTU; n++)
			mbufs[n] = fixture_inner(len++, from, to);
		cross(is_eastwards ? &west : &east, is_eastwards ? &east : &west, mbufs, n);
		for (unsigned i = 0; i < n; i++) {
			uint8_t text[FIXTURE_TEXT_MAX];

			fixture_write_inner(text, (uint16_t)(first_len + i), from, to);
			assert_int_equal(rte_pktmbuf_data_len(mbufs[i]), first_len + i);
			assert_memory_equal(
				rte_pktmbuf_mtod(mbufs[i], void *), text, first_len + i);
		}
		rte_pktmbuf_free_bulk(mbufs, n);
	}
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t family = 0; family < array_len(families); family++) {
		play_lengths(family, false);
		play_lengths(family, true);
	}
	assert_int_equal(fixture_drops(&east) + fixture_drops(&west), 0);
	assert_int_equal(
		atomic_load(&west_of_east.view.tx_bytes), atomic_load(&east_of_west.view.rx_bytes));
	assert_int_equal(
		atomic_load(&west_of_east.view.rx_bytes), atomic_load(&east_of_west.view.tx_bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_length, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
