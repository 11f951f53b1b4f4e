/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The books without a kernel: events in, what workers find out. */

#include "neighbour_book.h"
#include "route_book.h"
#include "route_links.h"
#include "tables/rcu.h"
#include "tables/routes.h"
#include "unit/failing_alloc.h"
#include "unit/route_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The kernel's links: 1 and 2 are ports 0 and 1, 3 is interface 5, 4 is none of ours, 7 is a VLAN link of 1, 8 one of 4. */
enum { PORT0 = 1, PORT1, IFACE5, OTHER, VLAN7 = 7, VLAN8 };

enum op {
	SET,      /* news of a route: prefix, metric, hops */
	REPLACE,  /* in place of the first one */
	BEHIND,   /* after those that are alike */
	GONE,     /* news: the route is removed */
	DUMPED,   /* the dump speaks of it */
	BEGIN,    /* a dump of the family of the address */
	END,      /* it is complete */
	BREAK_UP, /* it is not */
	LINK, /* the link of the first hop is up (metric 1) or down (0); the routes are not dumped for it */
	FIND, /* only look */
};

#define LOCAL_TABLE 0x80
#define DEAD 0x100

struct row {
	enum op op;
	const char *prefix;
	unsigned metric;
	uint8_t type; /* with LOCAL_TABLE */
	struct {
		unsigned ifindex; /* with DEAD */
		const char *gateway;
	} hops[3];
	const char *address; /* what workers find for it then; NULL: not asked */
	const char *way;
};

static const struct row rows[] = {
	/* 0: nothing but what is never sent on */
	{FIND, .address = "10.0.0.1", .way = "none"},
	{FIND, .address = "127.0.0.1", .way = "host"},
	{FIND, .address = "224.0.0.1", .way = "local"},
	{FIND, .address = "fe80::1", .way = "host"},
	{FIND, .address = "ff02::1", .way = "local"},
	/* 5: the links */
	{SET, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}}, "10.0.0.1", "port 0"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{IFACE5, "10.1.1.1"}}, "10.0.0.1",
		"interface 5"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{OTHER, "10.1.1.1"}}, "10.0.0.1", "host"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{VLAN7, "10.1.1.1"}}, "10.0.0.1",
		"port 0 vlan 7 via 10.1.1.1 mtu 1490"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{VLAN8, "10.1.1.1"}}, "10.0.0.1", "host"},
	/* 10: unknown links and ways that only the kernel has */
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{99, NULL}}, "10.0.0.1", "host"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{0, NULL}}, "10.0.0.1", "host"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_REFUSED, {{0, NULL}}, "10.0.0.1", "host"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_LOCAL, {{PORT0, NULL}}, "10.0.0.1", "local"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0 | DEAD, NULL}, {PORT1, "fe80::1"}},
		"10.0.0.1", "port 1 via fe80::1"},
	/* 15: a route of which every hop is dead does not count, and the next one does */
	{SET, "10.0.0.0/8", 7, WATCH_UNICAST, {{IFACE5, NULL}}, "10.0.0.1", "port 1 via fe80::1"},
	{REPLACE, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0 | DEAD, NULL}}, "10.0.0.1",
		"interface 5"},
	{GONE, "10.0.0.0/8", 7, WATCH_UNICAST, {{IFACE5, NULL}}, "10.0.0.1", "none"},
	{GONE, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0 | DEAD, NULL}}, "10.0.0.1", "none"},
	/* 19: local before main, whatever the metric; then the metric; then who was first */
	{SET, "10.0.0.1/32", 0, WATCH_UNICAST, {{PORT0, NULL}}, "10.0.0.1", "port 0"},
	{SET, "10.0.0.1/32", 9, WATCH_LOCAL | LOCAL_TABLE, {{OTHER, NULL}}, "10.0.0.1", "local"},
	{GONE, "10.0.0.1/32", 9, WATCH_LOCAL | LOCAL_TABLE, {{OTHER, NULL}}, "10.0.0.1", "port 0"},
	{BEHIND, "10.0.0.1/32", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.0.0.1", "port 0"},
	{SET, "10.0.0.1/32", 0, WATCH_UNICAST, {{IFACE5, NULL}}, "10.0.0.1", "interface 5"},
	{GONE, "10.0.0.1/32", 0, WATCH_UNICAST, {{IFACE5, NULL}}, "10.0.0.1", "port 0"},
	/* 25: IPv4 alternatives are told apart by all their hops */
	{GONE, "10.0.0.1/32", 0, WATCH_UNICAST, {{PORT0, NULL}}, "10.0.0.1", "port 1"},
	{GONE, "10.0.0.1/32", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.0.0.1", "none"},
	{GONE, "10.0.0.1/32", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.0.0.1", "none"},
	/* 28: IPv6 hops come and go */
	{SET, "2001:db8::/32", 1, WATCH_UNICAST, {{PORT0, "fe80::1"}}, "2001:db8::1",
		"port 0 via fe80::1"},
	{BEHIND, "2001:db8::/32", 1, WATCH_UNICAST, {{PORT0, "fe80::1"}, {PORT1, "fe80::2"}},
		"2001:db8::1", "port 0 via fe80::1 + port 1 via fe80::2"},
	{GONE, "2001:db8::/32", 1, WATCH_UNICAST, {{PORT0, "fe80::1"}}, "2001:db8::1",
		"port 1 via fe80::2"},
	{SET, "2001:db8::/32", 1, WATCH_UNICAST, {{IFACE5, NULL}}, "2001:db8::1", "interface 5"},
	{GONE, "2001:db8::/32", 1, WATCH_UNICAST, {{IFACE5, NULL}}, "2001:db8::1",
		"port 1 via fe80::2"},
	{GONE, "2001:db8::/32", 1, WATCH_UNICAST, {{PORT1, "fe80::2"}}, "2001:db8::1", "none"},
	/* 34: what is never sent on, for all that the kernel has; but it may be the host's own */
	{SET, "0.0.0.0/0", 0, WATCH_UNICAST, {{PORT0, NULL}}, "8.8.8.8", "port 0"},
	{FIND, .address = "127.0.0.1", .way = "host"},
	{FIND, .address = "0.0.0.1", .way = "host"},
	{FIND, .address = "255.255.255.255", .way = "local"},
	{FIND, .address = "239.1.1.1", .way = "local"},
	{SET, "127.0.0.0/8", 0, WATCH_LOCAL | LOCAL_TABLE, {{OTHER, NULL}}, "127.0.0.1", "local"},
	{GONE, "127.0.0.0/8", 0, WATCH_LOCAL | LOCAL_TABLE, {{OTHER, NULL}}, "127.0.0.1", "host"},
	{SET, "239.1.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "239.1.1.1", "local"},
	{SET, "fe80::/64", 0, WATCH_UNICAST, {{PORT1, NULL}}, "fe80::2", "host"},
	{SET, "fe80::1/128", 0, WATCH_LOCAL | LOCAL_TABLE, {{PORT1, NULL}}, "fe80::1", "local"},
	/* 44: links down and up, as the next news or dump finds them */
	{LINK, .hops[0].ifindex = PORT0},
	{SET, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}, {PORT1, NULL}}, "10.0.0.1", "port 1"},
	{LINK, .metric = 1, .hops[0].ifindex = PORT0},
	{SET, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}, {PORT1, NULL}}, "10.0.0.1",
		"port 0 + port 1"},
	/* 48: a dump; what it does not show goes at its end, what came by news meanwhile stays */
	{SET, "10.1.0.0/16", 0, WATCH_UNICAST, {{PORT0, NULL}}, "10.1.0.1", "port 0"},
	{SET, "2001:db8::/32", 0, WATCH_UNICAST, {{PORT0, NULL}}, "2001:db8::1", "port 0"},
	/* 50 */
	{BEGIN, .prefix = "0.0.0.0/0"},
	{DUMPED, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}, {PORT1, NULL}}, "10.1.0.1",
		"port 0"},
	{SET, "10.2.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.2.0.1", "port 1"},
	{END, "0.0.0.0/0", .address = "10.1.0.1", .way = "port 0 + port 1"},
	{FIND, .address = "10.2.0.1", .way = "port 1"},
	{FIND, .address = "8.8.8.8", .way = "none"},
	{FIND, .address = "2001:db8::1", .way = "port 0"}, /* the other family */
	{FIND, .address = "239.1.1.1", .way = "local"},
	/* 58: the dump speaks of what was before the news */
	{BEGIN, .prefix = "0.0.0.0/0"},
	{REPLACE, "10.2.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.2.0.1", "port 1"},
	/* 60 */
	{GONE, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}, {PORT1, NULL}}, "10.0.0.1", "none"},
	{DUMPED, "10.0.0.0/8", 0, WATCH_UNICAST, {{PORT0, NULL}, {PORT1, NULL}}, "10.0.0.1",
		"none"},
	{GONE, "10.3.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.3.0.1",
		"none"}, /* never seen */
	{DUMPED, "10.3.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.3.0.1", "none"},
	{GONE, "10.4.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.4.0.1", "none"},
	{SET, "10.4.0.0/16", 0, WATCH_UNICAST, {{PORT1, NULL}}, "10.4.0.1", "port 1"},
	{END, "0.0.0.0/0", .address = "10.0.0.1", .way = "none"},
	{FIND, .address = "10.3.0.1", .way = "none"},
	{FIND, .address = "10.4.0.1", .way = "port 1"},
	{FIND, .address = "10.2.0.1", .way = "port 1"},
	/* 70: a dump that is not complete takes nothing away */
	{BEGIN, .prefix = "0.0.0.0/0"},
	{BREAK_UP, "0.0.0.0/0", .address = "10.4.0.1", .way = "port 1"},
	{BEGIN, .prefix = "0.0.0.0/0"},
	{DUMPED, "10.4.0.0/16", 0, WATCH_UNICAST, {{PORT0, NULL}}, "10.4.0.1",
		"port 1"}, /* the older first */
	{END, "0.0.0.0/0", .address = "10.4.0.1", .way = "port 0"},
	{FIND, .address = "10.2.0.1", .way = "none"},
};

struct fixture {
	struct rcu *rcu;
	struct routes *routes;
	struct route_links links;
	struct route_book *book;
	struct neighbour_book *neighbours;
};

static void set_link(struct route_links *links, unsigned ifindex, bool is_up)
{
	struct watch_link link = {.ifindex = ifindex, .mtu = 1490, .is_up = is_up};

	if (ifindex == VLAN7 || ifindex == VLAN8) {
		link.parent = ifindex == VLAN7 ? PORT0 : OTHER;
		link.vlan = (uint16_t)ifindex;
	}
	(void)route_links_set(links, &link);
}

static int setup(void **state)
{
	static struct fixture fixture;
	static const unsigned links[] = {VLAN8, PORT1, OTHER, VLAN7, PORT0, IFACE5};

	fixture = (struct fixture){.rcu = rcu_create(1)};
	fixture.routes = routes_create(fixture.rcu);
	for (size_t i = 0; i < array_len(links); i++)
		set_link(&fixture.links, links[i], true);
	assert_int_equal(route_links_own(&fixture.links, PORT0, HOP_PORT, 0), 0);
	assert_int_equal(route_links_own(&fixture.links, PORT1, HOP_PORT, 1), 0);
	assert_int_equal(route_links_own(&fixture.links, IFACE5, HOP_INTERFACE, 5), 0);
	fixture.book = route_book_create(fixture.routes, &fixture.links);
	fixture.neighbours = neighbour_book_create(fixture.routes, &fixture.links);
	*state = &fixture;
	return fixture.book && fixture.neighbours ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	neighbour_book_destroy(fixture->neighbours);
	route_book_destroy(fixture->book);
	route_links_fini(&fixture->links);
	routes_destroy(fixture->routes);
	rcu_destroy(fixture->rcu);
	return 0;
}

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr = {0};

	if (text)
		assert_true(ip_addr_parse(text, &addr));
	return addr;
}

static struct watch_event event_of(const struct row *row)
{
	struct watch_event event = {.kind = WATCH_ROUTE,
		.is_removed = row->op == GONE,
		.is_from_dump = row->op == DUMPED};
	struct watch_route *route = &event.route;

	assert_true(ip_prefix_parse(row->prefix, &route->prefix));
	event.family = route->prefix.addr.family;
	route->metric = row->metric;
	route->type = row->type & ~LOCAL_TABLE;
	route->is_local_table = row->type & LOCAL_TABLE;
	route->is_replacing = row->op == REPLACE;
	route->is_behind = row->op == BEHIND;
	for (unsigned i = 0; i < array_len(row->hops) && row->hops[i].ifindex; i++)
		route->hops[route->n_hops++] = (struct watch_hop){
			.ifindex = row->hops[i].ifindex & ~(unsigned)DEAD,
			.gateway = addr_of(row->hops[i].gateway),
			.is_dead = (row->hops[i].ifindex & DEAD) != 0,
		};
	return event;
}

static void sweep(struct route_book *book)
{
	while (route_book_is_sweeping(book))
		assert_int_equal(route_book_sweep(book), 0);
}

static void play(struct fixture *fixture, const struct row *row)
{
	struct watch_event event;

	switch (row->op) {
	case FIND:
		return;
	case LINK:
		set_link(&fixture->links, row->hops[0].ifindex, row->metric);
		return;
	default:
		event = event_of(row);
		break;
	}
	if (row->op == BEGIN) {
		route_book_dump_begun(fixture->book, event.family);
	} else if (row->op == END || row->op == BREAK_UP) {
		route_book_dump_ended(fixture->book, event.family, row->op == END);
		sweep(fixture->book);
	} else {
		assert_int_equal(route_book_take(fixture->book, &event), 0);
	}
}

static void test_rows(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < array_len(rows); i++) {
		const char *found;

		play(fixture, &rows[i]);
		if (!rows[i].address)
			continue;
		found = route_text(fixture->routes, rows[i].address);
		if (strcmp(found, rows[i].way) != 0)
			fail_msg("row %zu: to %s: expected %s, found %s", i, rows[i].address,
				rows[i].way, found);
	}
}

/* After everything has gone nothing is left but what was there at first. */
static void test_many(void **state)
{
	enum { N = 3000 };
	struct fixture *fixture = *state;
	uint64_t bytes = routes_bytes(fixture->routes);
	struct row row = {SET, "10.0.0.0/32", 0, WATCH_UNICAST, {{PORT0, NULL}}, NULL, NULL};
	struct watch_event event = event_of(&row);

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < N; i++) {
			event.route.prefix.addr.bytes[2] = (uint8_t)(i >> 8);
			event.route.prefix.addr.bytes[3] = (uint8_t)i;
			assert_int_equal(route_book_take(fixture->book, &event), 0);
		}
		assert_int_equal(route_book_count(fixture->book), N);
		assert_string_equal(route_text(fixture->routes, "10.0.11.183"), "port 0");
		route_book_dump_begun(fixture->book, AF_INET);
		route_book_dump_ended(fixture->book, AF_INET, true);
		assert_true(route_book_is_sweeping(fixture->book));
		sweep(fixture->book);
		assert_int_equal(route_book_count(fixture->book), 0);
		rcu_reclaim(fixture->rcu);
		assert_int_equal(routes_bytes(fixture->routes), bytes);
	}
}

/* Whichever allocation fails, the route is refused, and comes when there is memory again. */
static void test_out_of_memory(void **state)
{
	struct fixture *fixture = *state;
	struct row row = {SET, "10.0.0.0/24", 0, WATCH_UNICAST, {{PORT0, NULL}}, NULL, NULL};
	struct watch_event event = event_of(&row);
	int rc = -ENOMEM, n = 0;

	for (; rc == -ENOMEM; n++) {
		n_until_failure = n;
		rc = route_book_take(fixture->book, &event);
		n_until_failure = NEVER_FAIL;
		assert_true(rc == 0 || rc == -ENOMEM);
	}
	assert_true(n > 2);
	assert_int_equal(route_book_count(fixture->book), 1);
	assert_string_equal(route_text(fixture->routes, "10.0.0.1"), "port 0");
}

/* Does a change of a link matter? Only if somebody asked for it. */
static void test_links(void **state)
{
	struct route_links *links = &((struct fixture *)*state)->links;
	struct watch_link link = {.ifindex = 50, .mtu = 1500, .is_up = true};
	struct hop hop;

	assert_false(route_links_set(links, &link));
	link.is_running = true;
	assert_false(route_links_set(links, &link));
	assert_true(route_links_hop(links, 50, &hop));
	assert_int_equal(hop.kind, HOP_HOST);
	assert_false(route_links_set(links, &link));
	link.is_up = false;
	assert_true(route_links_set(links, &link));
	assert_false(route_links_hop(links, 50, &hop));
	assert_true(route_links_remove(links, 50));
	assert_false(route_links_remove(links, 50));
	/* somebody asked before it came */
	assert_true(route_links_hop(links, 50, &hop));
	assert_true(route_links_set(links, &link));
	assert_false(route_links_hop(links, 50, &hop));
	/* it went unseen, and the others did, too */
	route_links_dump_begun(links);
	set_link(links, PORT0, true);
	assert_true(route_links_dump_ended(links));
	assert_true(route_links_hop(links, 50, &hop));
	assert_true(route_links_hop(links, PORT0, &hop));
	assert_int_equal(hop.kind, HOP_PORT);
	assert_int_equal(links->n_links, 1);
	while (links->n_own < ROUTE_LINKS_OWN_MAX)
		assert_int_equal(route_links_own(links, 1000, HOP_PORT, 1), 0);
	assert_int_equal(route_links_own(links, 1000, HOP_PORT, 1), -ENOSPC);
}

/* Has PORT0 just this VLAN (0: none), and did the links say whether there is news of VLANs? */
static void expect_vlan(struct route_links *links, bool is_news, uint16_t vlan)
{
	struct vlan_set expected = {0}, found;

	if (vlan)
		expected.words[vlan / 64] = UINT64_C(1) << vlan % 64;
	assert_int_equal(links->is_vlan_news, is_news);
	links->is_vlan_news = false;
	route_links_vlans(links, PORT0, &found);
	assert_memory_equal(&found, &expected, sizeof(found));
}

static void test_vlans(void **state)
{
	struct route_links *links = &((struct fixture *)*state)->links;
	struct watch_link link = {.ifindex = 60, .parent = PORT0, .vlan = 100, .is_up = true};

	expect_vlan(links, true, 7);
	set_link(links, VLAN7, true);
	expect_vlan(links, false, 7);
	set_link(links, VLAN7, false);
	expect_vlan(links, true, 0);
	assert_false(route_links_set(links, &link));
	expect_vlan(links, true, 100);
	set_link(links, OTHER, false);
	expect_vlan(links, false, 100);
	/* its number is given to another link, which went unseen */
	link = (struct watch_link){.ifindex = 60, .is_up = true};
	assert_false(route_links_set(links, &link));
	expect_vlan(links, true, 0);
	/* a link of the same VLAN comes before the news that the old one has gone */
	set_link(links, VLAN7, true);
	link = (struct watch_link){.ifindex = 61, .parent = PORT0, .vlan = 7, .is_up = true};
	assert_false(route_links_set(links, &link));
	assert_false(route_links_remove(links, VLAN7));
	expect_vlan(links, true, 7);
	route_links_dump_begun(links);
	assert_false(route_links_dump_ended(links));
	expect_vlan(links, true, 0);
	/* more than a tag can say */
	link.vlan = VLAN_IDS;
	assert_false(route_links_set(links, &link));
	expect_vlan(links, true, 0);
}

enum { N_SET, N_GONE, N_DUMPED, N_BEGIN, N_END };

static const struct {
	int op;
	unsigned ifindex;
	uint8_t mac; /* the last byte */
	int rc;
	uint16_t vlan;
	const char *found; /* on port 0 */
} neighbour_rows[] = {
	{N_SET, PORT0, 1, 1, 0, "02:00:00:00:00:01"},
	{N_SET, PORT0, 2, 1, 0, "02:00:00:00:00:02"},
	{N_SET, PORT1, 3, 1, 0, "02:00:00:00:00:02"},
	{N_SET, OTHER, 4, 0, 0, "02:00:00:00:00:02"},
	{N_SET, IFACE5, 4, 0, 0, "02:00:00:00:00:02"},
	{N_SET, VLAN7, 5, 1, 7, "02:00:00:00:00:05"},
	{N_GONE, PORT0, 0, 0, 0, "none"},
	{N_GONE, PORT0, 0, 0, 7, "02:00:00:00:00:05"},
	/* 8: a dump, and news in it */
	{N_SET, PORT0, 1, 1, 0, "02:00:00:00:00:01"},
	{N_BEGIN, 0, 0, 0, 0, "02:00:00:00:00:01"},
	{N_SET, PORT0, 2, 1, 0, "02:00:00:00:00:02"},
	{N_DUMPED, PORT0, 1, 1, 0, "02:00:00:00:00:02"},
	{N_GONE, PORT0, 0, 0, 0, "none"},
	{N_DUMPED, PORT0, 1, 0, 0, "none"},
	{N_END, 0, 0, 0, 0, "none"},
	{N_END, 0, 0, 0, 7, "none"},
};

static void test_neighbours(void **state)
{
	struct fixture *fixture = *state;
	struct neighbour_book *book = fixture->neighbours;

	for (size_t i = 0; i < array_len(neighbour_rows); i++) {
		const int op = neighbour_rows[i].op;
		struct watch_event event = {.kind = WATCH_NEIGHBOUR,
			.family = AF_INET,
			.is_removed = op == N_GONE,
			.is_from_dump = op == N_DUMPED};

		event.neighbour = (struct watch_neighbour){neighbour_rows[i].ifindex,
			addr_of("10.0.0.2"), {2, 0, 0, 0, 0, neighbour_rows[i].mac}, false};
		if (op == N_BEGIN)
			neighbour_book_dump_begun(book, AF_INET);
		else if (op == N_END)
			neighbour_book_dump_ended(book, AF_INET, true);
		else if (neighbour_book_take(book, &event) != neighbour_rows[i].rc)
			fail_msg("row %zu: not %d", i, neighbour_rows[i].rc);
		if (strcmp(neighbour_text(fixture->routes, 0, neighbour_rows[i].vlan, "10.0.0.2"),
			    neighbour_rows[i].found)
			!= 0)
			fail_msg("row %zu: not %s", i, neighbour_rows[i].found);
	}
	assert_int_equal(neighbour_book_count(book), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_out_of_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vlans, setup, teardown),
		cmocka_unit_test_setup_teardown(test_neighbours, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
