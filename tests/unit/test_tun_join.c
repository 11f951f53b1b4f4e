/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What belongs together is joined and nothing else; cutting gives the same packets again. */

#include "io/tun_join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow_packet.h"
#include "pipeline_fixture.h"

#define DONT_FRAGMENT 0x4000
#define N_PACKETS 5
#define PIECE_LEN 1000

enum kind { TCP4, TCP6, UDP4, UDP6, N_KINDS };

/* What is different about one packet. */
enum change {
	NOTHING,
	TOS,
	TTL,
	ID,
	NO_DF,
	FRAGMENT,
	LABEL,
	FROM,
	TO,
	FROM_PORT,
	TO_PORT,
	GAP,
	ACK,
	FLAG_PSH,
	FLAG_FIN,
	FLAG_SYN,
	FLAG_RST,
	FLAG_URG,
	FLAG_CWR,
	FLAG_ECE,
	NO_ACK,
	WINDOW,
	URGENT,
	OPTIONS,
	SHORTER,
	LONGER,
	EMPTY,
	/* In the bytes: */
	BAD_CHECKSUM,
	BAD_PAYLOAD,
	BAD_IP_CHECKSUM,
	NO_CHECKSUM,
	IP_LENGTH,
	VERSION,
	UDP_LENGTH,
	HEADER_LENGTH,
	NEXT_HEADER,
	WITH_OPTIONS,
};

#define ALL (1 << TCP4 | 1 << TCP6 | 1 << UDP4 | 1 << UDP6)
#define TCP (1 << TCP4 | 1 << TCP6)
#define UDP (1 << UDP4 | 1 << UDP6)
#define V4 (1 << TCP4 | 1 << UDP4)
#define V6 (1 << TCP6 | 1 << UDP6)
#define COUNTED (ALL & ~(1 << UDP6)) /* a missing packet shows */

/* Five packets in a row of which number 2 is changed; which train each is in then. Later ones follow it where they can. */
static const struct {
	enum change change;
	unsigned kinds;
	const char *trains;
} rows[] = {
	{NOTHING, ALL, "00000"},
	{TOS, ALL, "00122"},
	{TTL, ALL, "00122"},
	{ID, V4, "00122"},
	{NO_DF, V4, "00122"},
	/* 5 */
	{FRAGMENT, V4, "00122"},
	{LABEL, V6, "00122"},
	{FROM, COUNTED, "00122"},
	{TO, COUNTED, "00122"},
	{FROM_PORT, COUNTED, "00122"},
	/* 10 */
	{TO_PORT, COUNTED, "00122"},
	{GAP, TCP, "00122"},
	{ACK, TCP, "00122"},
	{FLAG_PSH, TCP, "00011"},
	{FLAG_FIN, TCP, "00122"},
	/* 15 */
	{FLAG_SYN, TCP, "00122"},
	{FLAG_RST, TCP, "00122"},
	{FLAG_URG, TCP, "00122"},
	{FLAG_CWR, TCP, "00122"},
	{FLAG_ECE, TCP, "00122"},
	/* 20 */
	{NO_ACK, TCP, "00122"},
	{WINDOW, TCP, "00122"},
	{URGENT, TCP, "00122"},
	{OPTIONS, TCP, "00122"},
	{SHORTER, ALL, "00011"},
	/* 25: a longer one begins anew, and the next is shorter than it */
	{LONGER, ALL, "00112"},
	{EMPTY, ALL, "00122"},
	{BAD_CHECKSUM, ALL, "00122"},
	{BAD_PAYLOAD, ALL, "00122"},
	{BAD_IP_CHECKSUM, V4, "00122"},
	/* 30 */
	{NO_CHECKSUM, UDP, "00122"},
	{IP_LENGTH, COUNTED, "00122"},
	{VERSION, COUNTED, "00122"},
	{UDP_LENGTH, UDP, "00122"},
	{HEADER_LENGTH, TCP, "00122"},
	/* 35 */
	{NEXT_HEADER, COUNTED, "00122"},
	{WITH_OPTIONS, V4, "00122"},
	/* What is between others and belongs to another flow, or none, does not part them. */
	{FROM, 1 << UDP6, "00100"},
	{TO, 1 << UDP6, "00100"},
	{FROM_PORT, 1 << UDP6, "00100"},
	/* 40 */
	{TO_PORT, 1 << UDP6, "00100"},
	{IP_LENGTH, 1 << UDP6, "00100"},
	{VERSION, 1 << UDP6, "00100"},
	{NEXT_HEADER, 1 << UDP6, "00100"},
};

static struct flow_packet base_packet(enum kind kind)
{
	return (struct flow_packet){.is_v6 = kind == TCP6 || kind == UDP6,
		.is_udp = kind == UDP4 || kind == UDP6,
		.tos = 2,
		.ttl = 64,
		.id = 0xfffe,
		.fragment = DONT_FRAGMENT,
		.label = 0x12345,
		.from = 2,
		.to = 1,
		.from_port = 5201,
		.to_port = 40000,
		.seq = 0xfffff800,
		.ack = 77,
		.flags = TCP_ACK,
		.window = 500,
		.options = {1, 1, 8, 10, 1, 2, 3, 4},
		.payload_len = PIECE_LEN};
}

static struct rte_mbuf *packet_mbuf(const struct flow_packet *p)
{
	uint8_t bytes[FLOW_PACKET_MAX];
	uint16_t len = flow_write(bytes, p);

	return fixture_mbuf(bytes, len);
}

static void change_fields(struct flow_packet *p, enum change change)
{
	static const uint8_t flags[] = {[FLAG_PSH] = TCP_PSH,
		[FLAG_FIN] = TCP_FIN,
		[FLAG_SYN] = 2,
		[FLAG_RST] = 4,
		[FLAG_URG] = 0x20,
		[FLAG_CWR] = TCP_CWR,
		[FLAG_ECE] = TCP_ECE};

	p->tos ^= change == TOS;
	p->ttl ^= change == TTL;
	p->id = (uint16_t)(p->id + (change == ID ? 5 : 0));
	p->fragment ^= change == NO_DF ? DONT_FRAGMENT : change == FRAGMENT ? 0x2000 : 0;
	p->label ^= change == LABEL;
	p->from ^= change == FROM;
	p->to ^= change == TO;
	p->from_port ^= change == FROM_PORT;
	p->to_port ^= change == TO_PORT;
	p->seq += change == GAP;
	p->ack += change == ACK;
	p->flags |= change >= FLAG_PSH && change <= FLAG_ECE ? flags[change] : 0;
	p->flags ^= change == NO_ACK ? TCP_ACK : 0;
	p->window ^= change == WINDOW;
	p->urgent ^= change == URGENT;
	p->options[7] ^= change == OPTIONS;
	p->payload_len = (uint16_t)(p->payload_len + (change == LONGER) - (change == SHORTER));
	if (change == EMPTY)
		p->payload_len = 0;
}

static void change_bytes(uint8_t *ip, const struct flow_packet *p, enum change change)
{
	uint8_t *l4 = ip + flow_l4_at(p);

	switch (change) {
	case BAD_CHECKSUM:
		l4[p->is_udp ? 7 : 17] ^= 1;
		break;
	case BAD_PAYLOAD:
		ip[flow_hdr_len(p) + 10] ^= 1;
		break;
	case BAD_IP_CHECKSUM:
		ip[11] ^= 1;
		break;
	case NO_CHECKSUM:
		be16_store(l4 + 6, 0);
		break;
	case IP_LENGTH:
		ip[p->is_v6 ? 5 : 3] ^= 1;
		break;
	case VERSION:
		ip[0] ^= 0x10;
		break;
	case UDP_LENGTH:
		l4[5] ^= 1;
		break;
	case HEADER_LENGTH:
		l4[12] = 0xf0;
		break;
	case NEXT_HEADER:
		ip[p->is_v6 ? 6 : 9] = 50;
		break;
	case WITH_OPTIONS:
		ip[0] = 0x46;
		break;
	default:
		break;
	}
}

/* Packets of one kind that follow each other, of which one is changed. */
static void make_packets(
	struct rte_mbuf **out, enum kind kind, unsigned changed, enum change change)
{
	struct flow_packet next = base_packet(kind);

	for (unsigned i = 0; i < N_PACKETS; i++) {
		struct flow_packet p = next;
		uint8_t bytes[FLOW_PACKET_MAX];
		uint16_t len;

		if (i == changed)
			change_fields(&p, change);
		len = flow_write(bytes, &p);
		if (i == changed)
			change_bytes(bytes, &p, change);
		out[i] = fixture_mbuf(bytes, len);
		next.id++;
		next.seq = (i == changed && change == GAP ? next.seq : p.seq) + p.payload_len;
		next.fill++;
	}
}

/* Cuts what the train is for the kernel, and compares with the packets as they were. */
static bool is_cut_the_same(const struct tun_join *join, const struct tun_train *train,
	struct rte_mbuf **mbufs, uint8_t before[][FLOW_PACKET_MAX])
{
	static uint8_t whole[1 << 16], segment[1 << 16];
	struct virtio_net_hdr header;
	struct tun_cut cut;
	uint32_t len = flow_unite(join, train, mbufs, whole, &header);
	uint8_t at = train->first;

	if (len != train->len || !tun_cut_plan(&cut, &header, whole, len) || cut.n != train->n)
		return false;
	for (unsigned i = 0; i < cut.n; i++, at = join->next[at]) {
		uint16_t segment_len = tun_cut_write(&cut, whole, i, segment);

		if (segment_len != rte_pktmbuf_data_len(mbufs[at])
			|| memcmp(segment, before[at], segment_len) != 0)
			return false;
	}
	return true;
}

static void keep(struct rte_mbuf **mbufs, unsigned n, uint8_t out[][FLOW_PACKET_MAX])
{
	for (unsigned i = 0; i < n; i++)
		memcpy(out[i], rte_pktmbuf_mtod(mbufs[i], void *), rte_pktmbuf_data_len(mbufs[i]));
}

/* The number of each packet's train, as a text. */
static const char *name_trains(const struct tun_join *join)
{
	static char name[PACKET_BURST + 1];

	memset(name, 0, sizeof(name));
	for (unsigned t = 0; t < join->n; t++) {
		uint8_t at = join->trains[t].first;

		for (unsigned k = 0; k < join->trains[t].n; k++, at = join->next[at])
			name[at] = (char)('0' + t);
	}
	return name;
}

static void test_rows(void **state)
{
	uint8_t before[N_PACKETS][FLOW_PACKET_MAX];
	struct rte_mbuf *mbufs[N_PACKETS];
	struct tun_join join;

	(void)state;
	for (size_t row = 0; row < RTE_DIM(rows); row++) {
		for (enum kind kind = 0; kind < N_KINDS; kind++) {
			if (!(rows[row].kinds & 1U << kind))
				continue;
			make_packets(mbufs, kind, 2, rows[row].change);
			keep(mbufs, N_PACKETS, before);
			tun_join_burst(&join, mbufs, N_PACKETS, true);
			if (strcmp(name_trains(&join), rows[row].trains) != 0)
				fail_msg("row %zu, kind %d: %s", row, kind, name_trains(&join));
			for (unsigned t = 0; t < join.n; t++)
				if (join.trains[t].n > 1
					&& !is_cut_the_same(&join, &join.trains[t], mbufs, before))
					fail_msg("row %zu, kind %d: train %u is cut otherwise", row,
						kind, t);
			rte_pktmbuf_free_bulk(mbufs, N_PACKETS);
		}
	}
}

/* A damaged first packet stays alone, too, and the others do not wait for it. */
static void test_first_is_damaged(void **state)
{
	struct rte_mbuf *mbufs[N_PACKETS];
	struct tun_join join;

	(void)state;
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		make_packets(mbufs, kind, 0, BAD_PAYLOAD);
		tun_join_burst(&join, mbufs, N_PACKETS, true);
		assert_string_equal(name_trains(&join), "01111");
		rte_pktmbuf_free_bulk(mbufs, N_PACKETS);
	}
}

static void test_without_udp(void **state)
{
	struct rte_mbuf *mbufs[N_PACKETS];
	struct tun_join join;

	(void)state;
	make_packets(mbufs, UDP4, 0, NOTHING);
	tun_join_burst(&join, mbufs, N_PACKETS, false);
	assert_string_equal(name_trains(&join), "01234");
	rte_pktmbuf_free_bulk(mbufs, N_PACKETS);
}

/* Identifications that stay the same: only where they have no meaning. Cutting lets them count then, and changes nothing else. */
static void test_same_identification(void **state)
{
	static uint8_t whole[1 << 16], segment[1 << 16];
	struct rte_mbuf *mbufs[3];
	struct virtio_net_hdr header;
	struct tun_join join;
	struct tun_cut cut;
	uint32_t len;

	(void)state;
	for (unsigned fragment = 0; fragment <= DONT_FRAGMENT; fragment += DONT_FRAGMENT) {
		struct flow_packet p = base_packet(TCP4);

		p.fragment = (uint16_t)fragment;
		for (unsigned i = 0; i < 3; i++, p.seq += p.payload_len) {
			mbufs[i] = packet_mbuf(&p);
		}
		tun_join_burst(&join, mbufs, 3, true);
		assert_string_equal(name_trains(&join), fragment ? "000" : "012");
		if (fragment) {
			len = flow_unite(&join, &join.trains[0], mbufs, whole, &header);
			assert_true(tun_cut_plan(&cut, &header, whole, len));
			for (unsigned i = 0; i < 3; i++) {
				tun_cut_write(&cut, whole, i, segment);
				assert_int_equal(be16_load(segment + 4), (uint16_t)(p.id + i));
			}
		}
		rte_pktmbuf_free_bulk(mbufs, 3);
	}
}

/* Two connections that take turns, and a burst of strangers: all in order, and none too long. */
static void test_whole_bursts(void **state)
{
	struct flow_packet flows[2] = {base_packet(TCP4), base_packet(TCP6)};
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct tun_join join;

	(void)state;
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		struct flow_packet *p = &flows[i % 2];

		p->payload_len = 1900;
		mbufs[i] = packet_mbuf(p);
		p->id++;
		p->seq += p->payload_len;
	}
	tun_join_burst(&join, mbufs, PACKET_BURST, true);
	assert_int_equal(join.n, 2);
	assert_int_equal(join.trains[0].n, PACKET_BURST / 2);
	assert_int_equal(join.trains[1].n, PACKET_BURST / 2);
	for (unsigned i = 0; i < PACKET_BURST; i++) {
		flows[0].payload_len = 1900;
		flows[0].from_port++;
		rte_pktmbuf_reset(mbufs[i]);
		rte_pktmbuf_append(
			mbufs[i], flow_write(rte_pktmbuf_mtod(mbufs[i], uint8_t *), &flows[0]));
	}
	tun_join_burst(&join, mbufs, PACKET_BURST, true);
	assert_int_equal(join.n, PACKET_BURST);
	rte_pktmbuf_free_bulk(mbufs, PACKET_BURST);
}

/* 64 KiB are the end of a train. */
static void test_longest(void **state)
{
	struct flow_packet p = base_packet(TCP4);
	struct rte_mbuf *mbufs[PACKET_BURST];
	struct tun_join join;

	(void)state;
	p.payload_len = 1448;
	for (unsigned i = 0; i < PACKET_BURST; i++, p.id++, p.seq += p.payload_len) {
		mbufs[i] = packet_mbuf(&p);
	}
	tun_join_burst(&join, mbufs, PACKET_BURST, true);
	assert_int_equal(join.n, 2);
	assert_int_equal(join.trains[0].n, (UINT16_MAX - 52) / 1448);
	assert_int_equal(join.trains[0].len, 52 + 45 * 1448);
	rte_pktmbuf_free_bulk(mbufs, PACKET_BURST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_first_is_damaged),
		cmocka_unit_test(test_without_udp),
		cmocka_unit_test(test_same_identification),
		cmocka_unit_test(test_whole_bursts),
		cmocka_unit_test(test_longest),
	};
	int n_failed;

	fixture_start_eal();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_stop_eal();
	return n_failed;
}
