/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "decap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "pipeline_fixture.h"

#define TEXT_LEN 160 /* of the packet that the refused rows start from */
#define SEEN 10000   /* the counter that was received before them */
#define WHOLE 0

/*
 * Each row is a packet of peer A that is right but for one thing: cut to `len` bytes, with the byte `at` changed,
 * under this counter, at this age of the session. Nothing may change but one drop counter.
 */
static const struct {
	enum drop_reason reason; /* DROP_N: accepted, so that the others prove something */
	uint16_t len, at;
	uint8_t change; /* xor */
	uint64_t counter, age_ns;
} refused[] = {
	/* 0 */
	{DROP_N, WHOLE, 0, 0, SEEN + 1, 0},
	/* 1: type and length */
	{DROP_OUTER_NOT_WIREGUARD, 1, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 3, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 4, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 15, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 16, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 31, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 0, 4, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 0, 4 ^ 5, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 0, 0x80, SEEN + 1, 0},
	/* 10: the reserved bytes */
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 1, 1, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 2, 1, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, WHOLE, 3, 0x80, SEEN + 1, 0},
	/* 13: handshake messages a byte too short or too long */
	{DROP_OUTER_NOT_WIREGUARD, 147, 0, 4 ^ 1, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 149, 0, 4 ^ 1, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 91, 0, 4 ^ 2, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 93, 0, 4 ^ 2, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 63, 0, 4 ^ 3, SEEN + 1, 0},
	{DROP_OUTER_NOT_WIREGUARD, 65, 0, 4 ^ 3, SEEN + 1, 0},
	/* 19: an index of another slot, and one of the same slot */
	{DROP_OUTER_UNKNOWN_INDEX, WHOLE, 4, 1, SEEN + 1, 0},
	{DROP_OUTER_UNKNOWN_INDEX, WHOLE, 7, 0x80, SEEN + 1, 0},
	/* 21: the end of the session's life, [W] 6.2 */
	{DROP_N, WHOLE, 0, 0, SEEN + 1, WG_REJECT_AFTER_TIME_NS - 1},
	{DROP_OUTER_EXPIRED, WHOLE, 0, 0, SEEN + 1, WG_REJECT_AFTER_TIME_NS},
	{DROP_OUTER_EXPIRED, WHOLE, 0, 0, SEEN + 1, 10 * WG_REJECT_AFTER_TIME_NS},
	{DROP_N, WHOLE, 0, 0, WG_REJECT_AFTER_MESSAGES - 1, 0},
	{DROP_OUTER_EXPIRED, WHOLE, 0, 0, WG_REJECT_AFTER_MESSAGES, 0},
	{DROP_OUTER_EXPIRED, WHOLE, 0, 0, UINT64_MAX, 0},
	/* 27: seen, and whose place in the window a newer one has taken */
	{DROP_OUTER_REPLAYED, WHOLE, 0, 0, SEEN, 0},
	{DROP_N, WHOLE, 0, 0, SEEN - 1, 0},
	{DROP_N, WHOLE, 0, 0, SEEN - REPLAY_WINDOW, 0},
	{DROP_OUTER_REPLAYED, WHOLE, 0, 0, SEEN - REPLAY_WINDOW - REPLAY_BLOCK_BITS, 0},
	/* 31: what the tag protects, and the tag */
	{DROP_OUTER_UNAUTHENTIC, 32, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, TEXT_LEN + 31, 0, 0, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, 8, 0x10, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, 9, 0x80, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, 16, 1, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, TEXT_LEN + 15, 0x80, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, TEXT_LEN + 16, 1, SEEN + 1, 0},
	{DROP_OUTER_UNAUTHENTIC, WHOLE, TEXT_LEN + 31, 0x80, SEEN + 1, 0},
};

#define NO_PATCH 0, 0

/*
 * What an authentic packet may carry: an IP packet of `ip_len` bytes, cut or padded to `text_len`, with the byte
 * `at` overwritten. Whatever is inside, the peer has been heard.
 */
static const struct {
	char peer;
	const char *from;
	uint16_t ip_len, text_len;
	uint16_t at;
	uint8_t byte;
	enum drop_reason reason;
} inner[] = {
	/* 0: padding is cut off */
	{'A', "10.0.0.1", 84, 96, NO_PATCH, DROP_N},
	{'A', "10.0.0.1", 84, 84, NO_PATCH, DROP_N},
	{'A', "10.0.0.1", 20, 20, NO_PATCH, DROP_N},
	{'A', "10.0.0.1", 20, 32, NO_PATCH, DROP_N},
	{'A', "10.255.255.255", 33, 1024, NO_PATCH, DROP_N},
	{'A', "10.0.0.1", 1420, 1420, NO_PATCH, DROP_N},
	{'A', "fd00::1", 40, 48, NO_PATCH, DROP_N},
	{'A', "fd00::1", 40, 40, NO_PATCH, DROP_N},
	{'A', "fd00:ffff::1", 1409, 1420, NO_PATCH, DROP_N},
	/* 9: neither IPv4 nor IPv6 */
	{'A', "10.0.0.1", 84, 1, NO_PATCH, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 0, 0x00, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 0, 0x55, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 0, 0xf5, DROP_INNER_MALFORMED},
	/* 13: cut short */
	{'A', "10.0.0.1", 20, 19, NO_PATCH, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 3, 19, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 3, 97, DROP_INNER_MALFORMED},
	{'A', "10.0.0.1", 84, 96, 2, 1, DROP_INNER_MALFORMED},
	{'A', "fd00::1", 40, 39, NO_PATCH, DROP_INNER_MALFORMED},
	{'A', "fd00::1", 84, 96, 5, 57, DROP_INNER_MALFORMED},
	{'A', "fd00::1", 84, 96, 4, 1, DROP_INNER_MALFORMED},
	/* 20: 10.1.0.0/16 in A's 10.0.0.0/8 is B's, [W] 3 */
	{'B', "10.1.2.3", 84, 96, NO_PATCH, DROP_N},
	{'A', "10.1.2.3", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	{'A', "10.1.0.0", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	{'A', "10.2.0.0", 84, 96, NO_PATCH, DROP_N},
	{'B', "10.2.0.0", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	{'B', "fd00:1::5", 84, 96, NO_PATCH, DROP_N},
	{'A', "fd00:1::5", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	{'B', "fd00:2::5", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	/* 28: nobody's */
	{'A', "192.0.2.1", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	{'A', "2001:db8::1", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
	/* 30: each interface has its own table */
	{'C', "10.1.2.3", 84, 96, NO_PATCH, DROP_N},
	{'C', "fd00::1", 84, 96, NO_PATCH, DROP_INNER_SOURCE},
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

static struct fixture_peer *peer_of(char name)
{
	return name == 'A' ? &a : name == 'B' ? &b : &c;
}

static struct rte_mbuf *packet_from(const struct fixture_peer *peer, uint64_t counter)
{
	uint8_t text[TEXT_LEN];

	fixture_write_inner(text, sizeof(text), peer == &b ? "10.1.0.9" : "10.0.0.9", "10.9.9.9");
	return fixture_seal(peer, counter, text, sizeof(text));
}

/* One datagram for the peer's interface; what comes out is freed. */
static unsigned receive(const struct fixture_peer *peer, struct rte_mbuf *mbuf)
{
	struct rte_mbuf *out[1];
	unsigned n = decap_burst(&f.pl, peer->view.iface, &mbuf, 1, out);

	rte_pktmbuf_free_bulk(out, n);
	return n;
}

static void empty_mailboxes(void)
{
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		fixture_drain(f.pl.mailboxes[kind]);
}

static void assert_nothing_posted(size_t row)
{
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		if (!mailbox_is_empty(f.pl.mailboxes[kind]))
			fail_msg("row %zu: something was posted", row);
}

static void check_refused(size_t row, const struct fixture_state *before)
{
	for (enum drop_reason reason = 0; reason < DROP_N; reason++)
		if (fixture_dropped(&f, reason) != (reason == refused[row].reason))
			fail_msg("row %zu: %s is %" PRIu64, row, drop_name(reason),
				fixture_dropped(&f, reason));
	if (refused[row].reason == DROP_N)
		return;
	if (!fixture_is_unchanged(&a, before))
		fail_msg("row %zu: the peer has changed", row);
	assert_nothing_posted(row);
}

static void play_refused(size_t row, bool is_in_use)
{
	struct fixture_state before;
	struct rte_mbuf *mbuf = packet_from(&a, refused[row].counter);

	assert_int_equal(receive(&a, packet_from(&a, SEEN)), 1);
	empty_mailboxes();
	f.pl.now_ns += refused[row].age_ns;
	if (refused[row].len)
		rte_pktmbuf_trim(mbuf, rte_pktmbuf_data_len(mbuf) - refused[row].len);
	*rte_pktmbuf_mtod_offset(mbuf, uint8_t *, refused[row].at) ^= refused[row].change;
	if (refused[row].reason != DROP_N)
		packet_of(mbuf)->outer = b.endpoint; /* roaming is not for it */
	atomic_store(&a.keypair.is_in_use, is_in_use);

	fixture_save(&a, &before);
	if (receive(&a, mbuf) != (refused[row].reason == DROP_N))
		fail_msg(
			"row %zu: %s", row, refused[row].reason == DROP_N ? "dropped" : "accepted");
	check_refused(row, &before);
}

/* Also under a session that waits for its first authentic packet: these do not confirm it. */
static void test_refused(void **state)
{
	for (size_t row = 0; row < array_len(refused); row++) {
		for (unsigned is_in_use = refused[row].reason == DROP_N; is_in_use < 2;
			is_in_use++) {
			setup(state);
			play_refused(row, is_in_use);
			assert_int_equal(teardown(state), 0);
		}
	}
}

static void test_empty_datagram(void **state)
{
	(void)state;
	assert_int_equal(receive(&a, fixture_mbuf("", 0)), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_NOT_WIREGUARD), 1);
	assert_nothing_posted(0);
}

/* C's session is real, but it is none of the other interface's. */
static void test_session_of_other_interface(void **state)
{
	struct fixture_state before;

	(void)state;
	fixture_save(&c, &before);
	assert_int_equal(receive(&a, packet_from(&c, 0)), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_UNKNOWN_INDEX), 1);
	assert_true(fixture_is_unchanged(&c, &before));
	assert_nothing_posted(0);
	assert_int_equal(receive(&c, packet_from(&c, 0)), 1);
}

/* The keys of one peer under the index of another. */
static void test_key_of_other_peer(void **state)
{
	struct rte_mbuf *mbuf = packet_from(&a, 0);
	struct fixture_state before_a, before_b;

	(void)state;
	le32_store(rte_pktmbuf_mtod_offset(mbuf, void *, 4), b.keypair.local_index);
	fixture_save(&a, &before_a);
	fixture_save(&b, &before_b);
	assert_int_equal(receive(&a, mbuf), 0);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_UNAUTHENTIC), 1);
	assert_true(fixture_is_unchanged(&a, &before_a));
	assert_true(fixture_is_unchanged(&b, &before_b));
	assert_nothing_posted(0);
}

/* Of each kind, whatever is in it. */
static struct rte_mbuf *handshake(uint8_t type)
{
	static const uint16_t lens[] = {[WG_MSG_INITIATION] = sizeof(struct wg_msg_initiation),
		[WG_MSG_RESPONSE] = sizeof(struct wg_msg_response),
		[WG_MSG_COOKIE] = sizeof(struct wg_msg_cookie)};
	const uint8_t bytes[sizeof(struct wg_msg_initiation)] = {type};

	return fixture_mbuf(bytes, lens[type]);
}

/* They wait until the data of their burst has been delivered. */
static void test_handshakes_are_put_by(void **state)
{
	(void)state;
	for (uint8_t type = WG_MSG_INITIATION; type <= WG_MSG_COOKIE; type++) {
		struct rte_mbuf *out[2], *in[] = {handshake(type), packet_from(&a, type)};

		assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], in, 2, out), 1);
		assert_ptr_equal(out[0], in[1]);
		assert_int_equal(f.pl.n_handshakes, 1);
		assert_ptr_equal(f.pl.handshakes[0], in[0]);
		f.pl.n_handshakes = 0;
		rte_pktmbuf_free_bulk(in, 2);
	}
	assert_int_equal(fixture_drops(&f), 0);
	assert_true(mailbox_is_empty(f.pl.mailboxes[MAILBOX_HANDSHAKES]));
}

static uint64_t rx_bytes(const struct fixture_peer *peer)
{
	return atomic_load(&peer->view.rx_bytes);
}

static void play_inner(size_t row)
{
	struct fixture_peer *peer = peer_of(inner[row].peer);
	uint8_t text[FIXTURE_TEXT_MAX] = {0};
	struct rte_mbuf *mbuf, *out[1];
	unsigned n;

	fixture_write_inner(text, inner[row].ip_len, inner[row].from,
		strchr(inner[row].from, ':') ? "fd00::99" : "10.9.9.9");
	if (inner[row].byte || inner[row].reason == DROP_INNER_MALFORMED)
		text[inner[row].at] = inner[row].byte;
	mbuf = fixture_seal(peer, 7, text, inner[row].text_len);
	n = decap_burst(&f.pl, peer->view.iface, &mbuf, 1, out);

	if (n != (inner[row].reason == DROP_N) || fixture_drops(&f) + n != 1)
		fail_msg("row %zu: %s", row, n ? "accepted" : "dropped");
	if (!n && fixture_dropped(&f, inner[row].reason) != 1)
		fail_msg("row %zu: dropped for another reason", row);
	if (n
		&& (rte_pktmbuf_data_len(out[0]) != inner[row].ip_len
			|| memcmp(rte_pktmbuf_mtod(out[0], void *), text, inner[row].ip_len) != 0))
		fail_msg("row %zu: another packet came out", row);
	if (rx_bytes(peer) != inner[row].text_len + WG_DATA_OVERHEAD
		|| atomic_load(&peer->view.last_received_ns) != f.pl.now_ns)
		fail_msg("row %zu: the peer was not heard", row);
	rte_pktmbuf_free_bulk(out, n);
	receive(peer, fixture_seal(peer, 7, text, inner[row].text_len));
	if (fixture_dropped(&f, DROP_OUTER_REPLAYED) != 1)
		fail_msg("row %zu: its counter was not marked", row);
}

static void test_inner(void **state)
{
	for (size_t row = 0; row < array_len(inner); row++) {
		setup(state);
		play_inner(row);
		assert_int_equal(teardown(state), 0);
	}
}

/* Congestion on the way is told to the host, or the packet is lost as the network would have lost it: [RFC 6040] 4.2. */
static const struct {
	uint8_t outer_tos, inner_tos;
	uint8_t out_tos; /* what the host sees */
	bool is_dropped;
} congestion[] = {
	{0x00, 0xb8, 0xb8, false},
	{0x02, 0xb8, 0xb8, false},
	{0x01, 0x02, 0x02, false},
	{0xfc, 0x02, 0x02, false},
	{0x03, 0xb8, 0, true},
	{0xff, 0x00, 0, true},
	{0x03, 0xb9, 0xbb, false},
	{0x03, 0xba, 0xbb, false},
	{0x03, 0xbb, 0xbb, false},
};

static void play_congestion(size_t row)
{
	uint8_t text[64];
	struct rte_mbuf *mbuf, *out[1];
	unsigned n;

	fixture_write_inner(text, sizeof(text), "10.0.0.1", "10.9.9.9");
	text[1] = congestion[row].inner_tos;
	mbuf = fixture_seal(&a, row, text, sizeof(text));
	packet_of(mbuf)->outer_tos = congestion[row].outer_tos;
	n = decap_burst(&f.pl, &f.ifaces[0], &mbuf, 1, out);
	if (n == congestion[row].is_dropped)
		fail_msg("row %zu: %s", row, n ? "accepted" : "dropped");
	if (n && rte_pktmbuf_mtod(out[0], uint8_t *)[1] != congestion[row].out_tos)
		fail_msg("row %zu: %#x", row, rte_pktmbuf_mtod(out[0], uint8_t *)[1]);
	rte_pktmbuf_free_bulk(out, n);
}

static void test_congestion(void **state)
{
	unsigned n_dropped = 0;

	(void)state;
	f.ifaces[0].is_dscp_copied = true; /* outwards only */
	for (size_t row = 0; row < array_len(congestion); row++) {
		play_congestion(row);
		n_dropped += congestion[row].is_dropped;
	}
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_CONGESTION), n_dropped);
	assert_int_equal(fixture_drops(&f), n_dropped);
}

/* In one burst too: the second look, after the tag, decides. */
static void test_replay_within_a_burst(void **state)
{
	struct rte_mbuf *out[4],
		*in[] = {packet_from(&a, 5), packet_from(&a, 4), packet_from(&a, 5),
			packet_from(&a, 3)};
	struct rte_mbuf *kept[] = {in[0], in[1], in[3]};

	(void)state;
	assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], in, array_len(in), out), 3);
	assert_memory_equal(out, kept, sizeof(kept));
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_REPLAYED), 1);
	assert_int_equal(fixture_drops(&f), 1);
	assert_int_equal(rx_bytes(&a), 3 * (TEXT_LEN + WG_DATA_OVERHEAD));
	rte_pktmbuf_free_bulk(out, 3);
}

/* What the packets of a mixed burst are, over and over. */
enum mix {
	MIX_A,
	MIX_B,
	MIX_BAD_TAG,
	MIX_NOISE,
	MIX_KEEPALIVE,
	MIX_FOREIGN_SOURCE,
	MIX_HANDSHAKE,
	MIX_OTHER_INTERFACE,
	MIX_N,
};

static struct rte_mbuf *mixed_packet(enum mix mix, uint64_t counter)
{
	struct rte_mbuf *mbuf;
	uint8_t text[TEXT_LEN];

	switch (mix) {
	case MIX_B:
		return packet_from(&b, counter);
	case MIX_BAD_TAG:
		mbuf = packet_from(&a, counter);
		*rte_pktmbuf_mtod_offset(mbuf, uint8_t *, 100) ^= 1;
		return mbuf;
	case MIX_NOISE:
		return fixture_mbuf("not WireGuard at all", 20);
	case MIX_KEEPALIVE:
		return fixture_seal(&b, counter, "", 0);
	case MIX_FOREIGN_SOURCE:
		fixture_write_inner(text, sizeof(text), "10.0.0.9", "10.9.9.9");
		return fixture_seal(&b, counter, text, sizeof(text));
	case MIX_HANDSHAKE:
		return handshake(WG_MSG_INITIATION);
	case MIX_OTHER_INTERFACE:
		return packet_from(&c, counter);
	default:
		return packet_from(&a, counter);
	}
}

/* Good ones come out in order and whole, whatever is between them. */
static void test_mixed_burst(void **state)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST], *kept[PACKET_BURST];
	uint8_t text[2][TEXT_LEN];
	const unsigned each = PACKET_BURST / MIX_N;
	unsigned n_kept = 0;

	(void)state;
	fixture_write_inner(text[MIX_A], TEXT_LEN, "10.0.0.9", "10.9.9.9");
	fixture_write_inner(text[MIX_B], TEXT_LEN, "10.1.0.9", "10.9.9.9");
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		in[i] = mixed_packet(i * 5 % MIX_N, i);
		if (i * 5 % MIX_N <= MIX_B)
			kept[n_kept++] = in[i];
	}
	assert_int_equal(decap_burst(&f.pl, &f.ifaces[0], in, PACKET_BURST, out), n_kept);
	assert_memory_equal(out, kept, n_kept * sizeof(out[0]));
	for (unsigned i = 0; i < n_kept; i++) {
		bool is_b = rte_pktmbuf_mtod(out[i], uint8_t *)[13] == 1;

		assert_int_equal(rte_pktmbuf_data_len(out[i]), TEXT_LEN);
		assert_memory_equal(rte_pktmbuf_mtod(out[i], void *), text[is_b], TEXT_LEN);
	}
	rte_pktmbuf_free_bulk(out, n_kept);
	assert_int_equal(n_kept, 2 * each);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_UNAUTHENTIC), each);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_NOT_WIREGUARD), each);
	assert_int_equal(fixture_dropped(&f, DROP_INNER_SOURCE), each);
	assert_int_equal(fixture_dropped(&f, DROP_OUTER_UNKNOWN_INDEX), each);
	assert_int_equal(fixture_drops(&f), 4 * each);
	assert_int_equal(f.pl.n_handshakes, each);
	rte_pktmbuf_free_bulk(f.pl.handshakes, each);
	assert_int_equal(rx_bytes(&a), each * (TEXT_LEN + WG_DATA_OVERHEAD));
	assert_int_equal(
		rx_bytes(&b), each * (2 * (TEXT_LEN + WG_DATA_OVERHEAD) + WG_DATA_OVERHEAD));
	assert_int_equal(rx_bytes(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test_setup_teardown(test_empty_datagram, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_of_other_interface, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_of_other_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_handshakes_are_put_by, setup, teardown),
		cmocka_unit_test(test_inner),
		cmocka_unit_test_setup_teardown(test_congestion, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replay_within_a_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mixed_burst, setup, teardown),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
