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
#include "handshakes.h"
#include "io/port_link.h"
#include "io/tun_link.h"
#include "io/udp_link.h"
#include "mailbox.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

/*
 * With ports, how long the kernel's side may wait. One system call then asks for all of it: half a percent of the
 * worker's time.
 */
#define HOST_LOOK_NS (50 * NSEC_PER_USEC)

/* NULL: there is no such interface any more. Acquire: control has made it before. */
static struct worker_link *link_of(const struct worker *w, unsigned iface_id)
{
	return atomic_load_explicit(&w->links[iface_id], memory_order_acquire);
}

/* Whose drops are counted from now on, beside the worker's own; NULL: no interface's. One store for a burst. */
static void account_to(struct worker *w, struct worker_link *link)
{
	w->pipeline.drops.also = link ? &link->drops : NULL;
}

/* The same for packets whose interface was chosen before, by a route, a port or control; without it they are dropped. */
static struct worker_link *link_for(
	struct worker *w, unsigned iface_id, struct rte_mbuf **mbufs, unsigned n)
{
	struct worker_link *link = link_of(w, iface_id);

	account_to(w, link);
	for (unsigned i = 0; !link && i < n; i++)
		drop_packet(&w->pipeline.drops, DROP_INTERFACE_GONE, mbufs[i]);
	return link;
}

/* Acquire: control has made it before. */
static struct udp_link *udp_of(const struct worker_link *link)
{
	return atomic_load_explicit(&link->udp, memory_order_acquire);
}

static void send_outer(
	struct worker *w, const struct worker_link *link, struct rte_mbuf **mbufs, unsigned n)
{
	if (n && link->iface->is_on_ports)
		n = forward_datagrams(&w->pipeline, &w->forward, mbufs, n);
	if (n)
		udp_link_send(udp_of(link), &w->pipeline.drops, mbufs, n);
}

/* Senders whose packets were too big get to know by way of the kernel, which routes what it finds in the TUN. */
static void send_answers(struct worker *w, const struct worker_link *link)
{
	if (w->pipeline.n_answers)
		tun_link_send(
			link->tun, &w->pipeline.drops, w->pipeline.answers, w->pipeline.n_answers);
	w->pipeline.n_answers = 0;
}

/* Into a tunnel. */
static void encap(
	struct worker *w, const struct worker_link *link, struct rte_mbuf **mbufs, unsigned n)
{
	struct rte_mbuf *sealed[PACKET_BURST];

	send_outer(w, link, sealed, encap_burst(&w->pipeline, link->iface, mbufs, n, sealed));
	send_answers(w, link);
}

static bool is_alike(struct rte_mbuf *a, struct rte_mbuf *b)
{
	return packet_of(a)->kind == packet_of(b)->kind
		&& packet_of(a)->iface_id == packet_of(b)->iface_id;
}

/* Moves the packets that are like the first one to `out`; the others stay, in order. Returns how many moved. */
static unsigned take_alike(struct rte_mbuf **mbufs, unsigned *n, struct rte_mbuf **out)
{
	struct rte_mbuf *first = mbufs[0];
	unsigned n_out = 0, n_left = 0;

	for (unsigned i = 0; i < *n; i++) {
		if (is_alike(mbufs[i], first))
			out[n_out++] = mbufs[i];
		else
			mbufs[n_left++] = mbufs[i];
	}
	*n = n_left;
	return n_out;
}

/* Out of a tunnel: to the network behind a port, into another tunnel without leaving this worker, or to the host. */
static void deliver(struct worker *w, struct worker_link *link, struct rte_mbuf **mbufs, unsigned n)
{
	struct rte_mbuf *alike[PACKET_BURST];

	if (!link->iface->is_on_ports) {
		if (n)
			tun_link_send(link->tun, &w->pipeline.drops, mbufs, n);
		return;
	}
	n = forward_inner(&w->pipeline, &w->forward, mbufs, n);
	while (n) {
		unsigned n_alike = take_alike(mbufs, &n, alike);
		const struct packet *first = packet_of(alike[0]);
		const struct worker_link *next;

		if (first->kind != PACKET_INNER) {
			account_to(w, link);
			tun_link_send(link->tun, &w->pipeline.drops, alike, n_alike);
		} else if ((next = link_for(w, first->iface_id, alike, n_alike))) {
			encap(w, next, alike, n_alike);
		}
	}
}

/* What strangers make us send takes a share of the time, which is measured: sending alone may take more than the rest. */
static void serve_handshakes(struct worker *w, struct worker_link *link)
{
	struct rte_mbuf *mbufs[PACKET_BURST];
	uint64_t begin_ns;
	unsigned n;

	account_to(w, link); /* data of the same burst may have gone on into another tunnel */
	n = handshakes_judge(&w->pipeline, link->iface, mbufs);
	if (n == 0)
		return;
	begin_ns = clock_read();
	handshakes_answer(&w->pipeline, link->iface, mbufs, n);
	send_outer(w, link, mbufs, n);
	admission_note_answers(
		&w->pipeline.admission, n, begin_ns, clock_read(), w->pipeline.is_pressed);
}

static void decap(struct worker *w, struct worker_link *link, struct rte_mbuf **mbufs, unsigned n)
{
	struct rte_mbuf *inner[PACKET_BURST];

	deliver(w, link, inner, decap_burst(&w->pipeline, link->iface, mbufs, n, inner));
	if (w->pipeline.n_handshakes)
		serve_handshakes(w, link);
}

/* From the network to the host. */
static unsigned poll_outer(struct worker *w, struct worker_link *link)
{
	struct rte_mbuf *in[PACKET_BURST];
	unsigned n;

	account_to(w, link);
	n = udp_link_receive(udp_of(link), &w->pipeline.drops, in);

	w->pipeline.is_pressed = n == PACKET_BURST;
	if (n)
		decap(w, link, in, n);
	return n;
}

/* Once; when the mailbox is full, the next round tries again. */
static void tell_once(
	struct worker *w, const struct worker_link *link, enum event_type type, bool *is_told)
{
	const struct event event = {.type = type, .id = link->iface->iface_id};

	if (!*is_told)
		*is_told = mailbox_post(w->pipeline.mailboxes[MAILBOX_FACTS], &event);
}

/* From the host to the network. */
static unsigned poll_inner(struct worker *w, struct worker_link *link)
{
	struct rte_mbuf *in[PACKET_BURST];
	unsigned n;

	account_to(w, link);
	n = tun_link_receive(link->tun, &w->pipeline.drops, in);

	if (tun_link_is_gone(link->tun))
		tell_once(w, link, EVENT_TUN_GONE, &link->is_gone_posted);
	if (n)
		encap(w, link, in, n);
	if (udp_link_is_refused(udp_of(link)))
		tell_once(w, link, EVENT_CUT_REFUSED, &link->is_refusal_posted);
	return n;
}

unsigned worker_poll_port(struct worker *w, struct forward_port *port)
{
	struct rte_mbuf *in[PACKET_BURST], *alike[PACKET_BURST];
	unsigned n_in, n;

	account_to(w, NULL);
	n_in = port_link_receive(port->link, &w->pipeline.drops, in);
	n = n_in ? forward_sort(&w->pipeline, &w->forward, port, in, n_in) : 0;
	w->pipeline.is_pressed = n_in == PACKET_BURST;
	while (n) {
		unsigned n_alike = take_alike(in, &n, alike);
		const struct packet *first = packet_of(alike[0]);
		const uint8_t kind = first->kind;
		struct worker_link *link;

		if (kind == PACKET_FRAME) {
			account_to(w, NULL);
			forward_to_host(&w->pipeline, port, alike, n_alike);
		} else if (!(link = link_for(w, first->iface_id, alike, n_alike))) {
			continue;
		} else if (kind == PACKET_DATAGRAM) {
			decap(w, link, alike, n_alike);
		} else {
			encap(w, link, alike, n_alike);
		}
	}
	return n_in;
}

static void carry_out(
	struct worker *w, uint8_t iface_id, uint8_t kind, struct rte_mbuf **mbufs, unsigned n)
{
	struct worker_link *link = link_for(w, iface_id, mbufs, n);
	struct rte_mbuf *sealed[PACKET_BURST];

	if (!link)
		return;
	switch (kind) {
	case PACKET_DATAGRAM:
		send_outer(w, link, mbufs, n);
		break;
	case PACKET_INNER:
		send_outer(w, link, sealed, encap_routed(&w->pipeline, mbufs, n, sealed));
		send_answers(w, link);
		break;
	case PACKET_HOST:
		deliver(w, link, mbufs, n);
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

/* Is it time to ask the kernel's side, and has it something? */
static bool must_poll_host(struct worker *w)
{
	struct epoll_event event;

	if (w->forward.n_ports == 0)
		return true;
	if (!w->is_host_busy
		&& !clock_has_passed(w->pipeline.now_ns, w->host_looked_ns, HOST_LOOK_NS))
		return false;
	w->host_looked_ns = w->pipeline.now_ns;
	return epoll_wait(w->epoll_fd, &event, 1, 0) > 0;
}

static unsigned poll_host(struct worker *w)
{
	unsigned n = 0, n_links = atomic_load_explicit(&w->n_links, memory_order_relaxed);

	for (unsigned i = 0; i < n_links; i++) {
		struct worker_link *link = link_of(w, i);

		if (!link)
			continue;
		n += poll_outer(w, link);
		n += poll_inner(w, link);
	}
	account_to(w, NULL);
	for (unsigned i = 0; i < w->forward.n_ports; i++)
		n += forward_from_host(&w->pipeline, &w->forward.ports[i]);
	return n;
}

static unsigned poll_ports(struct worker *w)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->forward.n_ports; i++)
		n += worker_poll_port(w, &w->forward.ports[i]);
	return n;
}

/* What this round has for the wires; nothing waits for the next one. */
static void flush_ports(struct worker *w)
{
	account_to(w, NULL);
	for (unsigned i = 0; i < w->forward.n_ports; i++)
		port_link_flush(w->forward.ports[i].link, &w->pipeline.drops);
}

static unsigned poll_all(struct worker *w)
{
	unsigned n = poll_inbox(w) + poll_ports(w), n_host = 0;

	if (must_poll_host(w))
		n_host = poll_host(w);
	w->is_host_busy = n_host > 0;
	flush_ports(w);
	return n + n_host;
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
	uint64_t last_busy_ns = clock_read(), busy_since_ns = 0;

	rcu_online(w->rcu, w->reader_id);
	while (!atomic_load_explicit(&w->is_stopping, memory_order_relaxed)) {
		unsigned n;

		w->pipeline.now_ns = clock_read();
		/* A round's time is known when the next one begins. */
		if (busy_since_ns)
			counter_add(&w->busy_ns, w->pipeline.now_ns - busy_since_ns);
		busy_since_ns = 0;
		n = poll_all(w);
		rcu_quiescent(w->rcu, w->reader_id);
		counter_add(&w->n_polls, 1);

		if (n) {
			counter_add(&w->n_packets, n);
			last_busy_ns = busy_since_ns = w->pipeline.now_ns;
		} else if (w->forward.n_ports == 0
			&& clock_has_passed(w->pipeline.now_ns, last_busy_ns, w->idle_spin_ns)) {
			rest(w);
			last_busy_ns = clock_read();
		} else {
			rte_pause();
		}
	}
	rcu_offline(w->rcu, w->reader_id);
	return 0;
}
