/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "interfaces.h"

#include <string.h>

#include "config/config.h"
#include "ctl.h"
#include "dataplane.h"
#include "gateway.h"
#include "host/routing.h"
#include "interface.h"
#include "log.h"
#include "metrics.h"
#include "ports.h"
#include "protocol.h"
#include "route_mirror.h"
#include "settings.h"
#include "tables/rcu.h"
#include "uapi.h"

/* Each takes some microseconds, and others get their turn in between. */
#define PEERS_AT_A_TIME 1024

static uint8_t id_of(const struct gateway *gw, const struct interface *iface)
{
	return (uint8_t)(iface - gw->interfaces);
}

struct interface *interfaces_find(const struct gateway *gw, const char *name)
{
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (interface_is_alive(&gw->interfaces[i])
			&& strcmp(gw->interfaces[i].config->name, name) == 0)
			return &gw->interfaces[i];
	return NULL;
}

unsigned interfaces_count(const struct gateway *gw)
{
	unsigned n = 0;

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		n += interface_is_alive(&gw->interfaces[i]);
	return n;
}

struct interface *interfaces_take_place(struct gateway *gw)
{
	unsigned i = 0;

	while (i < WG_INTERFACES_MAX && gw->interfaces[i].gateway)
		i++;
	if (i == WG_INTERFACES_MAX)
		return NULL;
	if (i == gw->n_interfaces)
		gw->n_interfaces++;
	return &gw->interfaces[i];
}

/* In another namespace its number is another link's here. */
static bool is_mirrored(const struct gateway *gw, const struct interface *iface)
{
	return gw->mirror && !iface->netlink;
}

int interfaces_mirror(struct gateway *gw, struct interface *iface, struct host_error *out_error)
{
	int result = is_mirrored(gw, iface)
		? route_mirror_add_interface(gw->mirror, iface->ifindex, id_of(gw, iface))
		: 0;

	return result < 0
		? host_error_set(out_error, -result, "%s: routes: %m", iface->config->name)
		: 0;
}

int interfaces_open(struct gateway *gw, struct interface *iface, struct host_error *out_error)
{
	int result = interface_create(iface, id_of(gw, iface), gw->n_workers, gw, out_error);

	if (result < 0) {
		interface_destroy(iface);
		return result;
	}
	result = interfaces_mirror(gw, iface, out_error);
	if (result == 0)
		result = ports_take_listen_ports(gw, out_error);
	if (result == 0)
		result = uapi_add(gw->uapi, id_of(gw, iface), out_error);
	if (result < 0)
		interfaces_remove(gw, iface);
	return result;
}

/* The NICs that the kernel has, too, go on bringing its datagrams when that fails; workers drop them. */
static void give_listen_port_back(struct gateway *gw)
{
	struct host_error error;

	if (ports_take_listen_ports(gw, &error) < 0)
		log_warning("%s", error.line);
}

void interfaces_remove(struct gateway *gw, struct interface *iface)
{
	uapi_drop(gw->uapi, id_of(gw, iface));
	ctl_drop(gw->ctl, iface);
	metrics_drop(gw->metrics, iface);
	routing_remove(iface->plan, interface_netlink(iface));
	if (is_mirrored(gw, iface))
		route_mirror_drop_interface(gw->mirror, iface->ifindex);
	iface->is_leaving = true;
	iface->config = NULL;
	give_listen_port_back(gw);
}

void interfaces_lose(struct gateway *gw, struct interface *iface)
{
	bool is_last = interfaces_count(gw) == 1;

	log_info("%s was deleted: %s", iface->config->name,
		is_last ? "stopping" : "it ends, the others go on");
	gw->is_stopping |= is_last;
	if (!is_last)
		interfaces_remove(gw, iface);
}

/* true: gone. */
static bool leave(struct gateway *gw, struct interface *iface)
{
	if (iface->last_flush == 0) {
		if (!settings_remove_peers(gw, iface, PEERS_AT_A_TIME)
			|| (is_mirrored(gw, iface) && !route_mirror_is_settled(gw->mirror)))
			return false;
		dataplane_remove_interface(gw->dataplane, id_of(gw, iface));
		iface->last_flush = peer_book_ask_flush(&gw->peers);
	}
	if (!peer_book_is_flushed(&gw->peers, iface->last_flush) || iface->n_jobs > 0)
		return false;
	interface_destroy(iface);
	return true;
}

bool interfaces_sweep(struct gateway *gw)
{
	bool is_waiting = false;

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (gw->interfaces[i].is_leaving)
			is_waiting |= !leave(gw, &gw->interfaces[i]);
	return is_waiting;
}
