/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/port.h"

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "packet.h"

#define DESCRIPTORS_DEFAULT \
	1024 /* of a queue whose device has no preference: some 70 us of small packets at 10 Gbit/s */

struct port {
	struct port_setup setup;
	struct port_facts facts;
	struct rte_eth_conf conf;
	uint16_t n_rx_descriptors, n_tx_descriptors;
	uint16_t mtu_max; /* the device's and the packet buffers' */
	bool is_probed;   /* by us, so that we give it back */
	bool is_started;
};

printf_like(3, 4) static int fail(
	int error, char out_error[PORT_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out_error, PORT_ERROR_MAX, format, args);
	va_end(args);
	errno = error < 0 ? -error : error;
	return -errno;
}

/* A device is known by what stands before the first comma. */
static int find_ethdev(const char *device, uint16_t *out_id)
{
	char name[RTE_ETH_NAME_MAX_LEN];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, ","), device);
	return rte_eth_dev_get_port_by_name(name, out_id);
}

static int probe(struct port *port, char out_error[PORT_ERROR_MAX])
{
	const char *device = port->setup.device;
	int result;

	if (find_ethdev(device, &port->facts.ethdev_id) == 0)
		return 0; /* EAL's own options named it */
	result = rte_dev_probe(device);
	if (result < 0 && result != -EEXIST)
		return fail(result, out_error,
			"the device %s does not start: %s; is it there, free and bound to a driver of "
			"DPDK's (dpdk-devbind.py --status)? EAL's own lines above may say more",
			device, strerror(-result));
	if (find_ethdev(device, &port->facts.ethdev_id) < 0)
		return fail(ENODEV, out_error,
			"the device %s is no network device of DPDK's; see dpdk-devbind.py --status",
			device);
	port->is_probed = true; /* not before: until then ethdev_id is that of another port */
	return 0;
}

/*
 * These drivers have the queues that their arguments say, and fill all of them whether or not anybody listens; the
 * others spread packets over those that are set up.
 */
static bool has_fixed_queues(const struct rte_eth_dev_info *info)
{
	static const char *const drivers[] = {"net_af_", "net_pcap"};

	for (unsigned i = 0; i < RTE_DIM(drivers); i++)
		if (strncmp(info->driver_name, drivers[i], strlen(drivers[i])) == 0)
			return true;
	return false;
}

static void choose_queues(struct port *port, const struct rte_eth_dev_info *info)
{
	unsigned n_workers = port->setup.n_workers;
	unsigned wanted = port->setup.n_queues ? port->setup.n_queues : n_workers;

	if (has_fixed_queues(info)) {
		port->facts.n_rx_queues = info->max_rx_queues;
		port->facts.n_tx_queues = info->max_tx_queues;
		return;
	}
	port->facts.n_rx_queues = RTE_MIN((uint16_t)wanted, info->max_rx_queues);
	port->facts.n_tx_queues = RTE_MIN((uint16_t)n_workers, info->max_tx_queues);
}

/* Spread by the outer UDP flow of tunnels, and by the flow of inner packets that arrive in the clear. */
static void choose_rss(struct port *port, const struct rte_eth_dev_info *info)
{
	if (port->facts.n_rx_queues < 2 || info->flow_type_rss_offloads == 0)
		return;
	port->conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	port->conf.rx_adv_conf.rss_conf.rss_hf =
		(RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP) & info->flow_type_rss_offloads;
}

static void choose_offloads(struct port *port, const struct rte_eth_dev_info *info)
{
	const uint64_t rx = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
	const uint64_t tx = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;

	port->conf.rxmode.offloads = rx & info->rx_offload_capa;
	port->conf.txmode.offloads = tx & info->tx_offload_capa;
	port->facts.has_ipv4_checksum = port->conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	port->facts.has_udp_checksum = port->conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
}

static int configure(struct port *port, char out_error[PORT_ERROR_MAX])
{
	struct rte_eth_dev_info info;
	struct rte_ether_addr mac;
	uint16_t id = port->facts.ethdev_id;
	int result = rte_eth_dev_info_get(id, &info);

	if (result < 0 || (result = rte_eth_macaddr_get(id, &mac)) < 0)
		return fail(result, out_error, "the device tells nothing of itself: %s",
			strerror(-result));
	memcpy(port->facts.mac, mac.addr_bytes, sizeof(port->facts.mac));
	port->facts.ifindex = info.if_index;
	port->facts.socket_id = rte_eth_dev_socket_id(id);
	choose_queues(port, &info);
	snprintf(port->facts.driver, sizeof(port->facts.driver), "%s", info.driver_name);
	choose_rss(port, &info);
	choose_offloads(port, &info);
	result = rte_eth_dev_configure(
		id, port->facts.n_rx_queues, port->facts.n_tx_queues, &port->conf);
	if (result < 0)
		return fail(result, out_error, "%u receive and %u send queues: %s",
			port->facts.n_rx_queues, port->facts.n_tx_queues, strerror(-result));
	return 0;
}

static int choose_mtu(struct port *port, char out_error[PORT_ERROR_MAX])
{
	uint16_t id = port->facts.ethdev_id;
	int result = port->setup.mtu ? rte_eth_dev_set_mtu(id, port->setup.mtu) : 0;

	if (result < 0)
		return fail(result, out_error, "the device refuses an MTU of %u: %s",
			port->setup.mtu, strerror(-result));
	result = rte_eth_dev_get_mtu(id, &port->mtu_max);
	if (result < 0)
		return fail(result, out_error, "MTU: %s", strerror(-result));
	port->facts.mtu = port->mtu_max;
	return 0;
}

static int choose_descriptors(struct port *port, char out_error[PORT_ERROR_MAX])
{
	const struct port_setup *setup = &port->setup;
	int result;

	port->n_rx_descriptors =
		setup->n_rx_descriptors ? setup->n_rx_descriptors : DESCRIPTORS_DEFAULT;
	port->n_tx_descriptors =
		setup->n_tx_descriptors ? setup->n_tx_descriptors : DESCRIPTORS_DEFAULT;
	result = rte_eth_dev_adjust_nb_rx_tx_desc(
		port->facts.ethdev_id, &port->n_rx_descriptors, &port->n_tx_descriptors);
	return result < 0 ? fail(result, out_error, "descriptors: %s", strerror(-result)) : 0;
}

struct port *port_attach(const struct port_setup *setup, char out_error[PORT_ERROR_MAX])
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port) {
		fail(ENOMEM, out_error, "out of memory");
		return NULL;
	}
	port->setup = *setup;
	if (probe(port, out_error) < 0 || configure(port, out_error) < 0
		|| choose_mtu(port, out_error) < 0 || choose_descriptors(port, out_error) < 0) {
		int error = errno;

		port_detach(port);
		errno = error;
		return NULL;
	}
	return port;
}

static int setup_queues(struct port *port, struct rte_mempool *pool)
{
	uint16_t id = port->facts.ethdev_id;
	unsigned socket_id = (unsigned)port->facts.socket_id;
	int result = 0;

	for (uint16_t q = 0; q < port->facts.n_rx_queues && result == 0; q++)
		result = rte_eth_rx_queue_setup(
			id, q, port->n_rx_descriptors, socket_id, NULL, pool);
	for (uint16_t q = 0; q < port->facts.n_tx_queues && result == 0; q++)
		result = rte_eth_tx_queue_setup(id, q, port->n_tx_descriptors, socket_id, NULL);
	return result;
}

int port_start(struct port *port, struct rte_mempool *pool, char out_error[PORT_ERROR_MAX])
{
	uint16_t id = port->facts.ethdev_id;
	int result = setup_queues(port, pool);

	if (result < 0)
		return fail(result, out_error, "queues: %s", strerror(-result));
	result = rte_eth_dev_start(id);
	if (result < 0)
		return fail(result, out_error, "the device does not start: %s", strerror(-result));
	port->is_started = true;
	/* A device that cannot be told is what it is, as virtual ones are. */
	(void)(port->setup.is_promiscuous ? rte_eth_promiscuous_enable(id)
					  : rte_eth_promiscuous_disable(id));
	(void)rte_eth_allmulticast_enable(id); /* neighbour discovery; the kernel sorts it out */
	return 0;
}

void port_detach(struct port *port)
{
	struct rte_eth_dev_info info;

	if (!port)
		return;
	if (port->is_started)
		(void)rte_eth_dev_stop(port->facts.ethdev_id);
	if (port->is_probed && rte_eth_dev_info_get(port->facts.ethdev_id, &info) == 0) {
		(void)rte_eth_dev_close(port->facts.ethdev_id);
		(void)rte_dev_remove(info.device);
	}
	free(port);
}

const struct port_facts *port_facts(const struct port *port)
{
	return &port->facts;
}

bool port_set_mtu(struct port *port, uint32_t mtu)
{
	port->facts.mtu = (uint16_t)RTE_MIN(mtu, (uint32_t)port->mtu_max);
	return mtu <= port->mtu_max;
}

uint32_t port_buffers(const struct port *port)
{
	return (uint32_t)port->facts.n_rx_queues * port->n_rx_descriptors
		+ (uint32_t)port->facts.n_tx_queues * port->n_tx_descriptors;
}

bool port_is_up(const struct port *port)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(port->facts.ethdev_id, &link) == 0
		&& link.link_status == RTE_ETH_LINK_UP;
}

static const char *where(bool is_offloaded)
{
	return is_offloaded ? "device" : "software";
}

void port_describe(const struct port *port, char *out, size_t out_len)
{
	const struct port_facts *f = &port->facts;

	snprintf(out, out_len,
		"%s, %02x:%02x:%02x:%02x:%02x:%02x, MTU %u, %u receive and %u send queue%s, "
		"RSS %s, checksums IPv4 %s, UDP %s, %s",
		f->driver, f->mac[0], f->mac[1], f->mac[2], f->mac[3], f->mac[4], f->mac[5], f->mtu,
		f->n_rx_queues, f->n_tx_queues, f->n_tx_queues == 1 ? "" : "s",
		port->conf.rxmode.mq_mode == RTE_ETH_MQ_RX_RSS ? "on" : "off",
		where(f->has_ipv4_checksum), where(f->has_udp_checksum),
		port_is_up(port) ? "link up" : "link down");
}

void port_count(const struct port *port, struct port_counters *out)
{
	struct rte_eth_stats stats = {0};

	(void)rte_eth_stats_get(port->facts.ethdev_id, &stats);
	*out = (struct port_counters){.n_received = stats.ipackets,
		.n_sent = stats.opackets,
		.n_missed = stats.imissed + stats.rx_nombuf,
		.n_errors = stats.ierrors + stats.oerrors};
}
