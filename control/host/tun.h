/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The kernel's side of a WireGuard interface, a TUN device of its name, or of a port, a TAP device; one queue per
 * worker. Control thread; the workers get the descriptors. A descriptor carries one whole IP packet (TUN) or Ethernet
 * frame (TAP) per read and write, with nothing before it but what tun_open_offloaded says.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

#define TUN_QUEUES_MAX 64

/*
 * tun_open creates the interface `name`, which must not exist (-EEXIST: never takes over another one's),
 * with 1 to TUN_QUEUES_MAX queues. The descriptors do not block. The interface is down, has the
 * MTU 1500, and lives until the last descriptor is closed.
 */
must_check int tun_open(const char *name, unsigned n_queues, int out_fds[], unsigned *out_ifindex,
	struct host_error *out_error);

/*
 * tun_open_offloaded: the same, with a struct virtio_net_hdr in front of each packet. After tun_offload packets to be cut and
 * checksums to be finished come out of it; those that are joined go in at once. tun_offload: `fd` is any queue; false: this
 * kernel knows less than all of it.
 */
must_check int tun_open_offloaded(const char *name, unsigned n_queues, int out_fds[],
	unsigned *out_ifindex, struct host_error *out_error);
must_check bool tun_offload(int fd);

/* tap_open: the same for a TAP with that MAC address. */
must_check int tap_open(const char *name, const uint8_t mac[6], unsigned n_queues, int out_fds[],
	unsigned *out_ifindex, struct host_error *out_error);

/* tap_set_carrier: does the kernel see a cable? `fd` is any queue. Kernels before 5.0 always do. */
void tap_set_carrier(int fd, bool is_up);

/* tun_close closes the queues; with the last of them the interface, its addresses and routes go. */
void tun_close(const int fds[], unsigned n_queues);
