/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "nodes.h"

#include <rte_lcore.h>
#include <rte_memory.h>

#include <numa.h>

#include "config/config.h"
#include "gateway.h"
#include "io/port.h"
#include "log.h"
#include "ports.h"

/* A machine with one node, or a virtual device, says that any will do. */
static bool is_elsewhere(int node, int home)
{
	return node != SOCKET_ID_ANY && home != SOCKET_ID_ANY && node != home;
}

void nodes_prefer(const struct gateway *gw)
{
	int home = ports_socket(gw);

	if (home != SOCKET_ID_ANY && numa_available() >= 0)
		numa_set_preferred(home);
}

static void check_ports(const struct gateway *gw, int home)
{
	for (unsigned i = 1; i < gw->n_ports; i++)
		if (is_elsewhere(port_facts(gw->ports[i].port)->socket_id, home))
			log_warning("port %s is on NUMA node %d, memory on %d beside port %s: its "
				    "packets cross nodes; a gateway for each node is faster",
				gw->ports[i].config->name, port_facts(gw->ports[i].port)->socket_id,
				home, gw->ports[0].config->name);
}

void nodes_check(const struct gateway *gw, unsigned n_workers)
{
	int home = ports_socket(gw);
	unsigned lcore, n = 0;

	check_ports(gw, home);
	RTE_LCORE_FOREACH_WORKER(lcore) {
		if (n++ < n_workers && is_elsewhere((int)rte_lcore_to_socket_id(lcore), home))
			log_warning("worker on lcore %u is on NUMA node %u, port %s on %d: choose "
				    "lcores of node %d (-l)",
				lcore, rte_lcore_to_socket_id(lcore), gw->ports[0].config->name,
				home, home);
	}
}
