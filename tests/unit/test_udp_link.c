/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Datagrams one by one. Full buffers are played by a sendmmsg of ours. */

#include "io/udp_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "io/udp_details.h"
#include "unit/udp_sides.h"

/* The type of service or traffic class of the next datagram there. */
static int receive_tos_there(unsigned i)
{
	struct udp_details details;
	char byte;
	struct packet packet = {.outer_tos = 0};
	struct msghdr msg = {.msg_iov = &(struct iovec){&byte, 1}, .msg_iovlen = 1};

	udp_details_expect(&msg, &details);
	if (recvmsg(there.fds[i], &msg, 0) < 0)
		return -1;
	udp_details_read(&msg, &packet);
	return packet.outer_tos;
}

static void receive_bursts(unsigned i)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n, n_all = 0;

	for (uint8_t number = 0; number < 100; number++)
		send_from_there(i, number, 100U + number);
	while ((n = udp_link_receive(link_here, &drops, mbufs))) {
		assert_int_equal(n, n_all == 0 ? PACKET_BURST : 100 - PACKET_BURST);
		for (unsigned k = 0; k < n; k++, n_all++) {
			const struct packet *packet = packet_of(mbufs[k]);
			const uint8_t *bytes = rte_pktmbuf_mtod(mbufs[k], const uint8_t *);

			assert_int_equal(rte_pktmbuf_data_len(mbufs[k]), 100 + n_all);
			assert_int_equal(rte_pktmbuf_pkt_len(mbufs[k]), 100 + n_all);
			assert_int_equal(bytes[0], n_all);
			assert_int_equal(bytes[99 + n_all], n_all);
			assert_true(endpoint_equal(&packet->outer, &there.at[i]));
			assert_int_equal(packet->kind, PACKET_DATAGRAM);
		}
		rte_pktmbuf_free_bulk(mbufs, n);
	}
	assert_int_equal(n_all, 100);
	assert_int_equal(all_drops(), 0);
}

/* A link whose sockets give details, as control's do: our address and the type of service. */
static void exchange_details(unsigned i)
{
	const bool is_v4 = families[i].family == AF_INET;
	struct rte_mbuf *mbufs[PACKET_BURST], *answer;

	set(here.fds[i], is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_PKTINFO : IPV6_RECVPKTINFO,
		1);
	set(here.fds[i], is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_RECVTOS : IPV6_RECVTCLASS,
		1);
	set(there.fds[i], is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_TOS : IPV6_TCLASS, 0x8a);
	send_from_there(i, 7, 100);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 1);
	assert_int_equal(packet_of(mbufs[0])->outer_tos, 0x8a);
	assert_true(ip_addr_equal(&packet_of(mbufs[0])->outer.local, &here.at[i].addr));

	/* The answer goes back with them. */
	set(there.fds[i], is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_PKTINFO : IPV6_RECVPKTINFO,
		1);
	set(there.fds[i], is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_RECVTOS : IPV6_RECVTCLASS,
		1);
	answer = datagram(&packet_of(mbufs[0])->outer, 8, 50);
	packet_of(answer)->outer_tos = 0x8b;
	rte_pktmbuf_free(mbufs[0]);
	udp_link_send(link_here, &drops, &answer, 1);
	assert_int_equal(receive_tos_there(i), 0x8b);
	assert_int_equal(all_drops(), 0);
}

static void test_details_ipv4(void **state)
{
	(void)state;
	exchange_details(0);
}

static void test_details_ipv6(void **state)
{
	(void)state;
	NEED_IPV6();
	exchange_details(1);
}

/* An address that was ours and is not any more: the host chooses another one, and nothing is lost. */
static void test_local_gone(void **state)
{
	struct rte_mbuf *mbufs[3];

	(void)state;
	for (uint8_t k = 0; k < 3; k++) {
		mbufs[k] = datagram(&there.at[0], k, 60);
		if (k == 1)
			packet_of(mbufs[k])->outer.local =
				(struct ip_addr){AF_INET, {192, 0, 2, 99}};
		packet_of(mbufs[k])->outer_tos = k;
	}
	udp_link_send(link_here, &drops, mbufs, 3);
	for (int k = 0; k < 3; k++)
		assert_int_equal(receive_there(0, 60), k);
	assert_int_equal(receive_there(0, 60), -1);
	assert_int_equal(all_drops(), 0);
}

static void test_receive_ipv4(void **state)
{
	(void)state;
	receive_bursts(0);
}

static void test_receive_ipv6(void **state)
{
	(void)state;
	NEED_IPV6();
	receive_bursts(1);
}

/* Neither family can keep the other one out. */
static void test_families_take_turns(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n_v6 = 0;

	(void)state;
	NEED_IPV6();
	for (unsigned round = 0; round < 4; round++) {
		unsigned n;

		for (unsigned k = 0; k < PACKET_BURST; k++) {
			send_from_there(0, 1, 10);
			send_from_there(1, 1, 10);
		}
		n = udp_link_receive(link_here, &drops, mbufs);
		assert_int_equal(n, PACKET_BURST);
		for (unsigned k = 0; k < n; k++)
			n_v6 += packet_of(mbufs[k])->outer.addr.family == AF_INET6;
		rte_pktmbuf_free_bulk(mbufs, n);
	}
	assert_int_equal(n_v6, 2 * PACKET_BURST);
}

/* A datagram that fills the buffer to its end is whole; one byte more, and it would be cut. */
static void test_too_big_is_counted(void **state)
{
	struct rte_mbuf *probe = fixture_mbuf("", 0), *mbufs[PACKET_BURST];
	uint16_t room = rte_pktmbuf_tailroom(probe);

	(void)state;
	rte_pktmbuf_free(probe);
	send_from_there(0, 1, room);
	send_from_there(0, 2, room + 1U);
	send_from_there(0, 3, 0);
	send_from_there(0, 4, 1);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 3);
	assert_int_equal(rte_pktmbuf_data_len(mbufs[0]), room);
	assert_int_equal(rte_pktmbuf_data_len(mbufs[1]), 0);
	assert_int_equal(rte_pktmbuf_mtod(mbufs[2], uint8_t *)[0], 4);
	assert_int_equal(dropped(DROP_OUTER_TOO_BIG), 1);
	assert_int_equal(all_drops(), 1);
	rte_pktmbuf_free_bulk(mbufs, 3);
	/* The next burst is not cut because the last one was. */
	send_from_there(0, 5, 10);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 1);
	rte_pktmbuf_free(mbufs[0]);
}

/* Without a free mbuf the datagrams stay in the socket. */
static void test_pool_is_empty(void **state)
{
	static struct rte_mbuf *held[4096];
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n_held = 0;

	(void)state;
	while (n_held < RTE_DIM(held) && (held[n_held] = rte_pktmbuf_alloc(fixture_pool())))
		n_held++;
	send_from_there(0, 1, 10);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 0);
	rte_pktmbuf_free_bulk(held, n_held);
	assert_int_equal(udp_link_receive(link_here, &drops, mbufs), 1);
	assert_int_equal(all_drops(), 0);
	rte_pktmbuf_free(mbufs[0]);
}

static void test_send_both_families(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];

	(void)state;
	NEED_IPV6();
	for (unsigned k = 0; k < PACKET_BURST; k++)
		mbufs[k] = datagram(&there.at[k % 3 == 0], (uint8_t)k, 1000);
	udp_link_send(link_here, &drops, mbufs, PACKET_BURST);
	for (unsigned k = 0; k < PACKET_BURST; k++)
		assert_int_equal(receive_there(k % 3 == 0, 1000), k);
	assert_int_equal(receive_there(0, 0), -1);
	assert_int_equal(receive_there(1, 0), -1);
	assert_int_equal(all_drops(), 0);
	assert_int_equal(n_sends, 2);
}

/* The kernel refuses a broadcast address: that one is counted, the others arrive. */
static void test_refused_destination(void **state)
{
	const struct endpoint nowhere = {.addr = {AF_INET, {255, 255, 255, 255}}, .port = 9};
	struct rte_mbuf *mbufs[6];

	(void)state;
	for (unsigned k = 0; k < RTE_DIM(mbufs); k++)
		mbufs[k] = datagram(
			k == 0 || k == 3 || k == 5 ? &nowhere : &there.at[0], (uint8_t)k, 10);
	udp_link_send(link_here, &drops, mbufs, RTE_DIM(mbufs));
	assert_int_equal(receive_there(0, 10), 1);
	assert_int_equal(receive_there(0, 10), 2);
	assert_int_equal(receive_there(0, 10), 4);
	assert_int_equal(receive_there(0, 10), -1);
	assert_int_equal(dropped(DROP_OUTER_SEND_FAILED), 3);
	assert_int_equal(all_drops(), 3);
}

static void test_no_socket_of_the_family(void **state)
{
	struct udp_link *link = udp_link_create(-1, here.fds[1], fixture_pool());
	struct rte_mbuf *mbufs[PACKET_BURST];

	(void)state;
	for (unsigned k = 0; k < 3; k++)
		mbufs[k] = datagram(&there.at[0], 1, 10);
	udp_link_send(link, &drops, mbufs, 3);
	assert_int_equal(dropped(DROP_OUTER_SEND_FAILED), 3);
	send_from_there(0, 1, 10);
	assert_int_equal(udp_link_receive(link, &drops, mbufs), 0);
	udp_link_destroy(link);
}

/* Ten datagrams; what sendmmsg does in turn, and how many arrive and are counted as lost. */
static const struct {
	int script[RTE_DIM(send_script)];
	unsigned n_arrived, n_lost;
} full[] = {
	{{0}, 10, 0},
	{{3, 4, 3}, 10, 0},
	{{1, 1, 1, 1, 1, 1, 1, 1}, 10, 0},
	/* 3: one wait for room in each burst */
	{{-EAGAIN}, 10, 0},
	{{-ENOBUFS}, 10, 0},
	{{4, -EAGAIN}, 10, 0},
	{{-EAGAIN, -EAGAIN}, 0, 10},
	{{4, -EAGAIN, -EAGAIN}, 4, 6},
	{{4, -EAGAIN, 3, -ENOBUFS}, 7, 3},
	/* 9: a refused one is left out */
	{{-EPERM}, 9, 1},
	{{4, -EMSGSIZE, 2, -EINVAL}, 8, 2},
	{{-EAGAIN, -EPERM}, 9, 1},
	{{9, -EPERM}, 9, 1},
};

static void test_full_buffers(void **state)
{
	(void)state;
	for (size_t row = 0; row < RTE_DIM(full); row++) {
		struct rte_mbuf *mbufs[10];
		unsigned n_arrived = 0;

		memset(&drops, 0, sizeof(drops));
		memcpy(send_script, full[row].script, sizeof(send_script));
		n_sends = 0;
		for (unsigned k = 0; k < RTE_DIM(mbufs); k++)
			mbufs[k] = datagram(&there.at[0], (uint8_t)k, 10);
		udp_link_send(link_here, &drops, mbufs, RTE_DIM(mbufs));
		while (receive_there(0, 10) >= 0)
			n_arrived++;
		if (n_arrived != full[row].n_arrived)
			fail_msg("row %zu: %u arrived", row, n_arrived);
		if (dropped(DROP_OUTER_SEND_FAILED) != full[row].n_lost
			|| all_drops() != full[row].n_lost)
			fail_msg("row %zu: the lost ones are not counted", row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive_ipv4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_details_ipv4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_details_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_local_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_families_take_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_big_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pool_is_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_both_families, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_destination, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_socket_of_the_family, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_buffers, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
