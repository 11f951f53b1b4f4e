/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "peer_cursor.h"

#include "allowed_ip.h"
#include "interface.h"
#include "peer.h"

static void go_to(struct peer_cursor *cursor, struct peer *peer)
{
	cursor->peer = peer;
	cursor->allowed_ip = NULL;
}

void peer_cursor_open(struct peer_cursor *cursor, struct interface *iface)
{
	LIST_INSERT_HEAD(&iface->cursors, cursor, others);
	go_to(cursor, TAILQ_FIRST(&iface->peers));
}

void peer_cursor_close(struct peer_cursor *cursor)
{
	LIST_REMOVE(cursor, others);
}

void peer_cursor_enter(struct peer_cursor *cursor)
{
	cursor->allowed_ip = TAILQ_FIRST(&cursor->peer->allowed_ips);
	if (!cursor->allowed_ip)
		peer_cursor_leave(cursor);
}

void peer_cursor_leave(struct peer_cursor *cursor)
{
	go_to(cursor, TAILQ_NEXT(cursor->peer, others));
}

void peer_cursor_next_allowed_ip(struct peer_cursor *cursor)
{
	cursor->allowed_ip = TAILQ_NEXT(cursor->allowed_ip, others);
	if (!cursor->allowed_ip)
		peer_cursor_leave(cursor);
}

void peer_cursors_pass_peer(struct peer *peer)
{
	struct peer_cursor *cursor;

	LIST_FOREACH(cursor, &peer->iface->cursors, others)
		if (cursor->peer == peer)
			peer_cursor_leave(cursor);
}

void peer_cursors_pass_allowed_ip(struct allowed_ip *allowed_ip)
{
	struct peer_cursor *cursor;

	LIST_FOREACH(cursor, &allowed_ip->peer->iface->cursors, others)
		if (cursor->allowed_ip == allowed_ip)
			peer_cursor_next_allowed_ip(cursor);
}
