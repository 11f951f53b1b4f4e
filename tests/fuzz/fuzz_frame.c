/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Frames from anyone on a port's link, as one burst through forward_sort, with the ways of forward_fixture.h; then packets out
 * of a tunnel, as forward_inner gets them. The input is records: what the bytes are (enum form), their length in two
 * bytes, and the bytes. Whatever comes: each packet is one of the kinds or a drop by name, what is the kernel's is as it came,
 * what is not lies within what came, and no buffer is lost.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "forward_fixture.h"
#include "frame.h"
#include "inner_ip.h"

#define RECORD_HEAD_LEN 3
#define FRAME_LEN_MAX 1600

/* A record's first byte. */
enum form {
	FORM_FRAME, /* the bytes are a frame */
	FORM_IP,    /* a right Ethernet header in front */
	FORM_SUM,   /* ... and the IPv4 checksum is made right */
	FORM_INNER, /* a packet out of the tunnel */
	FORM_MASK = 3,
	TAGGED = 4,        /* not FORM_FRAME: with a tag */
	FLAGS_SHIFT = 4,   /* two bits: what the device says of the IPv4 checksum */
	UDP_IS_BAD = 0x40, /* ... and of the UDP checksum */
};

struct record {
	struct rte_mbuf *mbuf;
	uint16_t len;
	bool is_inner;
	uint8_t bytes[FRAME_LEN_MAX];
};

static struct forward_fixture w;

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fixture_start_eal();
	forward_fixture_start(&w);
	forward_fixture_init(&w);
	return 0;
}

/* Puts an Ethernet header in front; returns its length. */
static uint16_t write_header(uint8_t *out, uint8_t form, uint8_t version)
{
	uint8_t header[18] = {[12] = 0x81, 0, 0, 7};
	uint16_t len = form & TAGGED ? 18 : 14;

	memcpy(header, w.ports[PORT_LAN].facts.mac, 6);
	header[len - 2] = version == 6 ? 0x86 : 0x08;
	header[len - 1] = version == 6 ? 0xdd : 0;
	memcpy(out, header, len);
	return len;
}

static void make_sum_right(uint8_t *ip, size_t len)
{
	uint32_t sum = 0;

	if (len < 20 || ip[0] >> 4 != 4)
		return;
	ip[10] = ip[11] = 0;
	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

/* Reads the next record; returns how many bytes it takes. */
static size_t read_record(const uint8_t *data, size_t size, struct record *out)
{
	static const uint64_t flags[] = {0, RTE_MBUF_F_RX_IP_CKSUM_GOOD, RTE_MBUF_F_RX_IP_CKSUM_BAD,
		RTE_MBUF_F_RX_IP_CKSUM_NONE};
	uint16_t len = (uint16_t)((data[1] | data[2] << 8) % (FRAME_LEN_MAX - 17)), front = 0;
	uint8_t form = data[0];

	len = (uint16_t)RTE_MIN(len, size - RECORD_HEAD_LEN);
	data += RECORD_HEAD_LEN;
	if ((form & FORM_MASK) == FORM_IP || (form & FORM_MASK) == FORM_SUM)
		front = write_header(out->bytes, form, len ? data[0] >> 4 : 0);
	memcpy(out->bytes + front, data, len);
	if ((form & FORM_MASK) == FORM_SUM)
		make_sum_right(out->bytes + front, len);
	out->is_inner = (form & FORM_MASK) == FORM_INNER;
	out->len = (uint16_t)(front + len);
	out->mbuf = fixture_mbuf(out->bytes, out->len);
	out->mbuf->ol_flags = flags[form >> FLAGS_SHIFT & 3]
		| (form & UDP_IS_BAD ? RTE_MBUF_F_RX_L4_CKSUM_BAD : 0);
	memset(packet_of(out->mbuf), 0xa5, sizeof(struct packet));
	return RECORD_HEAD_LEN + len;
}

static const struct record *record_of(
	const struct record *records, unsigned n, const struct rte_mbuf *mbuf)
{
	for (unsigned i = 0; i < n; i++)
		if (records[i].mbuf == mbuf)
			return &records[i];
	abort();
}

static bool is_unchanged(const struct record *record)
{
	return rte_pktmbuf_data_len(record->mbuf) == record->len
		&& memcmp(rte_pktmbuf_mtod(record->mbuf, const void *), record->bytes, record->len)
		== 0;
}

/* Its hop is spent and its checksum still adds up, if it did before. */
static void check_inner(const struct record *record, const uint8_t *before)
{
	const uint8_t *ip = rte_pktmbuf_mtod(record->mbuf, const uint8_t *);
	uint16_t len = rte_pktmbuf_data_len(record->mbuf);
	struct inner_ip parsed;
	uint8_t sum_is[20], sum_was[20];

	check(inner_ip_parse(ip, len, &parsed) && ip_is_plain(ip));
	check(record->is_inner || parsed.len == len);
	check(ip_hop_limit(before) > 1 && ip_hop_limit(ip) == ip_hop_limit(before) - 1);
	check(!ip_is_odd_source(parsed.family, parsed.from));
	check(parsed.len <= FIXTURE_MTU);
	if (parsed.family == AF_INET6)
		return;
	memcpy(sum_was, before, 20);
	make_sum_right(sum_was, 20);
	memcpy(sum_is, ip, 20);
	make_sum_right(sum_is, 20);
	if (memcmp(sum_was, before, 20) == 0)
		check(memcmp(sum_is, ip, 20) == 0);
}

/* What is left of a frame lies where it lay. */
static const uint8_t *place_before(const struct record *record)
{
	size_t front = (size_t)(record->mbuf->data_off - RTE_PKTMBUF_HEADROOM);

	check(front + rte_pktmbuf_data_len(record->mbuf) <= record->len);
	return record->bytes + front;
}

static void check_sorted(const struct record *record)
{
	const struct packet *packet = packet_of(record->mbuf);

	switch (packet->kind) {
	case PACKET_FRAME:
		check(is_unchanged(record));
		break;
	case PACKET_INNER:
		check(packet->iface_id == IFACE_A || packet->iface_id == IFACE_B);
		check_inner(record, place_before(record));
		break;
	case PACKET_DATAGRAM:
		check(packet->iface_id == IFACE_A || packet->iface_id == IFACE_B);
		check(packet->outer.local.bytes[0]
			== (packet->outer.addr.family == AF_INET ? 10 : 0x20));
		check(memcmp(rte_pktmbuf_mtod(record->mbuf, const void *), place_before(record),
			      rte_pktmbuf_data_len(record->mbuf))
			== 0);
		break;
	default:
		abort();
	}
}

/* Returns how many are left, all of them for the kernel or freed. */
static void play_sort(
	const struct record *records, unsigned n_records, struct rte_mbuf **mbufs, unsigned n)
{
	uint64_t n_before = fixture_drops(&w.f);
	unsigned n_out = forward_sort(&w.f.pl, &w.fw, &w.views[PORT_LAN], mbufs, n);

	check(n - n_out == fixture_drops(&w.f) - n_before);
	for (unsigned i = 0; i < n_out; i++)
		check_sorted(record_of(records, n_records, mbufs[i]));
	rte_pktmbuf_free_bulk(mbufs, n_out);
}

static void check_left(const struct record *record)
{
	const struct packet *packet = packet_of(record->mbuf);

	check(packet->kind == PACKET_HOST || packet->kind == PACKET_INNER);
	if (packet->kind == PACKET_HOST)
		check(is_unchanged(record));
	else
		check_inner(record, record->bytes);
}

static unsigned take_sent(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_PORTS; i++) {
		port_link_flush(w.ports[i].link, &w.f.pl.drops);
		n += port_fixture_drain(&w.ports[i]);
	}
	return n;
}

static void play_inner(
	const struct record *records, unsigned n_records, struct rte_mbuf **mbufs, unsigned n)
{
	uint64_t n_before = fixture_drops(&w.f);
	unsigned n_out = forward_inner(&w.f.pl, &w.fw, mbufs, n);

	for (unsigned i = 0; i < n_out; i++)
		check_left(record_of(records, n_records, mbufs[i]));
	rte_pktmbuf_free_bulk(mbufs, n_out);
	check(n_out + take_sent() + (fixture_drops(&w.f) - n_before) == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record records[PACKET_BURST];
	struct rte_mbuf *frames[PACKET_BURST], *inner[PACKET_BURST];
	unsigned n = 0, n_frames = 0, n_inner = 0, n_buffers = fixture_mbufs_out();

	for (; size >= RECORD_HEAD_LEN && n < PACKET_BURST; n++) {
		size_t len = read_record(data, size, &records[n]);

		data += len;
		size -= len;
		if (records[n].is_inner)
			inner[n_inner++] = records[n].mbuf;
		else
			frames[n_frames++] = records[n].mbuf;
	}
	play_inner(records, n, inner, n_inner);
	play_sort(records, n, frames, n_frames);
	check(fixture_mbufs_out() == n_buffers);
	return 0;
}
