/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/udp_link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "drops.h"
#include "io/mbuf_stock.h"
#include "io/udp_details.h"
#include "packet.h"

/* Longest wait for room in a full socket buffer, per burst: longer than a link needs to drain some packets. */
#define SEND_WAIT_MS 2

struct udp_link {
	int fds[2];    /* IPv4, IPv6; -1: not there */
	unsigned next; /* which of the two is asked first */
	struct mbuf_stock stock;
	struct mmsghdr msgs[PACKET_BURST];
	struct iovec iovs[PACKET_BURST];
	struct sockaddr_storage names[PACKET_BURST];
	struct udp_details details[PACKET_BURST];
};

struct udp_link *udp_link_create(int fd4, int fd6, struct rte_mempool *pool)
{
	struct udp_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->fds[0] = fd4;
	link->fds[1] = fd6;
	link->stock.pool = pool;
	for (unsigned i = 0; i < PACKET_BURST; i++)
		link->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &link->names[i], .msg_iov = &link->iovs[i], .msg_iovlen = 1};
	return link;
}

void udp_link_destroy(struct udp_link *link)
{
	if (!link)
		return;
	mbuf_stock_drain(&link->stock);
	free(link);
}

/* Takes the datagrams that recvmmsg wrote into the first `n` mbufs of the stock. */
static unsigned take(struct udp_link *link, struct drops *drops, unsigned n, struct rte_mbuf **out)
{
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = link->stock.mbufs[i];

		if (link->msgs[i].msg_hdr.msg_flags & MSG_TRUNC) {
			drop_packet(drops, DROP_OUTER_TOO_BIG, mbuf);
			continue;
		}
		rte_pktmbuf_append(mbuf, (uint16_t)link->msgs[i].msg_len);
		packet_of(mbuf)->kind = PACKET_DATAGRAM;
		packet_of(mbuf)->to = NULL; /* an answer to it goes where it came from */
		endpoint_from_sockaddr(&packet_of(mbuf)->outer, &link->names[i]);
		udp_details_read(&link->msgs[i].msg_hdr, packet_of(mbuf));
		out[n_out++] = mbuf;
	}
	mbuf_stock_remove(&link->stock, n);
	return n_out;
}

static unsigned receive_from(
	struct udp_link *link, int fd, struct drops *drops, struct rte_mbuf **out, unsigned room)
{
	unsigned n = mbuf_stock_fill(&link->stock);
	int n_received;

	n = RTE_MIN(n, room);
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = link->stock.mbufs[i];

		link->iovs[i] = (struct iovec){rte_pktmbuf_mtod(mbuf, void *), packet_room(mbuf)};
		link->msgs[i].msg_hdr.msg_namelen = sizeof(link->names[i]);
		udp_details_expect(&link->msgs[i].msg_hdr, &link->details[i]);
	}
	n_received = recvmmsg(fd, link->msgs, n, MSG_DONTWAIT, NULL);
	return n_received > 0 ? take(link, drops, (unsigned)n_received, out) : 0;
}

unsigned udp_link_receive(struct udp_link *link, struct drops *drops, struct rte_mbuf **out)
{
	unsigned n = 0;

	link->next ^= 1;
	for (unsigned i = 0; i < 2; i++) {
		int fd = link->fds[link->next ^ i];

		if (fd >= 0 && n < PACKET_BURST)
			n += receive_from(link, fd, drops, out + n, PACKET_BURST - n);
	}
	return n;
}

/* Sends the prepared messages; one that the kernel refuses is counted and left out. */
static void send_prepared(struct udp_link *link, int fd, struct drops *drops, unsigned n)
{
	unsigned sent = 0, waits = 0;

	while (sent < n) {
		int result = fd < 0 ? -1 : sendmmsg(fd, link->msgs + sent, n - sent, MSG_DONTWAIT);
		bool is_full = result < 0 && fd >= 0 && (errno == EAGAIN || errno == ENOBUFS);

		if (result > 0) {
			sent += (unsigned)result;
		} else if (is_full && waits++ == 0) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, SEND_WAIT_MS);
		} else if (is_full) {
			drops_count(drops, DROP_OUTER_SEND_FAILED, n - sent);
			return;
		} else if (fd < 0 || !udp_details_forget_local(&link->msgs[sent].msg_hdr)) {
			/* Our address may be gone, so it was tried without: the host knows others. */
			drops_count(drops, DROP_OUTER_SEND_FAILED, 1);
			sent++;
		}
	}
}

void udp_link_send(struct udp_link *link, struct drops *drops, struct rte_mbuf **in, unsigned n)
{
	/* One pass per family: the sockets are two, the text is one. */
	for (unsigned i = 0; i < 2; i++) {
		sa_family_t family = i == 0 ? AF_INET : AF_INET6;
		unsigned n_msgs = 0;

		for (unsigned k = 0; k < n; k++) {
			const struct endpoint *to = packet_destination(packet_of(in[k]));

			if (to->addr.family != family)
				continue;
			link->iovs[n_msgs] = (struct iovec){
				rte_pktmbuf_mtod(in[k], void *), rte_pktmbuf_data_len(in[k])};
			link->msgs[n_msgs].msg_hdr.msg_namelen =
				endpoint_to_sockaddr(to, &link->names[n_msgs]);
			udp_details_write(&link->msgs[n_msgs].msg_hdr, &link->details[n_msgs],
				packet_of(in[k]));
			n_msgs++;
		}
		send_prepared(link, link->fds[i], drops, n_msgs);
	}
	rte_pktmbuf_free_bulk(in, n);
}
