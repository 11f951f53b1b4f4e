/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Opens what packets come and go through with the help that the kernel has to offer: joining and cutting. What it lacks is
 * left out, and said once. Control.
 */

#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct gateway;
struct udp_sockets;

/* offload_open_sockets: udp_open, and where the kernel can, with joined datagrams. */
must_check int offload_open_sockets(struct gateway *gw, uint16_t port, uint32_t fwmark,
	unsigned n_workers, struct udp_sockets *out_sockets, struct host_error *out_error);

/* offload_open_tun: tun_open, and where the kernel can, with TSO, USO and checksums. In the namespace of the interface. */
must_check int offload_open_tun(struct gateway *gw, const char *name, unsigned n_queues,
	int out_fds[], unsigned *out_ifindex, struct host_error *out_error);
