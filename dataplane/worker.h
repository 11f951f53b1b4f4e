/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A polling lcore. It runs packets to completion: receive a burst, open or seal the whole burst at once,
 * hand it on. It polls while there is traffic and sleeps in epoll when there is none; with ports, which cannot
 * wake it, it never sleeps and looks at the kernel's side now and then.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/wake.h"
#include "drops.h"
#include "forward.h"
#include "pipeline.h"
#include "protocol.h"

struct iface_view;
struct rcu;
struct rte_ring;
struct tun_link;
struct udp_link;

/* One interface as one worker sees it. Control makes it, publishes it and retires it. */
struct worker_link {
	struct iface_view *iface;
	struct tun_link *tun;
	_Atomic(struct udp_link *) udp; /* control, also while the worker runs. Under RCU */
	bool is_gone_posted;            /* control knows that the TUN was deleted, */
	bool is_refusal_posted;         /* ... and that the kernel does not cut datagrams */
	struct drops drops;             /* of this worker's; they are in the pipeline's, too */
};

/* Filled by dataplane.c before the worker starts, but for the links, which come and go. */
struct worker {
	struct pipeline pipeline;
	/* By iface_id; NULL: no interface, or one that goes. Control, also while the worker runs. Under RCU */
	_Atomic(struct worker_link *) links[WG_INTERFACES_MAX];
	_Atomic unsigned n_links; /* ids below it have been given; control */
	struct forward forward;   /* with ports; else n_ports is 0 */
	struct rcu *rcu;
	unsigned reader_id;
	struct rte_ring *inbox;   /* mbufs from control; struct packet says what to do with each */
	struct wake wake;         /* control wakes the worker after it has filled the inbox */
	int epoll_fd;             /* everything that may end its sleep */
	uint64_t idle_spin_ns;    /* how long to poll without packets before it sleeps */
	uint64_t host_looked_ns;  /* with ports: the last look at the kernel's side, */
	bool is_host_busy;        /* ... and whether it found something */
	_Atomic bool is_stopping; /* control */
	unsigned lcore_id;
	/* The worker's own; read by control. */
	_Atomic uint64_t n_packets; /* handled in both directions */
	_Atomic uint64_t n_polls;   /* rounds of the loop */
	_Atomic uint64_t busy_ns;   /* spent in rounds that found something */
};

/* worker_run is the lcore's loop; it returns 0 after is_stopping was set and the worker woken. */
int worker_run(void *worker);

/*
 * worker_poll_port handles one burst that arrived at `port`, whatever it is, and returns how many frames that was. What
 * it led to gathers in the ports' links until they are flushed. Worker.
 */
unsigned worker_poll_port(struct worker *w, struct forward_port *port);
