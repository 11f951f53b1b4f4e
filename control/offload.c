/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "offload.h"

#include "config/config.h"
#include "gateway.h"
#include "host/tun.h"
#include "host/udp.h"
#include "log.h"

/* Once, as it is the same for every interface. */
static void say_missing(struct gateway *gw, const char *what)
{
	if (!gw->is_offload_missed)
		log_info(
			"this kernel has no %s: more calls for the same packets; Linux 6.2 has all "
			"that offload uses",
			what);
	gw->is_offload_missed = true;
}

int offload_open_sockets(struct gateway *gw, uint16_t port, uint32_t fwmark, unsigned n_workers,
	struct udp_sockets *out_sockets, struct host_error *out_error)
{
	int result = udp_open(port, fwmark, n_workers, out_sockets, out_error);

	if (result == 0 && gw->config->is_offloaded && !udp_join_datagrams(out_sockets))
		say_missing(gw, "UDP_GRO");
	return result;
}

int offload_open_tun(struct gateway *gw, const char *name, unsigned n_queues, int out_fds[],
	unsigned *out_ifindex, struct host_error *out_error)
{
	int result;

	if (!gw->config->is_offloaded)
		return tun_open(name, n_queues, out_fds, out_ifindex, out_error);
	result = tun_open_offloaded(name, n_queues, out_fds, out_ifindex, out_error);
	if (result == 0 && !tun_offload(out_fds[0]))
		say_missing(gw, "UDP segmentation of a TUN");
	return result;
}
