/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "allowed_ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "interface.h"
#include "peer.h"
#include "peer_cursor.h"
#include "publish.h"

int allowed_ip_book_init(struct allowed_ip_book *book)
{
	return hash_chains_init(&book->chains);
}

void allowed_ip_book_fini(struct allowed_ip_book *book)
{
	hash_chains_fini(&book->chains);
}

static uint32_t hash_of(const struct ip_prefix *prefix)
{
	uint64_t high, low;

	memcpy(&high, prefix->addr.bytes, sizeof(high));
	memcpy(&low, prefix->addr.bytes + sizeof(high), sizeof(low));
	return (uint32_t)hash_mix(
		hash_mix(high + prefix->addr.family) ^ (low + ((uint64_t)prefix->len << 56)));
}

/* The link to the node of `prefix`, or to the end of its chain. */
static struct chain_node **find(
	const struct allowed_ip_book *book, const struct ip_prefix *prefix, uint32_t hash)
{
	struct chain_node **link = hash_chains_of(&book->chains, hash);

	for (; *link; link = &(*link)->next) {
		const struct allowed_ip *ip = (const struct allowed_ip *)*link;

		if ((*link)->hash == hash && ip->prefix.len == prefix->len
			&& ip_addr_equal(&ip->prefix.addr, &prefix->addr))
			break;
	}
	return link;
}

static void leave_list(struct allowed_ip *ip)
{
	peer_cursors_pass_allowed_ip(ip);
	TAILQ_REMOVE(&ip->peer->allowed_ips, ip, others);
}

static void join_list(struct allowed_ip *ip, struct peer *peer)
{
	ip->peer = peer;
	ip->is_doubtful = false;
	TAILQ_INSERT_TAIL(&peer->allowed_ips, ip, others);
}

static int give_new(struct peer *peer, const struct ip_prefix *prefix, uint32_t hash)
{
	struct allowed_ip_book *book = &peer->iface->allowed_ips;
	struct allowed_ip *ip = calloc(1, sizeof(*ip));

	if (!ip || publish_allowed_ip(peer->view, prefix) < 0) {
		free(ip);
		return -ENOMEM;
	}
	ip->prefix = *prefix;
	ip->chain.hash = hash;
	hash_chains_grow(&book->chains);
	hash_chains_insert(&book->chains, hash_chains_of(&book->chains, hash), &ip->chain);
	join_list(ip, peer);
	return 0;
}

int allowed_ip_give(struct peer *peer, const struct ip_prefix *prefix)
{
	struct ip_prefix masked = *prefix;
	struct allowed_ip *ip;
	uint32_t hash;

	ip_prefix_mask(&masked);
	hash = hash_of(&masked);
	ip = (struct allowed_ip *)*find(&peer->iface->allowed_ips, &masked, hash);
	if (!ip)
		return give_new(peer, &masked, hash);
	if (ip->peer == peer && !ip->is_doubtful)
		return 0;
	/* The node of the table is there, so this changes its owner only. */
	if (ip->peer != peer && publish_allowed_ip(peer->view, &masked) < 0)
		return -ENOMEM;
	leave_list(ip);
	join_list(ip, peer);
	return 0;
}

static void take(struct allowed_ip *ip)
{
	struct allowed_ip_book *book = &ip->peer->iface->allowed_ips;
	struct chain_node **link = find(book, &ip->prefix, ip->chain.hash);

	publish_withdraw_allowed_ip(ip->peer->view, &ip->prefix);
	leave_list(ip);
	if (*link)
		hash_chains_remove(&book->chains, link);
	free(ip);
}

void allowed_ip_take(struct peer *peer, const struct ip_prefix *prefix)
{
	struct ip_prefix masked = *prefix;
	struct allowed_ip *ip;

	ip_prefix_mask(&masked);
	ip = (struct allowed_ip *)*find(&peer->iface->allowed_ips, &masked, hash_of(&masked));
	if (ip && ip->peer == peer)
		take(ip);
}

void allowed_ips_doubt(struct peer *peer)
{
	struct allowed_ip *ip;

	TAILQ_FOREACH(ip, &peer->allowed_ips, others)
		ip->is_doubtful = true;
	peer->has_doubtful_ips = true;
}

/* Doubtful ones stand before those that were given since. */
void allowed_ips_settle(struct peer *peer)
{
	struct allowed_ip *ip, *next;

	if (!peer->has_doubtful_ips)
		return;
	for (ip = TAILQ_FIRST(&peer->allowed_ips); ip && ip->is_doubtful; ip = next) {
		next = TAILQ_NEXT(ip, others);
		take(ip);
	}
	peer->has_doubtful_ips = false;
}

void allowed_ips_take_all(struct peer *peer)
{
	struct allowed_ip *ip, *next;

	for (ip = TAILQ_FIRST(&peer->allowed_ips); ip; ip = next) {
		next = TAILQ_NEXT(ip, others);
		take(ip);
	}
}
