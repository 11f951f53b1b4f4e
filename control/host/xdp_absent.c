/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* In place of xdp.c where libbpf or clang was not there to build with. */

#include "host/xdp.h"

#include <errno.h>

static int refuse(struct host_error *out_error)
{
	return host_error_set(out_error, ENOTSUP,
		"this build cannot share a NIC with the kernel, for libbpf or clang was missing: "
		"install them (scripts/install-deps shared) and build anew, or use mode = \"own\"");
}

const char *xdp_program_path(struct host_error *out_error)
{
	(void)refuse(out_error);
	return NULL;
}

int xdp_leftover_remove(unsigned ifindex, struct host_error *out_error)
{
	(void)ifindex;
	return refuse(out_error);
}

int xdp_listen_ports_set(
	unsigned ifindex, const uint16_t ports[], size_t n, struct host_error *out_error)
{
	(void)ifindex;
	(void)ports;
	(void)n;
	return refuse(out_error);
}
