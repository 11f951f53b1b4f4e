/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/udp_link.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "io/udp_inbound.h"
#include "io/udp_outbound.h"

struct udp_link {
	int fds[2];    /* IPv4, IPv6; -1: not there */
	unsigned next; /* which of the two is asked first */
	struct udp_inbound in;
	struct udp_outbound out;
};

/* Was the socket opened to join datagrams? A kernel that does so can cut messages, too. */
static bool has_gro(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return fd >= 0 && getsockopt(fd, IPPROTO_UDP, UDP_GRO, &value, &len) == 0 && value;
}

struct udp_link *udp_link_create(int fd4, int fd6, struct rte_mempool *pool)
{
	struct udp_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->fds[0] = fd4;
	link->fds[1] = fd6;
	link->out.is_joined = has_gro(fd4) || has_gro(fd6);
	if (!udp_inbound_init(&link->in, pool, link->out.is_joined)) {
		free(link);
		return NULL;
	}
	return link;
}

void udp_link_destroy(struct udp_link *link)
{
	if (!link)
		return;
	udp_inbound_fini(&link->in);
	free(link);
}

bool udp_link_is_refused(const struct udp_link *link)
{
	return link->out.n_apart > 0;
}

unsigned udp_link_receive(struct udp_link *link, struct drops *drops, struct rte_mbuf **out)
{
	unsigned n = udp_inbound_take(&link->in, drops, out, PACKET_BURST);

	link->next ^= 1;
	for (unsigned i = 0; i < 2; i++) {
		int fd = link->fds[link->next ^ i];

		if (fd >= 0 && n < PACKET_BURST)
			n += udp_inbound_receive(&link->in, fd, drops, out + n, PACKET_BURST - n);
	}
	return n;
}

void udp_link_send(struct udp_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n)
{
	struct rte_mbuf *alike[PACKET_BURST];

	/* One pass per family: the sockets are two, the text is one. */
	for (unsigned i = 0; i < 2; i++) {
		sa_family_t family = i == 0 ? AF_INET : AF_INET6;
		unsigned n_alike = 0;

		for (unsigned k = 0; k < n; k++)
			if (packet_destination(packet_of(in[k]))->addr.family == family)
				alike[n_alike++] = in[k];
		if (n_alike)
			udp_outbound_send(&link->out, link->fds[i], drops, alike, n_alike);
	}
	rte_pktmbuf_free_bulk(in, n);
}
