/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "event_loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/config.h"
#include "ctl.h"
#include "dataplane.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "host/netlink.h"
#include "inbox.h"
#include "interface.h"
#include "interfaces.h"
#include "log.h"
#include "metrics.h"
#include "notify.h"
#include "peer.h"
#include "ports.h"
#include "protocol.h"
#include "publish.h"
#include "reload.h"
#include "report.h"
#include "route_mirror.h"
#include "schedule.h"
#include "tables/rcu.h"
#include "uapi.h"

#define TIMERS_AT_A_TIME 64

/* How often the ports' links are looked at. */
#define PORTS_LOOK_NS NSEC_PER_SEC

/* How soon to look again whether what was retired has become free. */
#define RECLAIM_AFTER_NS (10 * NSEC_PER_MSEC)

static sigset_t handled_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	return signals;
}

void event_loop_block_signals(void)
{
	sigset_t signals = handled_signals();

	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void handle_signal(struct gateway *gw, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1) {
		report_print(gw);
		return;
	}
	if (info.ssi_signo == SIGHUP) {
		reload_ask(gw->reload);
		return;
	}
	log_info("%s: stopping", strsignal((int)info.ssi_signo));
	gw->is_stopping = true;
}

/* Numbers of links are a namespace's own, and there is news of the gateway's only. */
static bool is_told_of(const struct interface *iface)
{
	return interface_is_alive(iface) && !iface->netlink;
}

/* The kernel's interface is the user's to change: follow its MTU, and its end. */
static void handle_link(void *context, const struct netlink_link *link)
{
	struct gateway *gw = context;

	if (ports_take_link(gw, link))
		return;
	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		struct interface *iface = &gw->interfaces[i];

		if (!is_told_of(iface) || iface->ifindex != link->ifindex)
			continue;
		iface->is_moved = link->is_moved;
		if (!link->is_gone)
			publish_mtu(iface->view, link->mtu);
		else if (!link->is_moved)
			interfaces_lose(gw, iface);
	}
}

/* News were lost: ask for the state itself. */
static void ask_link(struct gateway *gw, unsigned ifindex, bool is_moved)
{
	struct netlink_link link;
	struct host_error error;
	int result = netlink_link_get(gw->netlink, ifindex, &link, &error);

	if (result == -ENODEV)
		link = (struct netlink_link){
			.ifindex = ifindex, .is_gone = true, .is_moved = is_moved};
	if (result == 0 || result == -ENODEV)
		handle_link(gw, &link);
}

static void ask_links(struct gateway *gw)
{
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (is_told_of(&gw->interfaces[i]))
			ask_link(gw, gw->interfaces[i].ifindex, gw->interfaces[i].is_moved);
	for (unsigned i = 0; i < gw->n_ports; i++)
		ask_link(gw, gw->ports[i].ifindex, false);
}

static void handle_news(struct gateway *gw)
{
	if (netlink_watch_read(gw->watch_fd, handle_link, gw) == -ENOBUFS)
		ask_links(gw);
}

/* Without the kernel's routes the fast path would go on with what it knew last. */
static void follow_routes(struct gateway *gw)
{
	struct host_error error;

	if (route_mirror_read(gw->mirror, &error) == 0)
		return;
	log_error("%s; stopping", error.line);
	gw->is_stopping = true;
}

/* Workers make cookies with the secrets that there are. Without memory the old ones stay until the next time. */
static void renew_secrets(struct gateway *gw, uint64_t now_ns)
{
	if (now_ns < gw->secrets_due_ns)
		return;
	gw->secrets_due_ns = now_ns + WG_COOKIE_SECRET_NS;
	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		const struct interface *iface = &gw->interfaces[i];

		if (interface_is_alive(iface)
			&& !publish_checker(
				&gw->publisher, iface->view, noise_local_public_key(iface->noise)))
			gw->secrets_due_ns = now_ns + NSEC_PER_SEC;
	}
}

static void look_at_ports(struct gateway *gw, uint64_t now_ns)
{
	if (gw->n_ports == 0 || now_ns < gw->ports_look_ns)
		return;
	ports_look(gw);
	gw->ports_look_ns = now_ns + PORTS_LOOK_NS;
}

/* A handshake costs a tenth of a millisecond: when many are due, the workers' events get their turn in between. */
static void run_timers(struct gateway *gw, uint64_t now_ns)
{
	struct schedule_entry *entry;

	for (unsigned i = 0; i < TIMERS_AT_A_TIME && (entry = schedule_pop(gw->schedule, now_ns));
		i++)
		peer_act(gw, (struct peer *)entry, now_ns);
}

/* Milliseconds to sleep, rounded up so that nothing is looked at too early. */
static int sleep_ms(const struct gateway *gw, bool is_waiting, uint64_t now_ns)
{
	uint64_t due_ns = schedule_due_ns(gw->schedule), wait_ms;

	if (is_waiting && now_ns + RECLAIM_AFTER_NS < due_ns)
		due_ns = now_ns + RECLAIM_AFTER_NS;
	if (gw->secrets_due_ns < due_ns)
		due_ns = gw->secrets_due_ns;
	if (gw->n_ports && gw->ports_look_ns < due_ns)
		due_ns = gw->ports_look_ns;
	if (metrics_due_ns(gw->metrics) < due_ns)
		due_ns = metrics_due_ns(gw->metrics);
	wait_ms = due_ns > now_ns ? (due_ns - now_ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC : 0;
	return wait_ms < 60000 ? (int)wait_ms : 60000;
}

static void wait_for_events(struct gateway *gw, int epoll_fd, int signal_fd, int timeout_ms)
{
	struct epoll_event events[8];
	uint64_t count;
	int n = epoll_wait(epoll_fd, events, array_len(events),
		dataplane_may_sleep(gw->dataplane) ? timeout_ms : 0);

	dataplane_awake(gw->dataplane);
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == signal_fd)
			handle_signal(gw, signal_fd);
		else if (events[i].data.fd == gw->watch_fd)
			handle_news(gw);
		else if (events[i].data.fd == uapi_fd(gw->uapi))
			uapi_serve(gw->uapi, clock_read());
		else if (events[i].data.fd == ctl_fd(gw->ctl))
			ctl_serve(gw->ctl, clock_read());
		else if (gw->metrics && events[i].data.fd == metrics_fd(gw->metrics))
			metrics_serve(gw->metrics, clock_read());
		else if (events[i].data.fd == reload_fd(gw->reload))
			reload_take(gw->reload);
		else if (gw->mirror && events[i].data.fd == route_mirror_fd(gw->mirror))
			follow_routes(gw);
		else
			(void)!read(gw->wake_fd, &count, sizeof(count));
	}
}

static void loop(struct gateway *gw, int epoll_fd, int signal_fd)
{
	while (!gw->is_stopping) {
		uint64_t now_ns = clock_read();
		bool is_busy = inbox_drain(gw, now_ns) > 0, is_waiting;

		is_busy |= reload_go_on(gw->reload, now_ns);
		run_timers(gw, now_ns);
		renew_secrets(gw, now_ns);
		look_at_ports(gw, now_ns);
		if (now_ns >= metrics_due_ns(gw->metrics))
			metrics_serve(gw->metrics, now_ns);
		is_waiting = interfaces_sweep(gw);
		is_waiting |= peer_book_sweep(&gw->peers, gw->dataplane);
		is_waiting |= rcu_reclaim(gw->publisher.rcu) > 0;
		wait_for_events(
			gw, epoll_fd, signal_fd, is_busy ? 0 : sleep_ms(gw, is_waiting, now_ns));
	}
}

static bool watch(int epoll_fd, int fd)
{
	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd,
		       &(struct epoll_event){.events = EPOLLIN, .data.fd = fd})
		== 0;
}

bool event_loop_run(struct gateway *gw)
{
	sigset_t signals = handled_signals();
	int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	bool is_ready = watch(epoll_fd, signal_fd) && watch(epoll_fd, gw->watch_fd)
		&& watch(epoll_fd, gw->wake_fd) && watch(epoll_fd, uapi_fd(gw->uapi))
		&& watch(epoll_fd, ctl_fd(gw->ctl)) && watch(epoll_fd, reload_fd(gw->reload))
		&& (!gw->mirror || watch(epoll_fd, route_mirror_fd(gw->mirror)))
		&& (!gw->metrics || watch(epoll_fd, metrics_fd(gw->metrics)));

	if (is_ready)
		loop(gw, epoll_fd, signal_fd);
	else
		log_error("event loop: %s", strerror(errno));
	notify_stopping();
	close(epoll_fd);
	close(signal_fd);
	return is_ready;
}
