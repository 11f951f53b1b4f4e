/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* A pair of sockets that keep packets apart stands in for the TUN; a real one where the machine lets us. */

#include "io/tun_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "host/tun.h"
#include "pipeline_fixture.h"
#include "unit/own_netns.h"

static int ours, hosts; /* the two ends of the stand-in */
static struct tun_link *link_here;
static struct drops drops;

static int setup(void **state)
{
	int fds[2];

	(void)state;
	memset(&drops, 0, sizeof(drops));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds) < 0)
		return -1;
	ours = fds[0];
	hosts = fds[1];
	link_here = tun_link_create(ours, fixture_pool());
	return link_here ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	tun_link_destroy(link_here);
	close(ours);
	close(hosts);
	return fixture_mbufs_out() == 0 ? 0 : -1;
}

static void write_packet(uint8_t number, size_t len)
{
	uint8_t bytes[4096];

	memset(bytes, number, sizeof(bytes));
	assert_int_equal(write(hosts, bytes, len), len);
}

static void test_receive_bursts(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n, n_all = 0;

	(void)state;
	for (uint8_t number = 0; number < 100; number++)
		write_packet(number, 20U + number);
	while ((n = tun_link_receive(link_here, &drops, mbufs))) {
		assert_int_equal(n, n_all == 0 ? PACKET_BURST : 100 - PACKET_BURST);
		for (unsigned k = 0; k < n; k++, n_all++) {
			const uint8_t *bytes = rte_pktmbuf_mtod(mbufs[k], const uint8_t *);

			assert_int_equal(rte_pktmbuf_data_len(mbufs[k]), 20 + n_all);
			assert_int_equal(rte_pktmbuf_pkt_len(mbufs[k]), 20 + n_all);
			assert_int_equal(bytes[0], n_all);
			assert_int_equal(bytes[19 + n_all], n_all);
			assert_true(rte_pktmbuf_headroom(mbufs[k]) >= sizeof(struct wg_msg_data));
		}
		rte_pktmbuf_free_bulk(mbufs, n);
	}
	assert_int_equal(n_all, 100);
	assert_int_equal(drops_sum(&drops), 0);
}

/* Behind the longest packet that is taken there is room for padding and tag; a longer one is seen to be cut. */
static void test_too_big_is_counted(void **state)
{
	struct rte_mbuf *probe = fixture_mbuf("", 0), *mbufs[PACKET_BURST];
	size_t longest = rte_pktmbuf_tailroom(probe) - WG_PADDING - WG_TAG_LEN - 1U;

	(void)state;
	rte_pktmbuf_free(probe);
	write_packet(1, longest + 1);
	write_packet(2, longest);
	write_packet(3, longest + 1000);
	write_packet(4, 20);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 2);
	assert_int_equal(rte_pktmbuf_data_len(mbufs[0]), longest);
	assert_true(rte_pktmbuf_tailroom(mbufs[0]) >= WG_PADDING + WG_TAG_LEN);
	assert_int_equal(rte_pktmbuf_mtod(mbufs[1], uint8_t *)[0], 4);
	assert_int_equal(drops_of(&drops, DROP_INNER_TOO_BIG), 2);
	assert_int_equal(drops_sum(&drops), 2);
	rte_pktmbuf_free_bulk(mbufs, 2);
}

static void test_pool_is_empty(void **state)
{
	static struct rte_mbuf *held[4096];
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n_held = 0;

	(void)state;
	while (n_held < RTE_DIM(held) && (held[n_held] = rte_pktmbuf_alloc(fixture_pool())))
		n_held++;
	write_packet(1, 20);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
	rte_pktmbuf_free_bulk(held, n_held);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 1);
	rte_pktmbuf_free(mbufs[0]);
}

static void test_nothing_to_receive(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];

	(void)state;
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
	shutdown(hosts, SHUT_WR);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
	assert_int_equal(drops_sum(&drops), 0);
}

static void test_send(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	uint8_t bytes[256];

	(void)state;
	for (unsigned k = 0; k < PACKET_BURST; k++) {
		memset(bytes, (int)k, sizeof(bytes));
		mbufs[k] = fixture_mbuf(bytes, 100 + k);
	}
	tun_link_send(link_here, &drops, mbufs, PACKET_BURST);
	for (unsigned k = 0; k < PACKET_BURST; k++) {
		assert_int_equal(read(hosts, bytes, sizeof(bytes)), 100 + k);
		assert_int_equal(bytes[99 + k], k);
	}
	assert_int_equal(read(hosts, bytes, sizeof(bytes)), -1);
	assert_int_equal(drops_sum(&drops), 0);
}

/* Nobody reads: what the kernel does not take is counted, and nothing waits. */
static void test_send_when_the_host_is_busy(void **state)
{
	const unsigned n_bursts = 40;
	unsigned n_read = 0;
	uint8_t bytes[256];

	(void)state;
	for (unsigned i = 0; i < n_bursts; i++) {
		struct rte_mbuf *mbufs[PACKET_BURST];

		for (unsigned k = 0; k < PACKET_BURST; k++)
			mbufs[k] = fixture_mbuf(bytes, 20);
		tun_link_send(link_here, &drops, mbufs, PACKET_BURST);
	}
	while (read(hosts, bytes, sizeof(bytes)) > 0)
		n_read++;
	assert_in_range(n_read, 1, n_bursts * PACKET_BURST - 1);
	assert_int_equal(drops_of(&drops, DROP_INNER_HOST), n_bursts * PACKET_BURST - n_read);
	assert_int_equal(drops_sum(&drops), drops_of(&drops, DROP_INNER_HOST));
}

/* An IPv4 packet with a UDP datagram for the host's port 7. */
static void write_udp_packet(uint8_t packet[32])
{
	uint32_t sum = 0;

	memset(packet, 0, 32);
	fixture_write_inner(packet, 32, "10.77.0.2", "10.77.0.1");
	memset(packet + 4, 0, 8);
	packet[8] = 64;
	packet[9] = IPPROTO_UDP;
	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)packet[i] << 8 | packet[i + 1];
	sum = ~((sum >> 16) + (sum & 0xffff));
	packet[10] = (uint8_t)(sum >> 8);
	packet[11] = (uint8_t)sum;
	memcpy(packet + 20, "\0\7\0\7\0\14\0\0ping", 12);
}

static void assert_host_receives(struct tun_link *link)
{
	const struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(7)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	uint8_t packet[32], said[16] = {0};
	struct rte_mbuf *mbuf;

	write_udp_packet(packet);
	mbuf = fixture_mbuf(packet, sizeof(packet));
	assert_int_equal(bind(fd, (const void *)&name, sizeof(name)), 0);
	tun_link_send(link, &drops, &mbuf, 1);
	assert_int_equal(recv(fd, said, sizeof(said), 0), 4);
	assert_string_equal(said, "ping");
	assert_int_equal(drops_sum(&drops), 0);
	close(fd);
}

/* The host sends a datagram of `len` bytes into the tunnel; returns the length of the IPv4 packet, 0: none came. */
static unsigned host_sends(struct tun_link *link, size_t len)
{
	static const uint8_t bytes[4000];
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(7)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n, found_len = 0;

	assert_int_equal(inet_pton(AF_INET, "10.77.0.2", &name.sin_addr), 1);
	assert_int_equal(sendto(fd, bytes, len, 0, (const void *)&name, sizeof(name)), len);
	n = tun_link_receive(link, &drops, mbufs);
	for (unsigned k = 0; k < n; k++) /* the host may have something else to say too */
		if (rte_pktmbuf_mtod(mbufs[k], const uint8_t *)[0] == 0x45)
			found_len = rte_pktmbuf_data_len(mbufs[k]);
	rte_pktmbuf_free_bulk(mbufs, n);
	close(fd);
	return found_len;
}

static void test_real_tun(void **state)
{
	struct host_error error;
	struct tun_link *link;
	struct rte_mbuf *mbuf;
	unsigned ifindex;
	int fd;

	(void)state;
	NEED_OWN_NETNS();
	assert_int_equal(tun_open("wgt0", 1, &fd, &ifindex, &error), 0);
	shell("ip addr add 10.77.0.1/24 dev wgt0 && ip link set wgt0 up mtu 9000");
	link = tun_link_create(fd, fixture_pool());
	assert_host_receives(link);
	assert_int_equal(host_sends(link, 100), 128);
	assert_int_equal(host_sends(link, 3000), 0);
	assert_int_equal(drops_of(&drops, DROP_INNER_TOO_BIG), 1);

	mbuf = fixture_mbuf("?", 1);
	tun_link_send(link, &drops, &mbuf, 1);
	assert_int_equal(drops_of(&drops, DROP_INNER_HOST), 1);
	shell("ip link set wgt0 down");
	mbuf = fixture_inner(100, "10.77.0.2", "10.77.0.1");
	tun_link_send(link, &drops, &mbuf, 1);
	assert_int_equal(drops_of(&drops, DROP_INNER_HOST), 2);
	tun_link_destroy(link);
	tun_close(&fd, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive_bursts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_big_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pool_is_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_receive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_when_the_host_is_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_real_tun, setup, teardown),
	};
	int n_failed;

	own_netns_enter(); /* before EAL has threads */
	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
