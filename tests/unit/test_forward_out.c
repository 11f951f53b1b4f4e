/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What is sent out of ports: inner packets and datagrams. The ways are those of forward_fixture.h. */

#include "forward.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "forward_fixture.h"
#include "frame.h"
#include "frame_fixture.h"
#include "tables/way.h"

#define TCP .proto = IPPROTO_TCP
#define V4_FROM .from = "172.16.0.7"
#define V6_FROM .from = "fd16::7"

enum outcome {
	OUT_WAN, /* to the neighbour `mac` */
	OUT_LAN,
	TO_A, /* an inner packet again */
	TO_B,
	TO_KERNEL, /* as it came */
};

/* Inner packets that came out of a tunnel. */
static const struct {
	const char *what;
	struct frame_spec spec;
	enum outcome outcome;
	uint8_t mac;
	uint8_t first_byte; /* of the IP header, if not 0 */
} rows[] = {
	{"neighbour", {V4_FROM, .to = "192.0.2.9"}, OUT_WAN, MAC_NINTH, 0},
	{"neighbour, IPv6", {V6_FROM, .to = "2001:db8:2::9"}, OUT_WAN, MAC_NINTH, 0},
	{"gateway", {V4_FROM, .to = "198.51.100.1", TCP}, OUT_WAN, MAC_GATEWAY, 0},
	{"gateway, IPv6", {V6_FROM, .to = "2001:db8:51::1"}, OUT_WAN, MAC_GATEWAY6, 0},
	{"gateway of another family", {V4_FROM, .to = "203.0.113.1"}, OUT_WAN, MAC_GATEWAY6, 0},
	{"tagged", {V4_FROM, .to = "198.18.0.1"}, OUT_LAN, MAC_VLAN, 0},
	{"two hops", {V4_FROM, .to = "192.0.2.9", .hop_limit = 2}, OUT_WAN, MAC_NINTH, 0},
	{"two hops, IPv6", {V6_FROM, .to = "2001:db8:2::9", .hop_limit = 2}, OUT_WAN, MAC_NINTH, 0},
	{"of MTU", {V4_FROM, .to = "192.0.2.9", .ip_len = 1500}, OUT_WAN, MAC_NINTH, 0},
	{"of MTU, IPv6", {V6_FROM, .to = "2001:db8:2::9", .ip_len = 1500}, OUT_WAN, MAC_NINTH, 0},
	{"of the route's MTU", {V4_FROM, .to = "100.64.0.1", .ip_len = 1000}, OUT_WAN, MAC_GATEWAY,
		0},
	{"header alone", {V4_FROM, .to = "192.0.2.9", .ip_len = 20}, OUT_WAN, MAC_NINTH, 0},

	{"another peer", {V4_FROM, .to = "172.16.0.1"}, TO_A, 0, 0},
	{"another peer, IPv6", {V6_FROM, .to = "fd16::1"}, TO_A, 0, 0},
	{"another interface", {V4_FROM, .to = "172.17.0.1", .hop_limit = 2}, TO_B, 0, 0},
	{"another interface, IPv6", {V6_FROM, .to = "fd17::1"}, TO_B, 0, 0},
	{"another peer, of MTU", {V4_FROM, .to = "172.16.0.1", .ip_len = FIXTURE_MTU}, TO_A, 0, 0},
	{"another peer, of the route's MTU", {V4_FROM, .to = "172.18.0.1", .ip_len = 1000}, TO_A, 0,
		0},

	{"last hop", {V4_FROM, .to = "192.0.2.9", .hop_limit = 1}, TO_KERNEL, 0, 0},
	{"last hop, IPv6", {V6_FROM, .to = "2001:db8:2::9", .hop_limit = 1}, TO_KERNEL, 0, 0},
	{"last hop, to a peer", {V4_FROM, .to = "172.16.0.1", .hop_limit = 1}, TO_KERNEL, 0, 0},
	{"over MTU", {V4_FROM, .to = "192.0.2.9", .ip_len = 1501}, TO_KERNEL, 0, 0},
	{"over MTU, IPv6", {V6_FROM, .to = "2001:db8:2::9", .ip_len = 1501}, TO_KERNEL, 0, 0},
	{"over the route's MTU", {V4_FROM, .to = "100.64.0.1", .ip_len = 1001}, TO_KERNEL, 0, 0},
	{"over the interface's MTU", {V4_FROM, .to = "172.17.0.1", .ip_len = FIXTURE_MTU + 1},
		TO_KERNEL, 0, 0},
	{"over the route's MTU, to a peer", {V4_FROM, .to = "172.18.0.1", .ip_len = 1001},
		TO_KERNEL, 0, 0},
	{"no neighbour", {V4_FROM, .to = "192.0.2.8"}, TO_KERNEL, 0, 0},
	{"no neighbour, IPv6", {V6_FROM, .to = "2001:db8:2::8"}, TO_KERNEL, 0, 0},
	{"no gateway", {V4_FROM, .to = "100.66.0.1"}, TO_KERNEL, 0, 0},
	{"no route", {V4_FROM, .to = "8.0.0.1"}, TO_KERNEL, 0, 0},
	{"no route, IPv6", {V6_FROM, .to = "2001:db8:9::1"}, TO_KERNEL, 0, 0},
	{"the kernel decides", {V4_FROM, .to = "100.65.0.1"}, TO_KERNEL, 0, 0},
	{"the host itself", {V4_FROM, .to = "10.0.0.1"}, TO_KERNEL, 0, 0},
	{"options", {V4_FROM, .to = "192.0.2.9", TCP}, TO_KERNEL, 0, 0x46},
	{"options, to a peer", {V4_FROM, .to = "172.16.0.1", TCP}, TO_KERNEL, 0, 0x46},
	{"from loopback", {.from = "127.0.0.1", .to = "192.0.2.9"}, TO_KERNEL, 0, 0},
	{"from nowhere, to a peer", {.from = "0.0.0.0", .to = "172.16.0.1"}, TO_KERNEL, 0, 0},
	{"from multicast", {.from = "224.0.0.1", .to = "192.0.2.9"}, TO_KERNEL, 0, 0},
	{"from a link-local address", {.from = "fe80::7", .to = "2001:db8:2::9"}, TO_KERNEL, 0, 0},
	{"from IPv6 loopback", {.from = "::1", .to = "2001:db8:2::9"}, TO_KERNEL, 0, 0},
	{"from IPv6 multicast", {.from = "ff02::1", .to = "fd16::1"}, TO_KERNEL, 0, 0},
};

static struct forward_fixture w;

static int setup(void **state)
{
	(void)state;
	forward_fixture_init(&w);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return forward_fixture_fini(&w);
}

static bool is_data(struct rte_mbuf *mbuf, const uint8_t *bytes, size_t len)
{
	return rte_pktmbuf_data_len(mbuf) == len
		&& memcmp(rte_pktmbuf_mtod(mbuf, const void *), bytes, len) == 0;
}

/* The frame that the port has sent, or NULL. */
static struct rte_mbuf *take_sent(unsigned port_id)
{
	port_link_flush(w.ports[port_id].link, &w.f.pl.drops);
	return port_fixture_take(&w.ports[port_id], 0);
}

/* Checks the Ethernet header and removes it. */
static bool unwrap(struct rte_mbuf *mbuf, unsigned port_id, uint16_t vlan, uint8_t mac)
{
	const uint8_t to_mac[6] = {2, 0, 0x5e, 0, 0x53, mac};
	uint16_t len = vlan ? 18 : 14;
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *), *ip = frame + len;
	uint8_t types[6] = {0x81, 0, (uint8_t)(vlan >> 8), (uint8_t)vlan};

	frame_put16(types + 4, ip[0] >> 4 == 4 ? 0x0800 : 0x86dd);
	return rte_pktmbuf_adj(mbuf, len) && memcmp(frame, to_mac, 6) == 0
		&& memcmp(frame + 6, w.ports[port_id].facts.mac, 6) == 0
		&& memcmp(frame + 12, types + (vlan ? 0 : 4), vlan ? 6 : 2) == 0;
}

static size_t write_row(size_t row, uint8_t *out)
{
	size_t len = frame_write_ip(out, &rows[row].spec);

	if (rows[row].first_byte) {
		out[0] = rows[row].first_byte;
		frame_set_ipv4_sum(out);
	}
	return len;
}

static struct rte_mbuf *make_row(size_t row, uint8_t *out, size_t *out_len)
{
	struct rte_mbuf *mbuf;

	*out_len = write_row(row, out);
	mbuf = fixture_mbuf(out, *out_len);
	packet_of(mbuf)->kind = 0xa5;
	packet_of(mbuf)->iface_id = IFACE_A;
	mbuf->ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	return mbuf;
}

static void spend_hop(uint8_t *ip)
{
	if (ip[0] >> 4 == 6) {
		ip[7]--;
		return;
	}
	ip[8]--;
	frame_set_ipv4_sum(ip);
}

/* Is that what became of the row's packet? `mbuf` was left over, or NULL. */
static bool is_right(size_t row, struct rte_mbuf *mbuf, uint8_t *bytes, size_t len)
{
	bool is_lan = rows[row].outcome == OUT_LAN;
	bool is_right;

	if (rows[row].outcome == TO_KERNEL)
		return mbuf && packet_of(mbuf)->kind == PACKET_HOST && is_data(mbuf, bytes, len);
	spend_hop(bytes);
	if (rows[row].outcome > OUT_LAN)
		return mbuf && packet_of(mbuf)->kind == PACKET_INNER
			&& packet_of(mbuf)->iface_id
			== (rows[row].outcome == TO_A ? IFACE_A : IFACE_B)
			&& is_data(mbuf, bytes, len);
	if (mbuf || !(mbuf = take_sent(is_lan ? PORT_LAN : PORT_WAN)))
		return false;
	is_right = unwrap(mbuf, is_lan ? PORT_LAN : PORT_WAN, is_lan ? 7 : 0, rows[row].mac)
		&& is_data(mbuf, bytes, len) && mbuf->ol_flags == 0;
	rte_pktmbuf_free(mbuf);
	return is_right;
}

static void assert_nothing_sent(void)
{
	assert_null(take_sent(PORT_LAN));
	assert_null(take_sent(PORT_WAN));
}

static void test_inner(void **state)
{
	(void)state;
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		uint8_t bytes[FRAME_FIXTURE_MAX];
		size_t len;
		struct rte_mbuf *mbuf = make_row(row, bytes, &len);
		unsigned n = forward_inner(&w.f.pl, &w.fw, &mbuf, 1);

		if (!is_right(row, n ? mbuf : NULL, bytes, len))
			fail_msg("row %zu: %s", row, rows[row].what);
		if (n)
			rte_pktmbuf_free(mbuf);
		assert_nothing_sent();
	}
	assert_int_equal(fixture_drops(&w.f), 0);
}

/* What stays keeps its order; what goes keeps its order on the wire. */
static void test_inner_burst(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	uint8_t bytes[FRAME_FIXTURE_MAX];
	unsigned n_out, k = 0;
	size_t len;

	(void)state;
	for (unsigned i = 0; i < PACKET_BURST; i++)
		mbufs[i] = make_row(i * 7 % RTE_DIM(rows), bytes, &len);
	n_out = forward_inner(&w.f.pl, &w.fw, mbufs, PACKET_BURST);
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		size_t row = i * 7 % RTE_DIM(rows);
		struct rte_mbuf *left = rows[row].outcome > OUT_LAN ? mbufs[k++] : NULL;

		len = write_row(row, bytes);
		if (!is_right(row, left, bytes, len))
			fail_msg("packet %u, row %zu: %s", i, row, rows[row].what);
	}
	assert_int_equal(k, n_out);
	rte_pktmbuf_free_bulk(mbufs, n_out);
	assert_nothing_sent();
}

static void test_inner_forwarding_off(void **state)
{
	(void)state;
	routes_set_forwarding(w.routes, AF_INET, false);
	routes_set_forwarding(w.routes, AF_INET6, false);
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		uint8_t bytes[FRAME_FIXTURE_MAX];
		size_t len;
		struct rte_mbuf *mbuf = make_row(row, bytes, &len);

		assert_int_equal(forward_inner(&w.f.pl, &w.fw, &mbuf, 1), 1);
		assert_int_equal(packet_of(mbuf)->kind, PACKET_HOST);
		assert_true(is_data(mbuf, bytes, len));
		rte_pktmbuf_free(mbuf);
	}
	assert_nothing_sent();
}

/* On NICs that are the kernel's its filter shall see what leaves in the clear. */
static void test_inner_shared(void **state)
{
	(void)state;
	forward_fixture_share(&w, PORT_LAN);
	forward_fixture_share(&w, PORT_WAN);
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		uint8_t bytes[FRAME_FIXTURE_MAX];
		size_t len;
		struct rte_mbuf *mbuf = make_row(row, bytes, &len);

		assert_int_equal(forward_inner(&w.f.pl, &w.fw, &mbuf, 1), 1);
		if (packet_of(mbuf)->kind == PACKET_HOST)
			assert_true(is_data(mbuf, bytes, len));
		rte_pktmbuf_free(mbuf);
	}
	assert_nothing_sent();
}

/* What control had held may be no packet at all, and one may have no room in front. */
static void test_inner_odd(void **state)
{
	const struct frame_spec spec = {V4_FROM, .to = "192.0.2.9"};
	uint8_t bytes[FRAME_FIXTURE_MAX];
	size_t len = frame_write_ip(bytes, &spec);
	struct rte_mbuf *mbufs[] = {
		fixture_mbuf("", 0), fixture_mbuf("E", 1), fixture_mbuf(bytes, len)};

	(void)state;
	assert_non_null(rte_pktmbuf_prepend(mbufs[2], RTE_PKTMBUF_HEADROOM - 13));
	memcpy(rte_pktmbuf_mtod(mbufs[2], void *), bytes, len);
	rte_pktmbuf_trim(mbufs[2], RTE_PKTMBUF_HEADROOM - 13);
	assert_int_equal(forward_inner(&w.f.pl, &w.fw, mbufs, 3), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(packet_of(mbufs[i])->kind, PACKET_HOST);
	assert_true(is_data(mbufs[0], bytes, 0));
	assert_true(is_data(mbufs[1], (const uint8_t *)"E", 1));
	assert_true(is_data(mbufs[2], bytes, len));
	rte_pktmbuf_free_bulk(mbufs, 3);
	assert_nothing_sent();
}

/* --- several ways --- */

/* Where the packet from 172.16.a.b to 100.99.0.1 goes: the gateway's MAC, the interface, or 0. */
static uint8_t way_of(unsigned flow)
{
	char from[32];
	struct frame_spec spec = {.from = from, .to = "100.99.0.1"};
	uint8_t bytes[FRAME_FIXTURE_MAX], way = 0;
	struct rte_mbuf *mbuf;
	size_t len;

	snprintf(from, sizeof(from), "172.16.%u.%u", flow >> 7, (flow & 127) * 2);
	len = frame_write_ip(bytes, &spec);
	mbuf = fixture_mbuf(bytes, len);
	if (forward_inner(&w.f.pl, &w.fw, &mbuf, 1))
		way = packet_of(mbuf)->kind == PACKET_INNER ? packet_of(mbuf)->iface_id : 0;
	else if ((mbuf = take_sent(PORT_WAN)))
		way = rte_pktmbuf_mtod(mbuf, const uint8_t *)[5];
	rte_pktmbuf_free(mbuf);
	return way;
}

static void test_multipath(void **state)
{
	const struct hop hops[] = {
		{.kind = HOP_PORT,
			.out_id = PORT_WAN,
			.gateway = forward_fixture_addr("192.0.2.9")},
		{.kind = HOP_PORT,
			.out_id = PORT_WAN,
			.gateway = forward_fixture_addr("192.0.2.254")},
		{.kind = HOP_PORT, .out_id = PORT_WAN, .gateway = forward_fixture_addr("fe80::1")},
		{.kind = HOP_INTERFACE, .out_id = IFACE_B},
	};
	unsigned n_flows[256] = {0};
	uint8_t ways[1000];

	(void)state;
	forward_fixture_route(&w, "100.99.0.0/16", hops, 4);
	for (unsigned flow = 0; flow < 1000; flow++) {
		ways[flow] = way_of(flow);
		n_flows[ways[flow]]++;
	}
	assert_in_range(n_flows[MAC_NINTH], 150, 350);
	assert_in_range(n_flows[MAC_GATEWAY], 150, 350);
	assert_in_range(n_flows[MAC_GATEWAY6], 150, 350);
	assert_in_range(n_flows[IFACE_B], 150, 350);
	for (unsigned flow = 0; flow < 1000; flow++)
		assert_int_equal(way_of(flow), ways[flow]);
}

/* --- datagrams --- */

static const struct {
	const char *what;
	const char *from, *to;
	uint16_t len; /* of the IP packet */
	uint8_t iface_id;
	enum outcome outcome; /* OUT_WAN, OUT_LAN or TO_KERNEL */
	uint8_t mac;
} datagrams[] = {
	{"neighbour", "10.0.0.1", "192.0.2.9", 200, IFACE_A, OUT_WAN, MAC_NINTH},
	{"neighbour, IPv6", "2001:db8::1", "2001:db8:2::9", 200, IFACE_A, OUT_WAN, MAC_NINTH},
	{"the other interface", "10.0.0.1", "192.0.2.9", 200, IFACE_B, OUT_WAN, MAC_NINTH},
	{"gateway", "10.0.0.1", "198.51.100.1", 200, IFACE_A, OUT_WAN, MAC_GATEWAY},
	{"gateway, IPv6", "2001:db8::1", "2001:db8:51::1", 200, IFACE_A, OUT_WAN, MAC_GATEWAY6},
	{"gateway of another family", "10.0.0.1", "203.0.113.1", 200, IFACE_A, OUT_WAN,
		MAC_GATEWAY6},
	{"tagged", "10.0.0.1", "198.18.0.1", 200, IFACE_A, OUT_LAN, MAC_VLAN},
	{"of MTU", "10.0.0.1", "192.0.2.9", 1500, IFACE_A, OUT_WAN, MAC_NINTH},
	{"of MTU, IPv6", "2001:db8::1", "2001:db8:2::9", 1500, IFACE_A, OUT_WAN, MAC_NINTH},
	{"of the route's MTU", "10.0.0.1", "100.64.0.1", 1000, IFACE_A, OUT_WAN, MAC_GATEWAY},
	{"over MTU", "10.0.0.1", "192.0.2.9", 1501, IFACE_A, TO_KERNEL, 0},
	{"over MTU, IPv6", "2001:db8::1", "2001:db8:2::9", 1501, IFACE_A, TO_KERNEL, 0},
	{"over the route's MTU", "10.0.0.1", "100.64.0.1", 1001, IFACE_A, TO_KERNEL, 0},
	{"no neighbour", "10.0.0.1", "192.0.2.8", 200, IFACE_A, TO_KERNEL, 0},
	{"no gateway", "10.0.0.1", "100.66.0.1", 200, IFACE_A, TO_KERNEL, 0},
	{"no route", "10.0.0.1", "8.0.0.1", 200, IFACE_A, TO_KERNEL, 0},
	{"no address of ours", NULL, "192.0.2.9", 200, IFACE_A, TO_KERNEL, 0},
	{"address of another family", "2001:db8::1", "192.0.2.9", 200, IFACE_A, TO_KERNEL, 0},
	{"the kernel decides", "10.0.0.1", "100.65.0.1", 200, IFACE_A, TO_KERNEL, 0},
	{"the host itself", "10.0.0.1", "10.0.0.1", 200, IFACE_A, TO_KERNEL, 0},
	{"through a tunnel", "10.0.0.1", "172.17.0.1", 200, IFACE_A, TO_KERNEL, 0},
};

static struct rte_mbuf *make_datagram(size_t row, uint8_t *out, size_t *out_len)
{
	struct endpoint to = {.addr = forward_fixture_addr(datagrams[row].to), .port = 1234};
	struct rte_mbuf *mbuf;

	*out_len = datagrams[row].len - (to.addr.family == AF_INET ? 28U : 48U);
	if (datagrams[row].from)
		to.local = forward_fixture_addr(datagrams[row].from);
	for (size_t i = 0; i < *out_len; i++)
		out[i] = (uint8_t)(i * 3 + row);
	mbuf = fixture_mbuf(out, *out_len);
	packet_of(mbuf)->outer = to;
	packet_of(mbuf)->to = NULL;
	packet_of(mbuf)->outer_tos = 1;
	packet_of(mbuf)->iface_id = datagrams[row].iface_id;
	return mbuf;
}

/* The IP and UDP headers are as a slow writer writes them, but for identifier and sums. */
static bool is_sent_right(size_t row, struct rte_mbuf *mbuf, const uint8_t *data, size_t data_len)
{
	bool is_lan = datagrams[row].outcome == OUT_LAN;
	const struct frame_spec spec = {
		.from = datagrams[row].from,
		.to = datagrams[row].to,
		.ip_len = datagrams[row].len,
		.tos = 1,
		.from_port = datagrams[row].iface_id == IFACE_A ? LISTEN_A : LISTEN_B,
		.to_port = 1234,
	};
	uint8_t expected[FRAME_FIXTURE_MAX], *ip;
	size_t headers = datagrams[row].len - data_len;

	if (!unwrap(mbuf, is_lan ? PORT_LAN : PORT_WAN, is_lan ? 7 : 0, datagrams[row].mac))
		return false;
	ip = rte_pktmbuf_mtod(mbuf, uint8_t *);
	frame_write_ip(expected, &spec);
	memcpy(expected + headers - 2, ip + headers - 2, 2);
	if (ip[0] >> 4 == 4) {
		if (slow_sum(ip, 20, 0) != 0xffff)
			return false;
		memcpy(expected + 4, ip + 4, 2);
		memcpy(expected + 10, ip + 10, 2);
	} else if (slow_sum(ip + 40, data_len + 8, slow_pseudo_sum(ip, (uint16_t)(data_len + 8)))
		!= 0xffff) {
		return false;
	}
	memcpy(expected + headers, data, data_len);
	return is_data(mbuf, expected, datagrams[row].len);
}

static void test_datagrams(void **state)
{
	(void)state;
	routes_set_forwarding(w.routes, AF_INET, false); /* the host's own packets need none */
	routes_set_forwarding(w.routes, AF_INET6, false);
	for (size_t row = 0; row < RTE_DIM(datagrams); row++) {
		bool is_lan = datagrams[row].outcome == OUT_LAN, is_good;
		uint8_t bytes[FRAME_FIXTURE_MAX];
		size_t len;
		struct rte_mbuf *mbuf = make_datagram(row, bytes, &len);

		if (forward_datagrams(&w.f.pl, &w.fw, &mbuf, 1)) {
			is_good = datagrams[row].outcome == TO_KERNEL && is_data(mbuf, bytes, len);
		} else {
			mbuf = take_sent(is_lan ? PORT_LAN : PORT_WAN);
			is_good = datagrams[row].outcome != TO_KERNEL && mbuf
				&& is_sent_right(row, mbuf, bytes, len);
		}
		if (!is_good)
			fail_msg("row %zu: %s", row, datagrams[row].what);
		rte_pktmbuf_free(mbuf);
		assert_nothing_sent();
	}
	assert_int_equal(fixture_drops(&w.f), 0);
}

/* Where the row's datagram goes, with an empty memo. */
static struct peer_endpoint endpoint_of(size_t row)
{
	uint8_t bytes[FRAME_FIXTURE_MAX];
	size_t len;
	struct rte_mbuf *mbuf = make_datagram(row, bytes, &len);
	struct peer_endpoint to = {.endpoint = packet_of(mbuf)->outer};

	rte_pktmbuf_free(mbuf);
	return to;
}

/* Sends the row's datagram there; returns the last byte of the neighbour's MAC address, 0 if the kernel has to. */
static uint8_t send_with(size_t row, struct peer_endpoint *to)
{
	uint8_t bytes[FRAME_FIXTURE_MAX], mac = 0;
	size_t len;
	struct rte_mbuf *mbuf = make_datagram(row, bytes, &len);

	packet_of(mbuf)->to = to;
	packet_of(mbuf)->outer = (struct endpoint){.port = 9}; /* of another life */
	if (forward_datagrams(&w.f.pl, &w.fw, &mbuf, 1) == 0) {
		mbuf = take_sent(datagrams[row].outcome == OUT_LAN ? PORT_LAN : PORT_WAN);
		assert_non_null(mbuf);
		mac = rte_pktmbuf_mtod(mbuf, const uint8_t *)[5];
	}
	rte_pktmbuf_free(mbuf);
	assert_nothing_sent();
	return mac;
}

/* The second datagram goes the way of the first. */
static void test_datagram_memo(void **state)
{
	(void)state;
	for (size_t row = 0; row < RTE_DIM(datagrams); row++) {
		struct peer_endpoint to = endpoint_of(row);

		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(send_with(row, &to), datagrams[row].mac);
	}
}

/* A memo is believed, and until routes or neighbours change no longer. */
static void test_datagram_memo_changes(void **state)
{
	const struct ip_addr ninth = forward_fixture_addr("192.0.2.9");
	const struct hop by_ninth = {.kind = HOP_PORT, .out_id = PORT_WAN, .gateway = ninth};
	static const uint8_t mac[6] = {2, 0, 0x5e, 0, 0x53, 0x44};
	struct way way = {.port_id = PORT_WAN, .mtu = 1500};
	struct peer_endpoint to = endpoint_of(0);

	(void)state;
	frame_begin_way(&way, AF_INET, w.fw.ports[PORT_WAN].facts, mac, 0);
	way_keep(&to.way, routes_generation(w.routes), &way);
	assert_int_equal(send_with(0, &to), 0x44);
	forward_fixture_neighbour(&w, PORT_WAN, 0, "192.0.2.9", 0x45);
	assert_int_equal(send_with(0, &to), 0x45);
	assert_int_equal(neighbour_remove(w.routes, PORT_WAN, 0, &ninth), 0);
	assert_int_equal(send_with(0, &to), 0);
	forward_fixture_neighbour(&w, PORT_WAN, 0, "192.0.2.9", 0x46);
	assert_int_equal(send_with(0, &to), 0x46);

	to = endpoint_of(3);
	assert_int_equal(send_with(3, &to), MAC_GATEWAY);
	forward_fixture_route(&w, "198.51.100.0/24", &by_ninth, 1);
	assert_int_equal(send_with(3, &to), 0x46);
	routes_touch(w.routes);
	assert_int_equal(send_with(3, &to), 0x46);
}

static void test_datagram_burst(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST], *mbuf;
	uint8_t bytes[FRAME_FIXTURE_MAX];
	unsigned n_out, n_kept = 0, n_sent = 0;
	size_t len;

	(void)state;
	for (unsigned i = 0; i < PACKET_BURST; i++)
		mbufs[i] = make_datagram(i % RTE_DIM(datagrams), bytes, &len);
	n_out = forward_datagrams(&w.f.pl, &w.fw, mbufs, PACKET_BURST);
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		size_t row = i % RTE_DIM(datagrams);

		if (datagrams[row].outcome != TO_KERNEL)
			continue;
		rte_pktmbuf_free(make_datagram(row, bytes, &len));
		assert_true(is_data(mbufs[n_kept++], bytes, len));
	}
	assert_int_equal(n_kept, n_out);
	rte_pktmbuf_free_bulk(mbufs, n_out);
	for (unsigned port_id = 0; port_id < N_PORTS; port_id++)
		for (; (mbuf = take_sent(port_id)); n_sent++)
			rte_pktmbuf_free(mbuf);
	assert_int_equal(n_sent + n_kept, PACKET_BURST);
}

/* Whether their way is kept or not, what goes the same way keeps its order. */
static void test_datagram_order(void **state)
{
	struct rte_mbuf *mbufs[PACKET_BURST], *sent[PACKET_BURST];
	struct peer_endpoint to = endpoint_of(0);
	uint8_t bytes[FRAME_FIXTURE_MAX];
	unsigned n_sent = 0;
	size_t len;

	(void)state;
	assert_int_equal(send_with(0, &to), datagrams[0].mac);
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		mbufs[i] = make_datagram(0, bytes, &len);
		packet_of(mbufs[i])->to = i % 3 ? &to : NULL;
	}
	memcpy(sent, mbufs, sizeof(sent));
	assert_int_equal(forward_datagrams(&w.f.pl, &w.fw, mbufs, PACKET_BURST), 0);
	for (struct rte_mbuf *mbuf; (mbuf = take_sent(PORT_WAN)); rte_pktmbuf_free(mbuf))
		assert_ptr_equal(mbuf, sent[n_sent++]);
	assert_int_equal(n_sent, PACKET_BURST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_inner, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inner_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inner_forwarding_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inner_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inner_odd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_multipath, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagrams, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagram_memo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagram_memo_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagram_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagram_order, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	forward_fixture_start(&w);
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	forward_fixture_stop(&w);
	fixture_stop_eal();
	return n_failed;
}
