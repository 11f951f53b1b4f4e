/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Datagrams from anyone, as one burst through decapsulation. The first byte of the input chooses the session's
 * state; then follow records: what to do with the bytes (enum form), the counter, their length in two bytes,
 * and the bytes. Sealed with the right key they get to everything behind the tag. Whatever comes: only what was sealed comes
 * out, once, from the peer that owns its source; without such a packet nothing has changed; and no buffer is lost.
 */

#include "decap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crypto/mac1.h"
#include "handshakes.h"
#include "inner_ip.h"
#include "pipeline_fixture.h"
#include "tables/allowedips.h"

#define RECORD_HEAD_LEN 4

/* A record's first byte; its two highest bits are the congestion marks of the outer header. */
enum form {
	FORM_RAW,    /* the bytes are the datagram */
	FORM_HEADED, /* a header with the right index in front: tag and text are the fuzzer's */
	FORM_SEALED, /* the bytes are what is sealed */
	FORM_HANDSHAKE, /* made to be a handshake message by type, length and, every other time, mac1 */
	FORM_MASK = 3,
	PEER_B = 4,
	ROAMED = 8,        /* from an address that nobody knows yet */
	COUNTER_SHIFT = 4, /* two bits: where the counter starts from */
	ECN_SHIFT = 6,
};

/* The first byte of the input. */
enum {
	AGE_MASK = 3,
	IN_USE = 4,
	LOADED = 8,
};

struct record {
	enum form form;
	struct fixture_peer *peer;
	uint64_t counter;
	struct rte_mbuf *mbuf;
	bool is_taken; /* it came out, or went to control */
};

static struct fixture f;
static struct fixture_peer a, b;
static struct fixture_state fresh_a, fresh_b;

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
	a.keypair.receive_age.is_initiator = true;
	fixture_save(&a, &fresh_a);
	fixture_save(&b, &fresh_b);
	return 0;
}

static void set_state(uint8_t choice)
{
	static const uint64_t ages_ns[] = {
		0, WG_REKEY_ON_RECEIVE_NS, WG_REJECT_AFTER_TIME_NS - 1, WG_REJECT_AFTER_TIME_NS};

	memcpy(&a.view, fresh_a.view, sizeof(a.view));
	memcpy(&a.keypair, fresh_a.keypair, sizeof(a.keypair));
	memcpy(&b.view, fresh_b.view, sizeof(b.view));
	memcpy(&b.keypair, fresh_b.keypair, sizeof(b.keypair));
	atomic_store(&a.keypair.is_in_use, (choice & IN_USE) != 0);
	f.pl.now_ns = FIXTURE_BIRTH_NS + ages_ns[choice & AGE_MASK];
	atomic_store(&f.load.seen_ns, choice & LOADED ? f.pl.now_ns : 0);
}

static uint64_t counter_of(unsigned start, uint8_t n)
{
	static const uint64_t starts[] = {
		0, UINT64_C(8192), WG_REJECT_AFTER_MESSAGES - 128, UINT64_MAX - UINT8_MAX};

	return starts[start & 3] + n;
}

static struct rte_mbuf *make_handshake(const uint8_t *bytes, size_t len)
{
	static const uint16_t lens[] = {sizeof(struct wg_msg_initiation),
		sizeof(struct wg_msg_response), sizeof(struct wg_msg_cookie)};
	uint8_t msg[sizeof(struct wg_msg_initiation)] = {0};
	unsigned type = len ? bytes[0] % 3 : 0;

	memcpy(msg, bytes, RTE_MIN(len, sizeof(msg)));
	le32_store(msg, type + WG_MSG_INITIATION);
	if (len % 2 == 0 && lens[type] > sizeof(struct wg_msg_cookie))
		mac1_make(msg + mac1_offset(lens[type]), f.checkers[0].mac1_key, msg, lens[type]);
	return fixture_mbuf(msg, lens[type]);
}

static struct rte_mbuf *make_headed(const struct record *record, const uint8_t *bytes, size_t len)
{
	uint8_t datagram[sizeof(struct wg_msg_data) + FIXTURE_TEXT_MAX];

	le32_store(datagram, WG_MSG_DATA);
	le32_store(datagram + 4, record->peer->keypair.local_index);
	le64_store(datagram + 8, record->counter);
	memcpy(datagram + sizeof(struct wg_msg_data), bytes, len);
	return fixture_mbuf(datagram, sizeof(struct wg_msg_data) + len);
}

static struct rte_mbuf *make(const struct record *record, const uint8_t *bytes, size_t len)
{
	switch (record->form) {
	case FORM_HEADED:
		return make_headed(record, bytes, len);
	case FORM_SEALED:
		return fixture_seal(record->peer, record->counter, bytes, len);
	case FORM_HANDSHAKE:
		return make_handshake(bytes, len);
	default:
		return fixture_mbuf(bytes, len);
	}
}

/* Reads the next record; returns how many bytes it takes. */
static size_t read_record(const uint8_t *data, size_t size, struct record *out)
{
	size_t len = (size_t)(data[2] | data[3] << 8) % FIXTURE_TEXT_MAX;

	len = RTE_MIN(len, size - RECORD_HEAD_LEN);
	*out = (struct record){.form = data[0] & FORM_MASK,
		.peer = data[0] & PEER_B ? &b : &a,
		.counter = counter_of(data[0] >> COUNTER_SHIFT, data[1])};
	out->mbuf = make(out, data + RECORD_HEAD_LEN, len);
	packet_of(out->mbuf)->outer_tos = data[0] >> ECN_SHIFT;
	if (data[0] & ROAMED)
		packet_of(out->mbuf)->outer.port = 1;
	return RECORD_HEAD_LEN + len;
}

/* Only what was sealed may leave the burst, and no counter twice. */
static void take(struct record *records, unsigned n, struct rte_mbuf *mbuf)
{
	struct record *taken = NULL;

	for (unsigned i = 0; i < n; i++)
		if (records[i].mbuf == mbuf)
			taken = &records[i];
	check(taken && taken->form == FORM_SEALED && !taken->is_taken
		&& taken->counter < WG_REJECT_AFTER_MESSAGES);
	for (unsigned i = 0; i < n; i++)
		check(!records[i].is_taken || records[i].peer != taken->peer
			|| records[i].counter != taken->counter);
	taken->is_taken = true;
}

static void check_inner(struct record *records, unsigned n, struct rte_mbuf *mbuf)
{
	struct inner_ip ip;

	take(records, n, mbuf);
	check(inner_ip_parse(
		rte_pktmbuf_mtod(mbuf, const uint8_t *), rte_pktmbuf_data_len(mbuf), &ip));
	check(ip.len == rte_pktmbuf_data_len(mbuf));
	for (unsigned i = 0; i < n; i++)
		if (records[i].mbuf == mbuf)
			check(allowedips_find(f.ifaces[0].allowedips, ip.family, ip.from)
				== &records[i].peer->view);
}

static void check_posted(struct record *records, unsigned n)
{
	struct event event;

	while (mailbox_drain(f.pl.mailboxes[MAILBOX_PACKETS], &event, 1)) {
		check(event.type == EVENT_ARRIVED);
		if (rte_pktmbuf_data_len(event.mbuf) > 0)
			check_inner(records, n, event.mbuf);
		else
			take(records, n, event.mbuf);
		rte_pktmbuf_free(event.mbuf);
	}
	/* No mac2 is right: nobody knows the secret. */
	check(mailbox_is_empty(f.pl.mailboxes[MAILBOX_PROVEN]));
	while (mailbox_drain(f.pl.mailboxes[MAILBOX_HANDSHAKES], &event, 1)) {
		check(event.type == EVENT_HANDSHAKE);
		rte_pktmbuf_free(event.mbuf);
	}
}

/* Under load strangers get cookies, each where its message came from, and shorter than that. */
static void check_replies(const struct record *records, unsigned n)
{
	struct rte_mbuf *replies[PACKET_BURST];
	unsigned n_replies = handshakes_judge(&f.pl, &f.ifaces[0], replies);

	check(n_replies == 0 || atomic_load(&f.load.seen_ns) != 0);
	handshakes_answer(&f.pl, &f.ifaces[0], replies, n_replies);
	for (unsigned i = 0; i < n_replies; i++) {
		bool is_found = false;

		for (unsigned k = 0; k < n; k++)
			is_found |= records[k].mbuf == replies[i] && records[k].form != FORM_SEALED;
		check(is_found && rte_pktmbuf_data_len(replies[i]) == sizeof(struct wg_msg_cookie)
			&& *rte_pktmbuf_mtod(replies[i], uint8_t *) == WG_MSG_COOKIE);
	}
	rte_pktmbuf_free_bulk(replies, n_replies);
}

static bool has_sealed(const struct record *records, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (records[i].form == FORM_SEALED)
			return true;
	return false;
}

static void play(struct record *records, unsigned n)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST];
	struct fixture_state before_a, before_b;
	unsigned n_out;

	for (unsigned i = 0; i < n; i++)
		in[i] = records[i].mbuf;
	fixture_save(&a, &before_a);
	fixture_save(&b, &before_b);
	n_out = decap_burst(&f.pl, &f.ifaces[0], in, n, out);
	for (unsigned i = 0; i < n_out; i++)
		check_inner(records, n, out[i]);
	rte_pktmbuf_free_bulk(out, n_out);
	check_replies(records, n);
	check_posted(records, n);
	if (!has_sealed(records, n)) {
		check(fixture_is_unchanged(&a, &before_a) && fixture_is_unchanged(&b, &before_b));
		check(mailbox_is_empty(f.pl.mailboxes[MAILBOX_FACTS]));
	}
	fixture_drain(f.pl.mailboxes[MAILBOX_FACTS]);
	check(fixture_mbufs_out() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record records[PACKET_BURST];
	unsigned n = 0;

	if (size == 0)
		return 0;
	set_state(*data++);
	for (size--; size >= RECORD_HEAD_LEN && n < PACKET_BURST; n++) {
		size_t len = read_record(data, size, &records[n]);

		data += len;
		size -= len;
	}
	play(records, n);
	return 0;
}
