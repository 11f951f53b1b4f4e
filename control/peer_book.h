/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The peers of all interfaces by peer_id, by which workers name them, and those that were removed while something on its way
 * may still refer to them: docs/decisions/0006-peers-that-go.md. Control.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/compiler.h"

struct dataplane;
struct peer;

STAILQ_HEAD(buried_peers, peer);

struct peer_book {
	struct peer **peers; /* by peer_id; NULL: nobody, or not any more */
	uint32_t *free_ids;  /* a stack: given before, and nobody's now */
	uint32_t n_free_ids;
	uint32_t n_ids;                       /* given so far, the free ones too */
	uint32_t capacity;                    /* of both arrays */
	uint32_t n_peers;                     /* that are there */
	struct buried_peers waiting, leaving; /* for the next flush, and for this one */
	uint64_t n_flushes;                   /* begun so far */
	uint64_t wanted_flush;                /* the last that somebody has asked for */
	bool is_flushing;
};

void peer_book_init(struct peer_book *book);

/* peer_book_fini frees those that are buried; the others must have been, and the workers be stopped. */
void peer_book_fini(struct peer_book *book);

/* peer_book_add gives `peer` a number. 0; -ENOSPC: there are WG_PEERS_MAX, or as many wait for their end; -ENOMEM. */
must_check int peer_book_add(struct peer_book *book, struct peer *peer, uint32_t *out_peer_id);

/* peer_book_find: NULL for a number whose peer is gone. */
struct peer *peer_book_find(const struct peer_book *book, uint32_t peer_id);

/* peer_book_bury: `peer` is unreachable but for what is on its way; it is freed when that has come through. */
void peer_book_bury(struct peer_book *book, struct peer *peer);

/*
 * peer_book_ask_flush: for who waits for a flush that begins from now on. peer_book_is_flushed: it is over, and the peers that were
 * buried before are freed.
 */
must_check uint64_t peer_book_ask_flush(struct peer_book *book);
must_check bool peer_book_is_flushed(const struct peer_book *book, uint64_t flush);

/* peer_book_sweep frees what can be freed, without waiting; false: nothing is left that waits. */
bool peer_book_sweep(struct peer_book *book, struct dataplane *dp);
