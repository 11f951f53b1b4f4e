/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Handshake messages as far as a worker sees them: to control, or answered with a cookie, or dropped. Behind the data of
 * their burst, which waits for nobody's handshake. Worker.
 */

#include "base/compiler.h"

struct iface_view;
struct pipeline;
struct rte_mbuf;

/*
 * handshakes_judge takes all that decap_burst found for `iface` out of the pipeline. Fills `out`, room for PACKET_BURST, with
 * those that are to be answered with a cookie, and returns how many; the others are taken.
 */
must_check unsigned handshakes_judge(
	struct pipeline *pl, const struct iface_view *iface, struct rte_mbuf **out);

/* handshakes_answer makes each of these messages the reply to itself, so that a flood takes no buffers: to be sent. */
void handshakes_answer(
	struct pipeline *pl, const struct iface_view *iface, struct rte_mbuf **mbufs, unsigned n);
