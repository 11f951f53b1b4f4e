/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/tun_link.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "drops.h"
#include "io/mbuf_stock.h"
#include "io/tun_cut.h"
#include "io/tun_join.h"
#include "packet.h"
#include "wire.h"

#define PACKET_MAX (1 << 16) /* what an IP header can say, and one more */

struct tun_link {
	int fd;
	bool is_gone;
	bool has_header; /* in front of each packet: the kernel joins, and takes what is joined */
	bool takes_udp;  /* as far as is known */
	struct mbuf_stock stock;
	uint8_t *spill;     /* has_header: a packet that is longer than a buffer */
	struct tun_cut cut; /* of the packet in the spill, */
	unsigned n_cut;     /* ... of which so many segments were handed on */
	struct tun_join join;
};

/* Was it opened with IFF_VNET_HDR? */
static bool has_header(int fd)
{
	struct ifreq request = {.ifr_flags = 0};

	return ioctl(fd, TUNGETIFF, &request) == 0 && request.ifr_flags & IFF_VNET_HDR;
}

struct tun_link *tun_link_create(int fd, struct rte_mempool *pool)
{
	struct tun_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->fd = fd;
	link->stock.pool = pool;
	link->has_header = link->takes_udp = has_header(fd);
	link->spill = link->has_header ? malloc(PACKET_MAX) : NULL;
	if (link->has_header && !link->spill) {
		free(link);
		return NULL;
	}
	return link;
}

void tun_link_destroy(struct tun_link *link)
{
	if (!link)
		return;
	mbuf_stock_drain(&link->stock);
	free(link->spill);
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

/* Segments of the packet in the spill; returns how many. */
static unsigned take_segments(
	struct tun_link *link, struct drops *drops, struct rte_mbuf **out, unsigned room)
{
	unsigned n_left = link->cut.n - link->n_cut, n = RTE_MIN(n_left, room);

	if (n == 0)
		return 0;
	if (rte_pktmbuf_alloc_bulk(link->stock.pool, out, n) != 0) {
		drops_count(drops, DROP_NO_BUFFER, n_left);
		link->n_cut = link->cut.n;
		return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		uint16_t len = tun_cut_write(&link->cut, link->spill, link->n_cut++,
			rte_pktmbuf_mtod(out[i], uint8_t *));

		rte_pktmbuf_append(out[i], len);
	}
	return n;
}

/* A packet to be cut, of which the beginning is in `mbuf`. */
static void plan_segments(struct tun_link *link, struct drops *drops,
	const struct virtio_net_hdr *header, const struct rte_mbuf *mbuf, uint32_t len)
{
	uint16_t room = inner_room(mbuf);

	link->n_cut = 0;
	memcpy(link->spill, rte_pktmbuf_mtod(mbuf, const void *), RTE_MIN(room, len));
	if (!tun_cut_plan(&link->cut, header, link->spill, len)) {
		drops_count(drops, DROP_INNER_MALFORMED, 1);
		link->cut.n = 0;
	} else if ((uint32_t)link->cut.hdr_len + link->cut.piece_len >= room) {
		drops_count(drops, DROP_INNER_TOO_BIG, link->cut.n);
		link->cut.n = 0;
	}
}

/* Into `mbuf` and, what is longer, into the spill. Returns the length of the packet; 0 or less: there is none. */
static ssize_t read_packet(
	struct tun_link *link, struct rte_mbuf *mbuf, struct virtio_net_hdr *out_header)
{
	uint16_t room = inner_room(mbuf);
	uint8_t *data = rte_pktmbuf_mtod(mbuf, uint8_t *);
	ssize_t len;

	if (!link->has_header) {
		len = read(link->fd, data, room);
	} else {
		len = readv(link->fd,
			(struct iovec[]){{out_header, TUN_HEADER_LEN}, {data, room},
				{link->spill + room, (size_t)PACKET_MAX - room}},
			3);
		len = len < 0 ? len : len - (ssize_t)TUN_HEADER_LEN;
	}
	link->is_gone |= len < 0 && errno == EBADFD;
	return len;
}

/* What was read is a packet as it is; false: it is dropped. */
static bool take_whole(struct drops *drops, const struct virtio_net_hdr *header,
	struct rte_mbuf *mbuf, uint32_t len)
{
	if (len >= inner_room(mbuf)) { /* without a spill the kernel cuts it to the room there is */
		drop_packet(drops, DROP_INNER_TOO_BIG, mbuf);
		return false;
	}
	if (!tun_cut_complete(header, rte_pktmbuf_mtod(mbuf, uint8_t *), len)) {
		drop_packet(drops, DROP_INNER_MALFORMED, mbuf);
		return false;
	}
	rte_pktmbuf_append(mbuf, (uint16_t)len);
	return true;
}

unsigned tun_link_receive(struct tun_link *link, struct drops *drops, struct rte_mbuf **out)
{
	unsigned n_out = take_segments(link, drops, out, PACKET_BURST), n_used = 0;
	unsigned n = mbuf_stock_fill(&link->stock);

	while (n_used < n && n_out < PACKET_BURST) {
		struct rte_mbuf *mbuf = link->stock.mbufs[n_used];
		struct virtio_net_hdr header = {.flags = 0};
		ssize_t len = read_packet(link, mbuf, &header);

		if (len <= 0)
			break;
		if (tun_cut_is_due(&header)) {
			plan_segments(link, drops, &header, mbuf, (uint32_t)len);
			n_out += take_segments(link, drops, out + n_out, PACKET_BURST - n_out);
			continue;
		}
		n_used++;
		out[n_out] = mbuf;
		n_out += take_whole(drops, &header, mbuf, (uint32_t)len);
	}
	mbuf_stock_remove(&link->stock, n_used);
	return n_out;
}

static void write_single(struct tun_link *link, struct drops *drops, struct rte_mbuf *mbuf)
{
	static const struct virtio_net_hdr plain;
	struct iovec iovs[] = {{(void *)(uintptr_t)&plain, TUN_HEADER_LEN},
		{rte_pktmbuf_mtod(mbuf, void *), rte_pktmbuf_data_len(mbuf)}};
	int from = link->has_header ? 0 : 1;

	if (writev(link->fd, iovs + from, 2 - from) < 0)
		drops_count(drops, DROP_INNER_HOST, 1);
}

/* One packet of many: the first one's headers, and all payloads. Returns what writev does. */
static ssize_t write_joined(
	struct tun_link *link, const struct tun_train *train, struct rte_mbuf **mbufs)
{
	struct virtio_net_hdr header;
	struct iovec iovs[1 + PACKET_BURST] = {{&header, TUN_HEADER_LEN}};
	unsigned n = 1;

	tun_join_begin(train, mbufs, &header);
	for (uint8_t at = train->first;; at = link->join.next[at], n++) {
		uint16_t skipped = n == 1 ? 0 : train->hdr_len;

		iovs[n] = (struct iovec){rte_pktmbuf_mtod_offset(mbufs[at], void *, skipped),
			rte_pktmbuf_data_len(mbufs[at]) - skipped};
		if (at == train->last)
			break;
	}
	return writev(link->fd, iovs, (int)n + 1);
}

static void write_apart(struct tun_link *link, struct drops *drops, const struct tun_train *train,
	struct rte_mbuf **mbufs)
{
	for (uint8_t at = train->first;; at = link->join.next[at]) {
		write_single(link, drops, mbufs[at]);
		if (at == train->last)
			break;
	}
}

static void write_train(struct tun_link *link, struct drops *drops, const struct tun_train *train,
	struct rte_mbuf **mbufs)
{
	uint8_t *data = rte_pktmbuf_mtod(mbufs[train->first], uint8_t *);
	uint8_t headers[TUN_JOIN_HEADERS_MAX];

	if (train->n == 1) {
		write_single(link, drops, mbufs[train->first]);
		return;
	}
	memcpy(headers, data, train->hdr_len);
	if (write_joined(link, train, mbufs) >= 0)
		return;
	if (errno != EINVAL) {
		drops_count(drops, DROP_INNER_HOST, train->n);
		return;
	}
	/* The kernel does not know this kind of joining, as before Linux 6.2 that of UDP. */
	link->takes_udp &= train->protocol != IPPROTO_UDP;
	memcpy(data, headers, train->hdr_len);
	write_apart(link, drops, train, mbufs);
}

void tun_link_send(struct tun_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n)
{
	if (link->has_header && n > 1) {
		tun_join_burst(&link->join, in, n, link->takes_udp);
		for (unsigned i = 0; i < link->join.n; i++)
			write_train(link, drops, &link->join.trains[i], in);
	} else {
		for (unsigned i = 0; i < n; i++)
			write_single(link, drops, in[i]);
	}
	rte_pktmbuf_free_bulk(in, n);
}
