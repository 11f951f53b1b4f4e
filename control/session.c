/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "session.h"

#include <stddef.h>

#include "publish.h"
#include "tables/keypair.h"

static void rotate(struct session *session, struct publisher *pub, struct peer_view *peer,
	struct keypair *current, struct keypair *previous)
{
	struct session old = *session;

	*session = (struct session){.current = current, .previous = previous};
	publish_sending(peer, current);
	if (old.current != current && old.current != previous)
		publish_retire_keypair(pub, old.current);
	if (old.previous != previous)
		publish_retire_keypair(pub, old.previous);
	if (old.next != current && old.next != previous)
		publish_retire_keypair(pub, old.next);
}

void session_add(
	struct session *session, struct publisher *pub, struct peer_view *peer, struct keypair *kp)
{
	/*
	 * An initiator's session is confirmed by the response that made it. An unconfirmed `next` is then
	 * newer than `current`, and the remote may be sealing with it already: keep that one of the two.
	 */
	if (kp->send_age.is_initiator) {
		if (session->next)
			publish_in_use(session->next); /* control need not hear of it any more */
		rotate(session, pub, peer, kp, session->next ? session->next : session->current);
		return;
	}
	publish_retire_keypair(pub, session->next);
	publish_retire_keypair(pub, session->previous);
	session->next = kp;
	session->previous = NULL;
}

bool session_confirm(struct session *session, struct publisher *pub, struct peer_view *peer,
	uint32_t local_index)
{
	if (!session->next || session->next->local_index != local_index)
		return false;
	rotate(session, pub, peer, session->next, session->current);
	return true;
}

void session_wipe(struct session *session, struct publisher *pub, struct peer_view *peer)
{
	rotate(session, pub, peer, NULL, NULL);
}
