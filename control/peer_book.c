/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "peer_book.h"

#include <errno.h>
#include <stdlib.h>

#include "dataplane.h"
#include "peer.h"
#include "protocol.h"
#include "tables/peer_view.h"

#define FIRST_CAPACITY 64

void peer_book_init(struct peer_book *book)
{
	*book = (struct peer_book){.n_ids = 0};
	STAILQ_INIT(&book->waiting);
	STAILQ_INIT(&book->leaving);
}

static int grow(struct peer_book *book)
{
	uint32_t capacity = book->capacity ? 2 * book->capacity : FIRST_CAPACITY;
	struct peer **peers = realloc(book->peers, capacity * sizeof(struct peer *));
	uint32_t *free_ids;

	if (!peers)
		return -ENOMEM;
	book->peers = peers;
	free_ids = realloc(book->free_ids, capacity * sizeof(*free_ids));
	if (!free_ids)
		return -ENOMEM;
	book->free_ids = free_ids;
	book->capacity = capacity;
	return 0;
}

int peer_book_add(struct peer_book *book, struct peer *peer, uint32_t *out_peer_id)
{
	uint32_t n_buried = book->n_ids - book->n_free_ids - book->n_peers;

	if (book->n_peers == WG_PEERS_MAX || n_buried >= WG_PEERS_MAX)
		return -ENOSPC;
	if (book->n_free_ids == 0 && book->n_ids == book->capacity && grow(book) < 0)
		return -ENOMEM;
	*out_peer_id = book->n_free_ids ? book->free_ids[--book->n_free_ids] : book->n_ids++;
	book->peers[*out_peer_id] = peer;
	book->n_peers++;
	return 0;
}

struct peer *peer_book_find(const struct peer_book *book, uint32_t peer_id)
{
	return book->peers[peer_id];
}

void peer_book_bury(struct peer_book *book, struct peer *peer)
{
	book->peers[peer->view->peer_id] = NULL;
	book->n_peers--;
	STAILQ_INSERT_TAIL(&book->waiting, peer, next_buried);
}

static void free_leaving(struct peer_book *book)
{
	struct peer *peer;

	while ((peer = STAILQ_FIRST(&book->leaving))) {
		STAILQ_REMOVE_HEAD(&book->leaving, next_buried);
		book->free_ids[book->n_free_ids++] = peer->view->peer_id;
		peer_free(peer);
	}
}

uint64_t peer_book_ask_flush(struct peer_book *book)
{
	return book->wanted_flush = book->n_flushes + 1;
}

bool peer_book_is_flushed(const struct peer_book *book, uint64_t flush)
{
	return book->n_flushes - book->is_flushing >= flush;
}

static bool wants_flush(const struct peer_book *book)
{
	return !STAILQ_EMPTY(&book->waiting) || book->wanted_flush > book->n_flushes;
}

static void begin_flush(struct peer_book *book, struct dataplane *dp)
{
	STAILQ_CONCAT(&book->leaving, &book->waiting);
	book->is_flushing = true;
	book->n_flushes++;
	dataplane_flush_begin(dp);
}

bool peer_book_sweep(struct peer_book *book, struct dataplane *dp)
{
	if (book->is_flushing && !dataplane_flush_is_over(dp))
		return true;
	if (book->is_flushing)
		free_leaving(book);
	book->is_flushing = false;
	if (wants_flush(book))
		begin_flush(book, dp);
	return book->is_flushing;
}

void peer_book_fini(struct peer_book *book)
{
	free_leaving(book);
	STAILQ_CONCAT(&book->leaving, &book->waiting);
	free_leaving(book);
	free(book->peers);
	free(book->free_ids);
	peer_book_init(book);
}
