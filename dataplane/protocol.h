/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Every time and every limit of the protocol. Any thread may use it; it holds numbers and no state.
 * Source: [W] 6.1 unless a line names another one.
 *
 * WG_TIME_SCALE divides the times of a session and of retries. It is 1 in all but a program of the tests
 * (tests/system/meson.build), which shortens a session so that many rekeys fit in a minute.
 */

#include <stdint.h>

#include "base/clock.h"

#ifndef WG_TIME_SCALE
#	define WG_TIME_SCALE 1
#endif

#define WG_REKEY_AFTER_TIME_NS (120 * NSEC_PER_SEC / WG_TIME_SCALE)
#define WG_REJECT_AFTER_TIME_NS (180 * NSEC_PER_SEC / WG_TIME_SCALE)
#define WG_WIPE_AFTER_TIME_NS (3 * WG_REJECT_AFTER_TIME_NS) /* [W] 6.3 */
#define WG_REKEY_ATTEMPT_TIME_NS (90 * NSEC_PER_SEC)
#define WG_REKEY_TIMEOUT_NS (5 * NSEC_PER_SEC / WG_TIME_SCALE)
#define WG_REKEY_JITTER_NS \
	(334 * NSEC_PER_MSEC / WG_TIME_SCALE) /* upper end; the kernel's choice for [W] 6.1 */
#define WG_KEEPALIVE_TIMEOUT_NS (10 * NSEC_PER_SEC)

/* The receiving initiator renews this early, so that a new session stands before the old one dies: [W] 6.2 */
#define WG_REKEY_ON_RECEIVE_NS \
	(WG_REJECT_AFTER_TIME_NS - WG_KEEPALIVE_TIMEOUT_NS / WG_TIME_SCALE - WG_REKEY_TIMEOUT_NS)

#define WG_REKEY_AFTER_MESSAGES (UINT64_C(1) << 60)
#define WG_REJECT_AFTER_MESSAGES (UINT64_MAX - (UINT64_C(1) << 13)) /* 2^64 - 2^13 - 1 */

/* Initiations of one peer closer together than this are ignored: 50 a second, as the kernel does. */
#define WG_INITIATION_SPACING_NS (NSEC_PER_SEC / 50)

/* Cookies: [W] 5.4.7. The sender stops 5 s before the secret may have changed, as the kernel does. */
#define WG_COOKIE_SECRET_NS (120 * NSEC_PER_SEC)
#define WG_COOKIE_USE_NS (WG_COOKIE_SECRET_NS - 5 * NSEC_PER_SEC)

#define WG_STAGED_PACKETS_MAX 128 /* per peer; the kernel's number for [W] 6.4 */
#define WG_PEERS_MAX (1U << 20)
#define WG_INTERFACES_MAX 64 /* of the process; iface_id has 8 bits */
#define WG_PORTS_MAX 16      /* of the process: more NICs than a machine of two sockets holds */
