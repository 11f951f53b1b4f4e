/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A gateway without threads, for tests and fuzzers of the pipeline: the tables of two interfaces, peers with
 * a session each, and what one worker has. The remote side is libsodium's, so that nothing of ours judges itself.
 * What cannot be set up ends the program.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/cookie_checker.h"
#include "mailbox.h"
#include "pipeline.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"

#define FIXTURE_BIRTH_NS \
	(1000 * NSEC_PER_SEC) /* of every session; the pipeline's time begins here */
#define FIXTURE_MTU 1420
#define FIXTURE_MAILBOX_LEN 128
#define FIXTURE_TEXT_MAX 2048 /* bytes of the largest inner packet */

/* Ids that differ from what zeroed memory gives. */
#define FIXTURE_FIRST_IFACE 3

/* Of the identity of both interfaces, which else have nothing in common. */
extern const uint8_t fixture_public_key[WG_KEY_LEN];

struct fixture {
	struct rcu *rcu;
	struct index_table *indices;
	struct iface_view ifaces[2];
	struct cookie_checker checkers[2]; /* theirs */
	struct load load;
	struct pipeline pl;
	unsigned n_mbufs_before;
};

/* Cache lines of its own: a peer is cache-aligned. */
struct fixture_peer {
	struct peer_view view;
	struct keypair keypair;
	struct endpoint endpoint;
	struct peer_endpoint to; /* has the same, for workers */
};

/* fixture_start_eal starts the EAL and makes the pool of mbufs; once, before any fixture. */
void fixture_start_eal(void);
void fixture_stop_eal(void);

/* fixture_mbufs_out: how many mbufs of the pool are not back in it. */
unsigned fixture_mbufs_out(void);
struct rte_mempool *fixture_pool(void);

void fixture_init(struct fixture *f);
/* fixture_fini empties the mailboxes and frees everything; 0, or -1 when mbufs of its time are not back. */
int fixture_fini(struct fixture *f);

/*
 * fixture_add_peer makes `peer` a peer of `iface` that owns `prefixes` (a list that ends with NULL), whose endpoint
 * is known, and whose session both sides use. `seed` makes its keys and its endpoint differ from others'.
 */
void fixture_add_peer(struct fixture *f, struct iface_view *iface, struct fixture_peer *peer,
	uint32_t seed, const char *const prefixes[]);

/* fixture_cross gives the two ends of one session keys and indices that fit. */
void fixture_cross(struct fixture_peer *a, struct fixture_peer *b);

/* fixture_write_inner makes an IP packet of `len` bytes at `out`; the family is that of the two addresses. */
void fixture_write_inner(uint8_t *out, uint16_t len, const char *from, const char *to);

struct rte_mbuf *fixture_mbuf(const void *bytes, size_t len);
struct rte_mbuf *fixture_inner(uint16_t len, const char *from, const char *to);

/* fixture_seal: the datagram in which the remote side of `peer` sends `text`, from its endpoint. */
struct rte_mbuf *fixture_seal(
	const struct fixture_peer *peer, uint64_t counter, const void *text, size_t len);

/* fixture_open: what the remote side of `peer` finds in the datagram; -1: it is not for it, or not authentic. */
int fixture_open(const struct fixture_peer *peer, struct rte_mbuf *mbuf, uint64_t *out_counter,
	uint8_t *out_text);

/* fixture_fill leaves `mailbox` without room; fixture_drain empties it, frees the packets and returns how many events. */
void fixture_fill(struct mailbox *mailbox);
unsigned fixture_drain(struct mailbox *mailbox);

/* What an unauthenticated packet must leave as it is, byte by byte. */
struct fixture_state {
	uint8_t view[sizeof(struct peer_view)];
	uint8_t keypair[sizeof(struct keypair)];
};

void fixture_save(const struct fixture_peer *peer, struct fixture_state *out);
bool fixture_is_unchanged(const struct fixture_peer *peer, const struct fixture_state *state);

/* fixture_drops: all drops of the worker; fixture_dropped: those for one reason. */
uint64_t fixture_drops(const struct fixture *f);
uint64_t fixture_dropped(const struct fixture *f, enum drop_reason reason);

/* drops_sum, drops_of: the same of counters that are no worker's. */
uint64_t drops_sum(const struct drops *drops);
uint64_t drops_of(const struct drops *drops, enum drop_reason reason);
