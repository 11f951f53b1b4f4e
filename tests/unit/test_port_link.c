/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Queues of DPDK's net_ring send to themselves: what a test puts into a queue arrives, and what is sent lies there. */

#include "io/port_link.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "pipeline_fixture.h"
#include "port_fixture.h"

#define N_THREADS 4
#define N_PER_THREAD 100

static struct drops drops;
static struct port_fixture p;

static int setup(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	port_fixture_drain(&p);
	port_fixture_stop(&p);
	return fixture_mbufs_out() == 0 ? 0 : -1;
}

/* Another device for each test, as net_ring's queues outlive it. */
static void start(uint16_t n_queues, unsigned n_workers)
{
	static unsigned n_started;

	port_fixture_start(&p, n_started++, n_queues, n_workers);
}

/* A frame that says who it is. */
static struct rte_mbuf *frame(uint32_t number)
{
	return fixture_mbuf(&number, sizeof(number));
}

static uint32_t number_of(const struct rte_mbuf *mbuf)
{
	uint32_t number;

	memcpy(&number, rte_pktmbuf_mtod(mbuf, const void *), sizeof(number));
	return number;
}

static void arrive(uint16_t queue, uint32_t number, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(
			rte_ring_enqueue(port_fixture_ring(&p, queue), frame(number + i)), 0);
}

/* Receives once: `n` frames numbered from `number`. */
static void expect(struct port_link *link, uint32_t number, unsigned n)
{
	struct rte_mbuf *mbufs[PACKET_BURST];

	assert_int_equal(port_link_receive(link, &drops, mbufs), n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(number_of(mbufs[i]), number + i);
	rte_pktmbuf_free_bulk(mbufs, n);
}

static void test_receive(void **state)
{
	(void)state;
	start(1, 1);
	expect(p.link, 0, 0);
	arrive(0, 0, 100);
	expect(p.link, 0, PACKET_BURST);
	expect(p.link, PACKET_BURST, 100 - PACKET_BURST);
	expect(p.link, 0, 0);
	assert_int_equal(drops_sum(&drops), 0);
}

/* One worker of two with five queues has the queues 0, 2 and 4; the other one 1 and 3. */
static void test_queues_take_turns(void **state)
{
	struct port_link *other;

	(void)state;
	start(5, 5);
	p.n_workers =
		2; /* as if three more were gone: a port has no more queues than there are workers */
	port_link_destroy(p.link);
	p.link = port_fixture_link(&p, 0);
	other = port_fixture_link(&p, 1);
	for (uint16_t queue = 0; queue < 5; queue++)
		arrive(queue, queue * 1000U, 2 * PACKET_BURST);
	for (uint32_t turn = 0; turn < 2 * PACKET_BURST; turn += PACKET_BURST) {
		expect(p.link, turn, PACKET_BURST);
		expect(p.link, 2000 + turn, PACKET_BURST);
		expect(other, 1000 + turn, PACKET_BURST);
		expect(p.link, 4000 + turn, PACKET_BURST);
		expect(other, 3000 + turn, PACKET_BURST);
	}
	for (unsigned i = 0; i < 5; i++) {
		expect(p.link, 0, 0);
		expect(other, 0, 0);
	}
	port_link_destroy(other);
}

/* More workers than queues: those without one receive nothing. */
static void test_worker_without_queue(void **state)
{
	struct port_link *other;

	(void)state;
	start(1, 2);
	other = port_fixture_link(&p, 1);
	arrive(0, 7, 1);
	expect(other, 0, 0);
	expect(p.link, 7, 1);
	port_link_destroy(other);
}

static void test_in_pieces(void **state)
{
	struct rte_mbuf *whole, *piece;

	(void)state;
	start(1, 1);
	for (uint32_t i = 0; i < 6; i++) {
		whole = frame(i / 2);
		piece = i % 2 ? frame(99) : NULL;
		if (piece)
			assert_int_equal(rte_pktmbuf_chain(whole, piece), 0);
		assert_int_equal(rte_ring_enqueue(port_fixture_ring(&p, 0), whole), 0);
	}
	expect(p.link, 0, 3);
	assert_int_equal(drops_of(&drops, DROP_FRAME_IN_PIECES), 3);
	assert_int_equal(drops_sum(&drops), 3);
	assert_int_equal(fixture_mbufs_out(), 0);
}

static void expect_sent(uint16_t queue, uint32_t number, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = port_fixture_take(&p, queue);

		assert_non_null(mbuf);
		assert_int_equal(number_of(mbuf), number + i);
		rte_pktmbuf_free(mbuf);
	}
	assert_null(port_fixture_take(&p, queue));
}

/* What was sent waits until a burst is full, or for the flush. */
static void test_send(void **state)
{
	(void)state;
	start(1, 1);
	port_link_flush(p.link, &drops);
	for (uint32_t i = 0; i < PACKET_BURST - 1; i++)
		port_link_send(p.link, &drops, frame(i));
	expect_sent(0, 0, 0);
	port_link_send(p.link, &drops, frame(PACKET_BURST - 1));
	expect_sent(0, 0, PACKET_BURST);
	port_link_send(p.link, &drops, frame(1000));
	port_link_send(p.link, &drops, frame(1001));
	expect_sent(0, 0, 0);
	port_link_flush(p.link, &drops);
	expect_sent(0, 1000, 2);
	port_link_flush(p.link, &drops);
	expect_sent(0, 0, 0);
	assert_int_equal(drops_sum(&drops), 0);
	/* The teardown would see it if the link lost what still waits. */
	port_link_send(p.link, &drops, frame(0));
}

/* The device's queue takes no more: the rest is dropped by name, and what it took is sent in order. */
static void test_send_to_full_queue(void **state)
{
	struct rte_ring *ring;
	void *filler[2048], *taken;
	unsigned n_filler;

	(void)state;
	start(1, 1);
	ring = port_fixture_ring(&p, 0);
	n_filler = rte_ring_free_count(ring) - 10;
	assert_in_range(n_filler, 1, RTE_DIM(filler));
	for (unsigned i = 0; i < n_filler; i++) /* the ring only keeps them */
		filler[i] = filler;
	assert_int_equal(rte_ring_enqueue_bulk(ring, filler, n_filler, NULL), n_filler);
	for (uint32_t i = 0; i < 30; i++)
		port_link_send(p.link, &drops, frame(i));
	port_link_flush(p.link, &drops);
	assert_int_equal(drops_of(&drops, DROP_PORT_FULL), 20);
	assert_int_equal(drops_sum(&drops), 20);
	for (unsigned i = 0; i < n_filler; i++)
		assert_int_equal(rte_ring_dequeue(ring, &taken), 0);
	expect_sent(0, 0, 10);
	assert_int_equal(fixture_mbufs_out(), 0);
	port_link_send(p.link, &drops, frame(5));
	port_link_flush(p.link, &drops);
	expect_sent(0, 5, 1);
}

/* Workers share the send queues in turn: 0 and 2 the first one, 1 and 3 the second one. */
static void test_send_queues(void **state)
{
	(void)state;
	start(2, 2);
	p.n_workers = N_THREADS;
	for (uint32_t worker = 0; worker < N_THREADS; worker++) {
		struct port_link *link = port_fixture_link(&p, worker);

		port_link_send(link, &drops, frame(worker));
		port_link_flush(link, &drops);
		expect_sent((uint16_t)(worker % 2), worker, 1);
		expect_sent((uint16_t)(1 - worker % 2), 0, 0);
		port_link_destroy(link);
	}
}

struct sender {
	struct port_link *link;
	struct drops drops;
	struct rte_mbuf *mbufs[N_PER_THREAD];
};

static void *send_all(void *arg)
{
	struct sender *sender = arg;

	for (unsigned i = 0; i < N_PER_THREAD; i++) {
		port_link_send(sender->link, &sender->drops, sender->mbufs[i]);
		if (i % 3 == 0)
			port_link_flush(sender->link, &sender->drops);
	}
	port_link_flush(sender->link, &sender->drops);
	return NULL;
}

static atomic_bool is_inside;
static atomic_uint n_meetings;
static eth_tx_burst_t tx_of_device;

/* A device whose queue is for one sender at a time, and that gives others time to come in. */
static uint16_t tx_alone(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	if (atomic_exchange(&is_inside, true))
		atomic_fetch_add(&n_meetings, 1);
	sched_yield();
	n = tx_of_device(queue, mbufs, n);
	atomic_store(&is_inside, false);
	return n;
}

static void send_by_threads(struct sender senders[N_THREADS])
{
	pthread_t threads[N_THREADS];

	for (uint32_t t = 0; t < N_THREADS; t++)
		for (uint32_t i = 0; i < N_PER_THREAD; i++)
			senders[t].mbufs[i] = frame(t << 16 | i);
	for (unsigned t = 0; t < N_THREADS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, send_all, &senders[t]), 0);
	for (unsigned t = 0; t < N_THREADS; t++)
		pthread_join(threads[t], NULL);
}

static void test_shared_send_queue(void **state)
{
	struct sender senders[N_THREADS] = {0};

	(void)state;
	start(1, 1);
	p.n_workers = N_THREADS;
	for (unsigned t = 0; t < N_THREADS; t++)
		senders[t].link = port_fixture_link(&p, t);
	tx_of_device = rte_eth_fp_ops[p.facts.ethdev_id].tx_pkt_burst;
	rte_eth_fp_ops[p.facts.ethdev_id].tx_pkt_burst = tx_alone;
	for (unsigned round = 0; round < 20; round++) {
		uint32_t next[N_THREADS] = {0};
		struct rte_mbuf *mbuf;

		send_by_threads(senders);
		while ((mbuf = port_fixture_take(&p, 0))) { /* each thread's in order, none lost */
			uint32_t number = number_of(mbuf);

			assert_in_range(number >> 16, 0, N_THREADS - 1);
			assert_int_equal(number & 0xffff, next[number >> 16]++);
			rte_pktmbuf_free(mbuf);
		}
		for (unsigned t = 0; t < N_THREADS; t++)
			assert_int_equal(next[t], N_PER_THREAD);
	}
	assert_int_equal(atomic_load(&n_meetings), 0);
	for (unsigned t = 0; t < N_THREADS; t++)
		port_link_destroy(senders[t].link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_queues_take_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_worker_without_queue, setup, teardown),
		cmocka_unit_test_setup_teardown(test_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_to_full_queue, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_queues, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared_send_queue, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
