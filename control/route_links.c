/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "route_links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct known_link {
	struct watch_link now;
	uint32_t seen; /* by the dump of this number, or by news since */
	bool is_used;  /* somebody asked for it */
};

void route_links_fini(struct route_links *links)
{
	free(links->links);
	*links = (struct route_links){0};
}

int route_links_own(struct route_links *links, unsigned ifindex, enum hop_kind kind, uint8_t id)
{
	if (links->n_own == ROUTE_LINKS_OWN_MAX)
		return -ENOSPC;
	links->own[links->n_own].ifindex = ifindex;
	links->own[links->n_own].kind = (uint8_t)kind;
	links->own[links->n_own].id = id;
	links->n_own++;
	links->is_vlan_news = true;
	return 0;
}

void route_links_disown(struct route_links *links, unsigned ifindex)
{
	for (unsigned i = links->n_own; i-- > 0;)
		if (links->own[i].ifindex == ifindex)
			links->own[i] = links->own[--links->n_own];
}

/* Where the link is, or would be. */
static unsigned place_of(const struct route_links *links, unsigned ifindex)
{
	unsigned low = 0, high = links->n_links;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (links->links[middle].now.ifindex < ifindex)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct known_link *find(const struct route_links *links, unsigned ifindex)
{
	unsigned i = place_of(links, ifindex);

	return i < links->n_links && links->links[i].now.ifindex == ifindex ? &links->links[i]
									    : NULL;
}

static bool make_room(struct route_links *links)
{
	unsigned n_room = links->n_room ? 2 * links->n_room : 16;
	struct known_link *fresh;

	if (links->n_links < links->n_room)
		return true;
	fresh = realloc(links->links, n_room * sizeof(*fresh));
	if (!fresh)
		return false;
	links->links = fresh;
	links->n_room = n_room;
	return true;
}

static bool is_same(const struct watch_link *a, const struct watch_link *b)
{
	return a->parent == b->parent && a->vlan == b->vlan && a->mtu == b->mtu
		&& a->is_up == b->is_up && a->is_running == b->is_running;
}

static void note_vlan(
	struct route_links *links, const struct watch_link *before, const struct watch_link *now)
{
	links->is_vlan_news |= (before->parent || now->parent) && !is_same(before, now);
}

bool route_links_set(struct route_links *links, const struct watch_link *news)
{
	unsigned i = place_of(links, news->ifindex);
	struct known_link *link = find(links, news->ifindex);
	bool matters;

	if (link) {
		matters = link->is_used && !is_same(&link->now, news);
		note_vlan(links, &link->now, news);
		link->now = *news;
		link->seen = links->dump;
		return matters;
	}
	if (!make_room(links))
		return false;
	memmove(&links->links[i + 1], &links->links[i],
		(links->n_links - i) * sizeof(links->links[0]));
	links->links[i] = (struct known_link){.now = *news, .seen = links->dump};
	links->n_links++;
	links->is_vlan_news |= news->parent != 0;
	matters = links->has_unknown;
	links->has_unknown = false;
	return matters;
}

bool route_links_remove(struct route_links *links, unsigned ifindex)
{
	struct known_link *link = find(links, ifindex);
	unsigned i;
	bool was_used;

	if (!link)
		return false;
	i = (unsigned)(link - links->links);
	was_used = link->is_used;
	links->is_vlan_news |= link->now.parent != 0;
	links->n_links--;
	memmove(link, link + 1, (links->n_links - i) * sizeof(*link));
	return was_used;
}

void route_links_dump_begun(struct route_links *links)
{
	links->dump++;
}

bool route_links_dump_ended(struct route_links *links)
{
	bool matters = false;

	for (unsigned i = links->n_links; i-- > 0;)
		if (links->links[i].seen != links->dump)
			matters |= route_links_remove(links, links->links[i].now.ifindex);
	return matters;
}

/* false: it is not ours. */
static bool own_hop(const struct route_links *links, unsigned ifindex, struct hop *out)
{
	for (unsigned i = 0; i < links->n_own; i++)
		if (links->own[i].ifindex == ifindex) {
			out->kind = links->own[i].kind;
			out->out_id = links->own[i].id;
			return true;
		}
	return false;
}

bool route_links_hop(struct route_links *links, unsigned ifindex, struct hop *out)
{
	struct known_link *link = find(links, ifindex);

	*out = (struct hop){.kind = HOP_HOST};
	if (!link) {
		links->has_unknown |= ifindex != 0;
		return true;
	}
	link->is_used = true;
	if (!link->now.is_up)
		return false;
	if (own_hop(links, ifindex, out) || !link->now.parent)
		return true;
	if (!own_hop(links, link->now.parent, out) || out->kind != HOP_PORT) {
		*out = (struct hop){.kind = HOP_HOST};
		return true;
	}
	out->vlan = link->now.vlan;
	out->mtu = (uint16_t)(link->now.mtu > UINT16_MAX ? UINT16_MAX : link->now.mtu);
	return true;
}

void route_links_vlans(const struct route_links *links, unsigned ifindex, struct vlan_set *out)
{
	*out = (struct vlan_set){0};
	for (unsigned i = 0; i < links->n_links; i++) {
		const struct watch_link *link = &links->links[i].now;

		if (link->parent == ifindex && link->is_up && link->vlan < VLAN_IDS)
			out->words[link->vlan / 64] |= UINT64_C(1) << (link->vlan % 64);
	}
}
