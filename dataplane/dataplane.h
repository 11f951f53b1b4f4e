/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What control may do with the data plane: set it up, start and stop its workers, exchange packets
 * and facts with them, and read their counters. All calls are the control thread's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "drops.h"
#include "mailbox.h"

struct aead_engine;
struct dataplane;
struct iface_view;
struct index_table;
struct load;
struct port_facts;
struct port_send_locks;
struct rcu;
struct routes;
struct rte_mbuf;
struct rte_mempool;

#define DATAPLANE_WORKERS_MAX 64

struct dataplane_config {
	const struct aead_engine *engine;
	struct rcu *rcu; /* with at least n_workers readers */
	const struct index_table *indices;
	unsigned n_workers; /* worker lcores of the EAL that are used, 1 to DATAPLANE_WORKERS_MAX */
	unsigned
		n_interfaces; /* for which there are buffers in any case; up to WG_INTERFACES_MAX */
	uint32_t n_mbufs;     /* of the whole process; 0: enough for the workers and interfaces */
	unsigned n_ports;     /* that will be added */
	const struct routes *routes; /* with ports */
	uint32_t n_port_mbufs;  /* packet buffers that the ports' queues hold, beside n_mbufs */
	int socket_id;          /* NUMA node of the packet buffers; SOCKET_ID_ANY: the caller's */
	uint16_t frame_max_len; /* largest inner packet or frame, bytes */
	uint64_t idle_spin_ns;
	int control_wake_fd;                         /* eventfd that wakes control */
	void (*random_bytes)(void *out, size_t len); /* for keys */
};

/* What one interface's links are made of: an entry per worker; the descriptors stay the caller's. */
struct dataplane_link_fds {
	int tun_fds[DATAPLANE_WORKERS_MAX];
	int udp4_fds[DATAPLANE_WORKERS_MAX]; /* -1: the family is not there */
	int udp6_fds[DATAPLANE_WORKERS_MAX];
};

/* dataplane_create: NULL, errno is set, and *out_error says why. The EAL must be initialised. */
must_check struct dataplane *dataplane_create(
	const struct dataplane_config *config, const char **out_error);

/* dataplane_destroy frees everything; the workers must be stopped. Descriptors stay open. */
void dataplane_destroy(struct dataplane *dp);

/*
 * dataplane_add_interface, also while workers run; `iface->iface_id` is one that nobody has. 0, or a negative errno: nothing
 * has changed. -ENOBUFS: its links would take the packet buffers that others need.
 */
must_check int dataplane_add_interface(
	struct dataplane *dp, struct iface_view *iface, const struct dataplane_link_fds *fds);

/*
 * dataplane_remove_interface: workers do not look at it any more, but for bursts that have begun; what is on its way
 * is dropped. View, id and descriptors are free after the next flush. Its peers must be gone, and no route may lead to it.
 */
void dataplane_remove_interface(struct dataplane *dp, uint8_t iface_id);

/*
 * dataplane_replace_sockets: other UDP sockets for an interface, by worker, also while workers run. They may use the old
 * ones until they have reported to RCU. 0, or a negative errno: nothing has changed.
 */
must_check int dataplane_replace_sockets(
	struct dataplane *dp, uint8_t iface_id, const int udp4_fds[], const int udp6_fds[]);

/* dataplane_set_listen_port: where the interface listens, for the workers; ports give it what comes for that. */
void dataplane_set_listen_port(struct dataplane *dp, uint8_t iface_id, uint16_t port);

/* dataplane_pool: the packet buffers, for the ports' queues. */
struct rte_mempool *dataplane_pool(struct dataplane *dp);

/* A port for the workers; everything stays the caller's. */
struct dataplane_port {
	const struct port_facts *facts;
	struct port_send_locks *locks;
	uint32_t host_rate; /* frames/s that a worker hands to the kernel at most */
	bool has_twin;
	int twin_fds[DATAPLANE_WORKERS_MAX]; /* has_twin: queues of the kernel's TAP */
};

/* dataplane_add_port: before the start; ports count up from 0. 0 or a negative errno. */
must_check int dataplane_add_port(struct dataplane *dp, const struct dataplane_port *port);

/* dataplane_start launches the workers on their lcores; 0 or a negative errno. */
must_check int dataplane_start(struct dataplane *dp);

/* dataplane_stop returns when every worker has left its loop. What the mailboxes hold can still be drained. */
void dataplane_stop(struct dataplane *dp);

/* dataplane_alloc: an empty packet buffer for control with a zeroed struct packet, or NULL. */
must_check struct rte_mbuf *dataplane_alloc(struct dataplane *dp);

/*
 * dataplane_send gives `n` buffers with a filled struct packet to one worker, chosen by `hint`, so that
 * packets with the same hint stay in order. What does not fit is freed and counted.
 */
void dataplane_send(struct dataplane *dp, uint32_t hint, struct rte_mbuf **mbufs, unsigned n);

/*
 * dataplane_drain takes at most `n` events out of the mailboxes and returns how many. `n` is at least
 * MAILBOX_KINDS * DATAPLANE_WORKERS_MAX, so that each mailbox is heard in each call.
 */
unsigned dataplane_drain(struct dataplane *dp, struct event *out_events, unsigned n);

/* dataplane_load: what workers ask before they take a handshake message as it is. */
struct load *dataplane_load(struct dataplane *dp);

/* dataplane_may_sleep announces that control is about to sleep; false: events are waiting, do not. */
must_check bool dataplane_may_sleep(struct dataplane *dp);

/* dataplane_awake takes the announcement back. */
void dataplane_awake(struct dataplane *dp);

/* dataplane_flush_begin and dataplane_flush_is_over: see flush.h. The workers must run. */
void dataplane_flush_begin(struct dataplane *dp);
must_check bool dataplane_flush_is_over(struct dataplane *dp);

/* dataplane_count_handshakes: how many handshake messages wait in the mailboxes, and how many there is room for. Control. */
unsigned dataplane_count_handshakes(const struct dataplane *dp, unsigned *out_room);

/* dataplane_control_drops: the counters that control itself writes, of what is an interface's. */
struct drops *dataplane_control_drops(struct dataplane *dp, uint8_t iface_id);

/* dataplane_count_buffers: packet buffers of the process, and how many of them are in use now. */
void dataplane_count_buffers(const struct dataplane *dp, unsigned *out_total, unsigned *out_in_use);

/* What a worker has done since the start. */
struct dataplane_work {
	unsigned lcore_id;
	uint64_t n_packets; /* handled in both directions */
	uint64_t n_polls;   /* rounds of its loop */
	uint64_t busy_ns;   /* spent in rounds that found a packet */
};

/* dataplane_count_work: of the worker `i`; false: there are fewer. */
must_check bool dataplane_count_work(
	const struct dataplane *dp, unsigned i, struct dataplane_work *out);

/* dataplane_sum_drops adds up the counters of all workers and of control. */
void dataplane_sum_drops(const struct dataplane *dp, uint64_t out_n[DROP_N]);

/*
 * dataplane_sum_interface_drops: those among them that are of an interface that runs. The others are a port's, or were
 * counted for one that went.
 */
void dataplane_sum_interface_drops(
	const struct dataplane *dp, uint8_t iface_id, uint64_t out_n[DROP_N]);
