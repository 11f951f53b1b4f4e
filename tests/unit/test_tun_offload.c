/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The TUN link with a header in front of each packet. A pair of sockets that keep packets apart stands in for the TUN, so that
 * the kernel's side can be played; a real one where the machine lets us.
 */

#include "io/tun_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cmocka.h>

#include "flow_packet.h"
#include "host/tun.h"
#include "pipeline_fixture.h"
#include "unit/own_netns.h"

#define WHOLE_MAX (1 << 16)

static int ours, hosts; /* the two ends of the stand-in */
static struct tun_link *link_here;
static struct drops drops;
static int writev_error; /* of the next joined packet; 0: it is written */
static unsigned n_writes;

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument);
ssize_t __real_writev(int fd, const struct iovec *iov, int n);
ssize_t __wrap_writev(int fd, const struct iovec *iov, int n);

int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
	if (fd != ours || request != TUNGETIFF)
		return __real_ioctl(fd, request, argument);
	((struct ifreq *)argument)->ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
	return 0;
}

ssize_t __wrap_writev(int fd, const struct iovec *iov, int n)
{
	n_writes++;
	if (n > 2 && writev_error) {
		errno = writev_error;
		return -1;
	}
	return __real_writev(fd, iov, n);
}

static int setup(void **state)
{
	int fds[2], room = 1 << 20;

	(void)state;
	memset(&drops, 0, sizeof(drops));
	writev_error = 0;
	n_writes = 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds) < 0)
		return -1;
	ours = fds[0];
	hosts = fds[1];
	setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(hosts, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	link_here = tun_link_create(ours, fixture_pool());
	return link_here ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	tun_link_destroy(link_here);
	close(ours);
	close(hosts);
	ours = -1;
	return fixture_mbufs_out() == 0 ? 0 : -1;
}

static const struct flow_packet tcp = {.ttl = 64,
	.fragment = 0x4000,
	.from = 1,
	.to = 2,
	.from_port = 5,
	.to_port = 6,
	.flags = TCP_ACK,
	.window = 7};

/* The host gives a packet of `n` segments with `piece_len` bytes each. */
static void host_gives(const struct flow_packet *first, unsigned n, uint16_t piece_len)
{
	static uint8_t bytes[WHOLE_MAX];
	uint16_t hdr_len = (uint16_t)flow_hdr_len(first);
	struct flow_packet p = *first;
	struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = p.is_v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4,
		.gso_size = piece_len,
		.csum_start = (uint16_t)flow_l4_at(&p),
		.csum_offset = TCP_CHECKSUM_AT};
	uint32_t len = hdr_len + n * piece_len;

	p.payload_len = 0;
	flow_write(bytes, &p);
	be16_store(bytes + (p.is_v6 ? 4 : 2), (uint16_t)(p.is_v6 ? len - 40 : len));
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < piece_len; k++)
			bytes[hdr_len + i * piece_len + k] = (uint8_t)(i + k);
	assert_int_equal(
		writev(hosts, (struct iovec[]){{&header, sizeof(header)}, {bytes, len}}, 2),
		sizeof(header) + len);
}

/* Segment number `i` of that. */
static void assert_segment(const struct rte_mbuf *mbuf, const struct flow_packet *first, unsigned i,
	uint16_t piece_len)
{
	uint8_t expected[FLOW_PACKET_MAX];
	struct flow_packet p = *first;
	uint16_t len;

	p.id = (uint16_t)(p.id + i);
	p.seq += i * piece_len;
	p.fill = (uint8_t)i;
	p.payload_len = piece_len;
	len = flow_write(expected, &p);
	assert_int_equal(rte_pktmbuf_data_len(mbuf), len);
	assert_int_equal(rte_pktmbuf_pkt_len(mbuf), len);
	assert_memory_equal(rte_pktmbuf_mtod(mbuf, const uint8_t *), expected, len);
	assert_true(rte_pktmbuf_headroom(mbuf) >= sizeof(struct wg_msg_data));
	assert_true(rte_pktmbuf_tailroom(mbuf) >= WG_PADDING + WG_TAG_LEN);
}

/* More segments than a burst; the packet behind them stays behind. */
static void test_receive_long(void **state)
{
	static const unsigned lens[] = {PACKET_BURST, 100 - PACKET_BURST + 7 + 1};
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct flow_packet next = tcp;

	(void)state;
	next.is_v6 = true;
	host_gives(&tcp, 100, 600);
	host_gives(&next, 7, 1400);
	host_gives(&tcp, 1, 1);
	for (unsigned burst = 0, at = 0; burst < RTE_DIM(lens); burst++) {
		unsigned n = tun_link_receive(link_here, &drops, mbufs);

		assert_int_equal(n, lens[burst]);
		for (unsigned i = 0; i < n; i++, at++) {
			if (at < 100)
				assert_segment(mbufs[i], &tcp, at, 600);
			else if (at < 107)
				assert_segment(mbufs[i], &next, at - 100, 1400);
			else
				assert_segment(mbufs[i], &tcp, 0, 1);
		}
		rte_pktmbuf_free_bulk(mbufs, n);
	}
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
	assert_int_equal(drops_sum(&drops), 0);
}

/* A packet as it is, of which only the checksum was begun; and one of which nothing is left to do. */
static void test_receive_whole(void **state)
{
	struct virtio_net_hdr header = {.csum_start = 20, .csum_offset = TCP_CHECKSUM_AT};
	uint8_t bytes[FLOW_PACKET_MAX], begun[FLOW_PACKET_MAX];
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct flow_packet p = tcp;
	uint16_t len, sum;

	(void)state;
	p.payload_len = 333;
	len = flow_write(bytes, &p);
	memcpy(begun, bytes, len);
	sum = flow_checksum_l4(bytes, 20, 20);
	sum = (uint16_t)~flow_checksum(flow_add(6U + len - 20U, bytes + 12, 8));
	be16_store(begun + 20 + TCP_CHECKSUM_AT, sum);
	for (unsigned i = 0; i < 2; i++) {
		header.flags = i ? 0 : VIRTIO_NET_HDR_F_NEEDS_CSUM;
		assert_true(writev(hosts,
				    (struct iovec[]){
					    {&header, sizeof(header)}, {i ? bytes : begun, len}},
				    2)
			> 0);
	}
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(rte_pktmbuf_data_len(mbufs[i]), len);
		assert_memory_equal(rte_pktmbuf_mtod(mbufs[i], uint8_t *), bytes, len);
	}
	rte_pktmbuf_free_bulk(mbufs, 2);
}

/* What no buffer holds, what contradicts itself and what is cut short is counted; what comes behind it is not touched. */
static void test_receive_bad(void **state)
{
	struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 5000};
	struct rte_mbuf *mbufs[PACKET_BURST];
	static uint8_t bytes[5000];

	(void)state;
	host_gives(&tcp, 3, 4000);
	assert_true(
		writev(hosts, (struct iovec[]){{&header, sizeof(header)}, {bytes, 100}}, 2) > 0);
	assert_true(
		writev(hosts, (struct iovec[]){{&header, sizeof(header)}, {bytes, 5000}}, 2) > 0);
	header.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	assert_true(
		writev(hosts, (struct iovec[]){{&header, sizeof(header)}, {bytes, 100}}, 2) > 0);
	host_gives(&tcp, 2, 10);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 2);
	assert_segment(mbufs[0], &tcp, 0, 10);
	assert_segment(mbufs[1], &tcp, 1, 10);
	assert_int_equal(drops_of(&drops, DROP_INNER_TOO_BIG), 3 + 1);
	assert_int_equal(drops_of(&drops, DROP_INNER_MALFORMED), 2);
	assert_int_equal(drops_sum(&drops), 6);
	rte_pktmbuf_free_bulk(mbufs, 2);
	assert_int_equal(write(hosts, bytes, 4), 4); /* shorter than the header */
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
}

static void test_receive_without_buffers(void **state)
{
	static struct rte_mbuf *held[4096];
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n_held = 0;

	(void)state;
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0); /* the stock is full now */
	while (n_held < RTE_DIM(held) && (held[n_held] = rte_pktmbuf_alloc(fixture_pool())))
		n_held++;
	host_gives(&tcp, 9, 1000);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 0);
	assert_int_equal(drops_of(&drops, DROP_NO_BUFFER), 9);
	assert_int_equal(drops_sum(&drops), 9);
	rte_pktmbuf_free_bulk(held, n_held);
	host_gives(&tcp, 9, 1000);
	assert_int_equal(tun_link_receive(link_here, &drops, mbufs), 9);
	rte_pktmbuf_free_bulk(mbufs, 9);
}

static unsigned send_flow(bool is_udp, unsigned n)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct flow_packet p = tcp;

	p.is_udp = is_udp;
	p.payload_len = 1000;
	for (unsigned i = 0; i < n; i++, p.seq += 1000, p.id++, p.fill++) {
		uint8_t bytes[FLOW_PACKET_MAX];
		uint16_t len = flow_write(bytes, &p);

		mbufs[i] = fixture_mbuf(bytes, len);
	}
	n_writes = 0;
	tun_link_send(link_here, &drops, mbufs, n);
	return n_writes;
}

/* What the host has got: packets, cut again where they are joined. */
static unsigned host_takes(bool is_udp)
{
	static uint8_t bytes[WHOLE_MAX], segment[WHOLE_MAX];
	uint8_t expected[FLOW_PACKET_MAX];
	struct virtio_net_hdr header;
	struct flow_packet p = tcp;
	unsigned n = 0;
	ssize_t len;

	p.is_udp = is_udp;
	p.payload_len = 1000;
	while ((len = readv(hosts,
			(struct iovec[]){{&header, sizeof(header)}, {bytes, sizeof(bytes)}}, 2))
		> 0) {
		uint32_t whole_len = (uint32_t)len - sizeof(header);
		struct tun_cut cut = {.n = 1};

		if (tun_cut_is_due(&header))
			assert_true(tun_cut_plan(&cut, &header, bytes, whole_len));
		else
			assert_int_equal(header.flags, 0);
		for (unsigned i = 0; i < cut.n; i++, n++, p.seq += 1000, p.id++, p.fill++) {
			uint16_t expected_len = flow_write(expected, &p);

			if (tun_cut_is_due(&header))
				tun_cut_write(&cut, bytes, i, segment);
			else
				memcpy(segment, bytes, whole_len);
			assert_memory_equal(segment, expected, expected_len);
		}
	}
	return n;
}

static void test_send_joined(void **state)
{
	(void)state;
	for (unsigned is_udp = 0; is_udp < 2; is_udp++) {
		assert_int_equal(send_flow(is_udp, 40), 1);
		assert_int_equal(host_takes(is_udp), 40);
		assert_int_equal(send_flow(is_udp, 1), 1);
		assert_int_equal(host_takes(is_udp), 1);
		assert_int_equal(send_flow(is_udp, PACKET_BURST), 1);
		assert_int_equal(host_takes(is_udp), PACKET_BURST);
	}
	assert_int_equal(drops_sum(&drops), 0);
}

/* A kernel that knows nothing of joined UDP gets the packets as they were, and is not asked again. */
static void test_send_refused(void **state)
{
	(void)state;
	writev_error = EINVAL;
	for (unsigned is_udp = 0; is_udp < 2; is_udp++) {
		assert_int_equal(send_flow(is_udp, 8), 9);
		assert_int_equal(host_takes(is_udp), 8);
	}
	assert_int_equal(send_flow(true, 8), 8);
	assert_int_equal(host_takes(true), 8);
	assert_int_equal(drops_sum(&drops), 0);
	writev_error = EIO; /* the interface is down */
	send_flow(false, 8);
	assert_int_equal(host_takes(false), 0);
	assert_int_equal(drops_of(&drops, DROP_INNER_HOST), 8);
	assert_int_equal(drops_sum(&drops), 8);
}

static struct tun_link *real_link(int *out_fd)
{
	struct host_error error;
	unsigned ifindex;

	assert_int_equal(tun_open_offloaded("wgt0", 1, out_fd, &ifindex, &error), 0);
	shell("ip addr add 10.0.0.2/24 dev wgt0 && ip link set wgt0 up");
	return tun_link_create(*out_fd, fixture_pool());
}

/* The host's socket gets datagrams one by one, however they were written, but none whose checksum is wrong. */
static void test_real_tun_takes(void **state)
{
	const struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(6)};
	struct rte_mbuf *mbufs[8];
	struct flow_packet p = tcp;
	uint8_t bytes[FLOW_PACKET_MAX];
	struct tun_link *link;
	int fd, tun_fd;

	(void)state;
	NEED_OWN_NETNS();
	link = real_link(&tun_fd);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(fd, (const void *)&name, sizeof(name)), 0);
	p.is_udp = true;
	p.payload_len = 500;
	for (unsigned i = 0; i < 8; i++, p.fill++) {
		uint16_t len = flow_write(bytes, &p);

		bytes[100] ^= i == 4;
		mbufs[i] = fixture_mbuf(bytes, len);
	}
	tun_link_send(link, &drops, mbufs, 8);
	for (unsigned i = 0; i < 8; i++) {
		if (i == 4)
			continue;
		assert_int_equal(recv(fd, bytes, sizeof(bytes), 0), 500);
		assert_int_equal(bytes[0], i);
	}
	assert_int_equal(recv(fd, bytes, sizeof(bytes), 0), -1);
	assert_int_equal(drops_sum(&drops), 0);
	close(fd);
	tun_link_destroy(link);
	tun_close(&tun_fd, 1);
}

/* The host's socket has one message cut into datagrams: by us, or by the kernel before. */
static void test_real_tun_gives(void **state)
{
	static const uint8_t bytes[9500];
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(5)};
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n, n_right = 0;
	struct tun_link *link;
	int fd, tun_fd, piece_len = 1000;

	(void)state;
	NEED_OWN_NETNS();
	link = real_link(&tun_fd);
	if (!tun_offload(tun_fd))
		print_message("this kernel has no UDP segmentation of a TUN\n");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(inet_pton(AF_INET, "10.0.0.1", &name.sin_addr), 1);
	assert_int_equal(
		setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &piece_len, sizeof(piece_len)), 0);
	assert_int_equal(sendto(fd, bytes, sizeof(bytes), 0, (const void *)&name, sizeof(name)),
		sizeof(bytes));
	n = tun_link_receive(link, &drops, mbufs);
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *ip = rte_pktmbuf_mtod(mbufs[i], const uint8_t *);
		uint16_t len = rte_pktmbuf_data_len(mbufs[i]);

		if (ip[0] != 0x45 || ip[9] != IPPROTO_UDP)
			continue; /* the host has something else to say, too */
		assert_int_equal(len, 28 + (n_right < 9 ? 1000 : 500));
		assert_int_equal(flow_checksum_l4(ip, 20, len), 0);
		n_right++;
	}
	assert_int_equal(n_right, 10);
	assert_int_equal(drops_sum(&drops), 0);
	rte_pktmbuf_free_bulk(mbufs, n);
	close(fd);
	tun_link_destroy(link);
	tun_close(&tun_fd, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_without_buffers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_real_tun_takes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_real_tun_gives, setup, teardown),
	};
	int n_failed;

	own_netns_enter(); /* before EAL has threads */
	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
