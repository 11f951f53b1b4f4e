/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "neighbour_book.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "route_links.h"
#include "tables/hash_chains.h"
#include "tables/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct chain_node node; /* its first member */
	unsigned ifindex;
	struct ip_addr addr;
	uint32_t seen; /* in the family's dump of this number, or by news since it began */
	bool is_news;  /* what a dump says of it since was true before */
	bool is_published;
	uint8_t port_id; /* published: where */
	uint16_t vlan;
};

struct family {
	uint32_t dump; /* the number of the last one */
	bool is_dumping;
};

struct neighbour_book {
	struct routes *routes;
	struct route_links *links;
	struct hash_chains entries;
	struct family families[2]; /* IPv4, IPv6 */
};

static struct entry *entry_of(struct chain_node *node)
{
	return (struct entry *)node;
}

static struct family *family_of(struct neighbour_book *book, uint16_t family)
{
	return &book->families[family == AF_INET6];
}

static uint32_t hash_of(unsigned ifindex, const struct ip_addr *addr)
{
	return (uint32_t)hash_mix(
		hash_mix(be64_load(addr->bytes) ^ ifindex) ^ be64_load(addr->bytes + 8));
}

/* The link to the entry, or to the end of its chain. */
static struct chain_node **find(
	const struct neighbour_book *book, unsigned ifindex, const struct ip_addr *addr)
{
	struct chain_node **link = hash_chains_of(&book->entries, hash_of(ifindex, addr));

	while (*link
		&& !(entry_of(*link)->ifindex == ifindex
			&& ip_addr_equal(&entry_of(*link)->addr, addr)))
		link = &(*link)->next;
	return link;
}

static void unpublish(struct neighbour_book *book, struct entry *entry)
{
	if (entry->is_published)
		(void)neighbour_remove(book->routes, entry->port_id, entry->vlan, &entry->addr);
	entry->is_published = false;
}

static void entry_remove(struct neighbour_book *book, struct chain_node **link)
{
	struct entry *entry = entry_of(*link);

	unpublish(book, entry);
	hash_chains_remove(&book->entries, link);
	free(entry);
}

static struct entry *entry_create(
	struct neighbour_book *book, const struct watch_neighbour *neighbour)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->node.hash = hash_of(neighbour->ifindex, &neighbour->addr);
	entry->ifindex = neighbour->ifindex;
	entry->addr = neighbour->addr;
	hash_chains_grow(&book->entries);
	hash_chains_insert(
		&book->entries, hash_chains_of(&book->entries, entry->node.hash), &entry->node);
	return entry;
}

static int publish(struct neighbour_book *book, struct entry *entry, const struct hop *way,
	const struct watch_neighbour *neighbour)
{
	struct neighbour answer;
	int rc;

	if (entry->is_published && (entry->port_id != way->out_id || entry->vlan != way->vlan))
		unpublish(book, entry);
	memcpy(answer.mac, neighbour->mac, sizeof(answer.mac));
	rc = neighbour_set(book->routes, way->out_id, way->vlan, &entry->addr, &answer);
	if (rc != 0) {
		unpublish(book, entry);
		return rc;
	}
	entry->is_published = true;
	entry->port_id = way->out_id;
	entry->vlan = way->vlan;
	return 1;
}

/*
 * Neighbours on other links, and those that do not answer, are not kept. The exception: during a dump, which may have
 * met it as it was before.
 */
int neighbour_book_take(struct neighbour_book *book, const struct watch_event *event)
{
	const struct watch_neighbour *neighbour = &event->neighbour;
	const struct family *family = family_of(book, event->family);
	struct chain_node **link = find(book, neighbour->ifindex, &neighbour->addr);
	struct entry *entry = *link ? entry_of(*link) : NULL;
	struct hop way;

	if (entry && event->is_from_dump && entry->is_news && entry->seen == family->dump)
		return entry->is_published;
	if (!route_links_hop(book->links, neighbour->ifindex, &way) || way.kind != HOP_PORT
		|| (event->is_removed && !family->is_dumping)) {
		if (entry)
			entry_remove(book, link);
		return 0;
	}
	entry = entry ? entry : entry_create(book, neighbour);
	if (!entry)
		return -ENOMEM;
	entry->seen = family->dump;
	entry->is_news = !event->is_from_dump;
	if (!event->is_removed)
		return publish(book, entry, &way, neighbour);
	unpublish(book, entry);
	return 0;
}

void neighbour_book_dump_begun(struct neighbour_book *book, uint16_t family)
{
	family_of(book, family)->dump++;
	family_of(book, family)->is_dumping = true;
}

static void sweep_chain(struct neighbour_book *book, struct chain_node **link, uint16_t family)
{
	while (*link) {
		const struct entry *entry = entry_of(*link);

		if (entry->addr.family == family
			&& (entry->seen != family_of(book, family)->dump || !entry->is_published))
			entry_remove(book, link);
		else
			link = &(*link)->next;
	}
}

void neighbour_book_dump_ended(struct neighbour_book *book, uint16_t family, bool is_complete)
{
	family_of(book, family)->is_dumping = false;
	for (uint32_t i = 0; is_complete && i < book->entries.n_chains; i++)
		sweep_chain(book, &book->entries.first[i], family);
}

struct neighbour_book *neighbour_book_create(struct routes *routes, struct route_links *links)
{
	struct neighbour_book *book = calloc(1, sizeof(*book));

	if (!book)
		return NULL;
	book->routes = routes;
	book->links = links;
	if (hash_chains_init(&book->entries) != 0) {
		free(book);
		return NULL;
	}
	return book;
}

void neighbour_book_destroy(struct neighbour_book *book)
{
	if (!book)
		return;
	for (uint32_t i = 0; i < book->entries.n_chains; i++)
		for (struct chain_node *node = book->entries.first[i], *next; node; node = next) {
			next = node->next;
			free(node);
		}
	hash_chains_fini(&book->entries);
	free(book);
}

uint64_t neighbour_book_count(const struct neighbour_book *book)
{
	return book->entries.n_nodes;
}
