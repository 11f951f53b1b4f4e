/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Why packets are dropped. Every reason has a name, a counter per worker, one for each interface, and a sentence in
 * docs/counters.md. A new drop starts with a line here.
 */

#include <stdatomic.h>
#include <stdint.h>

#define DROP_REASONS(X) \
	X(OUTER_TOO_BIG, "outer_too_big", "datagram longer than a packet buffer") \
	X(OUTER_NOT_WIREGUARD, "outer_not_wireguard", \
		"no WireGuard message of a known type and length") \
	X(OUTER_UNKNOWN_INDEX, "outer_unknown_index", "receiver index of no session") \
	X(OUTER_EXPIRED, "outer_expired", "session older than Reject-After-Time") \
	X(OUTER_REPLAYED, "outer_replayed", "counter seen before, or too old") \
	X(OUTER_CONGESTION, "outer_congestion", \
		"congestion marked on the way, and the inner packet cannot carry the mark") \
	X(OUTER_UNAUTHENTIC, "outer_unauthentic", "tag does not match") \
	X(OUTER_MAILBOX_FULL, "outer_mailbox_full", \
		"control is too busy for another handshake message") \
	X(OUTER_SEND_FAILED, "outer_send_failed", "the kernel did not take the datagram") \
	X(OUTER_BAD_MAC, "outer_bad_mac", "handshake message whose mac1 does not match") \
	X(OUTER_BAD_HANDSHAKE, "outer_bad_handshake", "handshake message refused") \
	X(OUTER_COOKIE_SENT, "outer_cookie_sent", \
		"under load: handshake message answered with a cookie") \
	X(OUTER_COOKIE_RATE, "outer_cookie_rate", \
		"under load: no time to answer another handshake message with a cookie") \
	X(OUTER_HANDSHAKE_RATE, "outer_handshake_rate", \
		"under load: too many handshake messages from this source, whose cookie is right") \
	X(INNER_MALFORMED, "inner_malformed", "neither IPv4 nor IPv6, or cut short") \
	X(INNER_TOO_BIG, "inner_too_big", "inner packet longer than a packet buffer") \
	X(INNER_OVER_PATH, "inner_over_path", \
		"inner packet that does not fit the way to its peer; its sender is told") \
	X(INNER_SOURCE, "inner_source", \
		"inner source address is not one of the peer's allowed IPs") \
	X(INNER_NO_PEER, "inner_no_peer", "no peer has the destination among its allowed IPs") \
	X(INNER_NO_ENDPOINT, "inner_no_endpoint", "the peer's endpoint is not known yet") \
	X(INNER_MAILBOX_FULL, "inner_mailbox_full", "control is too busy to stage another packet") \
	X(INNER_STAGE_FULL, "inner_stage_full", \
		"too many packets wait for a session, of this peer or of all") \
	X(INNER_GIVEN_UP, "inner_given_up", "the peer did not answer the handshake") \
	X(INNER_PEER_GONE, "inner_peer_gone", \
		"the peer was removed while the packet was on its way or waited") \
	X(INTERFACE_GONE, "interface_gone", \
		"the interface was removed while the packet was on its way") \
	X(INNER_HOST, "inner_host", "the kernel's interface did not take the packet") \
	X(FRAME_MALFORMED, "frame_malformed", \
		"frame of a port whose IP header, or UDP header to the host, contradicts itself or has a wrong checksum") \
	X(FRAME_IN_PIECES, "frame_in_pieces", "frame of a port larger than a packet buffer") \
	X(FRAME_HOST_RATE, "frame_host_rate", "more frames for the host's kernel than host_rate") \
	X(FRAME_NO_TWIN, "frame_no_twin", \
		"frame for the host's kernel on a shared port, which has no way back to it") \
	X(PORT_FULL, "port_full", "the port's send queue is full") \
	X(NO_BUFFER, "no_buffer", \
		"no packet buffer for a message of control's, or for a part of a joined one") \
	X(INBOX_FULL, "inbox_full", "a worker is too busy to send what control gave it")

enum drop_reason {
#define X(id, name, text) DROP_##id,
	DROP_REASONS(X)
#undef X
		DROP_N,
};

/* Counted by one thread, read by any. */
struct drops {
	_Atomic uint64_t n[DROP_N];
	struct drops *also; /* count here, too; of the thread that counts, NULL: nowhere */
};

const char *drop_name(enum drop_reason reason);
const char *drop_text(enum drop_reason reason);

/* counter_add: for a counter that only this thread writes; readers see a whole value. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

static inline void drops_count(struct drops *drops, enum drop_reason reason, unsigned n)
{
	counter_add(&drops->n[reason], n);
	if (drops->also)
		counter_add(&drops->also->n[reason], n);
}

struct rte_mbuf;

/* drop_packet frees `mbuf` and counts why. The thread that owns `drops`. */
void drop_packet(struct drops *drops, enum drop_reason reason, struct rte_mbuf *mbuf);
