/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The outer sockets of a WireGuard interface: for each worker one of IPv4 and one of IPv6, all bound to
 * the listen port. The kernel spreads the senders over the workers. Control thread; the workers get the
 * descriptors.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

#define UDP_WORKERS_MAX 64

struct udp_sockets {
	uint16_t port;
	unsigned n_workers;
	int fds4[UDP_WORKERS_MAX];
	int fds6[UDP_WORKERS_MAX]; /* -1 each where the host has no IPv6 */
};

/*
 * udp_open opens the sockets of `n_workers` (1 to UDP_WORKERS_MAX) on `port`, or on one that is free in
 * both families when it is 0. Packets carry `fwmark` (0: none) on the host, for its policy routing. They do
 * not block. -EADDRINUSE: another socket, of this process or another, has the port in one of the families.
 */
must_check int udp_open(uint16_t port, uint32_t fwmark, unsigned n_workers,
	struct udp_sockets *out_sockets, struct host_error *out_error);

/*
 * udp_join_datagrams: the kernel may join received datagrams to messages of up to 64 KiB, with ancillary data that says how
 * long each of them is. false: it cannot, and nothing has changed; kernels before 5.0.
 */
must_check bool udp_join_datagrams(const struct udp_sockets *sockets);

/* udp_set_fwmark changes the mark of every socket; 0 removes it. */
must_check int udp_set_fwmark(
	const struct udp_sockets *sockets, uint32_t fwmark, struct host_error *out_error);

/* udp_close: also after a udp_open that failed. */
void udp_close(struct udp_sockets *sockets);
