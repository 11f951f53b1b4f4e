/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* An interface that gets another private key while it has peers, and handshakes in progress. */

#include "handshake/noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "protocol.h"
#include "unit/engine.h"

static const uint8_t no_key[WG_KEY_LEN];

/* Two sides that know each other; `a` will change. */
static struct engine a, b;
static struct noise_remote *a_to_b, *b_to_a;

static const uint8_t *key_of(uint8_t number)
{
	static uint8_t key[WG_KEY_LEN];

	memset(key, number, WG_KEY_LEN);
	return key;
}

static int setup(void **state)
{
	(void)state;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	engine_init(&a, key_of(0x11));
	engine_init(&b, key_of(0x22));
	a_to_b = engine_add(&a, &a, noise_local_public_key(b.local), no_key);
	b_to_a = engine_add(&b, &b, noise_local_public_key(a.local), no_key);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	engine_fini(&a);
	engine_fini(&b);
	return 0;
}

static enum noise_result initiate(uint8_t time, struct wg_msg_initiation *out)
{
	return noise_create_initiation(
		a_to_b, key_of(time), (const uint8_t[WG_TIMESTAMP_LEN]){time}, out);
}

/* A whole handshake from a to b; what fails first. */
static enum noise_result shake_hands(uint8_t time)
{
	struct wg_msg_initiation initiation;
	struct wg_msg_response response;
	struct noise_remote *remote;
	enum noise_result result = initiate(time, &initiation);

	if (result == NOISE_OK)
		result = noise_consume_initiation(
			b.local, &initiation, time * NSEC_PER_SEC, &remote);
	if (result == NOISE_OK)
		result = noise_create_response(remote, key_of((uint8_t)(time + 100)), &response);
	return result == NOISE_OK ? noise_consume_response(a_to_b, &response) : result;
}

/* What it is about is in the clamped bits: 3 below, the highest two. */
static void test_clamps(void **state)
{
	static const struct {
		uint8_t first, last, first_shown, last_shown;
	} rows[] = {
		{0xff, 0xff, 0xf8, 0x7f},
		{0x08, 0x00, 0x08, 0x40},
		{0x01, 0x80, 0x00, 0x40},
		{0xf8, 0x7f, 0xf8, 0x7f},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		uint8_t key[WG_KEY_LEN] = {rows[i].first}, public_key[WG_KEY_LEN];
		const uint8_t *shown = noise_local_private_key(a.local);

		key[WG_KEY_LEN - 1] = rows[i].last;
		assert_true(noise_local_set_private_key(a.local, key));
		assert_int_equal(shown[0], rows[i].first_shown);
		assert_int_equal(shown[WG_KEY_LEN - 1], rows[i].last_shown);
		noise_public_key(public_key, key);
		assert_memory_equal(public_key, noise_local_public_key(a.local), WG_KEY_LEN);
		/* The same once more, clamped or not. */
		assert_false(noise_local_set_private_key(a.local, key));
		assert_true(noise_local_has_private_key(a.local));
	}
}

static void test_no_key(void **state)
{
	struct wg_msg_initiation msg;

	(void)state;
	assert_true(noise_local_set_private_key(a.local, no_key));
	assert_false(noise_local_has_private_key(a.local));
	assert_memory_equal(noise_local_private_key(a.local), no_key, WG_KEY_LEN);
	assert_memory_equal(noise_local_public_key(a.local), no_key, WG_KEY_LEN);
	assert_int_equal(initiate(1, &msg), NOISE_NO_PRIVATE_KEY);
	assert_false(noise_local_set_private_key(a.local, no_key));
	assert_true(noise_local_set_private_key(a.local, key_of(0x11)));
	noise_remote_forget_identity(a_to_b);
	assert_int_equal(shake_hands(2), NOISE_OK);
}

/* Both remember what they multiplied; one of them must do it again. */
static void test_another_key(void **state)
{
	(void)state;
	assert_int_equal(shake_hands(1), NOISE_OK);
	assert_true(noise_local_set_private_key(a.local, key_of(0x33)));
	noise_remote_forget_identity(a_to_b);
	assert_int_equal(shake_hands(2), NOISE_UNKNOWN_PEER);
	engine_add(&b, &b, noise_local_public_key(a.local), no_key);
	assert_int_equal(shake_hands(3), NOISE_OK);
}

static void test_handshake_in_progress(void **state)
{
	struct wg_msg_initiation initiation;
	struct wg_msg_response response;
	struct noise_remote *remote;

	(void)state;
	assert_int_equal(initiate(1, &initiation), NOISE_OK);
	assert_int_equal(
		noise_consume_initiation(b.local, &initiation, NSEC_PER_SEC, &remote), NOISE_OK);
	assert_ptr_equal(remote, b_to_a);
	assert_int_equal(noise_create_response(remote, key_of(7), &response), NOISE_OK);
	assert_int_equal(a.n_held, 1);
	assert_true(noise_local_set_private_key(a.local, key_of(0x33)));
	noise_remote_forget_identity(a_to_b);
	assert_int_equal(a.n_held, 0);
	assert_int_equal(noise_consume_response(a_to_b, &response), NOISE_NO_HANDSHAKE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_clamps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_handshake_in_progress, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
