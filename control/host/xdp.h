/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A NIC that the kernel keeps: the program io/xdp/take_udp.bpf.c on it, which hands us the datagrams of our listen ports.
 * DPDK's net_af_xdp loads the program (device argument xdp_prog) when the queues of the port are set up, and
 * takes it off when the port is closed. Control thread. A build without libbpf or clang refuses all of it with -ENOTSUP.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

/*
 * xdp_program_path says where the compiled program is: in the build folder that the gateway runs from, else where it is
 * installed. The text lives as long as the process and has no comma. NULL: it is not there.
 */
must_check const char *xdp_program_path(struct host_error *out_error);

/*
 * xdp_leftover_remove makes room for the program, before the port is set up: a gateway that was killed left its own on the
 * interface `ifindex`. -EBUSY: a gateway that runs has the interface, or the program there is another one's.
 */
must_check int xdp_leftover_remove(unsigned ifindex, struct host_error *out_error);

/*
 * xdp_listen_ports_set makes the program on the interface `ifindex` take UDP for `n` ports (host byte order) and no others,
 * sent to the MAC address that the interface has now. -ENOENT: the program is not there.
 */
must_check int xdp_listen_ports_set(
	unsigned ifindex, const uint16_t ports[], size_t n, struct host_error *out_error);
