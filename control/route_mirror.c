/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "route_mirror.h"

#include "host/route_watch.h"
#include "neighbour_book.h"
#include "route_book.h"
#include "route_links.h"
#include "tables/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct route_mirror {
	struct routes *routes;
	struct route_watch *watch;
	struct route_links links;
	struct route_book *book;
	struct neighbour_book *neighbours;
	int epoll_fd; /* of the two: */
	int more_fd;  /* readable while there is something to do without news */
	bool is_more;
	bool is_started;
	uint64_t n_refused;
	uint64_t n_refused_before; /* the dump that an interface's release waits for */
};

static void ask_again(struct route_mirror *mirror)
{
	route_watch_ask(mirror->watch, WATCH_ROUTE);
	route_watch_ask(mirror->watch, WATCH_NEIGHBOUR);
}

/*
 * When a link goes, or comes, the kernel says nothing of the IPv4 routes that go with it, or of the hops that count again.
 * So the routes are dumped, if the link is one of theirs.
 */
static void take_link(struct route_mirror *mirror, const struct watch_event *event)
{
	if (event->is_removed ? route_links_remove(&mirror->links, event->link.ifindex)
			      : route_links_set(&mirror->links, &event->link))
		ask_again(mirror);
}

/*
 * The kernel sees nothing of what the fast path sends, and would take a neighbour for idle that is in use. So it is
 * told to ask him; it does so after five seconds, and then answers with news.
 */
static void take_neighbour(struct route_mirror *mirror, const struct watch_event *event)
{
	int rc = neighbour_book_take(mirror->neighbours, event);

	mirror->n_refused += rc < 0;
	if (rc == 1 && event->neighbour.is_stale)
		route_watch_probe(mirror->watch, event->neighbour.ifindex, &event->neighbour.addr);
}

static void dump_begun(struct route_mirror *mirror, const struct watch_event *event)
{
	if (event->dump.of == WATCH_LINK)
		route_links_dump_begun(&mirror->links);
	else if (event->dump.of == WATCH_ROUTE)
		route_book_dump_begun(mirror->book, event->family);
	else if (event->dump.of == WATCH_NEIGHBOUR)
		neighbour_book_dump_begun(mirror->neighbours, event->family);
}

static void dump_ended(struct route_mirror *mirror, const struct watch_event *event)
{
	const bool is_complete = event->dump.is_complete;

	if (event->dump.of == WATCH_ROUTE)
		route_book_dump_ended(mirror->book, event->family, is_complete);
	else if (event->dump.of == WATCH_NEIGHBOUR)
		neighbour_book_dump_ended(mirror->neighbours, event->family, is_complete);
	else if (event->dump.of == WATCH_LINK && is_complete
		&& route_links_dump_ended(&mirror->links))
		ask_again(mirror);
}

static void take_event(void *context, const struct watch_event *event)
{
	struct route_mirror *mirror = context;

	switch (event->kind) {
	case WATCH_LINK:
		take_link(mirror, event);
		break;
	case WATCH_FORWARDING:
		routes_set_forwarding(mirror->routes, event->family, event->is_forwarding);
		break;
	case WATCH_ROUTE:
		mirror->n_refused += route_book_take(mirror->book, event) != 0;
		break;
	case WATCH_NEIGHBOUR:
		take_neighbour(mirror, event);
		break;
	case WATCH_ADDRESS_GONE: /* of the routes that prefer it as their source older kernels say nothing */
		route_watch_ask(mirror->watch, WATCH_ROUTE);
		break;
	case WATCH_DUMP_BEGUN:
		dump_begun(mirror, event);
		break;
	case WATCH_DUMP_ENDED:
		dump_ended(mirror, event);
		break;
	}
}

static int open_fds(struct route_mirror *mirror, struct host_error *out_error)
{
	struct epoll_event event = {.events = EPOLLIN};

	mirror->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	mirror->more_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (mirror->epoll_fd < 0 || mirror->more_fd < 0
		|| epoll_ctl(mirror->epoll_fd, EPOLL_CTL_ADD, mirror->more_fd, &event) < 0
		|| epoll_ctl(mirror->epoll_fd, EPOLL_CTL_ADD, route_watch_fd(mirror->watch), &event)
			< 0)
		return host_error_set(out_error, errno, "the mirror of the kernel's routes: %m");
	return 0;
}

struct route_mirror *route_mirror_create(struct routes *routes, struct host_error *out_error)
{
	struct route_mirror *mirror = calloc(1, sizeof(*mirror));

	if (!mirror) {
		host_error_set(out_error, ENOMEM, "the mirror of the kernel's routes: %m");
		return NULL;
	}
	mirror->routes = routes;
	mirror->epoll_fd = mirror->more_fd = -1;
	mirror->book = route_book_create(routes, &mirror->links);
	mirror->neighbours = neighbour_book_create(routes, &mirror->links);
	if (!mirror->book || !mirror->neighbours)
		host_error_set(out_error, ENOMEM, "the mirror of the kernel's routes: %m");
	else
		mirror->watch = route_watch_open(take_event, mirror, out_error);
	if (!mirror->watch || open_fds(mirror, out_error) < 0) {
		route_mirror_destroy(mirror);
		return NULL;
	}
	return mirror;
}

void route_mirror_destroy(struct route_mirror *mirror)
{
	if (!mirror)
		return;
	if (mirror->epoll_fd >= 0)
		close(mirror->epoll_fd);
	if (mirror->more_fd >= 0)
		close(mirror->more_fd);
	route_watch_close(mirror->watch);
	neighbour_book_destroy(mirror->neighbours);
	route_book_destroy(mirror->book);
	route_links_fini(&mirror->links);
	free(mirror);
}

/* Keeps the descriptor readable while there is more to do. */
static void set_more(struct route_mirror *mirror)
{
	const bool is_more =
		route_book_is_sweeping(mirror->book) || route_watch_wants_read(mirror->watch);
	eventfd_t count;

	if (is_more && !mirror->is_more)
		(void)eventfd_write(mirror->more_fd, 1);
	else if (!is_more && mirror->is_more)
		(void)eventfd_read(mirror->more_fd, &count);
	mirror->is_more = is_more;
}

static int add_link(struct route_mirror *mirror, unsigned ifindex, enum hop_kind kind, uint8_t id)
{
	int rc = route_links_own(&mirror->links, ifindex, kind, id);

	if (rc == 0 && mirror->is_started) {
		ask_again(mirror);
		set_more(mirror);
	}
	return rc;
}

int route_mirror_add_port(struct route_mirror *mirror, unsigned ifindex, uint8_t port_id)
{
	return add_link(mirror, ifindex, HOP_PORT, port_id);
}

int route_mirror_add_interface(struct route_mirror *mirror, unsigned ifindex, uint8_t iface_id)
{
	return add_link(mirror, ifindex, HOP_INTERFACE, iface_id);
}

/* Its routes are published again with the next dump, and lead to the kernel. */
void route_mirror_drop_interface(struct route_mirror *mirror, unsigned ifindex)
{
	route_links_disown(&mirror->links, ifindex);
	mirror->n_refused_before = mirror->n_refused;
	ask_again(mirror);
	set_more(mirror);
}

/* What was refused for want of memory may be a route that still leads to an interface. */
bool route_mirror_is_settled(struct route_mirror *mirror)
{
	if (!route_watch_is_idle(mirror->watch) || route_book_is_sweeping(mirror->book))
		return false;
	if (mirror->n_refused == mirror->n_refused_before)
		return true;
	mirror->n_refused_before = mirror->n_refused;
	ask_again(mirror);
	set_more(mirror);
	return false;
}

/* The kernel answers at once, so nothing waits here for long. */
int route_mirror_start(struct route_mirror *mirror, struct host_error *out_error)
{
	struct epoll_event event;

	mirror->is_started = true;
	while (!route_watch_has_seen_all(mirror->watch) || route_book_is_sweeping(mirror->book)) {
		int rc = route_mirror_read(mirror, out_error);

		if (rc < 0)
			return rc;
		if (!route_watch_has_seen_all(mirror->watch)
			&& epoll_wait(mirror->epoll_fd, &event, 1, -1) < 0 && errno != EINTR)
			return host_error_set(out_error, errno, "the kernel's routes: %m");
	}
	return 0;
}

int route_mirror_fd(const struct route_mirror *mirror)
{
	return mirror->epoll_fd;
}

/* All of them, once for all news that were read at once: this is rare, and what was missed is made good. */
static void publish_vlans(struct route_mirror *mirror)
{
	struct route_links *links = &mirror->links;
	struct vlan_set vlans;

	if (!links->is_vlan_news)
		return;
	links->is_vlan_news = false;
	for (unsigned i = 0; i < links->n_own; i++) {
		if (links->own[i].kind != HOP_PORT)
			continue;
		route_links_vlans(links, links->own[i].ifindex, &vlans);
		routes_set_vlans(mirror->routes, links->own[i].id, &vlans);
	}
}

int route_mirror_read(struct route_mirror *mirror, struct host_error *out_error)
{
	int rc = 0;

	if (route_book_is_sweeping(mirror->book))
		mirror->n_refused += route_book_sweep(mirror->book) != 0;
	else
		rc = route_watch_read(mirror->watch, out_error);
	publish_vlans(mirror);
	set_more(mirror);
	return rc;
}

void route_mirror_get_stats(const struct route_mirror *mirror, struct route_mirror_stats *out)
{
	*out = (struct route_mirror_stats){
		.n_routes = route_book_count(mirror->book),
		.n_neighbours = neighbour_book_count(mirror->neighbours),
		.n_losses = route_watch_losses(mirror->watch),
		.n_refused = mirror->n_refused,
		.bytes = route_book_bytes(mirror->book),
	};
}
