/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "port_fixture.h"

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline_fixture.h"

static void must(bool is_done, const char *what)
{
	if (is_done)
		return;
	fprintf(stderr, "port fixture: %s\n", what);
	abort();
}

void port_fixture_start(
	struct port_fixture *p, unsigned number, uint16_t n_queues, unsigned n_workers)
{
	const uint8_t mac[6] = {2, 0x50, 0, 0, 0, (uint8_t)(number + 1)};
	char error[PORT_ERROR_MAX] = "";
	struct port_setup setup = {
		.name = "test", .device = p->device, .n_workers = n_workers, .n_queues = n_queues};

	memset(p, 0, sizeof(*p));
	snprintf(p->device, sizeof(p->device), "net_ring%u", number);
	p->port = port_attach(&setup, error);
	must(p->port, error);
	must(port_start(p->port, fixture_pool(), error) == 0, error);
	p->facts = *port_facts(p->port);
	memcpy(p->facts.mac, mac, sizeof(mac));
	p->facts.mtu = PORT_FIXTURE_MTU;
	p->n_workers = n_workers;
	p->locks = port_send_locks_create();
	must(p->locks, "memory");
	p->link = port_fixture_link(p, 0);
}

void port_fixture_stop(struct port_fixture *p)
{
	port_link_destroy(p->link);
	free(p->locks);
	port_detach(p->port);
}

struct port_link *port_fixture_link(const struct port_fixture *p, unsigned worker_id)
{
	struct port_link *link = port_link_create(&p->facts, p->locks, 0, worker_id, p->n_workers);

	must(link, "memory");
	return link;
}

/* By the name that the driver gives it. */
struct rte_ring *port_fixture_ring(const struct port_fixture *p, uint16_t queue)
{
	char name[64];
	struct rte_ring *ring;

	snprintf(name, sizeof(name), "ETH_RXTX%u_%s", queue, p->device);
	ring = rte_ring_lookup(name);
	must(ring, name);
	return ring;
}

struct rte_mbuf *port_fixture_take(const struct port_fixture *p, uint16_t queue)
{
	void *mbuf;

	return rte_ring_dequeue(port_fixture_ring(p, queue), &mbuf) == 0 ? mbuf : NULL;
}

unsigned port_fixture_drain(const struct port_fixture *p)
{
	struct rte_mbuf *mbuf;
	unsigned n = 0;

	for (uint16_t queue = 0; queue < p->facts.n_tx_queues; queue++)
		for (; (mbuf = port_fixture_take(p, queue)); n++)
			rte_pktmbuf_free(mbuf);
	return n;
}
