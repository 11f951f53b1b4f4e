/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What can be set while the gateway runs: by wg(8) (uapi_set.c), and by the files, when it starts (interface.c) and when it
 * reads them again (reload.c). Each function changes one thing, and no session but where it says so. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"
#include "wire.h"

struct endpoint;
struct gateway;
struct interface;
struct ip_prefix;
struct peer;
struct peer_config;

/*
 * settings_set_private_key: another key, or none (all zero), ends every session of the interface, and removes the peer
 * that would be the interface itself. The same key changes nothing.
 */
void settings_set_private_key(struct gateway *gw, struct interface *iface,
	const uint8_t private_key[WG_KEY_LEN], uint64_t now_ns);

/*
 * settings_set_listen_port: other sockets on `port`, or on a free one when it is 0. 0, or a negative errno: the old ones
 * stay.
 */
must_check int settings_set_listen_port(
	struct gateway *gw, struct interface *iface, uint16_t port, struct host_error *out_error);

/* settings_set_fwmark: 0 or a negative errno. settings_fwmark: what the sockets have, which a default route may need. */
must_check int settings_set_fwmark(
	struct interface *iface, uint32_t fwmark, struct host_error *out_error);
uint32_t settings_fwmark(const struct interface *iface);

/* settings_remove_peers removes at most `n` peers; false: there are more. */
bool settings_remove_peers(struct gateway *gw, struct interface *iface, unsigned n);

/* Of a peer; its allowed IPs are set by allowed_ip.h. */
void settings_set_endpoint(struct gateway *gw, struct peer *peer, const struct endpoint *endpoint);
void settings_set_preshared_key(struct peer *peer, const uint8_t preshared_key[WG_KEY_LEN]);
void settings_set_keepalive(struct peer *peer, uint16_t keepalive_s);

/*
 * settings_take_peer makes `peer` what `config` says; what is so already is left alone. 0 or -ENOMEM. In any case
 * settings_settle_peer is due.
 */
must_check int settings_take_peer(
	struct gateway *gw, struct peer *peer, const struct peer_config *config);

/* settings_settle_peer: all that there is to be set for now was; what follows from it is done. While the workers run. */
void settings_settle_peer(struct gateway *gw, struct peer *peer, uint64_t now_ns);
