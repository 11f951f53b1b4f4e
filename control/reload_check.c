/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "reload_check.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define RESTART "; nothing was changed: take it back, or restart wg-dpdk"

const struct interface_config *reload_find(const struct gw_config *config, const char *name)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (strcmp(config->interfaces[i].name, name) == 0)
			return &config->interfaces[i];
	return NULL;
}

static int refuse(const char *owner, const char *key, struct host_error *out_error)
{
	return host_error_set(out_error, EOPNOTSUPP, "%s%s%s cannot change while it runs" RESTART,
		owner, *owner ? ": " : "", key);
}

static bool has_same_addresses(const struct interface_config *a, const struct interface_config *b)
{
	bool is_same = a->n_addresses == b->n_addresses;

	for (size_t i = 0; is_same && i < a->n_addresses; i++)
		is_same = a->addresses[i].len == b->addresses[i].len
			&& ip_addr_equal(&a->addresses[i].addr, &b->addresses[i].addr);
	return is_same;
}

/* The key that differs, or NULL. */
static const char *interface_difference(
	const struct interface_config *a, const struct interface_config *b)
{
	if (a->mtu != b->mtu)
		return "mtu";
	if (a->route_mode != b->route_mode || a->route_table != b->route_table)
		return "table";
	if (!has_same_addresses(a, b))
		return "addresses";
	if (a->underlay != b->underlay)
		return "underlay";
	if (strcmp(a->netns, b->netns) != 0)
		return "netns";
	if (a->is_mss_clamped != b->is_mss_clamped)
		return "mss_clamp";
	return a->is_dscp_copied != b->is_dscp_copied ? "dscp" : NULL;
}

static bool is_same_port(const struct port_config *a, const struct port_config *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->device, b->device) == 0
		&& a->mode == b->mode && a->queues == b->queues && a->mtu == b->mtu
		&& a->rx_descriptors == b->rx_descriptors && a->tx_descriptors == b->tx_descriptors
		&& a->host_rate == b->host_rate && a->is_promiscuous == b->is_promiscuous;
}

static const char *gateway_difference(const struct gw_config *a, const struct gw_config *b)
{
	if (strcmp(a->crypto, b->crypto) != 0)
		return "crypto";
	if (a->idle_spin_us != b->idle_spin_us)
		return "idle_spin_us";
	if (a->mbufs != b->mbufs)
		return "mbufs";
	if (a->handshake_lcores != b->handshake_lcores)
		return "handshake_lcores";
	if (a->is_offloaded != b->is_offloaded)
		return "offload";
	if (!endpoint_equal(&a->metrics, &b->metrics))
		return "metrics";
	if (a->has_peer_metrics != b->has_peer_metrics)
		return "metrics_peers";
	if (a->n_ports != b->n_ports)
		return "ports";
	for (size_t i = 0; i < a->n_ports; i++)
		if (!is_same_port(&a->ports[i], &b->ports[i]))
			return "ports";
	return NULL;
}

int reload_check_gateway(
	const struct gw_config *config, const struct gw_config *fresh, struct host_error *out_error)
{
	const char *key = gateway_difference(config, fresh);

	return key ? refuse("", key, out_error) : 0;
}

int reload_check_interface(const struct interface_config *config,
	const struct interface_config *fresh, struct host_error *out_error)
{
	const char *key = interface_difference(config, fresh);

	return key ? refuse(config->name, key, out_error) : 0;
}

int reload_refuse(const char *name, const char *why, struct host_error *out_error)
{
	return host_error_set(out_error, EOPNOTSUPP, "%s %s" RESTART, name, why);
}
