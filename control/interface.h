/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A WireGuard interface: its identity, its sockets, its TUN and its peers. Control. */

#include <stdbool.h>
#include <stdint.h>

#include "allowed_ip.h"
#include "base/compiler.h"
#include "host/host_error.h"
#include "host/udp.h"
#include "peer_cursor.h"
#include "wire.h"

struct gateway;
struct interface_config;
struct netlink;
struct peer;
struct routing_plan;
struct routing_taken;

struct interface {
	struct gateway *gateway;               /* NULL: an empty place */
	const struct interface_config *config; /* what does not change while it runs */
	struct iface_view *view;
	struct noise_local *noise;
	TAILQ_HEAD(, peer) peers; /* in the order in which they came */
	uint32_t n_peers;
	void *peers_by_key; /* a tsearch(3) tree, so that no choice of keys makes it slow */
	struct allowed_ip_book allowed_ips;
	struct peer_cursor_list cursors;
	uint32_t fwmark; /* that it was told; 0: none of its own */
	struct routing_plan *plan;
	struct netlink *netlink; /* where the TUN is; NULL: in the namespace of the gateway */
	struct udp_sockets udp;
	int tun_fds[UDP_WORKERS_MAX];
	unsigned n_queues; /* open ones in tun_fds */
	unsigned ifindex;
	bool is_moved;       /* the TUN lives in another namespace, of which there are no news */
	bool is_cut_refused; /* it was said that its datagrams go one by one to some peer */
	bool is_new;         /* what interface_up does was not done yet */
	bool is_leaving;     /* it was removed, and its place is not free yet */
	uint64_t last_flush; /* is_leaving: after this one it is; 0: it has peers */
	unsigned
		n_jobs; /* handshakes that are being computed: it is not gone before they have come back */
};

/* interface_is_alive: is it there? A place may be empty, planned or leaving. */
static inline bool interface_is_alive(const struct interface *iface)
{
	return iface->view && !iface->is_leaving;
}

/*
 * interface_plan finds out what the host's kernel will be asked to do, beside what others have `taken`, and adds
 * to that. 0 or a negative errno and *out_error; interface_destroy is due after both.
 */
must_check int interface_plan(struct interface *iface, const struct interface_config *config,
	struct routing_taken *taken, struct gateway *gw, struct host_error *out_error);

/* interface_netlink: to the kernel's side of it. */
struct netlink *interface_netlink(const struct interface *iface);

/* interface_check_peers: -EINVAL: the interface is its own peer. */
must_check int interface_check_peers(
	const struct interface_config *config, struct host_error *out_error);

/* interface_create opens sockets and TUN; after interface_plan and dataplane_create, also while workers run. */
must_check int interface_create(struct interface *iface, uint8_t iface_id, unsigned n_workers,
	struct gateway *gw, struct host_error *out_error);

/* interface_take_peers adds those of the configuration. */
must_check int interface_take_peers(
	struct interface *iface, struct gateway *gw, struct host_error *out_error);

/* interface_up gives addresses and routes to the kernel and sets the TUN up; once the workers run. */
must_check int interface_up(struct interface *iface, struct host_error *out_error);

/* interface_destroy undoes all of that and empties the place; workers must not know it, or not any more. */
void interface_destroy(struct interface *iface);

/* interface_add_peer: 0 or -ENOMEM. interface_drop_peer: `peer` is still there. */
must_check int interface_add_peer(struct interface *iface, struct peer *peer);
void interface_drop_peer(struct interface *iface, struct peer *peer);

/* interface_find_peer: who has this static public key, or NULL. */
struct peer *interface_find_peer(
	const struct interface *iface, const uint8_t public_key[WG_KEY_LEN]);
