/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "encap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "pipeline_fixture.h"

/* Which length is sealed for a packet of `len` bytes, [W] 5.4.6. */
static const struct {
	uint16_t mtu, len, sealed;
} paddings[] = {
	/* 0: a keepalive stays empty */
	{1420, 0, 0},
	{1420, 1, 16},
	{1420, 15, 16},
	{1420, 16, 16},
	{1420, 17, 32},
	{1420, 84, 96},
	{1420, 1408, 1408},
	/* 7: not over the MTU */
	{1420, 1409, 1420},
	{1420, 1419, 1420},
	{1420, 1420, 1420},
	{1419, 1408, 1408},
	{1419, 1409, 1419},
	{1419, 1419, 1419},
	{1280, 1264, 1264},
	{1280, 1265, 1280},
	{1280, 1280, 1280},
	{1281, 1281, 1281},
	{20, 20, 20},
	/* 18: the MTU has become smaller meanwhile */
	{1280, 1281, 1296},
	{1280, 1420, 1424},
	{1279, 1280, 1280},
};

/* A and B are peers of one interface, C of another one. */
static struct fixture f;
static struct fixture_peer a, b, c;

static int setup(void **state)
{
	(void)state;
	fixture_init(&f);
	fixture_add_peer(
		&f, &f.ifaces[0], &a, 1, (const char *const[]){"10.0.0.0/8", "fd00::/16", NULL});
	fixture_add_peer(
		&f, &f.ifaces[0], &b, 2, (const char *const[]){"10.1.0.0/16", "fd00:1::/32", NULL});
	fixture_add_peer(&f, &f.ifaces[1], &c, 3, (const char *const[]){"0.0.0.0/0", NULL});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_fini(&f);
}

/* One packet of the host; true: it came out, as the same mbuf. */
static bool send_one(struct rte_mbuf *mbuf)
{
	struct rte_mbuf *out[1];
	unsigned n = encap_burst(&f.pl, &f.ifaces[0], &mbuf, 1, out);

	assert_true(n == 0 || out[0] == mbuf);
	return n == 1;
}

static struct rte_mbuf *packet_to(const char *to)
{
	return fixture_inner(100, strchr(to, ':') ? "fd00:9::1" : "192.0.2.1", to);
}

static bool send_to(const char *to)
{
	struct rte_mbuf *mbuf = packet_to(to);
	bool is_sent = send_one(mbuf);

	if (is_sent)
		rte_pktmbuf_free(mbuf);
	return is_sent;
}

static uint64_t next_counter(const struct fixture_peer *peer)
{
	return atomic_load(&peer->keypair.send_counter);
}

static void assert_nothing_posted(void)
{
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_FACTS]));
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_PACKETS]));
}

/* Frees `mbuf`, in which the remote side must find `text`, then zeros up to `sealed_len`. */
static void open_sealed(const struct fixture_peer *peer, struct rte_mbuf *mbuf, uint64_t counter,
	const uint8_t *text, size_t len, int sealed_len)
{
	static const uint8_t zeros[WG_PADDING];
	uint8_t opened[FIXTURE_TEXT_MAX];
	uint64_t found_counter = UINT64_MAX;

	assert_int_equal(fixture_open(peer, mbuf, &found_counter, opened), sealed_len);
	assert_int_equal(found_counter, counter);
	assert_memory_equal(opened, text, len);
	assert_memory_equal(opened + len, zeros, (size_t)sealed_len - len);
	rte_pktmbuf_free(mbuf);
}

static struct rte_mbuf *routed_packet(struct fixture_peer *peer, const uint8_t *text, size_t len)
{
	struct rte_mbuf *mbuf = fixture_mbuf(text, len);

	packet_of(mbuf)->kind = PACKET_INNER;
	packet_of(mbuf)->peer = &peer->view;
	return mbuf;
}

static uint16_t seal_len(uint16_t len)
{
	uint8_t text[FIXTURE_TEXT_MAX];
	struct rte_mbuf *out[1], *mbuf;
	uint64_t counter = next_counter(&a);
	uint16_t sealed_len;

	memset(text, 0xa5, sizeof(text));
	mbuf = routed_packet(&a, text, len);
	/* What lay behind the packet before must not become its padding. */
	memset(rte_pktmbuf_mtod_offset(mbuf, void *, len), 0xff, WG_PADDING);
	assert_int_equal(encap_routed(&f.pl, &mbuf, 1, out), 1);
	assert_ptr_equal(out[0], mbuf);
	sealed_len = (uint16_t)(rte_pktmbuf_data_len(mbuf) - WG_DATA_OVERHEAD);
	open_sealed(&a, mbuf, counter, text, len, sealed_len);
	return sealed_len;
}

static void test_paddings(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(paddings); row++) {
		atomic_store(&f.ifaces[0].mtu, paddings[row].mtu);
		if (seal_len(paddings[row].len) != paddings[row].sealed)
			fail_msg("row %zu", row);
	}
}

static void test_padding_of_every_length(void **state)
{
	static const uint16_t mtus[] = {1420, 1419, 1280};

	(void)state;
	for (size_t i = 0; i < array_len(mtus); i++) {
		atomic_store(&f.ifaces[0].mtu, mtus[i]);
		for (uint16_t len = 0; len <= mtus[i]; len++) {
			uint16_t sealed_len = seal_len(len);

			assert_in_range(sealed_len, len, RTE_MIN(len + 15, mtus[i]));
			assert_true(sealed_len % 16 == 0 || sealed_len == mtus[i]);
		}
	}
}

static void test_header(void **state)
{
	struct rte_mbuf *mbuf = packet_to("10.0.0.1");
	const uint8_t *bytes;

	(void)state;
	a.keypair.remote_index = 0x44332211;
	atomic_store(&a.keypair.send_counter, UINT64_C(0x0807060504030201));
	assert_true(send_one(mbuf));
	bytes = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	assert_memory_equal(bytes, "\4\0\0\0\x11\x22\x33\x44\1\2\3\4\5\6\7\10", 16);
	assert_int_equal(rte_pktmbuf_data_len(mbuf), 112 + WG_DATA_OVERHEAD);
	assert_int_equal(rte_pktmbuf_pkt_len(mbuf), rte_pktmbuf_data_len(mbuf));
	assert_true(endpoint_equal(packet_destination(packet_of(mbuf)), &a.endpoint));
	assert_int_equal(packet_of(mbuf)->kind, PACKET_DATAGRAM);
	assert_int_equal(packet_of(mbuf)->iface_id, FIXTURE_FIRST_IFACE);
	rte_pktmbuf_free(mbuf);
}

static void set_tos(uint8_t *ip, uint8_t tos)
{
	if (ip[0] >> 4 == 4) {
		ip[1] = tos;
	} else {
		ip[0] = (uint8_t)(0x60 | tos >> 4);
		ip[1] = (uint8_t)(tos << 4 | (ip[1] & 15));
	}
}

static void check_outer_tos(const char *to, uint8_t mask)
{
	for (unsigned tos = 0; tos < 256; tos++) {
		struct rte_mbuf *mbuf = packet_to(to);

		set_tos(rte_pktmbuf_mtod(mbuf, uint8_t *), (uint8_t)tos);
		packet_of(mbuf)->outer_tos = (uint8_t)~tos;
		assert_true(send_one(mbuf));
		assert_int_equal(packet_of(mbuf)->outer_tos, tos & mask);
		rte_pktmbuf_free(mbuf);
	}
}

/* The outer header carries the congestion marks of the inner one, and nothing else of it unless it shall. */
static void test_outer_tos(void **state)
{
	(void)state;
	check_outer_tos("10.0.0.1", 3);
	check_outer_tos("fd00::1", 3);
	f.ifaces[0].is_dscp_copied = true;
	check_outer_tos("10.0.0.1", 0xff);
	check_outer_tos("fd00::1", 0xff);
}

static const struct {
	const char *to;
	char peer; /* 0: nobody */
} routes[] = {
	{"10.0.0.1", 'A'},
	{"10.1.0.1", 'B'},
	{"10.2.0.1", 'A'},
	{"fd00::1", 'A'},
	{"fd00:1::1", 'B'},
	{"11.0.0.1", 0},
	{"fd01::1", 0},
	{"255.255.255.255", 0},
};

static void test_routes(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(routes); row++) {
		const struct fixture_peer *peer = routes[row].peer == 'A' ? &a : &b;
		struct rte_mbuf *mbuf = packet_to(routes[row].to);
		uint64_t counter = next_counter(peer), n_drops = fixture_drops(&f);
		uint8_t text[100];

		memcpy(text, rte_pktmbuf_mtod(mbuf, void *), sizeof(text));
		if (send_one(mbuf) != (routes[row].peer != 0))
			fail_msg("row %zu", row);
		if (routes[row].peer)
			open_sealed(peer, mbuf, counter, text, sizeof(text), 112);
		assert_int_equal(fixture_dropped(&f, DROP_INNER_NO_PEER),
			n_drops + (routes[row].peer ? 0 : 1));
	}
	assert_int_equal(fixture_drops(&f), 3);
	assert_int_equal(fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]), 0);
}

/* A packet for A's 10.0.0.1 that is cut to `len` bytes, with the byte `at` overwritten. */
static const struct {
	uint16_t len, at;
	uint8_t byte;
} malformed[] = {
	{0, 0, 0x45},
	{1, 0, 0x45},
	{19, 0, 0x45},
	{20, 0, 0x45}, /* says that it has 100 */
	{99, 0, 0x45},
	{100, 0, 0x05},
	{100, 0, 0x55},
	{100, 3, 19},
	{100, 3, 101},
	{39, 0, 0x60},
};

static void test_malformed(void **state)
{
	struct fixture_state before;

	(void)state;
	fixture_save(&a, &before);
	for (size_t row = 0; row < array_len(malformed); row++) {
		struct rte_mbuf *mbuf = packet_to("10.0.0.1");

		rte_pktmbuf_mtod(mbuf, uint8_t *)[malformed[row].at] = malformed[row].byte;
		rte_pktmbuf_trim(mbuf, 100 - malformed[row].len);
		if (send_one(mbuf))
			fail_msg("row %zu was sent", row);
		if (fixture_dropped(&f, DROP_INNER_MALFORMED) != row + 1)
			fail_msg("row %zu was dropped for another reason", row);
	}
	assert_true(fixture_is_unchanged(&a, &before));
	assert_nothing_posted();
}

static void test_no_endpoint(void **state)
{
	struct fixture_state before;

	(void)state;
	atomic_store(&a.view.endpoint, NULL);
	fixture_save(&a, &before);
	assert_false(send_to("10.0.0.1"));
	atomic_store(&a.view.sending, NULL);
	assert_false(send_to("10.0.0.1"));
	assert_int_equal(fixture_dropped(&f, DROP_INNER_NO_ENDPOINT), 2);
	assert_int_equal(fixture_drops(&f), 2);
	atomic_store(&a.view.sending, &a.keypair);
	assert_true(fixture_is_unchanged(&a, &before));
	assert_nothing_posted();
}

/* When there is no session that may send, the packet waits for one, [W] 6.2. */
static const struct {
	bool has_session;
	uint64_t age_ns, counter;
	bool is_sent;
} sessions[] = {
	{true, 0, 0, true},
	{false, 0, 0, false},
	{true, WG_REJECT_AFTER_TIME_NS - 1, 0, true},
	{true, WG_REJECT_AFTER_TIME_NS, 0, false},
	{true, 2 * WG_REJECT_AFTER_TIME_NS, 0, false},
	{true, 0, WG_REJECT_AFTER_MESSAGES - 1, true},
	{true, 0, WG_REJECT_AFTER_MESSAGES, false},
	{true, 0, UINT64_MAX, false},
};

static void assert_staged(struct rte_mbuf *mbuf)
{
	struct event event = {.type = UINT32_MAX};
	uint8_t text[100];

	fixture_write_inner(text, sizeof(text), "192.0.2.1", "10.0.0.1");
	assert_int_equal(mailbox_drain(f.pl.mailboxes[MAILBOX_PACKETS], &event, 1), 1);
	assert_int_equal(event.type, EVENT_STAGE);
	assert_ptr_equal(event.mbuf, mbuf);
	assert_int_equal(packet_of(mbuf)->kind, PACKET_INNER);
	assert_ptr_equal(packet_of(mbuf)->peer, &a.view);
	assert_int_equal(packet_of(mbuf)->iface_id, FIXTURE_FIRST_IFACE);
	assert_int_equal(rte_pktmbuf_data_len(mbuf), sizeof(text));
	assert_memory_equal(rte_pktmbuf_mtod(mbuf, void *), text, sizeof(text));
	rte_pktmbuf_free(mbuf);
}

static void play_session(size_t row)
{
	struct rte_mbuf *mbuf = packet_to("10.0.0.1");
	struct fixture_state before;

	if (!sessions[row].has_session)
		atomic_store(&a.view.sending, NULL);
	atomic_store(&a.keypair.send_counter, sessions[row].counter);
	f.pl.now_ns += sessions[row].age_ns;
	fixture_save(&a, &before);
	if (send_one(mbuf) != sessions[row].is_sent)
		fail_msg("row %zu", row);
	assert_int_equal(fixture_drops(&f), 0);
	if (sessions[row].is_sent) {
		rte_pktmbuf_free(mbuf);
		return;
	}
	assert_staged(mbuf);
	assert_nothing_posted();
	if (!fixture_is_unchanged(&a, &before))
		fail_msg("row %zu: the peer has changed", row);
}

static void test_sessions(void **state)
{
	for (size_t row = 0; row < array_len(sessions); row++) {
		setup(state);
		play_session(row);
		assert_int_equal(teardown(state), 0);
	}
}

/* A train of two does not fit below the limit, so both wait for the next session. */
static void test_train_at_the_last_counter(void **state)
{
	struct rte_mbuf *out[2], *in[] = {packet_to("10.0.0.1"), packet_to("10.0.0.1")};

	(void)state;
	atomic_store(&a.keypair.send_counter, WG_REJECT_AFTER_MESSAGES - 1);
	assert_int_equal(encap_burst(&f.pl, &f.ifaces[0], in, 2, out), 0);
	assert_int_equal(fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]), 2);
}

/* However many packets come after the last counter, none is sealed under an old one. */
static void test_counters_never_come_again(void **state)
{
	(void)state;
	atomic_store(&a.keypair.send_counter, WG_REJECT_AFTER_MESSAGES);
	for (unsigned i = 0; i < 20000; i++) {
		assert_false(send_to("10.0.0.1"));
		fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]);
	}
}

static void test_stage_when_control_is_busy(void **state)
{
	(void)state;
	atomic_store(&a.view.sending, NULL);
	fixture_fill(f.pl.mailboxes[MAILBOX_PACKETS]);
	assert_false(send_to("10.0.0.1"));
	assert_int_equal(fixture_dropped(&f, DROP_INNER_MAILBOX_FULL), 1);
	assert_int_equal(fixture_drops(&f), 1);
}

enum where {
	IN_FRONT,
	BEHIND,
};

static const struct {
	enum where where;
	uint16_t room;
	bool is_sent;
} rooms[] = {
	{IN_FRONT, 16, true},
	{IN_FRONT, 15, false},
	{IN_FRONT, 0, false},
	{BEHIND, 12 + 16, true}, /* padding and tag */
	{BEHIND, 12 + 15, false},
	{BEHIND, 0, false},
};

/* A packet for A with so much room and no more. */
static struct rte_mbuf *narrow_packet(enum where where, uint16_t room)
{
	struct rte_mbuf *mbuf = fixture_mbuf("", 0);

	if (where == IN_FRONT)
		mbuf->data_off = room;
	else
		mbuf->data_off = (uint16_t)(mbuf->buf_len - 100 - room);
	fixture_write_inner((uint8_t *)rte_pktmbuf_append(mbuf, 100), 100, "192.0.2.1", "10.0.0.1");
	return mbuf;
}

static void test_rooms(void **state)
{
	(void)state;
	for (size_t row = 0; row < array_len(rooms); row++) {
		struct rte_mbuf *mbuf = narrow_packet(rooms[row].where, rooms[row].room);
		uint64_t n_drops = fixture_drops(&f);
		struct fixture_state before;
		bool is_sent;

		fixture_save(&a, &before);
		is_sent = send_one(mbuf);
		if (is_sent != rooms[row].is_sent)
			fail_msg("row %zu", row);
		if (is_sent)
			rte_pktmbuf_free(mbuf);
		assert_int_equal(fixture_dropped(&f, DROP_INNER_TOO_BIG), n_drops + !is_sent);
		/* Its counter is skipped, and that is all. */
		atomic_fetch_sub(&a.keypair.send_counter, 1);
		assert_int_equal(fixture_is_unchanged(&a, &before), !is_sent);
		atomic_fetch_add(&a.keypair.send_counter, 1);
	}
}

/* Each peer's packets have counters in a row, in the order in which they came, however they are mixed. */
static void test_counters_across_trains(void **state)
{
	static const char order[] = "AABABBBAAAAB";
	struct rte_mbuf *in[sizeof(order)], *out[sizeof(order)];
	uint64_t next_a = 0, next_b = 1000;

	(void)state;
	atomic_store(&b.keypair.send_counter, next_b);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; order[i]; i++)
			in[i] = packet_to(order[i] == 'A' ? "10.0.0.1" : "10.1.0.1");
		assert_int_equal(encap_burst(&f.pl, &f.ifaces[0], in, sizeof(order) - 1, out),
			sizeof(order) - 1);
		assert_memory_equal(in, out, (sizeof(order) - 1) * sizeof(in[0]));
		for (unsigned i = 0; order[i]; i++) {
			bool is_a = order[i] == 'A';
			const struct fixture_peer *peer = is_a ? &a : &b;
			uint8_t text[100];

			fixture_write_inner(
				text, sizeof(text), "192.0.2.1", is_a ? "10.0.0.1" : "10.1.0.1");
			assert_true(endpoint_equal(
				packet_destination(packet_of(out[i])), &peer->endpoint));
			open_sealed(
				peer, out[i], is_a ? next_a++ : next_b++, text, sizeof(text), 112);
		}
	}
	assert_int_equal(next_counter(&a), next_a);
	assert_int_equal(next_counter(&b), next_b);
}

/* What happens to the packets of a mixed burst, over and over; C's interface is another one. */
static void test_mixed_burst(void **state)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST], *kept[PACKET_BURST / 4];
	const unsigned each = PACKET_BURST / 4;

	(void)state;
	atomic_store(&b.view.sending, NULL);
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		static const char *const to[] = {"10.0.0.1", "10.1.0.1", "12.0.0.1"};

		in[i] = i % 4 < 3 ? packet_to(to[i % 4]) : fixture_mbuf("junk", 4);
		if (i % 4 == 0)
			kept[i / 4] = in[i];
	}
	assert_int_equal(encap_burst(&f.pl, &f.ifaces[0], in, PACKET_BURST, out), each);
	assert_memory_equal(out, kept, sizeof(kept));
	assert_int_equal(fixture_dropped(&f, DROP_INNER_NO_PEER), each);
	assert_int_equal(fixture_dropped(&f, DROP_INNER_MALFORMED), each);
	assert_int_equal(fixture_drops(&f), 2 * each);
	assert_int_equal(fixture_drain(f.pl.mailboxes[MAILBOX_PACKETS]), each);
	assert_int_equal(next_counter(&a), each);
	rte_pktmbuf_free_bulk(out, each);
}

/* One call may hold packets for peers of several interfaces: each has its MTU. */
static void test_routed_for_several_interfaces(void **state)
{
	uint8_t text[1409] = {0};
	struct rte_mbuf *out[2],
		*in[] = {routed_packet(&a, text, sizeof(text)),
			routed_packet(&c, text, sizeof(text))};

	(void)state;
	atomic_store(&f.ifaces[1].mtu, 1410);
	assert_int_equal(encap_routed(&f.pl, in, 2, out), 2);
	open_sealed(&a, out[0], 0, text, sizeof(text), 1420);
	open_sealed(&c, out[1], 0, text, sizeof(text), 1410);
}

/* Packets of a length over a way of a width: what is sealed; 0: refused, and its sender gets to know the limit. */
static const struct {
	uint16_t way_mtu, len;
	const char *to;
	bool is_whole; /* "don't fragment" */
	uint16_t sealed, told;
} paths[] = {
	{0, 1420, "10.0.0.1", true, 1420, 0}, {1500, 1420, "10.0.0.1", true, 1420, 0},
	{1400, 1340, "10.0.0.1", true, 1340, 0}, {1400, 1340, "fd00::1", false, 1340, 0},
	{1400, 1320, "10.0.0.1", true, 1328, 0}, {1400, 1341, "10.0.0.1", true, 0, 1340},
	{1400, 1341, "fd00::1", false, 0, 1340}, {1400, 1420, "10.0.0.1", true, 0, 1340},
	/* 8: may be cut, and is, outside */
	{1400, 1341, "10.0.0.1", false, 1344, 0},
	/* 9: less than IPv6 is promised */
	{1339, 1280, "fd00::1", false, 1280, 0}, {1339, 1281, "fd00::1", false, 0, 1280},
	{1339, 1280, "10.0.0.1", true, 0, 1279}, {600, 576, "10.0.0.1", true, 576, 0},
	{600, 577, "10.0.0.1", true, 0, 576},
	{20, 1420, "10.0.0.1", true, 1420, 0}, /* no way has so little */
};

/* The MTU that the answer in `mbuf` tells. */
static uint32_t told_mtu(const struct rte_mbuf *mbuf)
{
	const uint8_t *ip = rte_pktmbuf_mtod(mbuf, const uint8_t *);

	return ip[0] >> 4 == 4 ? be16_load(ip + 26) : be32_load(ip + 44);
}

static void check_path(size_t row)
{
	struct rte_mbuf *mbuf = fixture_inner(paths[row].len,
		strchr(paths[row].to, ':') ? "fd00:9::1" : "192.0.2.1", paths[row].to);
	const struct way way = {
		.mtu = paths[row].way_mtu, .is_v4 = a.endpoint.addr.family == AF_INET};
	bool is_sent;

	way_keep(&a.to.way, 1, &way);
	if (!strchr(paths[row].to, ':'))
		memcpy(rte_pktmbuf_mtod(mbuf, uint8_t *) + 6,
			paths[row].is_whole ? "\x40\0" : "\0\0", 2);
	is_sent = send_one(mbuf);
	if (is_sent != (paths[row].sealed > 0))
		fail_msg("row %zu", row);
	if (f.pl.n_answers != (paths[row].told > 0))
		fail_msg("row %zu: %u answers", row, f.pl.n_answers);
	if (is_sent)
		assert_int_equal(rte_pktmbuf_data_len(mbuf), paths[row].sealed + WG_DATA_OVERHEAD);
	else
		assert_int_equal(told_mtu(f.pl.answers[0]), paths[row].told);
	f.pl.n_answers = 0;
	rte_pktmbuf_free(mbuf);
}

static void test_path_mtu(void **state)
{
	unsigned n_refused = 0;

	(void)state;
	for (size_t row = 0; row < array_len(paths); row++) {
		check_path(row);
		n_refused += paths[row].told > 0;
	}
	assert_int_equal(fixture_dropped(&f, DROP_INNER_OVER_PATH), n_refused);
}

/* However many packets are too big, answers have a rate; what waits for a session is not judged. */
static void test_path_answers(void **state)
{
	const struct way way = {.mtu = 1400, .is_v4 = a.endpoint.addr.family == AF_INET};
	unsigned n_answers = 0;

	(void)state;
	way_keep(&a.to.way, 1, &way);
	for (unsigned i = 0; i < 4 * PACKET_BURST; i++) {
		assert_false(send_one(fixture_inner(1400, "fd00:9::1", "fd00::1")));
		n_answers += f.pl.n_answers;
		rte_pktmbuf_free_bulk(f.pl.answers, f.pl.n_answers);
		f.pl.n_answers = 0;
	}
	assert_int_equal(n_answers, PACKET_BURST);
	f.pl.now_ns += 2 * NSEC_PER_SEC / 1000;
	for (unsigned i = 0; i < 4; i++)
		assert_false(send_one(fixture_inner(1400, "fd00:9::1", "fd00::1")));
	assert_int_equal(f.pl.n_answers, 2);
	rte_pktmbuf_free_bulk(f.pl.answers, f.pl.n_answers);
	f.pl.n_answers = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_paddings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_padding_of_every_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outer_tos, setup, teardown),
		cmocka_unit_test_setup_teardown(test_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_endpoint, setup, teardown),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test_setup_teardown(test_train_at_the_last_counter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters_never_come_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stage_when_control_is_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rooms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters_across_trains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mixed_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path_mtu, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_routed_for_several_interfaces, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
