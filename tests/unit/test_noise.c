/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Two engines and one clock: every way a handshake can go, good and bad, through messages in memory. */

#include "handshake/noise.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "crypto/mac1.h"
#include "protocol.h"
#include "unit/engine.h"
#include "unit/vectors.h"

static const uint8_t no_key[WG_KEY_LEN];
static const uint8_t psk[WG_KEY_LEN] = {1, 2, 3};
static const uint8_t other_psk[WG_KEY_LEN] = {1, 2, 4};

/* Two peers, a and b, that know each other. Keys and timestamps differ by their last byte. */
struct pair {
	struct engine a, b;
	struct noise_remote *a_to_b, *b_to_a;
	struct cookie_maker to_a, to_b;
	uint64_t now_ns;
	uint8_t last_ephemeral;
};

static void make_key(uint8_t out[WG_KEY_LEN], uint8_t last)
{
	memset(out, 0x42, WG_KEY_LEN);
	out[WG_KEY_LEN - 1] = last;
}

static const uint8_t *new_ephemeral(struct pair *p)
{
	static uint8_t ephemeral[WG_KEY_LEN];

	make_key(ephemeral, ++p->last_ephemeral);
	ephemeral[0] = 0x99;
	return ephemeral;
}

static void make_timestamp(uint8_t out[WG_TIMESTAMP_LEN], uint64_t number)
{
	memset(out, 0, WG_TIMESTAMP_LEN);
	number = htobe64(number);
	memcpy(out, &number, sizeof(number));
}

static void pair_init(struct pair *p, const uint8_t *a_psk, const uint8_t *b_psk)
{
	uint8_t a_private[WG_KEY_LEN], b_private[WG_KEY_LEN];

	memset(p, 0, sizeof(*p));
	make_key(a_private, 0x11);
	make_key(b_private, 0x22);
	engine_init(&p->a, a_private);
	engine_init(&p->b, b_private);
	p->b.first_index = 0xa0b0c0d0;
	p->a_to_b = engine_add(&p->a, &p->a, noise_local_public_key(p->b.local), a_psk);
	p->b_to_a = engine_add(&p->b, &p->b, noise_local_public_key(p->a.local), b_psk);
	cookie_maker_init(&p->to_a, noise_local_public_key(p->a.local));
	cookie_maker_init(&p->to_b, noise_local_public_key(p->b.local));
	p->now_ns = NSEC_PER_SEC;
}

static void pair_fini(struct pair *p)
{
	engine_fini(&p->a);
	engine_fini(&p->b);
	assert_int_equal(0, p->a.n_held);
	assert_int_equal(0, p->b.n_held);
}

/* a initiates; the timestamp is the time. */
static enum noise_result initiate(struct pair *p, struct wg_msg_initiation *out)
{
	uint8_t timestamp[WG_TIMESTAMP_LEN];
	enum noise_result result;

	make_timestamp(timestamp, p->now_ns);
	result = noise_create_initiation(p->a_to_b, new_ephemeral(p), timestamp, out);
	if (result == NOISE_OK)
		cookie_add_macs(&p->to_b, out, sizeof(*out), p->now_ns);
	return result;
}

/* What a gateway does with an initiation: mac1 first. */
static enum noise_result receive_initiation(struct pair *p, const struct wg_msg_initiation *msg)
{
	struct noise_remote *remote;
	enum noise_result result;

	if (!mac1_check(p->b.checker.mac1_key, msg, sizeof(*msg)))
		return NOISE_UNAUTHENTIC;
	result = noise_consume_initiation(p->b.local, msg, p->now_ns, &remote);
	if (result == NOISE_OK)
		assert_ptr_equal(remote, p->b_to_a);
	return result;
}

static enum noise_result respond(struct pair *p, struct wg_msg_response *out)
{
	enum noise_result result = noise_create_response(p->b_to_a, new_ephemeral(p), out);

	if (result == NOISE_OK)
		cookie_add_macs(&p->to_a, out, sizeof(*out), p->now_ns);
	return result;
}

static enum noise_result receive_response(struct pair *p, const struct wg_msg_response *msg)
{
	if (!mac1_check(p->a.checker.mac1_key, msg, sizeof(*msg)))
		return NOISE_UNAUTHENTIC;
	return noise_consume_response(p->a_to_b, msg);
}

/* Both sides of a handshake whose messages have passed hold the same keys, and one index each. */
static void assert_session(struct pair *p)
{
	struct noise_session a, b;

	assert_int_equal(NOISE_OK, noise_begin_session(p->a_to_b, &a));
	assert_int_equal(NOISE_OK, noise_begin_session(p->b_to_a, &b));
	assert_true(a.is_initiator);
	assert_false(b.is_initiator);
	assert_memory_equal(a.send_key, b.receive_key, WG_KEY_LEN);
	assert_memory_equal(a.receive_key, b.send_key, WG_KEY_LEN);
	assert_memory_not_equal(a.send_key, a.receive_key, WG_KEY_LEN);
	assert_int_equal(a.local_index, b.remote_index);
	assert_int_equal(a.remote_index, b.local_index);
	assert_int_equal(1, p->a.n_held);
	assert_int_equal(1, p->b.n_held);
	engine_end_session(&p->a, &a);
	engine_end_session(&p->b, &b);
}

static void pass_initiation(struct pair *p)
{
	struct wg_msg_initiation msg;

	assert_int_equal(NOISE_OK, initiate(p, &msg));
	assert_int_equal(NOISE_OK, receive_initiation(p, &msg));
}

static void pass_response(struct pair *p)
{
	struct wg_msg_response msg;

	assert_int_equal(NOISE_OK, respond(p, &msg));
	assert_int_equal(NOISE_OK, receive_response(p, &msg));
}

static void pass_handshake(struct pair *p)
{
	pass_initiation(p);
	pass_response(p);
	assert_session(p);
}

static void test_handshakes(void **state)
{
	const uint8_t *const psks[] = {no_key, psk};
	struct pair p;

	(void)state;
	for (size_t i = 0; i < array_len(psks); i++) {
		pair_init(&p, psks[i], psks[i]);
		for (unsigned n = 0; n < 3; n++) {
			pass_handshake(&p);
			assert_ptr_equal(p.a.last_owner, &p.a);
			assert_ptr_equal(p.b.last_owner, &p.b);
			p.now_ns += NSEC_PER_SEC;
		}
		assert_ptr_equal(noise_remote_owner(p.b_to_a), &p.b);
		assert_int_equal(3, p.a.n_given);
		assert_int_equal(3, p.b.n_given);
		pair_fini(&p);
	}
}

static void test_wrong_preshared_key(void **state)
{
	struct wg_msg_response msg;
	struct pair p;

	(void)state;
	pair_init(&p, psk, other_psk);
	pass_initiation(&p); /* the initiation does not depend on it */
	assert_int_equal(NOISE_OK, respond(&p, &msg));
	assert_int_equal(NOISE_UNAUTHENTIC, receive_response(&p, &msg));

	/* A change counts from the next message on, without a new initiation. */
	noise_remote_set_preshared_key(p.a_to_b, other_psk);
	assert_int_equal(NOISE_OK, receive_response(&p, &msg));
	assert_session(&p);
	pair_fini(&p);
}

static void test_wrong_static_keys(void **state)
{
	uint8_t key[WG_KEY_LEN];
	struct noise_remote *remote;
	struct wg_msg_initiation msg;
	struct engine c, nobody;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	assert_int_equal(NOISE_OK, initiate(&p, &msg));

	/* Meant for b, arrives at c, with and without a right mac1. */
	make_key(key, 0x33);
	engine_init(&c, key);
	assert_false(mac1_check(c.checker.mac1_key, &msg, sizeof(msg)));
	assert_int_equal(NOISE_UNAUTHENTIC, noise_consume_initiation(c.local, &msg, 1, &remote));

	/* c calls b, which does not know it. */
	remote = engine_add(&c, NULL, noise_local_public_key(p.b.local), no_key);
	assert_int_equal(NOISE_OK,
		noise_create_initiation(
			remote, new_ephemeral(&p), (const uint8_t[WG_TIMESTAMP_LEN]){1}, &msg));
	cookie_add_macs(&p.to_b, &msg, sizeof(msg), p.now_ns);
	assert_int_equal(NOISE_UNKNOWN_PEER, receive_initiation(&p, &msg));
	engine_fini(&c);

	/* Without a private key there is no call and no answer. */
	engine_init(&nobody, no_key);
	remote = engine_add(&nobody, NULL, noise_local_public_key(p.b.local), no_key);
	assert_int_equal(NOISE_NO_PRIVATE_KEY,
		noise_create_initiation(
			remote, new_ephemeral(&p), (const uint8_t[WG_TIMESTAMP_LEN]){1}, &msg));
	assert_int_equal(
		NOISE_NO_PRIVATE_KEY, noise_consume_initiation(nobody.local, &msg, 1, &remote));
	engine_fini(&nobody);
	pair_fini(&p);
}

/* Initiations that reach b one after another: time in ms, timestamp. */
static const struct {
	uint64_t at_ms, timestamp;
	enum noise_result result;
} fresh_rows[] = {
	{1000, 100, NOISE_OK},
	{2000, 100, NOISE_REPLAYED}, /* the same again */
	{2000, 99, NOISE_REPLAYED},
	{2000, 0, NOISE_REPLAYED},
	{1000, 101, NOISE_TOO_SOON},
	{1019, 101, NOISE_TOO_SOON},
	{900, 101, NOISE_TOO_SOON}, /* the clock is never behind, but if it were */
	{1020, 101, NOISE_OK},
	{1020, 102, NOISE_TOO_SOON},
	{1039, 101, NOISE_REPLAYED},
	{1040, 102, NOISE_OK}, /* the refused ones have not counted */
	{2000, UINT64_MAX, NOISE_OK},
	{3000, 103, NOISE_REPLAYED},
};

static void test_replay_and_flood(void **state)
{
	uint8_t timestamp[WG_TIMESTAMP_LEN];
	struct wg_msg_initiation msg;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	for (size_t i = 0; i < array_len(fresh_rows); i++) {
		p.now_ns = fresh_rows[i].at_ms * NSEC_PER_MSEC;
		make_timestamp(timestamp, fresh_rows[i].timestamp);
		assert_int_equal(NOISE_OK,
			noise_create_initiation(p.a_to_b, new_ephemeral(&p), timestamp, &msg));
		cookie_add_macs(&p.to_b, &msg, sizeof(msg), p.now_ns);
		if (receive_initiation(&p, &msg) != fresh_rows[i].result)
			fail_msg("row %zu", i);
	}
	pair_fini(&p);
}

/* A replay must not disturb what is going on. */
static void test_replay_changes_nothing(void **state)
{
	struct wg_msg_initiation old, new;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	assert_int_equal(NOISE_OK, initiate(&p, &old));
	assert_int_equal(NOISE_OK, receive_initiation(&p, &old));
	p.now_ns += NSEC_PER_SEC;
	assert_int_equal(NOISE_OK, initiate(&p, &new));
	assert_int_equal(NOISE_OK, receive_initiation(&p, &new));
	p.now_ns += NSEC_PER_SEC;
	assert_int_equal(NOISE_REPLAYED, receive_initiation(&p, &old));
	assert_int_equal(NOISE_REPLAYED, receive_initiation(&p, &new));
	pass_response(&p);
	assert_session(&p);
	pair_fini(&p);
}

/*
 * One bit of each byte, first as it comes, then with mac1 made right again as only a holder of the public key can.
 * Behind mac1, noise does not see the type (classify does), the sender index and the MACs.
 */
static void test_flipped_initiation(void **state)
{
	const size_t checked_len = sizeof(struct wg_msg_initiation) - WG_MAC_LEN;
	const size_t noise_begin = offsetof(struct wg_msg_initiation, ephemeral);
	const size_t noise_end = offsetof(struct wg_msg_initiation, macs);
	struct wg_msg_initiation msg, flipped;
	struct pair p;

	(void)state;
	pair_init(&p, psk, psk);
	assert_int_equal(NOISE_OK, initiate(&p, &msg));
	for (size_t i = 0; i < checked_len; i++) {
		flipped = msg;
		((uint8_t *)&flipped)[i] ^= (uint8_t)(1 << i % 8);
		if (receive_initiation(&p, &flipped) != NOISE_UNAUTHENTIC)
			fail_msg("byte %zu", i);
		cookie_add_macs(&p.to_b, &flipped, sizeof(flipped), p.now_ns);
		if (i >= noise_begin && i < noise_end
			&& receive_initiation(&p, &flipped) == NOISE_OK)
			fail_msg("byte %zu, right mac1", i);
	}
	assert_int_equal(0, p.b.n_given);
	assert_int_equal(NOISE_NO_HANDSHAKE, respond(&p, &(struct wg_msg_response){0}));
	assert_int_equal(NOISE_OK, receive_initiation(&p, &msg));
	pass_response(&p);
	assert_session(&p);
	pair_fini(&p);
}

static void test_flipped_response(void **state)
{
	const size_t checked_len = sizeof(struct wg_msg_response) - WG_MAC_LEN;
	const size_t noise_begin = offsetof(struct wg_msg_response, receiver_index);
	const size_t noise_end = offsetof(struct wg_msg_response, macs);
	struct wg_msg_response msg, flipped;
	struct noise_session session;
	struct pair p;

	(void)state;
	pair_init(&p, psk, psk);
	pass_initiation(&p);
	assert_int_equal(NOISE_OK, respond(&p, &msg));
	for (size_t i = 0; i < checked_len; i++) {
		flipped = msg;
		((uint8_t *)&flipped)[i] ^= (uint8_t)(1 << i % 8);
		if (receive_response(&p, &flipped) != NOISE_UNAUTHENTIC)
			fail_msg("byte %zu", i);
		cookie_add_macs(&p.to_a, &flipped, sizeof(flipped), p.now_ns);
		if (i >= noise_begin && i < noise_end && receive_response(&p, &flipped) == NOISE_OK)
			fail_msg("byte %zu, right mac1", i);
	}
	assert_int_equal(1, p.a.n_held);
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.a_to_b, &session));
	assert_int_equal(NOISE_OK, receive_response(&p, &msg));
	assert_session(&p);
	pair_fini(&p);
}

/*
 * The points of small order of Curve25519, https://cr.yp.to/ecdh.html#validate, and the forms of 0 and 1 that
 * are not reduced. X25519 ignores the highest bit ([7748] 5), so each is tried with it too.
 */
static const char *const low_order_rows[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void check_low_order_static(struct pair *p, const uint8_t key[WG_KEY_LEN])
{
	struct wg_msg_initiation msg;
	struct noise_remote *remote = engine_add(&p->a, NULL, key, no_key);

	assert_int_equal(NOISE_BAD_KEY,
		noise_create_initiation(
			remote, new_ephemeral(p), (const uint8_t[WG_TIMESTAMP_LEN]){1}, &msg));
	p->a.n_remotes--;
	noise_remote_destroy(remote);
}

static void check_low_order_initiation(struct pair *p, const uint8_t key[WG_KEY_LEN])
{
	struct wg_msg_initiation msg;

	assert_int_equal(NOISE_OK, initiate(p, &msg));
	memcpy(msg.ephemeral, key, WG_KEY_LEN);
	cookie_add_macs(&p->to_b, &msg, sizeof(msg), p->now_ns);
	assert_int_equal(NOISE_BAD_KEY, receive_initiation(p, &msg));
}

static void check_low_order_response(struct pair *p, const uint8_t key[WG_KEY_LEN])
{
	struct wg_msg_response msg, bad;

	pass_initiation(p);
	assert_int_equal(NOISE_OK, respond(p, &msg));
	bad = msg;
	memcpy(bad.ephemeral, key, WG_KEY_LEN);
	cookie_add_macs(&p->to_a, &bad, sizeof(bad), p->now_ns);
	assert_int_equal(NOISE_BAD_KEY, receive_response(p, &bad));
	assert_int_equal(NOISE_OK, receive_response(p, &msg));
	assert_session(p);
}

static void test_low_order_keys(void **state)
{
	uint8_t key[WG_KEY_LEN];
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	for (size_t i = 0; i < 2 * array_len(low_order_rows); i++) {
		print_message("row %zu\n", i);
		vectors_parse(key, sizeof(key), low_order_rows[i / 2]);
		key[WG_KEY_LEN - 1] |= (uint8_t)(i % 2 << 7);
		p.now_ns += NSEC_PER_SEC;
		check_low_order_static(&p, key);
		check_low_order_initiation(&p, key);
		check_low_order_response(&p, key);
	}
	pair_fini(&p);
}

/* Each message and step is good for one state only. */
static void test_out_of_order(void **state)
{
	struct wg_msg_initiation initiation;
	struct wg_msg_response msg, again, misdirected;
	struct noise_session session;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	assert_int_equal(NOISE_NO_HANDSHAKE, respond(&p, &msg));
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.a_to_b, &session));
	pass_initiation(&p);
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.a_to_b, &session));
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.b_to_a, &session));

	/* One response to one initiation. */
	assert_int_equal(NOISE_OK, respond(&p, &msg));
	assert_int_equal(NOISE_NO_HANDSHAKE, respond(&p, &again));
	assert_int_equal(1, p.b.n_given);

	misdirected = msg;
	le32_store(misdirected.receiver_index, le32_load(msg.receiver_index) + 1);
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_consume_response(p.a_to_b, &misdirected));

	assert_int_equal(NOISE_OK, receive_response(&p, &msg));
	assert_int_equal(NOISE_NO_HANDSHAKE, receive_response(&p, &msg)); /* a second time */
	assert_session(&p);
	assert_int_equal(NOISE_NO_HANDSHAKE, receive_response(&p, &msg));
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.a_to_b, &session));
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_begin_session(p.b_to_a, &session));

	/* A response to an initiation that was repeated or forgotten meanwhile. */
	p.now_ns += NSEC_PER_SEC;
	pass_initiation(&p);
	assert_int_equal(NOISE_OK, respond(&p, &msg));
	assert_int_equal(NOISE_OK, initiate(&p, &initiation));
	assert_int_equal(NOISE_NO_HANDSHAKE, receive_response(&p, &msg));
	assert_int_equal(1, p.a.n_held);
	noise_remote_forget(p.a_to_b);
	assert_int_equal(0, p.a.n_held);
	assert_int_equal(NOISE_NO_HANDSHAKE, receive_response(&p, &msg));
	pair_fini(&p); /* drops the index of b's response */
}

/* Both call at once: each answers, each has dropped its own call, and the next try works. */
static void test_simultaneous(void **state)
{
	uint8_t timestamp[WG_TIMESTAMP_LEN];
	struct noise_remote *remote;
	struct wg_msg_initiation from_a, from_b;
	struct wg_msg_response to_a, to_b;
	struct noise_session session;
	struct pair p;

	(void)state;
	pair_init(&p, psk, psk);
	make_timestamp(timestamp, p.now_ns);
	assert_int_equal(NOISE_OK, initiate(&p, &from_a));
	assert_int_equal(
		NOISE_OK, noise_create_initiation(p.b_to_a, new_ephemeral(&p), timestamp, &from_b));
	assert_int_equal(NOISE_OK, receive_initiation(&p, &from_a));
	assert_int_equal(NOISE_OK, noise_consume_initiation(p.a.local, &from_b, p.now_ns, &remote));
	assert_ptr_equal(remote, p.a_to_b);
	assert_int_equal(0, p.a.n_held);
	assert_int_equal(0, p.b.n_held);
	assert_int_equal(NOISE_OK, respond(&p, &to_a));
	assert_int_equal(NOISE_OK, noise_create_response(p.a_to_b, new_ephemeral(&p), &to_b));
	assert_int_equal(NOISE_OK, noise_begin_session(p.a_to_b, &session));
	engine_end_session(&p.a, &session);
	assert_int_equal(NOISE_OK, noise_begin_session(p.b_to_a, &session));
	engine_end_session(&p.b, &session);
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_consume_response(p.a_to_b, &to_a));
	assert_int_equal(NOISE_NO_HANDSHAKE, noise_consume_response(p.b_to_a, &to_b));

	p.now_ns += WG_REKEY_TIMEOUT_NS;
	pass_handshake(&p);
	pair_fini(&p);
}

/* No index: nothing has changed, and it works when there is one again. */
static void test_no_index(void **state)
{
	struct wg_msg_initiation msg, refused;
	struct wg_msg_response response;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	assert_int_equal(NOISE_OK, initiate(&p, &msg));
	p.a.is_full = true;
	assert_int_equal(NOISE_NO_INDEX, initiate(&p, &refused));
	assert_int_equal(1, p.a.n_held);

	assert_int_equal(NOISE_OK, receive_initiation(&p, &msg));
	p.b.is_full = true;
	assert_int_equal(NOISE_NO_INDEX, respond(&p, &response));
	p.b.is_full = false;
	pass_response(&p);
	assert_session(&p);
	pair_fini(&p);
}

static bool remote_contains(struct noise_remote *remote, const uint8_t secret[WG_KEY_LEN])
{
	return memmem(remote, malloc_usable_size(remote), secret, WG_KEY_LEN) != NULL;
}

/* The ephemeral key is there while it is needed, and no longer. */
static void test_wipes(void **state)
{
	uint8_t ephemeral[WG_KEY_LEN];
	struct wg_msg_initiation msg;
	struct wg_msg_response response;
	struct pair p;

	(void)state;
	pair_init(&p, no_key, no_key);
	assert_int_equal(NOISE_OK, initiate(&p, &msg));
	make_key(ephemeral, p.last_ephemeral);
	ephemeral[0] = 0x99;
	assert_true(remote_contains(p.a_to_b, ephemeral));
	noise_remote_forget(p.a_to_b);
	assert_false(remote_contains(p.a_to_b, ephemeral));

	assert_int_equal(NOISE_OK, initiate(&p, &msg));
	ephemeral[WG_KEY_LEN - 1] = p.last_ephemeral;
	assert_int_equal(NOISE_OK, receive_initiation(&p, &msg));
	assert_int_equal(NOISE_OK, respond(&p, &response));
	assert_true(remote_contains(p.a_to_b, ephemeral));
	assert_int_equal(NOISE_OK, receive_response(&p, &response));
	assert_false(remote_contains(p.a_to_b, ephemeral));
	ephemeral[WG_KEY_LEN - 1] = p.last_ephemeral;
	assert_false(remote_contains(p.b_to_a, ephemeral));
	assert_session(&p);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_wrong_preshared_key),
		cmocka_unit_test(test_wrong_static_keys),
		cmocka_unit_test(test_replay_and_flood),
		cmocka_unit_test(test_replay_changes_nothing),
		cmocka_unit_test(test_flipped_initiation),
		cmocka_unit_test(test_flipped_response),
		cmocka_unit_test(test_low_order_keys),
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_simultaneous),
		cmocka_unit_test(test_no_index),
		cmocka_unit_test(test_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
