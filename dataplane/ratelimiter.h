/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Token buckets for handshake messages that cost a Diffie-Hellman, by where they come from. [W] 5.3 asks for them; the
 * numbers of a source are the kernel's. One block of memory, taken once, whatever comes. One thread's own: workers
 * have one for what is not proven, control has one for what is. The clock is passed in.
 *
 * A source that has proven its address (a right mac2) is an address with a port, so that clients behind one
 * translator (NAT) do not take each other's tokens; all of its ports together have a bucket that holds ten times as
 * much, for one host has 65,535 of them. A source that has proven nothing is an address, and all of those together have a
 * bucket, too: their addresses may be invented. An address of IPv6 is a /64, which is what one customer has at least.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define RATELIMITER_KEY_LEN 16 /* SipHash-2-4 */

struct endpoint;
struct ratelimiter;

/*
 * ratelimiter_create: one of `n_sharers`, which have the bucket of all unproven sources between them. `key` is random, so that
 * nobody can choose sources that meet in the table. NULL: no memory.
 */
must_check struct ratelimiter *ratelimiter_create(
	const uint8_t key[RATELIMITER_KEY_LEN], unsigned n_sharers);

/* ratelimiter_destroy wipes and frees; NULL is allowed. */
void ratelimiter_destroy(struct ratelimiter *limiter);

/* ratelimiter_allow_proven takes a token for a message whose mac2 is right; false: there is none. */
must_check bool ratelimiter_allow_proven(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns);

/* ratelimiter_allow_unproven takes a token for a message whose mac1 alone is right; false: there is none. */
must_check bool ratelimiter_allow_unproven(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns);

/* ratelimiter_allow_answer: has an address with its port had no answer in the last second? Then it has one now. */
must_check bool ratelimiter_allow_answer(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns);
