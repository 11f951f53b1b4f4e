/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Packets from the host, as one burst through encapsulation. The first byte of the input chooses the sessions' state; then
 * follow records: how to dress the bytes up (enum form), their length in two bytes, and the bytes. Whatever comes: a packet
 * leaves sealed for the peer that owns its destination, under a counter of its own below the limit, as it was and with
 * zeros behind it; or it goes to control as it came; or it is dropped and counted; and no buffer is lost.
 */

#include "encap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "inner_ip.h"
#include "pipeline_fixture.h"
#include "tables/allowedips.h"

#define RECORD_HEAD_LEN 3

/* A record's first byte. */
enum form {
	FORM_RAW, /* the bytes are the packet */
	FORM_V4,  /* version, length and the destination's prefix are made right */
	FORM_V6,
	FORM_MASK = 3,
	PEER_B = 4,
};

/* The first byte of the input. */
enum {
	AGE_MASK = 3,
	COUNTER_SHIFT = 2, /* two bits: where peer a's counter starts from */
	NO_ENDPOINT = 16,  /* of peer b */
	NO_SESSION = 32,   /* of peer b */
	IS_INITIATOR = 64, /* peer a's session is ours */
	DSCP_COPIED = 128,
};

struct record {
	struct rte_mbuf *mbuf;
	uint8_t text[FIXTURE_TEXT_MAX]; /* as it was */
	uint16_t len;
	bool is_seen; /* it came out, or went to control */
};

static struct fixture f;
static struct fixture_peer a, b;
static struct fixture_state fresh_a, fresh_b;
static struct record records[PACKET_BURST];

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
	fixture_init(&f);
	fixture_add_peer(
		&f, &f.ifaces[0], &a, 1, (const char *const[]){"10.0.0.0/8", "fd00::/16", NULL});
	fixture_add_peer(
		&f, &f.ifaces[0], &b, 2, (const char *const[]){"10.1.0.0/16", "fd00:1::/32", NULL});
	fixture_save(&a, &fresh_a);
	fixture_save(&b, &fresh_b);
	return 0;
}

static void set_state(uint8_t choice)
{
	static const uint64_t ages_ns[] = {
		0, WG_REKEY_AFTER_TIME_NS, WG_REJECT_AFTER_TIME_NS - 1, WG_REJECT_AFTER_TIME_NS};
	static const uint64_t counters[] = {0, WG_REKEY_AFTER_MESSAGES - 2,
		WG_REJECT_AFTER_MESSAGES - 3, WG_REJECT_AFTER_MESSAGES};

	memcpy(&a.view, fresh_a.view, sizeof(a.view));
	memcpy(&a.keypair, fresh_a.keypair, sizeof(a.keypair));
	memcpy(&b.view, fresh_b.view, sizeof(b.view));
	memcpy(&b.keypair, fresh_b.keypair, sizeof(b.keypair));
	f.pl.now_ns = FIXTURE_BIRTH_NS + ages_ns[choice & AGE_MASK];
	atomic_store(&a.keypair.send_counter, counters[choice >> COUNTER_SHIFT & 3]);
	a.keypair.send_age.is_initiator = choice & IS_INITIATOR;
	f.ifaces[0].is_dscp_copied = choice & DSCP_COPIED;
	if (choice & NO_ENDPOINT)
		atomic_store(&b.view.endpoint, NULL);
	if (choice & NO_SESSION)
		atomic_store(&b.view.sending, NULL);
}

static void dress(struct record *record, unsigned form)
{
	uint8_t *text = record->text;

	if ((form & FORM_MASK) == FORM_V4 && record->len >= IPV4_HDR_LEN) {
		text[0] = (uint8_t)(0x40 | (text[0] & 0xf));
		be16_store(text + 2, record->len);
		text[16] = 10;
		text[17] = !!(form & PEER_B);
	} else if ((form & FORM_MASK) == FORM_V6 && record->len >= IPV6_HDR_LEN) {
		text[0] = (uint8_t)(0x60 | (text[0] & 0xf));
		be16_store(text + 4, (uint16_t)(record->len - IPV6_HDR_LEN));
		be16_store(text + 24, 0xfd00);
		be16_store(text + 26, !!(form & PEER_B));
	}
}

/* Reads the next record; returns how many bytes it takes. */
static size_t read_record(const uint8_t *data, size_t size, struct record *out)
{
	size_t len = (size_t)(data[1] | data[2] << 8) % FIXTURE_TEXT_MAX;

	len = RTE_MIN(len, size - RECORD_HEAD_LEN);
	memcpy(out->text, data + RECORD_HEAD_LEN, len);
	out->len = (uint16_t)len;
	out->is_seen = false;
	dress(out, data[0]);
	out->mbuf = fixture_mbuf(out->text, len);
	return RECORD_HEAD_LEN + len;
}

static struct record *see(unsigned n, const struct rte_mbuf *mbuf)
{
	for (unsigned i = 0; i < n; i++)
		if (records[i].mbuf == mbuf) {
			check(!records[i].is_seen);
			records[i].is_seen = true;
			return &records[i];
		}
	abort();
}

static const struct fixture_peer *owner(const struct record *record, struct inner_ip *out_ip)
{
	const struct peer_view *view;

	check(inner_ip_parse(record->text, record->len, out_ip));
	view = allowedips_find(f.ifaces[0].allowedips, out_ip->family, out_ip->to);
	check(view != NULL);
	return view == &a.view ? &a : &b;
}

/* Sealed for the right peer and from nothing but the packet; counters of a peer follow each other. */
static void check_sealed(unsigned n, struct rte_mbuf *mbuf, uint64_t *next_a, uint64_t *next_b)
{
	static uint8_t text[FIXTURE_TEXT_MAX + WG_PADDING];
	const struct record *record = see(n, mbuf);
	struct inner_ip ip;
	const struct fixture_peer *peer = owner(record, &ip);
	uint64_t counter, *next = peer == &a ? next_a : next_b;
	uint8_t tos = inner_ip_tos(record->text);
	int len = fixture_open(peer, mbuf, &counter, text);

	check(len >= record->len && len < record->len + WG_PADDING);
	check(len % WG_PADDING == 0 || len == FIXTURE_MTU);
	check(len <= FIXTURE_MTU || record->len > FIXTURE_MTU);
	check(memcmp(text, record->text, record->len) == 0);
	for (int i = record->len; i < len; i++)
		check(text[i] == 0);
	check(counter == (*next)++ && counter < WG_REJECT_AFTER_MESSAGES);
	check(f.pl.now_ns - FIXTURE_BIRTH_NS < WG_REJECT_AFTER_TIME_NS);
	check(endpoint_equal(packet_destination(packet_of(mbuf)), &peer->endpoint));
	check(packet_of(mbuf)->outer_tos == (f.ifaces[0].is_dscp_copied ? tos : tos & ECN_MASK));
}

/* What waits for a session is as it was. */
static unsigned check_staged(unsigned n)
{
	struct event event;
	unsigned n_staged = 0;

	for (; mailbox_drain(f.pl.mailboxes[MAILBOX_PACKETS], &event, 1); n_staged++) {
		const struct record *record = see(n, event.mbuf);
		struct inner_ip ip;

		check(event.type == EVENT_STAGE);
		check(packet_of(event.mbuf)->peer == &owner(record, &ip)->view);
		check(rte_pktmbuf_data_len(event.mbuf) == record->len);
		check(memcmp(rte_pktmbuf_mtod(event.mbuf, const void *), record->text, record->len)
			== 0);
		rte_pktmbuf_free(event.mbuf);
	}
	return n_staged;
}

static void play(unsigned n)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST];
	uint64_t next_a = atomic_load(&a.keypair.send_counter);
	uint64_t next_b = atomic_load(&b.keypair.send_counter);
	const uint64_t n_drops = fixture_drops(&f);
	unsigned n_out, n_staged;

	for (unsigned i = 0; i < n; i++)
		in[i] = records[i].mbuf;
	n_out = encap_burst(&f.pl, &f.ifaces[0], in, n, out);
	for (unsigned i = 0; i < n_out; i++)
		check_sealed(n, out[i], &next_a, &next_b);
	rte_pktmbuf_free_bulk(out, n_out);
	n_staged = check_staged(n);
	check(fixture_drops(&f) - n_drops == n - n_out - n_staged);
	fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]);
	check(fixture_mbufs_out() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n = 0;

	if (size == 0)
		return 0;
	set_state(*data++);
	for (size--; size >= RECORD_HEAD_LEN && n < PACKET_BURST; n++) {
		size_t len = read_record(data, size, &records[n]);

		data += len;
		size -= len;
	}
	play(n);
	return 0;
}
