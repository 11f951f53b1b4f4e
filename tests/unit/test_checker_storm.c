/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Control changes the secret of cookies as fast as it can while workers give cookies and check them: between two reports a
 * secret stays what it is. A retired one is wiped before it is freed, so that a reader sees it even without a sanitizer. To
 * be run under ThreadSanitizer too.
 */

#include "publish.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/addr.h"
#include "base/clock.h"
#include "crypto/cookie_checker.h"
#include "crypto/nonces.h"
#include "handshake/cookie.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

#define N_READERS 2
#define N_CHANGES 20000
#define N_COOKIES 2000 /* of each reader, at least */
#define NOW_NS (7 * NSEC_PER_SEC)

static const uint8_t public_key[WG_KEY_LEN] = {9};
static struct publisher publisher;
static struct iface_view *iface;
static atomic_bool is_over;

struct reader {
	pthread_t id;
	unsigned number;
	atomic_uint n_cookies;
	unsigned n_wrong;
};

/* A stranger calls, is given a cookie, and calls again. */
static bool is_proven(const struct cookie_checker *checker, struct nonces *nonces)
{
	const struct endpoint source = {.addr = {AF_INET, {192, 0, 2, 7}}, .port = 51820};
	struct wg_msg_initiation msg = {.type = {WG_MSG_INITIATION}};
	struct wg_msg_cookie reply;
	struct cookie_maker maker;

	cookie_maker_init(&maker, public_key);
	cookie_add_macs(&maker, &msg, sizeof(msg), NOW_NS);
	cookie_make_reply(checker, &source, &msg, sizeof(msg), nonces_next(nonces), &reply);
	if (!cookie_take_reply(&maker, public_key, &reply, NOW_NS))
		return false;
	cookie_add_macs(&maker, &msg, sizeof(msg), NOW_NS);
	return cookie_check_mac2(checker, &source, &msg, sizeof(msg));
}

static void *read_checkers(void *arg)
{
	struct reader *self = arg;
	struct nonces nonces;

	nonces_init(&nonces, (const uint8_t[WG_KEY_LEN]){(uint8_t)self->number});
	rcu_online(publisher.rcu, self->number);
	while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
		self->n_wrong += !is_proven(iface_view_checker(iface), &nonces);
		atomic_fetch_add_explicit(&self->n_cookies, 1, memory_order_relaxed);
		rcu_quiescent(publisher.rcu, self->number);
	}
	rcu_offline(publisher.rcu, self->number);
	return NULL;
}

static bool have_seen_much(struct reader *readers)
{
	for (unsigned i = 0; i < N_READERS; i++)
		if (atomic_load_explicit(&readers[i].n_cookies, memory_order_relaxed) < N_COOKIES)
			return false;
	return true;
}

static void test_storm(void **state)
{
	struct reader readers[N_READERS] = {{.number = 0}, {.number = 1}};

	(void)state;
	publisher.rcu = rcu_create(N_READERS);
	assert_non_null(publisher.rcu);
	iface = publish_interface(&publisher, 0, 1420);
	assert_non_null(iface);
	assert_true(publish_checker(&publisher, iface, public_key));
	for (unsigned i = 0; i < N_READERS; i++)
		assert_int_equal(
			pthread_create(&readers[i].id, NULL, read_checkers, &readers[i]), 0);
	for (unsigned i = 0; i < N_CHANGES || !have_seen_much(readers); i++) {
		assert_true(publish_checker(&publisher, iface, public_key));
		rcu_reclaim(publisher.rcu);
	}
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < N_READERS; i++) {
		assert_int_equal(pthread_join(readers[i].id, NULL), 0);
		assert_int_equal(readers[i].n_wrong, 0);
	}
	assert_int_equal(rcu_reclaim(publisher.rcu), 0);
	publish_destroy_interface(iface);
	rcu_destroy(publisher.rcu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_storm)};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
