/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/secure.h"
#include "crypto/cookie_checker.h"
#include "handshake/noise.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

/* Zeroed memory for an object that has cache-aligned fields. */
static void *alloc_aligned(size_t size)
{
	void *object = aligned_alloc(CACHE_LINE, size);

	_Static_assert(sizeof(struct keypair) % CACHE_LINE == 0, "aligned_alloc");
	_Static_assert(sizeof(struct peer_view) % CACHE_LINE == 0, "aligned_alloc");
	if (object)
		memset(object, 0, size);
	return object;
}

struct iface_view *publish_interface(struct publisher *pub, uint8_t iface_id, uint32_t mtu)
{
	struct iface_view *iface = calloc(1, sizeof(*iface));

	if (!iface)
		return NULL;
	iface->allowedips = allowedips_create(pub->rcu);
	if (!iface->allowedips) {
		free(iface);
		return NULL;
	}
	iface->iface_id = iface_id;
	publish_mtu(iface, mtu);
	return iface;
}

static void free_checker(void *checker)
{
	if (checker)
		cookie_checker_fini(checker);
	free(checker);
}

void publish_destroy_interface(struct iface_view *iface)
{
	if (!iface)
		return;
	allowedips_destroy(iface->allowedips);
	free_checker(atomic_load_explicit(&iface->checker, memory_order_relaxed));
	free(iface);
}

void publish_mtu(struct iface_view *iface, uint32_t mtu)
{
	atomic_store_explicit(&iface->mtu, mtu, memory_order_relaxed);
}

bool publish_checker(
	struct publisher *pub, struct iface_view *iface, const uint8_t public_key[WG_KEY_LEN])
{
	struct cookie_checker *fresh = malloc(sizeof(*fresh)), *old;
	uint8_t secret[WG_KEY_LEN];

	if (!fresh)
		return false;
	randombytes_buf(secret, sizeof(secret));
	cookie_checker_init(fresh, public_key, secret);
	secure_wipe(secret, sizeof(secret));
	/* Release: it is complete before a worker sees it. */
	old = atomic_exchange_explicit(&iface->checker, fresh, memory_order_acq_rel);
	if (old)
		rcu_retire(pub->rcu, old, free_checker);
	return true;
}

struct peer_view *publish_peer(struct iface_view *iface)
{
	struct peer_view *peer = alloc_aligned(sizeof(*peer));

	if (!peer)
		return NULL;
	peer->iface = iface;
	return peer;
}

int publish_allowed_ip(struct peer_view *peer, const struct ip_prefix *prefix)
{
	return allowedips_insert(peer->iface->allowedips, prefix, peer);
}

void publish_withdraw_allowed_ip(struct peer_view *peer, const struct ip_prefix *prefix)
{
	(void)allowedips_remove(peer->iface->allowedips, prefix, peer);
}

static void free_endpoint(void *endpoint)
{
	free(endpoint);
}

void publish_endpoint(
	struct publisher *pub, struct peer_view *peer, const struct endpoint *endpoint)
{
	struct peer_endpoint *old = atomic_load_explicit(&peer->endpoint, memory_order_relaxed);
	struct peer_endpoint *fresh;

	if (old && endpoint_equal(&old->endpoint, endpoint))
		return;
	fresh = alloc_aligned(sizeof(*fresh));
	if (!fresh)
		return;
	fresh->endpoint = *endpoint;
	atomic_store_explicit(&peer->endpoint, fresh, memory_order_release);
	if (old)
		rcu_retire(pub->rcu, old, free_endpoint);
}

struct keypair *publish_keypair(struct publisher *pub, struct peer_view *peer,
	const struct noise_session *session, uint64_t now_ns)
{
	struct keypair *kp = alloc_aligned(sizeof(*kp));

	if (!kp)
		return NULL;
	memcpy(kp->send_key, session->send_key, sizeof(kp->send_key));
	memcpy(kp->receive_key, session->receive_key, sizeof(kp->receive_key));
	kp->peer = peer;
	keypair_set_age(kp, now_ns, session->is_initiator);
	kp->local_index = session->local_index;
	kp->remote_index = session->remote_index;
	index_table_publish(pub->indices, kp);
	return kp;
}

void publish_in_use(struct keypair *kp)
{
	atomic_store_explicit(&kp->is_in_use, true, memory_order_relaxed);
}

void publish_sending(struct peer_view *peer, struct keypair *kp)
{
	if (kp)
		publish_in_use(kp);
	atomic_store_explicit(&peer->sending, kp, memory_order_release);
}

static void free_keypair(void *kp)
{
	secure_wipe(kp, sizeof(struct keypair));
	free(kp);
}

void publish_retire_keypair(struct publisher *pub, struct keypair *kp)
{
	if (!kp)
		return;
	index_table_drop(pub->indices, kp->local_index);
	rcu_retire(pub->rcu, kp, free_keypair);
}

void publish_destroy_peer(struct peer_view *peer)
{
	if (!peer)
		return;
	free(atomic_load_explicit(&peer->endpoint, memory_order_relaxed));
	free(peer);
}
