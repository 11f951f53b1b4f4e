/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/tun_link.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "drops.h"
#include "io/mbuf_stock.h"
#include "packet.h"
#include "wire.h"

struct tun_link {
	int fd;
	bool is_gone;
	struct mbuf_stock stock;
};

struct tun_link *tun_link_create(int fd, struct rte_mempool *pool)
{
	struct tun_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->fd = fd;
	link->stock.pool = pool;
	return link;
}

void tun_link_destroy(struct tun_link *link)
{
	if (!link)
		return;
	mbuf_stock_drain(&link->stock);
	free(link);
}

bool tun_link_is_gone(const struct tun_link *link)
{
	return link->is_gone;
}

/* Room for an inner packet, less what encapsulation puts behind it. */
static uint16_t inner_room(const struct rte_mbuf *mbuf)
{
	return (uint16_t)(packet_room(mbuf) - WG_PADDING - WG_TAG_LEN);
}

unsigned tun_link_receive(struct tun_link *link, struct drops *drops, struct rte_mbuf **out)
{
	unsigned n = mbuf_stock_fill(&link->stock), n_read = 0, n_out = 0;

	for (; n_read < n; n_read++) {
		struct rte_mbuf *mbuf = link->stock.mbufs[n_read];
		uint16_t room = inner_room(mbuf);
		ssize_t len = read(link->fd, rte_pktmbuf_mtod(mbuf, void *), room);

		if (len <= 0) {
			link->is_gone |= len < 0 && errno == EBADFD;
			break;
		}
		if (len == room) { /* the kernel cuts a longer packet to the room there is */
			drop_packet(drops, DROP_INNER_TOO_BIG, mbuf);
			continue;
		}
		rte_pktmbuf_append(mbuf, (uint16_t)len);
		out[n_out++] = mbuf;
	}
	mbuf_stock_remove(&link->stock, n_read);
	return n_out;
}

void tun_link_send(struct tun_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (write(link->fd, rte_pktmbuf_mtod(in[i], void *), rte_pktmbuf_data_len(in[i]))
			< 0)
			drops_count(drops, DROP_INNER_HOST, 1);
	rte_pktmbuf_free_bulk(in, n);
}
