/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A place among the peers of an interface and their allowed IPs, for who goes through them a part at a time: what
 * it stands on may be removed meanwhile. Control.
 */

#include <sys/queue.h>

struct allowed_ip;
struct interface;
struct peer;

struct peer_cursor {
	LIST_ENTRY(peer_cursor) others; /* of the interface */
	struct peer *peer;              /* NULL: at the end */
	struct allowed_ip *allowed_ip;  /* of the peer, is next; NULL: the peer itself is */
};

LIST_HEAD(peer_cursor_list, peer_cursor);

/* peer_cursor_open puts it on the first peer. peer_cursor_close is due before the interface goes. */
void peer_cursor_open(struct peer_cursor *cursor, struct interface *iface);
void peer_cursor_close(struct peer_cursor *cursor);

/* peer_cursor_leave goes on to the next peer. */
void peer_cursor_leave(struct peer_cursor *cursor);

/* peer_cursor_enter and peer_cursor_next_allowed_ip go on to the next allowed IP of the peer, or else to the next peer. */
void peer_cursor_enter(struct peer_cursor *cursor);
void peer_cursor_next_allowed_ip(struct peer_cursor *cursor);

/* peer_cursors_pass_peer and peer_cursors_pass_allowed_ip: it is about to go; who stands on it goes on to the next. */
void peer_cursors_pass_peer(struct peer *peer);
void peer_cursors_pass_allowed_ip(struct allowed_ip *allowed_ip);
