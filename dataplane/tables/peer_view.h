/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What workers need of an interface and of a peer. Control creates both, publishes peers through the
 * allowed IPs and the index table, and frees them one grace period after they were taken out.
 * Beside each field stands who writes it; everything shared is atomic.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "tables/way.h"
#include "wire.h"

struct allowedips;
struct cookie_checker;
struct keypair;

struct iface_view {
	/* Set before publication. */
	struct allowedips *allowedips;
	uint8_t iface_id;
	bool is_on_ports;             /* its outer packets come and go through ports */
	bool is_mss_clamped;          /* TCP announces segments that fit `mtu` */
	bool is_dscp_copied;          /* to outer headers, which else have 0 */
	_Atomic uint16_t listen_port; /* control */
	_Atomic uint32_t mtu;         /* control, from the kernel; bytes of inner packet */

	/* Control: another one for each key and each secret. Under RCU; never NULL when workers know the interface. */
	_Atomic(struct cookie_checker *) checker;
};

/* iface_view_checker: of the handshake messages for this interface. Workers between two quiescent reports. */
static inline const struct cookie_checker *iface_view_checker(const struct iface_view *view)
{
	/* Acquire: it is complete when it is seen. */
	return atomic_load_explicit(&view->checker, memory_order_acquire);
}

/* Where a peer is, and how datagrams get there. Over IPv4 sealing needs one line of it, over IPv6 both. */
struct peer_endpoint {
	cache_aligned struct way_memo way; /* written by workers */
	struct endpoint endpoint;          /* set before publication */
};

_Static_assert(offsetof(struct peer_endpoint, way.words) + WAY_WORDS_V4 * 8 <= CACHE_LINE
		&& sizeof(struct peer_endpoint) == 2 * CACHE_LINE,
	"lines that sealing needs");

/*
 * The first line is all that sealing needs; opening needs both. Workers write each of them for every packet, so
 * that a line for what they only read would save no traffic between their caches.
 */
struct peer_view {
	/* Written by control. */
	struct iface_view *iface;          /* set before publication */
	_Atomic(struct keypair *) sending; /* what to seal with; NULL: no session. Under RCU */
	_Atomic(struct peer_endpoint *) endpoint; /* where to send; NULL: not known. Under RCU */
	uint32_t peer_id; /* control's number for the peer; set before publication */

	/* Set by the worker that posted the event, cleared by control when it has handled it. */
	_Atomic bool is_awake_posted;
	_Atomic bool is_handshake_posted;

	/*
	 * Marks for control/handshake/timers.h, written by workers and by control; 0: never or nothing outstanding.
	 * Outer bytes of authenticated messages, added by workers and by control.
	 */
	_Atomic uint64_t last_sent_ns;
	_Atomic uint64_t unanswered_since_ns;
	_Atomic uint64_t unacked_since_ns;
	_Atomic uint64_t tx_bytes;

	cache_aligned _Atomic uint64_t last_received_ns;
	_Atomic uint64_t rx_bytes;
};

_Static_assert(
	offsetof(struct peer_view, last_received_ns) == CACHE_LINE, "sealing needs one line");

/* peer_view_endpoint: where to send; NULL: not known. Control, and workers between two quiescent reports. */
static inline const struct endpoint *peer_view_endpoint(const struct peer_view *view)
{
	/* Acquire: it is complete when it is seen. */
	const struct peer_endpoint *known =
		atomic_load_explicit(&view->endpoint, memory_order_acquire);

	return known ? &known->endpoint : NULL;
}

/* peer_view_prefetch_sending, peer_view_prefetch_receiving: a packet to or from the peer will need it soon. Worker. */
static inline void peer_view_prefetch_sending(const struct peer_view *view)
{
	prefetch(view);
}

static inline void peer_view_prefetch_receiving(const struct peer_view *view)
{
	prefetch(view);
	prefetch(&view->last_received_ns);
}

/* peer_view_note_sent: an authenticated packet left; `is_data`: it was not a keepalive or handshake. Any thread. */
static inline void peer_view_note_sent(struct peer_view *view, uint64_t now_ns, bool is_data)
{
	atomic_store_explicit(&view->last_sent_ns, now_ns, memory_order_relaxed);
	if (atomic_load_explicit(&view->unacked_since_ns, memory_order_relaxed))
		atomic_store_explicit(&view->unacked_since_ns, 0, memory_order_relaxed);
	if (is_data && !atomic_load_explicit(&view->unanswered_since_ns, memory_order_relaxed))
		atomic_store_explicit(&view->unanswered_since_ns, now_ns, memory_order_relaxed);
}

/* peer_view_note_received: an authenticated packet arrived; the mirror of peer_view_note_sent. Any thread. */
static inline void peer_view_note_received(struct peer_view *view, uint64_t now_ns, bool is_data)
{
	atomic_store_explicit(&view->last_received_ns, now_ns, memory_order_relaxed);
	if (atomic_load_explicit(&view->unanswered_since_ns, memory_order_relaxed))
		atomic_store_explicit(&view->unanswered_since_ns, 0, memory_order_relaxed);
	if (is_data && !atomic_load_explicit(&view->unacked_since_ns, memory_order_relaxed))
		atomic_store_explicit(&view->unacked_since_ns, now_ns, memory_order_relaxed);
}
