/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The gateway's ports: a device each, and what the kernel has in its place. That is a twin, a TAP with the port's
 * name and MAC address, which gets the addresses, routes and VLAN links that a NIC would; or, of a shared port, the
 * NIC itself. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"
#include "host/tun.h"

struct gateway;
struct netlink_link;
struct port;
struct port_config;
struct port_send_locks;

struct gateway_port {
	const struct port_config *config;
	char device[1024]; /* the configuration's, with the arguments that follow from other keys */
	struct port *port;
	struct port_send_locks *locks;
	int twin_fds[TUN_QUEUES_MAX];
	unsigned n_twin_fds; /* 0: shared */
	unsigned ifindex;    /* of what the kernel has in its place */
	bool is_up;          /* there was a link when last looked */
};

/* ports_attach finds the devices of gw->config; before the tables. 0 or a negative errno and *out_error. */
must_check int ports_attach(struct gateway *gw, unsigned n_workers, struct host_error *out_error);

/* ports_buffers: packet buffers that the devices' queues hold. ports_frame_len: the largest frame, bytes. */
uint32_t ports_buffers(const struct gateway *gw);
uint16_t ports_frame_len(const struct gateway *gw);

/* ports_socket: the NUMA node of the first port, or SOCKET_ID_ANY. */
int ports_socket(const struct gateway *gw);

/* ports_start makes the twins and gives the ports to the data plane and the routes' mirror; before the workers run. */
must_check int ports_start(struct gateway *gw, unsigned n_workers, struct host_error *out_error);

/* ports_take_listen_ports tells shared ports where the interfaces listen; after they were created, and when that changes. */
must_check int ports_take_listen_ports(const struct gateway *gw, struct host_error *out_error);

/* ports_detach undoes all of that; the workers must be stopped and the data plane still stand. */
void ports_detach(struct gateway *gw);

/* ports_look gives the links' state to the twins: a cable that is out makes the kernel forget its routes. */
void ports_look(struct gateway *gw);

/* ports_take_link takes the kernel's news; true: it was a link of a port. */
bool ports_take_link(struct gateway *gw, const struct netlink_link *link);
