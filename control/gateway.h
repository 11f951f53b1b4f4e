/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the parts of control share: one gateway per process, its interfaces and their peers. Only main
 * creates one, and only the control thread uses it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "peer_book.h"
#include "publish.h"

struct aead_engine;
struct aead_trials;
struct ctl;
struct dataplane;
struct gateway_port;
struct gw_config;
struct helpers;
struct interface;
struct metrics;
struct netlink;
struct ratelimiter;
struct reload;
struct route_mirror;
struct routes;
struct schedule;
struct uapi;

struct gateway {
	struct gw_config *config;
	struct publisher publisher;
	struct ratelimiter
		*limiter;        /* of handshake messages whose senders have proven their address */
	struct helpers *helpers; /* NULL: the control thread computes handshakes itself */
	struct dataplane *dataplane;
	struct schedule *schedule;
	struct netlink *netlink;
	unsigned n_workers;
	uint16_t frame_max_len;       /* that a packet buffer holds, bytes */
	struct interface *interfaces; /* by iface_id, WG_INTERFACES_MAX places */
	unsigned n_interfaces;        /* places that were ever taken: interface_is_alive */
	struct gateway_port *ports;   /* by port_id */
	unsigned n_ports;
	struct routes *routes;       /* with ports; else NULL: */
	struct route_mirror *mirror; /* of the kernel's routes */
	struct uapi *uapi;
	struct ctl *ctl;
	struct metrics *metrics; /* NULL: not asked for */
	struct reload *reload;
	const struct aead_engine *engine;
	const struct aead_trials *trials; /* none, if the engine was named */
	uint64_t started_ns;
	struct peer_book peers;
	unsigned n_staged;     /* packets that wait for a session, of all peers */
	unsigned n_staged_max; /* a share of the packet buffers, so that receiving never starves */
	uint64_t secrets_due_ns; /* when cookies get new secrets */
	uint64_t ports_look_ns;  /* when to look at the ports' links again */
	int wake_fd;             /* eventfd: workers have posted something */
	int watch_fd;            /* rtnetlink: the kernel's interfaces have changed */
	bool is_offload_missed;  /* it was said that the kernel lacks something */
	bool is_stopping;
};

/*
 * gateway_start makes the interfaces of `config`, starts the workers and brings the interfaces up.
 * false: one error was logged and everything is undone. The EAL must be initialised. `config` becomes
 * the gateway's; `config_path` is where it came from, and must stay (NULL: from no file), as must `trials`.
 */
must_check bool gateway_start(struct gateway *gw, struct gw_config *config, const char *config_path,
	const struct aead_engine *engine, const struct aead_trials *trials);

/* gateway_reloaded tells whom it concerns that a reload has ended. */
void gateway_reloaded(struct gateway *gw);

/* gateway_stop undoes it: interfaces and rules removed, workers stopped, keys wiped. */
void gateway_stop(struct gateway *gw);

/* gateway_check logs what gateway_start would do and changes nothing; false: an error was logged. */
must_check bool gateway_check(const struct gw_config *config, const struct aead_engine *engine);
