/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Datagrams that the kernel joins and cuts: UDP_GRO, UDP_SEGMENT. */

#include "io/udp_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "unit/udp_sides.h"

/* The same sockets, and a link that joins; false: the kernel does not. */
static bool join_datagrams(void)
{
	for (unsigned i = 0; i < N_FAMILIES; i++) {
		int on = 1;

		if (here.fds[i] < 0)
			continue;
		if (setsockopt(here.fds[i], IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) < 0)
			return false;
	}
	udp_link_destroy(link_here);
	link_here = udp_link_create(here.fds[0], here.fds[1], fixture_pool());
	assert_non_null(link_here);
	return true;
}

#define NEED_JOINING() \
	do { \
		if (!join_datagrams()) { \
			print_message("skipped: this kernel has no UDP_GRO\n"); \
			skip(); \
		} \
	} while (0)

/* The other side sends datagrams of `len` bytes, numbered from `first`, in one message; the last one has `last_len`. */
static void send_joined_from_there(
	unsigned i, uint8_t first, unsigned n, uint16_t len, uint16_t last_len)
{
	static uint8_t bytes[UINT16_MAX];
	struct sockaddr_storage name;
	socklen_t name_len = endpoint_to_sockaddr(&here.at[i], &name);
	size_t all_len = (size_t)(n - 1) * len + last_len;

	for (unsigned k = 0; k < n; k++)
		memset(bytes + (size_t)k * len, (int)(first + k), k < n - 1 ? len : last_len);
	set(there.fds[i], IPPROTO_UDP, UDP_SEGMENT, len);
	assert_int_equal(sendto(there.fds[i], bytes, all_len, 0, (void *)&name, name_len), all_len);
	set(there.fds[i], IPPROTO_UDP, UDP_SEGMENT, 0);
}

/* Everything that waits, in the order of their numbers and from there; returns how many. */
static unsigned receive_all(unsigned i, unsigned *out_n_bytes)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n, n_all = 0;

	*out_n_bytes = 0;
	while ((n = udp_link_receive(link_here, &drops, mbufs))) {
		for (unsigned k = 0; k < n; k++, n_all++) {
			uint16_t len = rte_pktmbuf_data_len(mbufs[k]);
			const uint8_t *bytes = rte_pktmbuf_mtod(mbufs[k], const uint8_t *);

			assert_int_equal(rte_pktmbuf_pkt_len(mbufs[k]), len);
			assert_int_equal(bytes[0], (uint8_t)n_all);
			assert_int_equal(bytes[len - 1], (uint8_t)n_all);
			assert_true(endpoint_equal(&packet_of(mbufs[k])->outer, &there.at[i]));
			assert_int_equal(packet_of(mbufs[k])->kind, PACKET_DATAGRAM);
			*out_n_bytes += len;
		}
		rte_pktmbuf_free_bulk(mbufs, n);
	}
	return n_all;
}

/* A message that is longer than a buffer, one that is shorter, single ones between them, and one of more than a burst. */
static void receive_joined(unsigned i)
{
	unsigned n_bytes;

	send_joined_from_there(i, 0, 40, 1400, 7);
	send_from_there(i, 40, 1300);
	send_joined_from_there(i, 41, 3, 20, 20);
	send_from_there(i, 44, 2);
	for (uint8_t first = 45; first < 225; first = (uint8_t)(first + 60))
		send_joined_from_there(i, first, 60, 600, 599);
	assert_int_equal(receive_all(i, &n_bytes), 225);
	assert_int_equal(n_bytes, 39 * 1400 + 7 + 1300 + 60 + 2 + 3 * (59 * 600 + 599));
	assert_int_equal(all_drops(), 0);
	/* A socket that has nothing more keeps nothing. */
	send_from_there(i, 0, 50);
	assert_int_equal(receive_all(i, &n_bytes), 1);
}

static void test_receive_joined_ipv4(void **state)
{
	(void)state;
	NEED_JOINING();
	receive_joined(0);
}

static void test_receive_joined_ipv6(void **state)
{
	(void)state;
	NEED_IPV6();
	NEED_JOINING();
	receive_joined(1);
}

/* Datagrams that no buffer holds are counted, one by one, and the next message is not touched. */
static void test_joined_too_big(void **state)
{
	unsigned n_bytes;

	(void)state;
	NEED_JOINING();
	send_joined_from_there(0, 0, 3, 9000, 100);
	send_joined_from_there(0, 0, 3, 100, 100);
	send_from_there(0, 3, 4000);
	send_from_there(0, 3, 10);
	assert_int_equal(receive_all(0, &n_bytes), 4);
	assert_int_equal(dropped(DROP_OUTER_TOO_BIG), 4);
	assert_int_equal(all_drops(), 4);
}

/* The pool is short in the middle of a message: the rest of it is lost by name, and nothing stays behind. */
static void test_joined_without_buffers(void **state)
{
	static struct rte_mbuf *held[4096];
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n_held = 0, n_bytes;

	(void)state;
	NEED_JOINING();
	send_from_there(0, 0, 10); /* the stock is full now */
	assert_int_equal(receive_all(0, &n_bytes), 1);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 0);
	while (n_held < RTE_DIM(held) && (held[n_held] = rte_pktmbuf_alloc(fixture_pool())))
		n_held++;
	send_joined_from_there(0, 0, 40, 1400, 1400);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 0);
	assert_int_equal(dropped(DROP_NO_BUFFER), 40);
	rte_pktmbuf_free_bulk(held, n_held);
	send_joined_from_there(0, 0, 40, 1400, 1400);
	assert_int_equal(receive_all(0, &n_bytes), 40);
	assert_int_equal(all_drops(), 40);
}

#define JOIN_MAX 8

/* Lengths of datagrams in a burst, negative: with an address of ours; and in how many messages they leave. */
static const struct {
	int lens[JOIN_MAX];
	unsigned n_messages;
} joins[] = {
	{{100}, 1},
	{{100, 100, 100, 100}, 1},
	{{100, 100, 60}, 1},
	{{100, 60, 100}, 2},
	{{60, 100}, 2},
	/* 5: a shorter one ends a message, also for one of its own length */
	{{100, 60, 60, 60}, 2},
	{{1, 1, 1}, 1},
	{{100, -100, 100}, 3},
	{{100, 100, -100, -100}, 2},
	/* 9: the fifth has another class of service */
	{{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, 2},
};

static void test_send_joined(void **state)
{
	(void)state;
	NEED_IPV6();
	NEED_JOINING();
	for (size_t row = 0; row < RTE_DIM(joins); row++) {
		struct rte_mbuf *mbufs[JOIN_MAX];
		unsigned n = 0;

		n_messages = 0;
		for (; n < JOIN_MAX && joins[row].lens[n]; n++) {
			int len = joins[row].lens[n];

			mbufs[n] = datagram(&there.at[0], (uint8_t)n, (size_t)abs(len));
			if (len < 0) /* from another address of ours, as far as the link knows */
				packet_of(mbufs[n])->outer.local = here.at[0].addr;
			if (n >= 4)
				packet_of(mbufs[n])->outer_tos = 1;
		}
		udp_link_send(link_here, &drops, mbufs, n);
		for (unsigned k = 0; k < n; k++)
			if (receive_there(0, (size_t)abs(joins[row].lens[k])) != (int)k)
				fail_msg(
					"row %zu: datagram %u did not arrive in its place", row, k);
		if (n_messages != joins[row].n_messages)
			fail_msg("row %zu: %u messages", row, n_messages);
	}
	assert_int_equal(all_drops(), 0);
}

/* A burst that is more than a message can carry. */
static void test_send_much_joined(void **state)
{
	(void)state;
	NEED_IPV6();
	NEED_JOINING();
	for (unsigned i = 0; i < N_FAMILIES; i++) {
		struct rte_mbuf *mbufs[PACKET_BURST];

		n_messages = 0;
		for (unsigned k = 0; k < PACKET_BURST; k++)
			mbufs[k] = datagram(&there.at[i], (uint8_t)k, 1500);
		udp_link_send(link_here, &drops, mbufs, PACKET_BURST);
		for (unsigned k = 0; k < PACKET_BURST; k++)
			assert_int_equal(receive_there(i, 1500), k);
		assert_int_equal(n_messages, 2); /* 43 and 21 */
	}
	assert_int_equal(all_drops(), 0);
}

static void send_eight(void)
{
	struct rte_mbuf *mbufs[8];

	n_messages = 0;
	for (unsigned k = 0; k < 8; k++)
		mbufs[k] = datagram(&there.at[0], (uint8_t)k, k < 4 ? 100 : 200);
	udp_link_send(link_here, &drops, mbufs, 8);
	for (unsigned k = 0; k < 8; k++)
		assert_int_equal(receive_there(0, k < 4 ? 100 : 200), k);
	assert_int_equal(all_drops(), 0);
}

/* A kernel that does not cut a message gets the datagrams one by one, loses none, and is asked again later. */
static void test_refused_to_cut(void **state)
{
	static const int errors[] = {EIO, EINVAL, EMSGSIZE};
	unsigned n_bursts;

	(void)state;
	NEED_JOINING();
	for (size_t row = 0; row < RTE_DIM(errors); row++) {
		n_sends = 0;
		send_script[0] = 1; /* one of the two messages leaves */
		send_script[1] = -errors[row];
		send_eight();
		assert_int_equal(n_messages, 5);
		for (n_bursts = 1; n_messages != 2; n_bursts++) {
			send_eight();
			assert_in_range(n_bursts, 1, 300);
		}
		assert_in_range(n_bursts, 200, 300);
	}
}

/* A full buffer counts datagrams, not messages. */
static void test_full_joined(void **state)
{
	struct rte_mbuf *mbufs[8];

	(void)state;
	NEED_JOINING();
	send_script[0] = send_script[1] = -EAGAIN;
	for (unsigned k = 0; k < 8; k++)
		mbufs[k] = datagram(&there.at[0], (uint8_t)k, 100);
	udp_link_send(link_here, &drops, mbufs, 8);
	assert_int_equal(dropped(DROP_OUTER_SEND_FAILED), 8);
	assert_int_equal(receive_there(0, 100), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive_joined_ipv4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_joined_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_joined_too_big, setup, teardown),
		cmocka_unit_test_setup_teardown(test_joined_without_buffers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_much_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_to_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_joined, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
