/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "worker.h"

#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "decap.h"
#include "encap.h"
#include "io/tun_link.h"
#include "io/udp_link.h"
#include "mailbox.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

static void send_outer(
	struct worker *w, const struct worker_link *link, struct rte_mbuf **mbufs, unsigned n)
{
	if (n)
		udp_link_send(link->udp, &w->pipeline.drops, mbufs, n);
}

/* From the network to the host. */
static unsigned poll_outer(struct worker *w, const struct worker_link *link)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST];
	unsigned n = udp_link_receive(link->udp, &w->pipeline.drops, in);
	unsigned n_out = n ? decap_burst(&w->pipeline, link->iface, in, n, out) : 0;

	if (n_out)
		tun_link_send(link->tun, &w->pipeline.drops, out, n_out);
	return n;
}

static void tell_gone(struct worker *w, struct worker_link *link)
{
	const struct event event = {.type = EVENT_TUN_GONE, .id = link->iface->iface_id};

	if (!link->is_gone_posted)
		link->is_gone_posted = mailbox_post(w->pipeline.mailboxes[MAILBOX_FACTS], &event);
}

/* From the host to the network. */
static unsigned poll_inner(struct worker *w, struct worker_link *link)
{
	struct rte_mbuf *in[PACKET_BURST], *out[PACKET_BURST];
	unsigned n = tun_link_receive(link->tun, &w->pipeline.drops, in);

	if (tun_link_is_gone(link->tun))
		tell_gone(w, link);
	if (n)
		send_outer(w, link, out, encap_burst(&w->pipeline, link->iface, in, n, out));
	return n;
}

static void carry_out(
	struct worker *w, uint8_t iface_id, uint8_t kind, struct rte_mbuf **mbufs, unsigned n)
{
	const struct worker_link *link = &w->links[iface_id];
	struct rte_mbuf *sealed[PACKET_BURST];

	switch (kind) {
	case PACKET_DATAGRAM:
		send_outer(w, link, mbufs, n);
		break;
	case PACKET_INNER:
		send_outer(w, link, sealed, encap_routed(&w->pipeline, mbufs, n, sealed));
		break;
	case PACKET_HOST:
		tun_link_send(link->tun, &w->pipeline.drops, mbufs, n);
		break;
	}
}

/* From control: what had to wait for a session in either direction, keepalives and handshake messages. */
static unsigned poll_inbox(struct worker *w)
{
	struct rte_mbuf *in[PACKET_BURST];
	unsigned n =
		rte_ring_sc_dequeue_burst_elem(w->inbox, in, sizeof(in[0]), PACKET_BURST, NULL);

	for (unsigned i = 0, len; i < n; i += len) {
		const struct packet first = *packet_of(in[i]);

		for (len = 1; i + len < n; len++)
			if (packet_of(in[i + len])->iface_id != first.iface_id
				|| packet_of(in[i + len])->kind != first.kind)
				break;
		carry_out(w, first.iface_id, first.kind, in + i, len);
	}
	return n;
}

/* Sleeps until a socket, the TUN or control has something; see base/wake.h for the order. */
static void rest(struct worker *w)
{
	struct epoll_event events[8];
	uint64_t count;

	wake_set_sleeping(&w->wake, true);
	rcu_offline(w->rcu, w->reader_id);
	if (rte_ring_empty(w->inbox)
		&& !atomic_load_explicit(&w->is_stopping, memory_order_relaxed))
		(void)epoll_wait(w->epoll_fd, events, RTE_DIM(events), -1);
	rcu_online(w->rcu, w->reader_id);
	wake_set_sleeping(&w->wake, false);
	(void)!read(
		w->wake.fd, &count, sizeof(count)); /* empty or not, it is not readable any more */
}

int worker_run(void *arg)
{
	struct worker *w = arg;
	uint64_t busy_ns = clock_read();

	rcu_online(w->rcu, w->reader_id);
	while (!atomic_load_explicit(&w->is_stopping, memory_order_relaxed)) {
		unsigned n;

		w->pipeline.now_ns = clock_read();
		n = poll_inbox(w);
		for (unsigned i = 0; i < w->n_links; i++) {
			n += poll_outer(w, &w->links[i]);
			n += poll_inner(w, &w->links[i]);
		}
		rcu_quiescent(w->rcu, w->reader_id);

		if (n) {
			counter_add(&w->n_packets, n);
			busy_ns = w->pipeline.now_ns;
		} else if (clock_has_passed(w->pipeline.now_ns, busy_ns, w->idle_spin_ns)) {
			rest(w);
			busy_ns = clock_read();
		} else {
			rte_pause();
		}
	}
	rcu_offline(w->rcu, w->reader_id);
	return 0;
}
