/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A port without a wire, for tests and fuzzers: DPDK's net_ring, whose queues send to themselves. A test puts frames in and
 * takes out what was sent. What cannot be set up ends the program. EAL runs.
 */

#include <stdbool.h>
#include <stdint.h>

#include "io/port.h"
#include "io/port_link.h"

#define PORT_FIXTURE_RING_LEN 1023 /* frames that a queue holds */
#define PORT_FIXTURE_MTU 1500

struct rte_ring;

struct port_fixture {
	struct port *port;
	struct port_facts facts; /* of the port, with a MAC address of our choice */
	struct port_send_locks *locks;
	struct port_link *link; /* of worker 0 of `n_workers` */
	unsigned n_workers;
	char device[16];
};

/* port_fixture_start starts the port `number` with up to `n_queues` queues each way. */
void port_fixture_start(
	struct port_fixture *p, unsigned number, uint16_t n_queues, unsigned n_workers);
void port_fixture_stop(struct port_fixture *p);

/* port_fixture_link: the share of worker `worker_id`; the caller destroys it. */
struct port_link *port_fixture_link(const struct port_fixture *p, unsigned worker_id);

/* port_fixture_ring: both ends of the queue `queue`. */
struct rte_ring *port_fixture_ring(const struct port_fixture *p, uint16_t queue);

/* port_fixture_take: the next frame that was sent on the queue, after a flush of the link; NULL: none. */
struct rte_mbuf *port_fixture_take(const struct port_fixture *p, uint16_t queue);

/* port_fixture_drain frees what has been sent and was not taken; returns how much that was. */
unsigned port_fixture_drain(const struct port_fixture *p);
