/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "dataplane.h"

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "crypto/aead.h"
#include "flush.h"
#include "io/port_link.h"
#include "io/tun_link.h"
#include "io/udp_link.h"
#include "packet.h"
#include "protocol.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"
#include "worker.h"

#define INBOX_LEN 1024 /* packets from control to one worker: eight full stages */

/* How much of each kind one worker can tell before control has listened; powers of two. */
static const unsigned mailbox_lens[MAILBOX_KINDS] = {
	[MAILBOX_FACTS] = 1024,
	[MAILBOX_PACKETS] = 512, /* four full stages */
	[MAILBOX_PROVEN] = 512,
	[MAILBOX_HANDSHAKES] = 1024,
};

#define MBUFS_BASE 8192       /* staged packets and what the mailboxes hold */
#define MBUFS_PER_WORKER 4096 /* caches and bursts in flight */
#define MBUFS_PER_LINK (2 * PACKET_BURST)

struct dataplane {
	struct dataplane_config config;
	struct rte_mempool *pool;
	struct worker *workers; /* config.n_workers */
	struct drops control_drops;
	struct drops control_drops_of[WG_INTERFACES_MAX]; /* they are in control_drops, too */
	struct load load;
	struct flush flush;
	bool is_running;
	struct iface_view *ifaces[WG_INTERFACES_MAX];
	_Atomic uint8_t listen_ports[UINT16_MAX + 1]; /* see struct forward */
};

static int watch(struct worker *w, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	return fd < 0 || epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static int forward_init(struct forward *fw, const struct dataplane *dp)
{
	*fw = (struct forward){.routes = dp->config.routes,
		.ifaces = dp->ifaces,
		.listen_ports = dp->listen_ports};
	if (dp->config.n_ports == 0)
		return 0;
	fw->ports = calloc(dp->config.n_ports, sizeof(*fw->ports));
	return fw->ports ? 0 : -ENOMEM;
}

static int worker_init(struct worker *w, unsigned reader_id, struct dataplane *dp)
{
	const struct dataplane_config *cfg = &dp->config;
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "inbox-%u", reader_id);
	w->rcu = cfg->rcu;
	w->reader_id = reader_id;
	w->idle_spin_ns = cfg->idle_spin_ns;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	wake_init(&w->wake, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (w->epoll_fd < 0 || w->wake.fd < 0)
		return -errno;
	w->pipeline.indices = cfg->indices;
	w->pipeline.aead = aead_create(cfg->engine);
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++) {
		w->pipeline.mailboxes[kind] =
			mailbox_create(mailbox_lens[kind], cfg->control_wake_fd);
		if (!w->pipeline.mailboxes[kind])
			return -ENOMEM;
	}
	w->inbox = rte_ring_create(name, INBOX_LEN, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	if (!admission_init(&w->pipeline.admission, &dp->load, cfg->n_workers, cfg->random_bytes)
		|| !w->pipeline.aead || !w->inbox || forward_init(&w->forward, dp) < 0)
		return -ENOMEM;
	return watch(w, w->wake.fd);
}

static void destroy_link(void *object)
{
	struct worker_link *link = object;

	if (!link)
		return;
	udp_link_destroy(link->udp);
	tun_link_destroy(link->tun);
	free(link);
}

static void worker_fini(struct worker *w)
{
	void *mbuf;

	for (unsigned i = 0; i < WG_INTERFACES_MAX; i++)
		destroy_link(w->links[i]);
	for (unsigned i = 0; i < w->forward.n_ports; i++) {
		port_link_destroy(w->forward.ports[i].link);
		tun_link_destroy(w->forward.ports[i].twin);
	}
	free(w->forward.ports);
	while (w->inbox && rte_ring_dequeue(w->inbox, &mbuf) == 0)
		rte_pktmbuf_free(mbuf);
	rte_ring_free(w->inbox);
	aead_destroy(w->pipeline.aead);
	admission_fini(&w->pipeline.admission);
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		mailbox_destroy(w->pipeline.mailboxes[kind]);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->wake.fd >= 0)
		close(w->wake.fd);
}

static struct rte_mempool *create_pool(const struct dataplane_config *cfg)
{
	uint32_t n = cfg->n_mbufs ? cfg->n_mbufs
				  : MBUFS_BASE
			+ cfg->n_workers * (MBUFS_PER_WORKER + cfg->n_interfaces * MBUFS_PER_LINK);

	struct rte_mempool *pool =
		packet_pool_create(n + cfg->n_port_mbufs, cfg->frame_max_len, cfg->socket_id);

	/* Far memory is slow, and none is no gateway. */
	return pool ? pool
		    : packet_pool_create(n + cfg->n_port_mbufs, cfg->frame_max_len, SOCKET_ID_ANY);
}

struct dataplane *dataplane_create(const struct dataplane_config *config, const char **out_error)
{
	struct dataplane *dp = calloc(1, sizeof(*dp));
	int result = -ENOMEM;

	*out_error = "out of memory";
	if (!dp)
		return NULL;
	dp->config = *config;
	dp->workers = aligned_alloc(
		CACHE_LINE, RTE_ALIGN_CEIL(config->n_workers * sizeof(*dp->workers), CACHE_LINE));
	if (!dp->workers) {
		free(dp);
		return NULL;
	}
	memset(dp->workers, 0, config->n_workers * sizeof(*dp->workers));
	for (unsigned i = 0; i < config->n_workers; i++)
		dp->workers[i].epoll_fd = dp->workers[i].wake.fd = -1;

	dp->pool = create_pool(config);
	if (!dp->pool) {
		*out_error =
			"no memory for the packet buffers; set a smaller mbufs, or give more memory: "
			"free hugepages, or wg-dpdk --no-huge -m MEGABYTES -- -c FILE";
		goto fail;
	}
	flush_init(&dp->flush, config->rcu);
	for (unsigned i = 0; i < config->n_workers; i++) {
		result = worker_init(&dp->workers[i], i, dp);
		if (result < 0 && result != -ENOMEM)
			*out_error = strerror(-result);
		if (result < 0)
			goto fail;
		flush_add_worker(
			&dp->flush, dp->workers[i].inbox, dp->workers[i].pipeline.mailboxes);
	}
	return dp;
fail:
	dataplane_destroy(dp);
	errno = -result;
	return NULL;
}

void dataplane_destroy(struct dataplane *dp)
{
	if (!dp)
		return;
	for (unsigned i = 0; i < dp->config.n_workers; i++)
		worker_fini(&dp->workers[i]);
	rte_mempool_free(dp->pool);
	free(dp->workers);
	free(dp);
}

/* A link that wakes its worker. */
static int open_udp(
	struct dataplane *dp, unsigned worker, int fd4, int fd6, struct udp_link **out_link)
{
	struct worker *w = &dp->workers[worker];
	int result;

	*out_link = udp_link_create(fd4, fd6, dp->pool);
	if (!*out_link)
		return -ENOMEM;
	result = watch(w, fd4);
	if (result == 0)
		result = watch(w, fd6);
	if (result < 0)
		udp_link_destroy(*out_link);
	return result;
}

static int create_link(struct dataplane *dp, unsigned worker, struct iface_view *iface,
	const struct dataplane_link_fds *fds, struct worker_link **out)
{
	struct worker_link *link = calloc(1, sizeof(*link));
	struct udp_link *udp;
	int result;

	*out = link;
	if (!link)
		return -ENOMEM;
	link->iface = iface;
	link->tun = tun_link_create(fds->tun_fds[worker], dp->pool);
	if (!link->tun)
		return -ENOMEM;
	result = watch(&dp->workers[worker], fds->tun_fds[worker]);
	if (result == 0)
		result = open_udp(dp, worker, fds->udp4_fds[worker], fds->udp6_fds[worker], &udp);
	if (result == 0)
		atomic_init(&link->udp, udp);
	return result;
}

/* Links keep buffers ready to receive into. Half of what there is without any must stay for the packets on their way. */
static bool has_room(const struct dataplane *dp)
{
	unsigned n_links = 1, n_workers = dp->config.n_workers;

	for (unsigned i = 0; i < WG_INTERFACES_MAX; i++)
		n_links += dp->workers[0].links[i] != NULL;
	return n_links <= dp->config.n_interfaces
		|| dp->pool->size >= dp->config.n_port_mbufs
			+ (MBUFS_BASE + n_workers * MBUFS_PER_WORKER) / 2
			+ n_workers * n_links * MBUFS_PER_LINK;
}

int dataplane_add_interface(
	struct dataplane *dp, struct iface_view *iface, const struct dataplane_link_fds *fds)
{
	const unsigned id = iface->iface_id, n_workers = dp->config.n_workers;
	struct worker_link *links[DATAPLANE_WORKERS_MAX] = {NULL};
	int result = has_room(dp) ? 0 : -ENOBUFS;

	for (unsigned i = 0; i < n_workers && result == 0; i++)
		result = create_link(dp, i, iface, fds, &links[i]);
	if (result == 0) {
		dp->ifaces[id] = iface;
		dp->control_drops_of[id] = (struct drops){.also = &dp->control_drops};
	}
	for (unsigned i = 0; i < n_workers; i++) {
		struct worker *w = &dp->workers[i];

		if (result < 0) {
			destroy_link(links[i]);
			continue;
		}
		/* Release: the link is complete before its worker sees it. */
		atomic_store_explicit(&w->links[id], links[i], memory_order_release);
		if (w->n_links <= id)
			atomic_store_explicit(&w->n_links, id + 1, memory_order_relaxed);
	}
	return result;
}

static void forget_listen_port(struct dataplane *dp, uint8_t iface_id)
{
	uint16_t port =
		atomic_load_explicit(&dp->ifaces[iface_id]->listen_port, memory_order_relaxed);

	if (dp->listen_ports[port] == iface_id + 1)
		atomic_store_explicit(&dp->listen_ports[port], 0, memory_order_relaxed);
}

void dataplane_remove_interface(struct dataplane *dp, uint8_t iface_id)
{
	forget_listen_port(dp, iface_id);
	for (unsigned i = 0; i < dp->config.n_workers; i++) {
		struct worker_link *link = atomic_exchange_explicit(
			&dp->workers[i].links[iface_id], NULL, memory_order_relaxed);

		if (link)
			rcu_retire(dp->config.rcu, link, destroy_link);
	}
}

static void retire_udp(void *link)
{
	udp_link_destroy(link);
}

int dataplane_replace_sockets(
	struct dataplane *dp, uint8_t iface_id, const int udp4_fds[], const int udp6_fds[])
{
	struct udp_link *fresh[DATAPLANE_WORKERS_MAX];
	unsigned n;
	int result = 0;

	for (n = 0; n < dp->config.n_workers; n++) {
		result = open_udp(dp, n, udp4_fds[n], udp6_fds[n], &fresh[n]);
		if (result < 0)
			break;
	}
	for (unsigned i = 0; i < n; i++) {
		if (result < 0) {
			udp_link_destroy(fresh[i]);
			continue;
		}
		/* Release: the link is complete before its worker sees it. */
		rcu_retire(dp->config.rcu,
			atomic_exchange_explicit(&dp->workers[i].links[iface_id]->udp, fresh[i],
				memory_order_acq_rel),
			retire_udp);
	}
	return result;
}

void dataplane_set_listen_port(struct dataplane *dp, uint8_t iface_id, uint16_t port)
{
	struct iface_view *iface = dp->ifaces[iface_id];

	forget_listen_port(dp, iface_id);
	atomic_store_explicit(&iface->listen_port, port, memory_order_relaxed);
	if (!iface->is_on_ports)
		return;
	atomic_store_explicit(
		&dp->listen_ports[port], (uint8_t)(iface_id + 1), memory_order_relaxed);
}

struct rte_mempool *dataplane_pool(struct dataplane *dp)
{
	return dp->pool;
}

static int add_port_to(
	struct worker *w, const struct dataplane *dp, const struct dataplane_port *port)
{
	unsigned port_id = w->forward.n_ports++;
	struct forward_port *out = &w->forward.ports[port_id];

	*out = (struct forward_port){.facts = port->facts, .host_rate = port->host_rate};
	out->link = port_link_create(
		port->facts, port->locks, port_id, w->reader_id, dp->config.n_workers);
	if (!out->link)
		return -ENOMEM;
	if (!port->has_twin)
		return 0;
	out->twin = tun_link_create(port->twin_fds[w->reader_id], dp->pool);
	return out->twin ? watch(w, port->twin_fds[w->reader_id]) : -ENOMEM;
}

int dataplane_add_port(struct dataplane *dp, const struct dataplane_port *port)
{
	int result = 0;

	for (unsigned i = 0; i < dp->config.n_workers && result == 0; i++)
		result = add_port_to(&dp->workers[i], dp, port);
	return result;
}

int dataplane_start(struct dataplane *dp)
{
	unsigned lcore_id, i = 0;

	dp->is_running = true;
	RTE_LCORE_FOREACH_WORKER(lcore_id) {
		int result;

		if (i == dp->config.n_workers)
			break;
		dp->workers[i].lcore_id = lcore_id;
		result = rte_eal_remote_launch(worker_run, &dp->workers[i++], lcore_id);
		if (result < 0)
			return result;
	}
	return i == dp->config.n_workers ? 0 : -ENODEV;
}

void dataplane_stop(struct dataplane *dp)
{
	if (!dp->is_running)
		return;
	for (unsigned i = 0; i < dp->config.n_workers; i++) {
		atomic_store_explicit(&dp->workers[i].is_stopping, true, memory_order_relaxed);
		wake_up(&dp->workers[i].wake);
	}
	rte_eal_mp_wait_lcore();
	dp->is_running = false;
}

struct rte_mbuf *dataplane_alloc(struct dataplane *dp)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(dp->pool);

	if (mbuf)
		*packet_of(mbuf) = (struct packet){.kind = PACKET_DATAGRAM};
	return mbuf;
}

void dataplane_send(struct dataplane *dp, uint32_t hint, struct rte_mbuf **mbufs, unsigned n)
{
	struct worker *w = &dp->workers[hint % dp->config.n_workers];
	unsigned n_sent = rte_ring_sp_enqueue_burst(w->inbox, (void *const *)mbufs, n, NULL);

	for (unsigned i = n_sent; i < n; i++)
		drop_packet(dataplane_control_drops(dp, packet_of(mbufs[i])->iface_id),
			DROP_INBOX_FULL, mbufs[i]);
	wake_up(&w->wake);
}

/* The workers share the room evenly: one that is flooded does not keep the others from being heard. */
static unsigned drain_kind(
	struct dataplane *dp, enum mailbox_kind kind, struct event *out_events, unsigned n)
{
	unsigned n_events = 0, n_workers = dp->config.n_workers;

	for (unsigned i = 0; i < n_workers; i++)
		n_events += mailbox_drain(dp->workers[i].pipeline.mailboxes[kind],
			out_events + n_events, (n - n_events) / (n_workers - i));
	return n_events;
}

unsigned dataplane_drain(struct dataplane *dp, struct event *out_events, unsigned n)
{
	unsigned n_events = 0;

	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
		n_events += drain_kind(
			dp, kind, out_events + n_events, (n - n_events) / (MAILBOX_KINDS - kind));
	return n_events;
}

struct load *dataplane_load(struct dataplane *dp)
{
	return &dp->load;
}

unsigned dataplane_count_handshakes(const struct dataplane *dp, unsigned *out_room)
{
	static const enum mailbox_kind kinds[] = {MAILBOX_PROVEN, MAILBOX_HANDSHAKES};
	unsigned n_waiting = 0;

	*out_room = 0;
	for (unsigned i = 0; i < dp->config.n_workers * array_len(kinds); i++) {
		const struct worker *w = &dp->workers[i / array_len(kinds)];
		const struct mailbox *mailbox = w->pipeline.mailboxes[kinds[i % array_len(kinds)]];

		n_waiting += mailbox_count(mailbox);
		*out_room += mailbox_room(mailbox);
	}
	return n_waiting;
}

static void announce(struct dataplane *dp, bool is_sleeping)
{
	for (unsigned i = 0; i < dp->config.n_workers; i++)
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			mailbox_set_sleeping(dp->workers[i].pipeline.mailboxes[kind], is_sleeping);
}

bool dataplane_may_sleep(struct dataplane *dp)
{
	announce(dp, true);
	for (unsigned i = 0; i < dp->config.n_workers; i++)
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			if (!mailbox_is_empty(dp->workers[i].pipeline.mailboxes[kind]))
				return false;
	return true;
}

void dataplane_awake(struct dataplane *dp)
{
	announce(dp, false);
}

_Static_assert(FLUSH_WORKERS_MAX == DATAPLANE_WORKERS_MAX, "a flush knows every worker");

void dataplane_flush_begin(struct dataplane *dp)
{
	flush_begin(&dp->flush);
}

bool dataplane_flush_is_over(struct dataplane *dp)
{
	return flush_is_over(&dp->flush);
}

struct drops *dataplane_control_drops(struct dataplane *dp, uint8_t iface_id)
{
	return &dp->control_drops_of[iface_id];
}

void dataplane_count_buffers(const struct dataplane *dp, unsigned *out_total, unsigned *out_in_use)
{
	*out_total = dp->pool->size;
	*out_in_use = rte_mempool_in_use_count(dp->pool);
}

bool dataplane_count_work(const struct dataplane *dp, unsigned i, struct dataplane_work *out)
{
	const struct worker *w = &dp->workers[i];

	if (i >= dp->config.n_workers)
		return false;
	*out = (struct dataplane_work){
		.lcore_id = w->lcore_id,
		.n_packets = atomic_load_explicit(&w->n_packets, memory_order_relaxed),
		.n_polls = atomic_load_explicit(&w->n_polls, memory_order_relaxed),
		.busy_ns = atomic_load_explicit(&w->busy_ns, memory_order_relaxed),
	};
	return true;
}

static void add_drops(uint64_t n[DROP_N], const struct drops *drops)
{
	for (unsigned reason = 0; reason < DROP_N; reason++)
		n[reason] += atomic_load_explicit(&drops->n[reason], memory_order_relaxed);
}

void dataplane_sum_drops(const struct dataplane *dp, uint64_t out_n[DROP_N])
{
	memset(out_n, 0, DROP_N * sizeof(out_n[0]));
	add_drops(out_n, &dp->control_drops);
	for (unsigned i = 0; i < dp->config.n_workers; i++)
		add_drops(out_n, &dp->workers[i].pipeline.drops);
}

void dataplane_sum_interface_drops(
	const struct dataplane *dp, uint8_t iface_id, uint64_t out_n[DROP_N])
{
	memset(out_n, 0, DROP_N * sizeof(out_n[0]));
	add_drops(out_n, &dp->control_drops_of[iface_id]);
	for (unsigned i = 0; i < dp->config.n_workers; i++) {
		const struct worker_link *link = dp->workers[i].links[iface_id];

		if (link)
			add_drops(out_n, &link->drops);
	}
}
