/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Path MTU of a tunnel: who sends an inner packet that does not fit the way to its peer is told, so that nobody
 * has to cut encrypted packets. RFC 1191 and RFC 4443 3.2. Any thread that owns the mbuf.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct rte_mbuf;

/*
 * too_big_limit: the largest inner packet that is sent in the family of `ip` where `mtu` bytes fit: no less than each host must
 * be able to send, RFC 8200 5 and RFC 791 3.2. What still does not fit then is cut outside.
 */
uint32_t too_big_limit(const uint8_t *ip, uint32_t mtu);

/* too_big_is_cuttable: an IPv4 packet whose sender allows that it is cut. */
bool too_big_is_cuttable(const uint8_t *ip);

/*
 * too_big_answer turns a whole inner packet, as inner_ip_parse accepts it, into the ICMP message that tells its sender that
 * `mtu` bytes fit. It seems to come from whom the packet was for, which is where the host expects packets of the tunnel from.
 * false: nobody may be told (an ICMP error itself, a later fragment, no single sender or receiver) or there is no
 * headroom; the packet is unchanged.
 */
must_check bool too_big_answer(struct rte_mbuf *mbuf, uint16_t mtu);
