/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ports.h"

#include <rte_common.h>
#include <rte_memory.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "dataplane.h"
#include "frame.h"
#include "gateway.h"
#include "host/netlink.h"
#include "host/xdp.h"
#include "interface.h"
#include "io/port.h"
#include "io/port_link.h"
#include "log.h"
#include "nodes.h"
#include "protocol.h"
#include "route_mirror.h"
#include "tables/routes.h"

static int fail(
	const struct gateway_port *port, int error, const char *why, struct host_error *out_error)
{
	return host_error_set(
		out_error, error < 0 ? -error : error, "port %s: %s", port->config->name, why);
}

/* The queues of these drivers are an argument of the device. */
static const char *queues_argument(const char *device)
{
	if (strncmp(device, "net_af_xdp", strlen("net_af_xdp")) == 0)
		return "queue_count";
	if (strncmp(device, "net_af_packet", strlen("net_af_packet")) == 0)
		return "qpairs";
	return NULL;
}

static int write_device(struct gateway_port *port, struct host_error *out_error)
{
	const struct port_config *config = port->config;
	const char *argument = queues_argument(config->device), *program = NULL;
	int n = snprintf(port->device, sizeof(port->device), "%s", config->device);

	if (argument && config->queues && !strstr(config->device, argument))
		n += snprintf(port->device + n, sizeof(port->device) - (size_t)n, ",%s=%u",
			argument, config->queues);
	if (config->mode != PORT_SHARED)
		return 0;
	program = xdp_program_path(out_error);
	if (!program)
		return -ENOENT;
	n += snprintf(port->device + n, sizeof(port->device) - (size_t)n, ",xdp_prog=%s", program);
	return (size_t)n < sizeof(port->device)
		? 0
		: fail(port, ENAMETOOLONG, "the path of its XDP program is too long", out_error);
}

static int attach(struct gateway_port *port, const struct port_config *config, unsigned n_workers,
	struct host_error *out_error)
{
	const struct port_setup setup = {
		.name = config->name,
		.device = port->device,
		.n_workers = n_workers,
		.n_queues = config->queues,
		.mtu = config->mtu,
		.n_rx_descriptors = config->rx_descriptors,
		.n_tx_descriptors = config->tx_descriptors,
		.is_promiscuous = config->is_promiscuous,
	};
	char why[PORT_ERROR_MAX];
	int result;

	port->config = config;
	result = write_device(port, out_error);
	if (result < 0)
		return result;
	port->locks = port_send_locks_create();
	if (!port->locks)
		return fail(port, ENOMEM, "out of memory", out_error);
	port->port = port_attach(&setup, why);
	return port->port ? 0 : fail(port, errno, why, out_error);
}

int ports_attach(struct gateway *gw, unsigned n_workers, struct host_error *out_error)
{
	const struct gw_config *config = gw->config;

	gw->ports = calloc(config->n_ports + 1, sizeof(*gw->ports));
	if (!gw->ports)
		return host_error_set(out_error, ENOMEM, "ports: %m");
	for (size_t i = 0; i < config->n_ports; i++) {
		int result =
			attach(&gw->ports[gw->n_ports++], &config->ports[i], n_workers, out_error);

		if (result < 0)
			return result;
	}
	nodes_prefer(gw);
	nodes_check(gw, n_workers);
	return 0;
}

uint32_t ports_buffers(const struct gateway *gw)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < gw->n_ports; i++)
		n += port_buffers(gw->ports[i].port);
	return n;
}

uint16_t ports_frame_len(const struct gateway *gw)
{
	uint16_t largest = 0;

	for (unsigned i = 0; i < gw->n_ports; i++)
		largest = RTE_MAX(largest, port_facts(gw->ports[i].port)->mtu);
	return gw->n_ports ? (uint16_t)(largest + FRAME_OVERHEAD) : 0;
}

int ports_socket(const struct gateway *gw)
{
	return gw->n_ports ? port_facts(gw->ports[0].port)->socket_id : SOCKET_ID_ANY;
}

static int make_twin(struct gateway_port *port, unsigned n_workers, struct gateway *gw,
	struct host_error *out_error)
{
	const struct port_facts *facts = port_facts(port->port);
	int result = tap_open(port->config->name, facts->mac, n_workers, port->twin_fds,
		&port->ifindex, out_error);

	if (result < 0)
		return result;
	port->n_twin_fds = n_workers;
	return netlink_link_up(gw->netlink, port->ifindex, facts->mtu, out_error);
}

static int give_to_workers(
	struct gateway_port *port, struct gateway *gw, struct host_error *out_error)
{
	struct dataplane_port out = {
		.facts = port_facts(port->port),
		.locks = port->locks,
		.host_rate = port->config->host_rate,
		.has_twin = port->n_twin_fds > 0,
	};
	int result;

	memcpy(out.twin_fds, port->twin_fds, sizeof(out.twin_fds));
	result = dataplane_add_port(gw->dataplane, &out);
	return result < 0 ? fail(port, result, strerror(-result), out_error) : 0;
}

static int start_device(struct gateway_port *port, struct gateway *gw, struct host_error *out_error)
{
	const bool is_shared = port->config->mode == PORT_SHARED;
	char why[PORT_ERROR_MAX];
	int result = is_shared ? xdp_leftover_remove(port->ifindex, out_error) : 0;

	if (result < 0)
		return result;
	result = port_start(port->port, dataplane_pool(gw->dataplane), why);
	if (result < 0)
		return fail(port, result, why, out_error);
	return 0;
}

static int start(struct gateway_port *port, unsigned n_workers, struct gateway *gw,
	struct host_error *out_error)
{
	const uint8_t port_id = (uint8_t)(port - gw->ports);
	char text[PORT_ERROR_MAX];
	int result = 0;

	if (port->config->mode == PORT_OWN)
		result = make_twin(port, n_workers, gw, out_error);
	else
		port->ifindex = port_facts(port->port)->ifindex;
	if (result < 0)
		return result;
	result = start_device(port, gw, out_error);
	if (result < 0)
		return result;
	result = route_mirror_add_port(gw->mirror, port->ifindex, port_id);
	if (result < 0)
		return fail(port, result, strerror(-result), out_error);
	port->is_up = true; /* as a new TAP is */
	port_describe(port->port, text, sizeof(text));
	log_info("port %s: %s", port->config->name, text);
	return give_to_workers(port, gw, out_error);
}

int ports_start(struct gateway *gw, unsigned n_workers, struct host_error *out_error)
{
	for (unsigned i = 0; i < gw->n_ports; i++) {
		int result = start(&gw->ports[i], n_workers, gw, out_error);

		if (result < 0)
			return result;
	}
	ports_look(gw);
	return 0;
}

void ports_detach(struct gateway *gw)
{
	for (unsigned i = 0; i < gw->n_ports; i++) {
		port_detach(gw->ports[i].port);
		free(gw->ports[i].locks);
		tun_close(gw->ports[i].twin_fds, gw->ports[i].n_twin_fds);
	}
	free(gw->ports);
	gw->ports = NULL;
	gw->n_ports = 0;
}

/* Drivers on top of an interface of the kernel's say that there is always a link. */
static bool has_link(const struct gateway_port *port, struct gateway *gw)
{
	unsigned nic = port_facts(port->port)->ifindex;
	struct netlink_link link;
	struct host_error error;

	if (nic == 0)
		return port_is_up(port->port);
	return netlink_link_get(gw->netlink, nic, &link, &error) == 0 && link.is_running;
}

/* The program takes the datagrams of the interfaces on ports out of the NIC, and leaves all else to the kernel. */
int ports_take_listen_ports(const struct gateway *gw, struct host_error *out_error)
{
	uint16_t listen_ports[WG_INTERFACES_MAX];
	size_t n = 0;
	int result = 0;

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (interface_is_alive(&gw->interfaces[i])
			&& gw->interfaces[i].config->underlay == UNDERLAY_PORT)
			listen_ports[n++] = gw->interfaces[i].udp.port;
	for (unsigned i = 0; i < gw->n_ports && result == 0; i++)
		if (gw->ports[i].config->mode == PORT_SHARED)
			result = xdp_listen_ports_set(
				gw->ports[i].ifindex, listen_ports, n, out_error);
	return result;
}

void ports_look(struct gateway *gw)
{
	for (unsigned i = 0; i < gw->n_ports; i++) {
		struct gateway_port *port = &gw->ports[i];
		bool is_up = has_link(port, gw);

		if (is_up == port->is_up)
			continue;
		port->is_up = is_up;
		log_info("port %s: link %s", port->config->name, is_up ? "up" : "down");
		if (port->n_twin_fds)
			tap_set_carrier(port->twin_fds[0], is_up);
	}
}

bool ports_take_link(struct gateway *gw, const struct netlink_link *link)
{
	for (unsigned i = 0; i < gw->n_ports; i++) {
		struct gateway_port *port = &gw->ports[i];

		if (port->ifindex != link->ifindex)
			continue;
		if (link->is_gone) {
			log_info("%s was %s: stopping", port->config->name,
				link->is_moved ? "moved to another namespace" : "deleted");
			gw->is_stopping = true;
			return true;
		}
		if (!port_set_mtu(port->port, link->mtu))
			log_warning("port %s: started with an MTU of %u, which stays the largest; "
				    "for %u set mtu in gw.conf and start again",
				port->config->name, port_facts(port->port)->mtu, link->mtu);
		routes_touch(gw->routes);
		return true;
	}
	return false;
}
