/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/noise.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

static struct prng prng = {.state = 1};
static struct publisher pub;
static struct iface_view *iface;
static struct peer_view *peer, *other;

static uint32_t draw(void)
{
	return (uint32_t)prng_next(&prng);
}

/* A worker is in the middle of a burst all the time, unless a test says otherwise. */
static int setup(void **state)
{
	(void)state;
	pub.rcu = rcu_create(1);
	pub.indices = index_table_create(pub.rcu, draw);
	iface = publish_interface(&pub, 3, 1420);
	peer = publish_peer(iface);
	other = publish_peer(iface);
	rcu_online(pub.rcu, 0);
	return peer && other ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	rcu_offline(pub.rcu, 0);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
	publish_destroy_peer(peer);
	publish_destroy_peer(other);
	publish_destroy_peer(NULL);
	publish_destroy_interface(iface);
	index_table_destroy(pub.indices);
	rcu_destroy(pub.rcu);
	return 0;
}

static void test_views(void **state)
{
	(void)state;
	assert_int_equal(iface->iface_id, 3);
	assert_int_equal(atomic_load(&iface->mtu), 1420);
	publish_mtu(iface, 1280);
	assert_int_equal(atomic_load(&iface->mtu), 1280);
	assert_ptr_equal(peer->iface, iface);
	assert_null(atomic_load(&peer->sending));
	assert_null(atomic_load(&peer->endpoint));
}

static void test_allowed_ips(void **state)
{
	struct ip_prefix prefix;
	const uint8_t inside[] = {10, 1, 2, 3};

	(void)state;
	assert_true(ip_prefix_parse("10.0.0.0/8", &prefix));
	assert_int_equal(publish_allowed_ip(peer, &prefix), 0);
	assert_ptr_equal(allowedips_find(iface->allowedips, AF_INET, inside), peer);
	assert_int_equal(publish_allowed_ip(other, &prefix), 0);
	assert_ptr_equal(allowedips_find(iface->allowedips, AF_INET, inside), other);
	publish_withdraw_allowed_ip(peer, &prefix);
	assert_ptr_equal(allowedips_find(iface->allowedips, AF_INET, inside), other);
	publish_withdraw_allowed_ip(other, &prefix);
	assert_null(allowedips_find(iface->allowedips, AF_INET, inside));
}

static void test_endpoints(void **state)
{
	const struct endpoint first = {.addr = {AF_INET, {192, 0, 2, 1}}, .port = 1};
	const struct endpoint second = {.addr = {AF_INET, {192, 0, 2, 1}}, .port = 2};
	const struct endpoint *held;

	(void)state;
	publish_endpoint(&pub, peer, &first);
	held = peer_view_endpoint(peer);
	assert_ptr_not_equal(held, &first);
	assert_true(endpoint_equal(held, &first));
	/* The same once more changes nothing. */
	publish_endpoint(&pub, peer, &first);
	assert_ptr_equal(peer_view_endpoint(peer), held);
	publish_endpoint(&pub, peer, &second);
	assert_true(endpoint_equal(peer_view_endpoint(peer), &second));
	assert_int_equal(rcu_reclaim(pub.rcu), 1);
	assert_true(endpoint_equal(held, &first));
	rcu_quiescent(pub.rcu, 0);
	assert_int_equal(rcu_reclaim(pub.rcu), 0);
}

static void test_keypairs(void **state)
{
	struct noise_session session = {.remote_index = 77, .is_initiator = true};
	struct keypair *kp;

	(void)state;
	memset(session.send_key, 1, WG_KEY_LEN);
	memset(session.receive_key, 2, WG_KEY_LEN);
	assert_int_equal(index_table_take(pub.indices, peer, &session.local_index), 0);
	kp = publish_keypair(&pub, peer, &session, 1234);
	assert_ptr_equal(index_table_find(pub.indices, session.local_index), kp);
	assert_memory_equal(kp->send_key, session.send_key, WG_KEY_LEN);
	assert_memory_equal(kp->receive_key, session.receive_key, WG_KEY_LEN);
	assert_ptr_equal(kp->peer, peer);
	assert_int_equal(kp->send_age.birth_ns, 1234);
	assert_int_equal(kp->receive_age.birth_ns, 1234);
	assert_int_equal(kp->local_index, session.local_index);
	assert_int_equal(kp->remote_index, 77);
	assert_true(kp->send_age.is_initiator && kp->receive_age.is_initiator);
	assert_int_equal(atomic_load(&kp->send_counter), 0);
	assert_true(replay_peek(&kp->replay, 0));

	assert_false(atomic_load(&kp->is_in_use));
	publish_sending(peer, kp);
	assert_true(atomic_load(&kp->is_in_use));
	assert_ptr_equal(atomic_load(&peer->sending), kp);
	publish_sending(peer, NULL);
	assert_null(atomic_load(&peer->sending));

	publish_retire_keypair(&pub, kp);
	assert_null(index_table_find(pub.indices, session.local_index));
	assert_null(index_table_holder(pub.indices, session.local_index));
	assert_int_equal(rcu_reclaim(pub.rcu), 1);
	assert_memory_equal(kp->send_key, session.send_key, WG_KEY_LEN);
	publish_retire_keypair(&pub, NULL);
	assert_int_equal(rcu_reclaim(pub.rcu), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_views, setup, teardown),
		cmocka_unit_test_setup_teardown(test_allowed_ips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_endpoints, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keypairs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
