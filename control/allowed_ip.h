/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Who has which allowed IP, as control sees it: each prefix of an interface belongs to one peer, whose list keeps the order
 * in which they were given. The table of the workers follows each change. Control.
 */

#include <stdbool.h>
#include <sys/queue.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "tables/hash_chains.h"

struct interface;
struct peer;

struct allowed_ip {
	struct chain_node chain; /* first, so that a node is its allowed IP */
	struct ip_prefix prefix;
	bool is_doubtful; /* it goes with the next allowed_ips_settle, unless it is given again */
	struct peer *peer;
	TAILQ_ENTRY(allowed_ip) others; /* of the peer */
};

TAILQ_HEAD(allowed_ip_list, allowed_ip);

/* All of an interface, by prefix. */
struct allowed_ip_book {
	struct hash_chains chains;
};

must_check int allowed_ip_book_init(struct allowed_ip_book *book); /* 0 or -ENOMEM */
void allowed_ip_book_fini(struct allowed_ip_book *book);           /* the peers are gone */

/* allowed_ip_give gives `prefix` (host bits are cleared) to `peer`, away from who had it; 0, or -ENOMEM: nothing has changed. */
must_check int allowed_ip_give(struct peer *peer, const struct ip_prefix *prefix);

/* allowed_ip_take takes `prefix` from `peer`, if it is there. */
void allowed_ip_take(struct peer *peer, const struct ip_prefix *prefix);

/*
 * allowed_ips_doubt and allowed_ips_settle replace the list of `peer`: what is not given again in between goes, and what
 * is has been there all the time, so that no packet is lost.
 */
void allowed_ips_doubt(struct peer *peer);
void allowed_ips_settle(struct peer *peer);

/* allowed_ips_take_all takes every one from `peer`. */
void allowed_ips_take_all(struct peer *peer);
