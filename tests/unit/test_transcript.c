/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The handshake of tests/vectors/handshake.txt, made by an independent implementation, byte for byte in both roles. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/compiler.h"
#include "crypto/mac1.h"
#include "unit/engine.h"
#include "unit/vectors.h"

#define NOW_NS 1000
#define PLAIN_LEN 48

struct transcript {
	uint8_t initiator_private[WG_KEY_LEN], responder_private[WG_KEY_LEN];
	uint8_t initiator_public[WG_KEY_LEN], responder_public[WG_KEY_LEN];
	uint8_t initiator_ephemeral[WG_KEY_LEN], responder_ephemeral[WG_KEY_LEN];
	uint8_t preshared_key[WG_KEY_LEN];
	uint8_t initiator_index[4], responder_index[4];
	uint8_t timestamp[WG_TIMESTAMP_LEN];
	struct wg_msg_initiation initiation;
	struct wg_msg_response response;
	uint8_t initiator_send_key[WG_KEY_LEN], responder_send_key[WG_KEY_LEN];
	uint8_t transport_counter[8];
	uint8_t transport_plain[PLAIN_LEN];
	uint8_t transport_packet[PLAIN_LEN + WG_DATA_OVERHEAD];
};

#define READ(name) \
	vectors_read("handshake.txt", section, #name, (uint8_t *)&t->name, sizeof(t->name))

static void read_transcript(struct transcript *t, const char *section)
{
	READ(initiator_private);
	READ(responder_private);
	READ(initiator_public);
	READ(responder_public);
	READ(initiator_ephemeral);
	READ(responder_ephemeral);
	READ(preshared_key);
	READ(initiator_index);
	READ(responder_index);
	READ(timestamp);
	READ(initiation);
	READ(response);
	READ(initiator_send_key);
	READ(responder_send_key);
	READ(transport_counter);
	READ(transport_plain);
	READ(transport_packet);
}

static const char *const sections[] = {"no-preshared-key", "preshared-key"};

static void assert_session(
	const struct transcript *t, const struct noise_session *session, bool is_initiator)
{
	const uint8_t *send = is_initiator ? t->initiator_send_key : t->responder_send_key;
	const uint8_t *receive = is_initiator ? t->responder_send_key : t->initiator_send_key;
	const uint8_t *local = is_initiator ? t->initiator_index : t->responder_index;
	const uint8_t *remote = is_initiator ? t->responder_index : t->initiator_index;

	assert_int_equal(session->is_initiator, is_initiator);
	assert_memory_equal(session->send_key, send, WG_KEY_LEN);
	assert_memory_equal(session->receive_key, receive, WG_KEY_LEN);
	assert_int_equal(session->local_index, le32_load(local));
	assert_int_equal(session->remote_index, le32_load(remote));
}

static void run_initiator(const struct transcript *t)
{
	struct cookie_maker maker;
	struct engine engine;
	struct noise_remote *remote;
	struct noise_session session;
	struct wg_msg_initiation msg;

	engine_init(&engine, t->initiator_private);
	engine.first_index = le32_load(t->initiator_index);
	assert_memory_equal(noise_local_public_key(engine.local), t->initiator_public, WG_KEY_LEN);
	remote = engine_add(&engine, NULL, t->responder_public, t->preshared_key);

	assert_int_equal(NOISE_OK,
		noise_create_initiation(remote, t->initiator_ephemeral, t->timestamp, &msg));
	cookie_maker_init(&maker, t->responder_public);
	cookie_add_macs(&maker, &msg, sizeof(msg), NOW_NS);
	assert_memory_equal(&msg, &t->initiation, sizeof(msg));

	assert_true(mac1_check(engine.checker.mac1_key, &t->response, sizeof(t->response)));
	assert_int_equal(NOISE_OK, noise_consume_response(remote, &t->response));
	assert_int_equal(NOISE_OK, noise_begin_session(remote, &session));
	assert_session(t, &session, true);
	engine_fini(&engine);
}

static void run_responder(const struct transcript *t)
{
	struct cookie_maker maker;
	struct engine engine;
	struct noise_remote *remote, *found;
	struct noise_session session;
	struct wg_msg_response msg;

	engine_init(&engine, t->responder_private);
	engine.first_index = le32_load(t->responder_index);
	remote = engine_add(&engine, NULL, t->initiator_public, t->preshared_key);

	assert_true(mac1_check(engine.checker.mac1_key, &t->initiation, sizeof(t->initiation)));
	assert_int_equal(
		NOISE_OK, noise_consume_initiation(engine.local, &t->initiation, NOW_NS, &found));
	assert_ptr_equal(found, remote);
	assert_int_equal(NOISE_OK, noise_create_response(remote, t->responder_ephemeral, &msg));
	cookie_maker_init(&maker, t->initiator_public);
	cookie_add_macs(&maker, &msg, sizeof(msg), NOW_NS);
	assert_memory_equal(&msg, &t->response, sizeof(msg));

	assert_int_equal(NOISE_OK, noise_begin_session(remote, &session));
	assert_session(t, &session, false);
	engine_fini(&engine);
}

/* [W] 5.4.6 with the keys that the transcript ends in: index, counter as nonce, no additional data. */
static void open_transport_packet(const struct transcript *t)
{
	uint8_t plain[PLAIN_LEN], nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};
	struct wg_msg_data header;

	memcpy(&header, t->transport_packet, sizeof(header));
	assert_int_equal(header.type[0], WG_MSG_DATA);
	assert_memory_equal(header.receiver_index, t->responder_index, 4);
	assert_memory_equal(header.counter, t->transport_counter, 8);
	memcpy(nonce + 4, header.counter, 8);
	assert_int_equal(0,
		crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL,
			t->transport_packet + sizeof(header),
			sizeof(t->transport_packet) - sizeof(header), NULL, 0, nonce,
			t->initiator_send_key));
	assert_memory_equal(plain, t->transport_plain, PLAIN_LEN);
}

static void test_transcripts(void **state)
{
	struct transcript t;

	(void)state;
	for (size_t i = 0; i < array_len(sections); i++) {
		print_message("%s\n", sections[i]);
		read_transcript(&t, sections[i]);
		run_initiator(&t);
		run_responder(&t);
		open_transport_packet(&t);
	}
}

/* Whoever guesses that a peer's public key is of low order can make this message; all else in it is right. */
static void test_low_order_static(void **state)
{
	static const uint8_t no_key[WG_KEY_LEN];
	const char *section = "low-order-static";
	struct transcript transcript, *t = &transcript;
	struct engine engine;
	struct noise_remote *found;

	(void)state;
	READ(responder_private);
	READ(initiator_public);
	READ(initiation);
	engine_init(&engine, t->responder_private);
	assert_true(mac1_check(engine.checker.mac1_key, &t->initiation, sizeof(t->initiation)));
	assert_int_equal(NOISE_UNKNOWN_PEER,
		noise_consume_initiation(engine.local, &t->initiation, NOW_NS, &found));
	engine_add(&engine, NULL, t->initiator_public, no_key);
	assert_int_equal(NOISE_BAD_KEY,
		noise_consume_initiation(engine.local, &t->initiation, NOW_NS, &found));
	engine_fini(&engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transcripts),
		cmocka_unit_test(test_low_order_static),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
