/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshakes.h"

#include "crypto/cookie_checker.h"
#include "mailbox.h"
#include "pipeline.h"
#include "tables/peer_view.h"

/* A cookie reply has no mac1; control knows whether it waits for one. */
static enum admission_verdict judge(
	struct pipeline *pl, const struct cookie_checker *checker, struct rte_mbuf *mbuf)
{
	const uint8_t *msg = rte_pktmbuf_mtod(mbuf, const uint8_t *);

	return msg[0] == WG_MSG_COOKIE
		? ADMISSION_HANDLE
		: admission_judge(&pl->admission, checker, &packet_of(mbuf)->outer, msg,
			rte_pktmbuf_data_len(mbuf), pl->now_ns);
}

unsigned handshakes_judge(
	struct pipeline *pl, const struct iface_view *iface, struct rte_mbuf **out)
{
	const struct mailbox *mailbox = pl->mailboxes[MAILBOX_HANDSHAKES];
	const struct cookie_checker *checker = iface_view_checker(iface);
	unsigned n_out = 0;

	for (unsigned i = 0; i < pl->n_handshakes; i++) {
		struct rte_mbuf *mbuf = pl->handshakes[i];

		packet_of(mbuf)->iface_id = iface->iface_id;
		load_note_queue(pl->admission.load, mailbox_count(mailbox), mailbox_room(mailbox),
			pl->now_ns);
		switch (judge(pl, checker, mbuf)) {
		case ADMISSION_BAD_MAC:
			drop_packet(&pl->drops, DROP_OUTER_BAD_MAC, mbuf);
			break;
		case ADMISSION_HANDLE:
			pipeline_give(pl, MAILBOX_HANDSHAKES, EVENT_HANDSHAKE, mbuf,
				DROP_OUTER_MAILBOX_FULL);
			break;
		case ADMISSION_HANDLE_PROVEN:
			pipeline_give(pl, MAILBOX_PROVEN, EVENT_PROVEN_HANDSHAKE, mbuf,
				DROP_OUTER_MAILBOX_FULL);
			break;
		case ADMISSION_COOKIE:
			out[n_out++] = mbuf;
			break;
		case ADMISSION_LEAVE:
			drop_packet(&pl->drops, DROP_OUTER_COOKIE_RATE, mbuf);
			break;
		}
	}
	pl->n_handshakes = 0;
	return n_out;
}

/* To where the message came from, which may be no peer's endpoint: no way there is remembered. */
static void answer(struct pipeline *pl, const struct cookie_checker *checker, struct rte_mbuf *mbuf)
{
	struct packet *packet = packet_of(mbuf);

	cookie_make_reply(checker, &packet->outer, rte_pktmbuf_mtod(mbuf, const void *),
		rte_pktmbuf_data_len(mbuf), nonces_next(&pl->admission.nonces),
		rte_pktmbuf_mtod(mbuf, struct wg_msg_cookie *));
	packet_keep(mbuf, 0, sizeof(struct wg_msg_cookie));
	packet->kind = PACKET_DATAGRAM;
	packet->outer_tos = HANDSHAKE_TOS;
	packet->to = NULL;
}

void handshakes_answer(
	struct pipeline *pl, const struct iface_view *iface, struct rte_mbuf **mbufs, unsigned n)
{
	const struct cookie_checker *checker = iface_view_checker(iface);

	for (unsigned i = 0; i < n; i++)
		answer(pl, checker, mbufs[i]);
	drops_count(&pl->drops, DROP_OUTER_COOKIE_SENT, n);
}
