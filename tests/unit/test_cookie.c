/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "unit/vectors.h"

static const struct {
	const char *section, *message, *receiver;
	size_t len;
} rows[] = {
	{"no-preshared-key", "initiation", "responder_public", sizeof(struct wg_msg_initiation)},
	{"no-preshared-key", "response", "initiator_public", sizeof(struct wg_msg_response)},
	{"preshared-key", "initiation", "responder_public", sizeof(struct wg_msg_initiation)},
	{"preshared-key", "response", "initiator_public", sizeof(struct wg_msg_response)},
};

static void read_row(size_t row, struct cookie_keys *out_keys, uint8_t *out_msg)
{
	uint8_t public_key[WG_KEY_LEN];

	vectors_read("handshake.txt", rows[row].section, rows[row].receiver, public_key,
		sizeof(public_key));
	vectors_read("handshake.txt", rows[row].section, rows[row].message, out_msg, rows[row].len);
	cookie_keys_init(out_keys, public_key);
}

/* mac1 and the zero mac2 of an independent implementation. */
static void test_known_answers(void **state)
{
	uint8_t expected[sizeof(struct wg_msg_initiation)], msg[sizeof(expected)];
	struct cookie_keys keys;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		read_row(i, &keys, expected);
		memcpy(msg, expected, rows[i].len);
		memset(msg + rows[i].len - sizeof(struct wg_msg_macs), 0xff,
			sizeof(struct wg_msg_macs));
		cookie_add_macs(&keys, msg, rows[i].len);
		if (memcmp(msg, expected, rows[i].len) != 0)
			fail_msg("row %zu", i);
		assert_true(cookie_check_mac1(&keys, msg, rows[i].len));
	}
}

/* Every bit that mac1 covers, and mac1 itself; mac2 is not looked at. */
static void test_every_bit_counts(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_initiation)];
	struct cookie_keys keys;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		const size_t checked_bits = 8 * (rows[i].len - WG_MAC_LEN);

		read_row(i, &keys, msg);
		for (size_t bit = 0; bit < 8 * rows[i].len; bit++) {
			msg[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (cookie_check_mac1(&keys, msg, rows[i].len) != (bit >= checked_bits))
				fail_msg("row %zu, bit %zu", i, bit);
			msg[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void test_wrong_receiver(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_initiation)];
	struct cookie_keys keys;

	(void)state;
	read_row(0, &keys, msg);
	keys.mac1_key[0] ^= 1;
	assert_false(cookie_check_mac1(&keys, msg, sizeof(msg)));
}

static void test_too_short(void **state)
{
	uint8_t msg[sizeof(struct wg_msg_macs)] = {0};
	struct cookie_keys keys = {0};

	(void)state;
	for (size_t len = 0; len < sizeof(msg); len++)
		assert_false(cookie_check_mac1(&keys, msg, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_wrong_receiver),
		cmocka_unit_test(test_too_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
