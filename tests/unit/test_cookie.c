/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "crypto/cookie_checker.h"
#include "crypto/mac1.h"
#include "protocol.h"
#include "unit/vectors.h"

#define NOW_NS (7 * NSEC_PER_SEC)

static const struct {
	const char *section, *message, *receiver;
	size_t len;
} rows[] = {
	{"no-preshared-key", "initiation", "responder_public", sizeof(struct wg_msg_initiation)},
	{"no-preshared-key", "response", "initiator_public", sizeof(struct wg_msg_response)},
	{"preshared-key", "initiation", "responder_public", sizeof(struct wg_msg_initiation)},
	{"preshared-key", "response", "initiator_public", sizeof(struct wg_msg_response)},
};

static void read_row(size_t row, struct cookie_maker *out_maker, uint8_t *out_msg)
{
	uint8_t public_key[WG_KEY_LEN];

	vectors_read("handshake.txt", rows[row].section, rows[row].receiver, public_key,
		sizeof(public_key));
	vectors_read("handshake.txt", rows[row].section, rows[row].message, out_msg, rows[row].len);
	cookie_maker_init(out_maker, public_key);
}

/* mac1 and the zero mac2 of an independent implementation. */
static void test_known_answers(void **state)
{
	uint8_t expected[sizeof(struct wg_msg_initiation)], msg[sizeof(expected)];
	struct cookie_maker maker;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		read_row(i, &maker, expected);
		memcpy(msg, expected, rows[i].len);
		memset(msg + rows[i].len - sizeof(struct wg_msg_macs), 0xff,
			sizeof(struct wg_msg_macs));
		cookie_add_macs(&maker, msg, rows[i].len, NOW_NS);
		if (memcmp(msg, expected, rows[i].len) != 0)
			fail_msg("row %zu", i);
		assert_true(mac1_check(maker.mac1_key, msg, rows[i].len));
	}
}

/* Every bit that mac1 covers, and mac1 itself; mac2 is not looked at. */
static void test_every_bit_counts(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_initiation)];
	struct cookie_maker maker;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		const size_t checked_bits = 8 * (rows[i].len - WG_MAC_LEN);

		read_row(i, &maker, msg);
		for (size_t bit = 0; bit < 8 * rows[i].len; bit++) {
			msg[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (mac1_check(maker.mac1_key, msg, rows[i].len) != (bit >= checked_bits))
				fail_msg("row %zu, bit %zu", i, bit);
			msg[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void test_wrong_receiver(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_initiation)];
	struct cookie_maker maker;

	(void)state;
	read_row(0, &maker, msg);
	maker.mac1_key[0] ^= 1;
	assert_false(mac1_check(maker.mac1_key, msg, sizeof(msg)));
}

static void test_too_short(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_macs)] = {0};
	const uint8_t key[WG_KEY_LEN] = {0};

	(void)state;
	for (size_t len = 0; len < sizeof(msg); len++)
		assert_false(mac1_check(key, msg, len));
}

/* Both sides of a cookie: what the sections cookie-v4 and cookie-v6 of handshake.txt hold. */
struct exchange {
	struct cookie_maker maker;
	struct cookie_checker checker;
	struct endpoint source;
	uint8_t public_key[WG_KEY_LEN], nonce[WG_COOKIE_NONCE_LEN], cookie[WG_MAC_LEN];
	struct wg_msg_initiation msg, msg_with_mac2;
	struct wg_msg_cookie reply;
};

static const struct {
	const char *section;
	uint16_t family;
	size_t addr_len;
} cookie_rows[] = {{"cookie-v4", AF_INET, 4}, {"cookie-v6", AF_INET6, 16}};

static void read_exchange(size_t row, struct exchange *x)
{
	const char *section = cookie_rows[row].section;
	uint8_t secret[WG_KEY_LEN], port[2];

	*x = (struct exchange){.source.addr.family = cookie_rows[row].family};
	vectors_read("handshake.txt", section, "responder_public", x->public_key, WG_KEY_LEN);
	vectors_read("handshake.txt", section, "secret", secret, sizeof(secret));
	vectors_read("handshake.txt", section, "source", x->source.addr.bytes,
		cookie_rows[row].addr_len);
	vectors_read("handshake.txt", section, "port", port, sizeof(port));
	vectors_read("handshake.txt", section, "nonce", x->nonce, sizeof(x->nonce));
	vectors_read("handshake.txt", section, "cookie", x->cookie, sizeof(x->cookie));
	vectors_read("handshake.txt", section, "initiation", (uint8_t *)&x->msg, sizeof(x->msg));
	vectors_read("handshake.txt", section, "initiation_with_mac2", (uint8_t *)&x->msg_with_mac2,
		sizeof(x->msg_with_mac2));
	vectors_read("handshake.txt", section, "reply", (uint8_t *)&x->reply, sizeof(x->reply));
	x->source.port = be16_load(port);
	cookie_maker_init(&x->maker, x->public_key);
	cookie_checker_init(&x->checker, x->public_key, secret);
}

/* x->msg goes out with the MACs of the time. */
static void send_msg(struct exchange *x, uint64_t now_ns)
{
	cookie_add_macs(&x->maker, &x->msg, sizeof(x->msg), now_ns);
}

static bool take(struct exchange *x, const struct wg_msg_cookie *reply, uint64_t now_ns)
{
	return cookie_take_reply(&x->maker, x->public_key, reply, now_ns);
}

static bool check_mac2(struct exchange *x)
{
	return cookie_check_mac2(&x->checker, &x->source, &x->msg, sizeof(x->msg));
}

static bool has_mac2(const struct exchange *x)
{
	const uint8_t zero[WG_MAC_LEN] = {0};

	return memcmp(x->msg.macs.mac2, zero, WG_MAC_LEN) != 0;
}

/* An exchange whose sender has the cookie, taken at NOW_NS. */
static void pass_cookie(size_t row, struct exchange *x)
{
	read_exchange(row, x);
	send_msg(x, NOW_NS);
	assert_true(take(x, &x->reply, NOW_NS));
}

/* Every byte of an independent implementation, in both roles. */
static void test_cookie_known_answers(void **state)
{
	struct wg_msg_cookie reply;
	struct exchange x;

	(void)state;
	for (size_t i = 0; i < array_len(cookie_rows); i++) {
		read_exchange(i, &x);
		cookie_make_reply(&x.checker, &x.source, &x.msg, sizeof(x.msg), x.nonce, &reply);
		assert_memory_equal(&reply, &x.reply, sizeof(reply));
		assert_false(check_mac2(&x));

		send_msg(&x, NOW_NS);
		assert_false(has_mac2(&x));
		assert_true(take(&x, &x.reply, NOW_NS));
		assert_memory_equal(x.maker.cookie, x.cookie, WG_MAC_LEN);
		send_msg(&x, NOW_NS);
		assert_memory_equal(&x.msg, &x.msg_with_mac2, sizeof(x.msg));
		assert_true(mac1_check(x.checker.mac1_key, &x.msg, sizeof(x.msg)));
		assert_true(check_mac2(&x));
	}
}

/* The reply may be written over the message that it answers. */
static void test_reply_in_place(void **state)
{
	struct exchange x;
	struct wg_msg_initiation room;

	(void)state;
	read_exchange(0, &x);
	room = x.msg;
	cookie_make_reply(&x.checker, &x.source, &room, sizeof(room), x.nonce, (void *)&room);
	assert_memory_equal(&room, &x.reply, sizeof(x.reply));
}

static void test_response_gets_and_sends_cookies(void **state)
{
	struct wg_msg_response msg = {.type = {WG_MSG_RESPONSE}, .sender_index = {1, 2, 3, 4}};
	struct wg_msg_cookie reply;
	struct exchange x;

	(void)state;
	read_exchange(0, &x);
	cookie_add_macs(&x.maker, &msg, sizeof(msg), NOW_NS);
	cookie_make_reply(&x.checker, &x.source, &msg, sizeof(msg), x.nonce, &reply);
	assert_memory_equal(reply.receiver_index, msg.sender_index, 4);
	assert_true(take(&x, &reply, NOW_NS));
	cookie_add_macs(&x.maker, &msg, sizeof(msg), NOW_NS);
	assert_true(cookie_check_mac2(&x.checker, &x.source, &msg, sizeof(msg)));
}

/* Each bit of the address in use and of the port, and of the message with mac1 and mac2. */
static void test_every_bit_of_mac2_counts(void **state)
{
	struct exchange x;

	(void)state;
	for (size_t i = 0; i < array_len(cookie_rows); i++) {
		pass_cookie(i, &x);
		send_msg(&x, NOW_NS);
		for (size_t bit = 0; bit < 8 * cookie_rows[i].addr_len; bit++) {
			x.source.addr.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(check_mac2(&x));
			x.source.addr.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (unsigned bit = 0; bit < 16; bit++) {
			x.source.port ^= (uint16_t)(1 << bit);
			assert_false(check_mac2(&x));
			x.source.port ^= (uint16_t)(1 << bit);
		}
		for (size_t bit = 0; bit < 8 * sizeof(x.msg); bit++) {
			((uint8_t *)&x.msg)[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(check_mac2(&x));
			((uint8_t *)&x.msg)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(check_mac2(&x));
	}
}

/* Every bit behind the index, which finds the peer and is not covered. A wrong reply changes nothing. */
static void test_every_bit_of_a_reply_counts(void **state)
{
	struct wg_msg_cookie wrong;
	struct exchange x;

	(void)state;
	read_exchange(1, &x);
	send_msg(&x, NOW_NS);
	for (size_t bit = 8 * offsetof(struct wg_msg_cookie, nonce); bit < 8 * sizeof(wrong);
		bit++) {
		wrong = x.reply;
		((uint8_t *)&wrong)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (take(&x, &wrong, NOW_NS))
			fail_msg("bit %zu", bit);
	}
	assert_true(take(&x, &x.reply, NOW_NS));
}

/* Only the last message, and only once: nobody can push a cookie that was not asked for. */
static void test_unasked_replies(void **state)
{
	struct exchange x;

	(void)state;
	read_exchange(0, &x);
	assert_false(take(&x, &x.reply, NOW_NS)); /* nothing was sent */
	send_msg(&x, NOW_NS);
	assert_true(take(&x, &x.reply, NOW_NS));
	assert_false(take(&x, &x.reply, NOW_NS)); /* again */

	read_exchange(0, &x);
	send_msg(&x, NOW_NS);
	x.msg.sender_index[0] ^= 1;
	send_msg(&x, NOW_NS);
	assert_false(take(&x, &x.reply, NOW_NS)); /* to the message before */

	read_exchange(0, &x);
	send_msg(&x, NOW_NS);
	cookie_forget(&x.maker);
	assert_false(take(&x, &x.reply, NOW_NS)); /* the handshake was given up */

	read_exchange(0, &x);
	send_msg(&x, NOW_NS);
	x.public_key[0] ^= 1;
	assert_false(take(&x, &x.reply, NOW_NS)); /* of another responder */
}

/* Used for 115 s, then wiped; a new one takes the place of the old one. */
static void test_sender_drops_old_cookie(void **state)
{
	const uint64_t last_ns = NOW_NS + 115 * NSEC_PER_SEC - 1;
	const uint8_t zero[WG_MAC_LEN] = {0};
	struct exchange x;

	(void)state;
	pass_cookie(0, &x);
	send_msg(&x, last_ns);
	assert_true(has_mac2(&x));
	send_msg(&x, last_ns + 1);
	assert_false(has_mac2(&x));
	assert_memory_equal(x.maker.cookie, zero, WG_MAC_LEN);

	pass_cookie(0, &x);
	cookie_make_reply(&x.checker, &x.source, &x.msg, sizeof(x.msg), x.nonce, &x.reply);
	send_msg(&x, NOW_NS);
	assert_true(take(&x, &x.reply, last_ns));
	send_msg(&x, last_ns + 1);
	assert_true(has_mac2(&x));

	cookie_forget(&x.maker);
	assert_memory_equal(x.maker.cookie, zero, WG_MAC_LEN);
	send_msg(&x, last_ns + 1);
	assert_false(has_mac2(&x));
}

/* A cookie of the secret before, or of another identity, is wrong. */
static void test_secret_changes(void **state)
{
	const uint8_t other[WG_KEY_LEN] = {1};
	uint8_t secret[WG_KEY_LEN];
	struct exchange x;

	(void)state;
	pass_cookie(0, &x);
	send_msg(&x, NOW_NS);
	assert_true(check_mac2(&x));
	memcpy(secret, x.checker.secret, sizeof(secret));
	cookie_checker_init(&x.checker, x.public_key, other);
	assert_false(check_mac2(&x));
	cookie_make_reply(&x.checker, &x.source, &x.msg, sizeof(x.msg), x.nonce, &x.reply);
	assert_true(take(&x, &x.reply, NOW_NS));
	send_msg(&x, NOW_NS);
	assert_true(check_mac2(&x));
	cookie_checker_init(&x.checker, x.public_key, secret);
	assert_false(check_mac2(&x));
}

static void test_checker_is_wiped(void **state)
{
	const struct cookie_checker zero = {.secret = {0}};
	struct exchange x;

	(void)state;
	read_exchange(0, &x);
	cookie_checker_fini(&x.checker);
	assert_memory_equal(&x.checker, &zero, sizeof(zero));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_wrong_receiver),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_cookie_known_answers),
		cmocka_unit_test(test_reply_in_place),
		cmocka_unit_test(test_response_gets_and_sends_cookies),
		cmocka_unit_test(test_every_bit_of_mac2_counts),
		cmocka_unit_test(test_every_bit_of_a_reply_counts),
		cmocka_unit_test(test_unasked_replies),
		cmocka_unit_test(test_sender_drops_old_cookie),
		cmocka_unit_test(test_secret_changes),
		cmocka_unit_test(test_checker_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
