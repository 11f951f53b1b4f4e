/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A port: a DPDK ethdev, a NIC or a virtual device. Control finds, sets up and starts it; the workers use its
 * queues through port_link.h.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct rte_mempool;

/* What a port is to be. */
struct port_setup {
	const char *name;
	const char *device; /* PCI address, or a vdev with its arguments */
	unsigned n_workers;
	uint16_t n_queues;                           /* 0: one per worker */
	uint16_t mtu;                                /* bytes of IP packet; 0: the device's */
	uint16_t n_rx_descriptors, n_tx_descriptors; /* 0: the device's preference */
	bool is_promiscuous;
};

struct port;

/* What a port is, for its users; set before the workers start, but for the MTU. */
struct port_facts {
	uint16_t ethdev_id;
	uint16_t n_rx_queues;
	uint16_t n_tx_queues; /* worker w sends on queue w % n_tx_queues */
	_Atomic uint16_t mtu; /* bytes of IP packet; control */
	unsigned ifindex;     /* of the kernel's interface below a virtual device; 0: none */
	int socket_id;        /* NUMA node, or SOCKET_ID_ANY */
	uint8_t mac[6];
	bool has_ipv4_checksum; /* the device computes it when sending */
	bool has_udp_checksum;
	char driver[32];
};

#define PORT_ERROR_MAX 256

/*
 * port_attach finds the device and asks what it can; NULL: errno is set and `out_error` says why in one line
 * without the port's name. It does not receive yet. The EAL must be initialised. Init only.
 */
must_check struct port *port_attach(const struct port_setup *setup, char out_error[PORT_ERROR_MAX]);

/* port_start sets up the queues with buffers from `pool` and starts to receive. 0 or a negative errno. Init only. */
must_check int port_start(
	struct port *port, struct rte_mempool *pool, char out_error[PORT_ERROR_MAX]);

/* port_detach stops the port and gives the device back; NULL is allowed. No worker uses it. */
void port_detach(struct port *port);

/* port_facts: for as long as the port is attached. Any thread. */
const struct port_facts *port_facts(const struct port *port);

/* port_set_mtu: from now on packets up to `mtu` leave. false: more than when it was attached; that is what it has now. Control. */
must_check bool port_set_mtu(struct port *port, uint32_t mtu);

/* port_buffers: packet buffers that its queues hold when they are full. Control. */
uint32_t port_buffers(const struct port *port);

/* port_is_up: does the device see a link? Control. */
bool port_is_up(const struct port *port);

/* port_describe writes one line of what the device can and what is used. Control. */
void port_describe(const struct port *port, char *out, size_t out_len);

/* port_count reads the device's own counters: received and sent packets, and what it had to drop. Control. */
struct port_counters {
	uint64_t n_received, n_sent, n_missed, n_errors;
};
void port_count(const struct port *port, struct port_counters *out);
