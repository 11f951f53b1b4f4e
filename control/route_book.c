/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "route_book.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "route_links.h"
#include "tables/line_pool.h"
#include "tables/routes.h"
#include "tables/shared_store.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(array_len(((struct watch_route *)NULL)->hops) == ROUTE_HOPS_MAX, "a hop for a hop");

/* What many routes have in common: an object of the store, compared as bytes. */
struct path {
	uint8_t type; /* enum watch_route_type */
	uint8_t n_hops;
	uint16_t mtu;
	struct watch_hop hops[WATCH_HOPS_MAX];
};

_Static_assert(offsetof(struct path, hops) == 4
		&& sizeof(struct watch_hop)
			== sizeof(uint32_t) + sizeof(struct ip_addr) + sizeof(uint16_t),
	"no gaps");

/* A route of the kernel. Those of one prefix follow each other in their chain, the best one first. */
struct entry {
	struct chain_node node; /* its first member */
	const struct path *path;
	uint32_t metric;
	uint32_t seen; /* in the family's dump of this number, or by news since it began */
	struct ip_prefix prefix;
	bool is_main; /* of the table main, which comes after local */
	bool is_news; /* what a dump says of it since was true before */
	bool is_gone; /* kept to the end of a dump, which may still speak of it */
};

_Static_assert(sizeof(struct entry) <= CACHE_LINE, "an entry is a line of the pool");

struct family {
	uint32_t dump; /* the number of the last one */
	bool is_dumping;
};

struct route_book {
	struct routes *routes;
	struct route_links *links;
	struct hash_chains entries;
	struct line_pool lines;
	struct shared_store paths;
	struct family families[2]; /* IPv4, IPv6 */
	uint16_t sweeping;         /* a family; AF_UNSPEC: none */
	uint32_t next_chain;
};

/* --- what is never sent on --- */

static const struct {
	struct ip_prefix prefix;
	uint8_t kind; /* HOP_HOST, HOP_LOCAL */
} reserved[] = {
	{{{AF_INET, {0}}, 8}, HOP_HOST},
	{{{AF_INET, {127}}, 8}, HOP_HOST},
	{{{AF_INET, {224}}, 4}, HOP_LOCAL},
	{{{AF_INET, {255, 255, 255, 255}}, 32}, HOP_LOCAL},
	{{{AF_INET6, {0}}, 128}, HOP_HOST},
	{{{AF_INET6, {[15] = 1}}, 128}, HOP_HOST},
	{{{AF_INET6, {[10] = 0xff, 0xff}}, 96}, HOP_HOST},
	{{{AF_INET6, {0xfe, 0x80}}, 10}, HOP_HOST},
	{{{AF_INET6, {0xff}}, 8}, HOP_LOCAL},
};

static bool prefix_covers(const struct ip_prefix *outer, const struct ip_prefix *inner)
{
	const unsigned n_bytes = outer->len / 8, n_bits = outer->len % 8;
	const uint8_t mask = (uint8_t)(0xff00U >> n_bits);

	return outer->addr.family == inner->addr.family && outer->len <= inner->len
		&& memcmp(outer->addr.bytes, inner->addr.bytes, n_bytes) == 0
		&& (n_bits == 0
			|| ((outer->addr.bytes[n_bytes] ^ inner->addr.bytes[n_bytes]) & mask) == 0);
}

static bool prefix_equal(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->len == b->len && ip_addr_equal(&a->addr, &b->addr);
}

/* The number of the reserved prefix that covers `prefix`, or array_len(reserved). */
static unsigned reserved_at(const struct ip_prefix *prefix)
{
	unsigned i = 0;

	while (i < array_len(reserved) && !prefix_covers(&reserved[i].prefix, prefix))
		i++;
	return i;
}

static struct route route_of_kind(uint8_t kind)
{
	return (struct route){.n_hops = 1, .hops[0].kind = kind};
}

/* --- from the kernel's route to the workers' --- */

/* false: nothing goes there now. */
static bool hop_translate(
	const struct route_book *book, const struct path *path, unsigned i, struct hop *out)
{
	const struct watch_hop *hop = &path->hops[i];

	if (hop->is_dead || !route_links_hop(book->links, hop->ifindex, out))
		return false;
	if (out->kind == HOP_PORT)
		out->gateway = hop->gateway;
	if (out->kind == HOP_HOST)
		out->mtu = 0;
	else if (path->mtu && (!out->mtu || path->mtu < out->mtu))
		out->mtu = path->mtu;
	return true;
}

/*
 * false: the kernel does not use the route now. A route without a hop that we could read, as one of the kernel's
 * next-hop objects may be, is the kernel's.
 */
static bool path_translate(const struct route_book *book, const struct ip_prefix *prefix,
	const struct path *path, struct route *out)
{
	const unsigned fixed = reserved_at(prefix);

	*out = route_of_kind(path->type == WATCH_LOCAL ? HOP_LOCAL : HOP_HOST);
	if (path->type != WATCH_UNICAST || path->n_hops == 0)
		return true;
	out->n_hops = 0;
	for (unsigned i = 0; i < path->n_hops; i++)
		out->n_hops += hop_translate(book, path, i, &out->hops[out->n_hops]);
	if (out->n_hops == 0)
		return false;
	if (fixed < array_len(reserved))
		*out = route_of_kind(reserved[fixed].kind);
	return true;
}

/* --- the entries --- */

static struct entry *entry_of(struct chain_node *node)
{
	return (struct entry *)node;
}

static uint32_t prefix_hash(const struct ip_prefix *prefix)
{
	const uint8_t *bytes = prefix->addr.bytes;

	return (uint32_t)hash_mix(hash_mix(be64_load(bytes) ^ prefix->len) ^ be64_load(bytes + 8)
		^ (uint64_t)prefix->addr.family << 32);
}

static struct family *family_of(struct route_book *book, uint16_t family)
{
	return &book->families[family == AF_INET6];
}

/* The link to the first entry of the prefix, or to the end of its chain. */
static struct chain_node **group_of(const struct route_book *book, const struct ip_prefix *prefix)
{
	const uint32_t hash = prefix_hash(prefix);
	struct chain_node **link = hash_chains_of(&book->entries, hash);

	while (*link && !((*link)->hash == hash && prefix_equal(&entry_of(*link)->prefix, prefix)))
		link = &(*link)->next;
	return link;
}

static bool in_group(const struct chain_node *node, const struct ip_prefix *prefix)
{
	return node && prefix_equal(&((const struct entry *)node)->prefix, prefix);
}

/* Below zero: the entry comes before such a route; 0: it has the same table and metric. */
static int entry_order(const struct entry *entry, const struct watch_route *route)
{
	const bool is_main = !route->is_local_table;

	if (entry->is_main != is_main)
		return entry->is_main ? 1 : -1;
	return (entry->metric > route->metric) - (entry->metric < route->metric);
}

static bool hop_equal(const struct watch_hop *a, const struct watch_hop *b)
{
	return a->ifindex == b->ifindex && ip_addr_equal(&a->gateway, &b->gateway);
}

static bool has_hop(const struct watch_hop *hops, unsigned n_hops, const struct watch_hop *hop)
{
	for (unsigned i = 0; i < n_hops; i++)
		if (hop_equal(&hops[i], hop))
			return true;
	return false;
}

/*
 * Is this the route that the kernel means? Several may have the same prefix, table and metric. IPv4's have then other
 * hops; IPv6's have no hop in common, since it keeps those to one prefix as one route to which hops come and go.
 */
static bool entry_is(const struct entry *entry, const struct watch_route *route)
{
	const struct path *path = entry->path;
	unsigned n_common = 0;

	if (entry_order(entry, route) != 0 || path->type != route->type)
		return false;
	for (unsigned i = 0; i < path->n_hops; i++)
		n_common += has_hop(route->hops, route->n_hops, &path->hops[i]);
	if (route->prefix.addr.family == AF_INET6 && path->n_hops && route->n_hops)
		return n_common > 0;
	return path->n_hops == route->n_hops && n_common == path->n_hops;
}

/* The link to it; NULL: it is not known. */
static struct chain_node **entry_find(
	const struct route_book *book, const struct watch_route *route, bool is_any_fine)
{
	struct chain_node **link = group_of(book, &route->prefix);

	for (; in_group(*link, &route->prefix); link = &(*link)->next) {
		const struct entry *entry = entry_of(*link);

		if (is_any_fine ? entry_order(entry, route) == 0 && !entry->is_gone
				: entry_is(entry, route))
			return link;
	}
	return NULL;
}

static const struct path *path_take(struct route_book *book, const struct watch_route *route)
{
	struct path path = {.type = route->type, .n_hops = route->n_hops, .mtu = route->mtu};

	memcpy(path.hops, route->hops, route->n_hops * sizeof(path.hops[0]));
	return shared_take(&book->paths, &path,
		offsetof(struct path, hops) + route->n_hops * sizeof(path.hops[0]));
}

/* Behind those of the same table and metric, as dumps give them, or before them. */
static struct chain_node **entry_place(
	const struct route_book *book, const struct watch_route *route, bool is_behind)
{
	struct chain_node **link = group_of(book, &route->prefix);

	while (in_group(*link, &route->prefix)
		&& entry_order(entry_of(*link), route) < (is_behind ? 1 : 0))
		link = &(*link)->next;
	return link;
}

static struct entry *entry_create(
	struct route_book *book, const struct watch_route *route, bool is_behind)
{
	struct entry *entry = line_pool_alloc(&book->lines);

	if (!entry)
		return NULL;
	entry->path = path_take(book, route);
	if (!entry->path) {
		line_pool_free(entry);
		return NULL;
	}
	entry->node.hash = prefix_hash(&route->prefix);
	entry->prefix = route->prefix;
	entry->metric = route->metric;
	entry->is_main = !route->is_local_table;
	hash_chains_grow(&book->entries);
	hash_chains_insert(&book->entries, entry_place(book, route, is_behind), &entry->node);
	return entry;
}

static void entry_remove(struct route_book *book, struct chain_node **link)
{
	struct entry *entry = entry_of(*link);

	hash_chains_remove(&book->entries, link);
	shared_drop(&book->paths, entry->path);
	line_pool_free(entry);
}

/* Workers get the first one that the kernel uses. */
static int publish(struct route_book *book, const struct ip_prefix *prefix)
{
	const unsigned fixed = reserved_at(prefix);
	struct route route;

	for (struct chain_node *node = *group_of(book, prefix); in_group(node, prefix);
		node = node->next)
		if (!entry_of(node)->is_gone
			&& path_translate(book, prefix, entry_of(node)->path, &route))
			return routes_set(book->routes, prefix, &route);
	if (fixed < array_len(reserved) && reserved[fixed].prefix.len == prefix->len) {
		route = route_of_kind(reserved[fixed].kind);
		return routes_set(book->routes, prefix, &route);
	}
	(void)routes_remove(book->routes, prefix);
	return 0;
}

static void entry_mark(struct route_book *book, struct entry *entry, bool is_news)
{
	entry->seen = family_of(book, entry->prefix.addr.family)->dump;
	entry->is_news = is_news;
}

static int take_set(struct route_book *book, const struct watch_event *event)
{
	const struct watch_route *route = &event->route;
	struct chain_node **link = entry_find(book, route, route->is_replacing);
	struct entry *entry = link ? entry_of(*link) : NULL;
	const struct path *path;

	if (entry && event->is_from_dump && entry->is_news
		&& entry->seen == family_of(book, event->family)->dump)
		return 0;
	if (entry) {
		path = path_take(book, route);
		if (!path)
			return -ENOMEM;
		shared_drop(&book->paths, entry->path);
		entry->path = path;
	} else {
		entry = entry_create(book, route, event->is_from_dump || route->is_behind);
		if (!entry)
			return -ENOMEM;
	}
	entry->is_gone = false;
	entry_mark(book, entry, !event->is_from_dump);
	return publish(book, &route->prefix);
}

/* A dump under way may have met it before it went: it must not come back by that. */
static int take_unknown(struct route_book *book, const struct watch_route *route)
{
	struct entry *entry;

	if (!family_of(book, route->prefix.addr.family)->is_dumping)
		return 0;
	entry = entry_create(book, route, true);
	if (!entry)
		return -ENOMEM;
	entry->is_gone = true;
	entry_mark(book, entry, true);
	return 0;
}

/* What is left of an IPv6 route when some of its hops have gone. */
static void hops_without(struct watch_route *out, const struct entry *entry)
{
	const struct path *path = entry->path;
	struct watch_route gone = *out;

	out->n_hops = 0;
	out->mtu = path->mtu;
	for (unsigned i = 0; i < path->n_hops; i++)
		if (!has_hop(gone.hops, gone.n_hops, &path->hops[i]))
			out->hops[out->n_hops++] = path->hops[i];
}

static int take_removed(struct route_book *book, const struct watch_event *event)
{
	struct chain_node **link = entry_find(book, &event->route, false);
	struct watch_event rest = *event;

	if (!link && event->family == AF_INET)
		link = entry_find(book, &event->route, true);
	if (!link)
		return take_unknown(book, &event->route);
	if (event->family == AF_INET6) {
		hops_without(&rest.route, entry_of(*link));
		if (rest.route.n_hops)
			return take_set(book, &rest);
	}
	if (family_of(book, event->family)->is_dumping) {
		entry_of(*link)->is_gone = true;
		entry_mark(book, entry_of(*link), true);
	} else {
		entry_remove(book, link);
	}
	return publish(book, &event->route.prefix);
}

int route_book_take(struct route_book *book, const struct watch_event *event)
{
	return event->is_removed ? take_removed(book, event) : take_set(book, event);
}

/* --- dumps --- */

void route_book_dump_begun(struct route_book *book, uint16_t family)
{
	family_of(book, family)->dump++;
	family_of(book, family)->is_dumping = true;
}

void route_book_dump_ended(struct route_book *book, uint16_t family, bool is_complete)
{
	family_of(book, family)->is_dumping = false;
	if (!is_complete)
		return;
	book->sweeping = family;
	book->next_chain = 0;
}

bool route_book_is_sweeping(const struct route_book *book)
{
	return book->sweeping != AF_UNSPEC;
}

static int sweep_chain(struct route_book *book, struct chain_node **link)
{
	const uint32_t dump = family_of(book, book->sweeping)->dump;
	int result = 0, rc;

	while (*link) {
		const struct entry *entry = entry_of(*link);
		const struct ip_prefix prefix = entry->prefix;

		if (prefix.addr.family != book->sweeping
			|| (entry->seen == dump && !entry->is_gone)) {
			link = &(*link)->next;
			continue;
		}
		entry_remove(book, link);
		rc = publish(book, &prefix);
		result = rc ? rc : result;
	}
	return result;
}

int route_book_sweep(struct route_book *book)
{
	int result = 0, rc;

	for (unsigned i = 0; i < BOOK_SWEEP_ROUTES && book->next_chain < book->entries.n_chains;
		i++) {
		rc = sweep_chain(book, &book->entries.first[book->next_chain++]);
		result = rc ? rc : result;
	}
	if (book->next_chain == book->entries.n_chains)
		book->sweeping = AF_UNSPEC;
	return result;
}

/* --- the book --- */

static int publish_reserved(struct route_book *book)
{
	int result = 0;

	for (unsigned i = 0; i < array_len(reserved) && result == 0; i++)
		result = publish(book, &reserved[i].prefix);
	return result;
}

struct route_book *route_book_create(struct routes *routes, struct route_links *links)
{
	struct route_book *book = calloc(1, sizeof(*book));

	if (!book)
		return NULL;
	book->routes = routes;
	book->links = links;
	book->sweeping = AF_UNSPEC;
	if (hash_chains_init(&book->entries) != 0 || shared_store_init(&book->paths, NULL) != 0
		|| publish_reserved(book) != 0) {
		route_book_destroy(book);
		return NULL;
	}
	return book;
}

void route_book_destroy(struct route_book *book)
{
	if (!book)
		return;
	hash_chains_fini(&book->entries);
	line_pool_fini(&book->lines);
	shared_store_fini(&book->paths);
	free(book);
}

uint64_t route_book_count(const struct route_book *book)
{
	return book->entries.n_nodes;
}

uint64_t route_book_bytes(const struct route_book *book)
{
	return book->lines.n_lines * CACHE_LINE + hash_chains_bytes(&book->entries)
		+ book->paths.n_bytes + hash_chains_bytes(&book->paths.chains);
}
