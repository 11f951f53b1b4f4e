/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The only file of control that writes what workers read: peers' views, allowed IPs, endpoints and
 * keypairs. It publishes new objects and retires old ones through RCU. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "wire.h"

struct iface_view;
struct index_table;
struct keypair;
struct noise_session;
struct peer_view;
struct rcu;

struct publisher {
	struct rcu *rcu;
	struct index_table *indices;
};

/* publish_interface creates an interface's view with an empty table; NULL: no memory. */
must_check struct iface_view *publish_interface(
	struct publisher *pub, uint8_t iface_id, uint32_t mtu);

/* publish_destroy_interface: its peers are gone and no worker runs. */
void publish_destroy_interface(struct iface_view *iface);

/* publish_mtu: the kernel's interface has another MTU now. */
void publish_mtu(struct iface_view *iface, uint32_t mtu);

/*
 * publish_checker: handshake messages are for the owner of `public_key` from now on, and cookies are made with a new secret.
 * false: no memory; those of before stay.
 */
must_check bool publish_checker(
	struct publisher *pub, struct iface_view *iface, const uint8_t public_key[WG_KEY_LEN]);

/* publish_peer creates a peer's view; workers find it once it has allowed IPs or a keypair. NULL: no memory. */
must_check struct peer_view *publish_peer(struct iface_view *iface);

/* publish_allowed_ip: 0 or -ENOMEM. publish_withdraw_allowed_ip: a prefix that is not this peer's is left alone. */
must_check int publish_allowed_ip(struct peer_view *peer, const struct ip_prefix *prefix);
void publish_withdraw_allowed_ip(struct peer_view *peer, const struct ip_prefix *prefix);

/* publish_endpoint: where the peer is from now on; without memory the old endpoint stays. */
void publish_endpoint(
	struct publisher *pub, struct peer_view *peer, const struct endpoint *endpoint);

/* publish_keypair makes `peer` able to receive with the session's keys; NULL: no memory. */
must_check struct keypair *publish_keypair(struct publisher *pub, struct peer_view *peer,
	const struct noise_session *session, uint64_t now_ns);

/* publish_in_use: what arrives under `kp` goes straight to the host from now on. */
void publish_in_use(struct keypair *kp);

/* publish_sending: seal for `peer` with `kp` from now on; NULL: packets wait for a session. */
void publish_sending(struct peer_view *peer, struct keypair *kp);

/* publish_retire_keypair: not in use any more; it is wiped and freed after a grace period. NULL is allowed. */
void publish_retire_keypair(struct publisher *pub, struct keypair *kp);

/* publish_destroy_peer: its allowed IPs and keypairs are withdrawn, and no worker can refer to it any more. NULL is allowed. */
void publish_destroy_peer(struct peer_view *peer);
