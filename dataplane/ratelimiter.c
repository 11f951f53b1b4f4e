/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ratelimiter.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/secure.h"

_Static_assert(RATELIMITER_KEY_LEN == crypto_shorthash_KEYBYTES, "SipHash-2-4");

/*
 * A bucket is the time at which it is full again. A message moves that time by the price of a token; it may not be
 * further away than the whole bucket takes. So a bucket whose time has passed is as good as none, and its place is free.
 */
struct bucket {
	uint64_t tag; /* the source's hash; two sources with the same 64 bits share a bucket */
	uint64_t full_ns;
};

struct rate {
	uint64_t token_ns; /* until there is one more */
	uint64_t burst;    /* tokens in a full bucket */
};

/* 20/s and 5: the kernel's for one source. */
static const struct rate SOURCE_RATE = {NSEC_PER_SEC / 20, 5};
/* Ten clients' worth of tokens, and enough in the bucket for 200 clients behind one address that call at once. */
static const struct rate PROVEN_ADDRESS_RATE = {NSEC_PER_SEC / 200, 200};
/* An initiation costs about 150 us: this is a fourteenth of a core for what may be invented. */
static const struct rate UNPROVEN_RATE = {NSEC_PER_SEC / 500, 100};
#define UNPROVEN_BURST_MIN 5 /* when many share it: a source's own */
static const struct rate ANSWER_RATE = {NSEC_PER_SEC, 1};

/*
 * A set is a cache line. 4,096 of them hold as many sources as send within the time that an empty bucket takes to fill,
 * a quarter of a second.
 */
#define WAYS 4
#define SETS 4096

struct ratelimiter {
	uint8_t key[RATELIMITER_KEY_LEN];
	struct bucket unproven;    /* of all sources together */
	struct rate unproven_rate; /* our part of it */
	cache_aligned struct bucket sets[SETS][WAYS];
};

/* What a bucket is for; hashed, so that the same address has a bucket for each. */
enum source_kind { PROVEN_SOURCE = 1, PROVEN_ADDRESS, UNPROVEN_ADDRESS, ANSWERED_SOURCE };

static struct rate part_of(const struct rate *rate, unsigned n_sharers)
{
	const uint64_t burst = rate->burst / n_sharers;

	return (struct rate){rate->token_ns * n_sharers,
		burst > UNPROVEN_BURST_MIN ? burst : UNPROVEN_BURST_MIN};
}

struct ratelimiter *ratelimiter_create(const uint8_t key[RATELIMITER_KEY_LEN], unsigned n_sharers)
{
	struct ratelimiter *limiter = aligned_alloc(CACHE_LINE, sizeof(*limiter));

	if (!limiter)
		return NULL;
	memset(limiter, 0, sizeof(*limiter));
	memcpy(limiter->key, key, RATELIMITER_KEY_LEN);
	limiter->unproven_rate = part_of(&UNPROVEN_RATE, n_sharers);
	return limiter;
}

void ratelimiter_destroy(struct ratelimiter *limiter)
{
	if (!limiter)
		return;
	secure_wipe(limiter, sizeof(*limiter));
	free(limiter);
}

static uint64_t hash_source(
	const struct ratelimiter *limiter, enum source_kind kind, const struct endpoint *source)
{
	/* Kind, family, port, and an IPv4 address or the first 64 bits of an IPv6 one; the rest is zero. */
	uint8_t text[12] = {(uint8_t)kind, source->addr.family == AF_INET6};
	uint64_t hash;

	if (kind == PROVEN_SOURCE || kind == ANSWERED_SOURCE)
		be16_store(text + 2, source->port);
	memcpy(text + 4, source->addr.bytes, source->addr.family == AF_INET6 ? 8 : 4);
	crypto_shorthash((unsigned char *)&hash, text, sizeof(text), limiter->key);
	return hash;
}

/*
 * The source's bucket. Where all of a set are in use, the one that is full again first makes room: its owner
 * gains the least by being forgotten, and whoever has no tokens left is remembered the longest. So newcomers are never
 * refused because others fill the table.
 */
static struct bucket *find_bucket(
	struct ratelimiter *limiter, enum source_kind kind, const struct endpoint *source)
{
	const uint64_t tag = hash_source(limiter, kind, source);
	struct bucket *set = limiter->sets[tag % SETS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].tag == tag)
			return &set[i];
		if (set[i].full_ns < oldest->full_ns)
			oldest = &set[i];
	}
	*oldest = (struct bucket){.tag = tag};
	return oldest;
}

/* When the bucket would be full again after one more token; 0: there is no token. */
static uint64_t price(const struct bucket *bucket, const struct rate *rate, uint64_t now_ns)
{
	const uint64_t full_ns = bucket->full_ns > now_ns ? bucket->full_ns : now_ns;

	return full_ns + rate->token_ns <= now_ns + rate->burst * rate->token_ns
		? full_ns + rate->token_ns
		: 0;
}

static bool has_token(const struct bucket *bucket, const struct rate *rate, uint64_t now_ns)
{
	return price(bucket, rate, now_ns) != 0;
}

static bool take(struct bucket *bucket, const struct rate *rate, uint64_t now_ns)
{
	const uint64_t full_ns = price(bucket, rate, now_ns);

	if (full_ns == 0)
		return false;
	bucket->full_ns = full_ns;
	return true;
}

/* The common bucket pays only for what the source's own allows: who floods empties his own. */
bool ratelimiter_allow_proven(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns)
{
	if (!has_token(find_bucket(limiter, PROVEN_ADDRESS, source), &PROVEN_ADDRESS_RATE, now_ns))
		return false;
	if (!take(find_bucket(limiter, PROVEN_SOURCE, source), &SOURCE_RATE, now_ns))
		return false;
	/* Looked up again: the source's bucket may have taken its place. */
	return take(find_bucket(limiter, PROVEN_ADDRESS, source), &PROVEN_ADDRESS_RATE, now_ns);
}

/* The common bucket comes first, so that not more sources than it lets through ever come into the table. */
bool ratelimiter_allow_unproven(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns)
{
	return has_token(&limiter->unproven, &limiter->unproven_rate, now_ns)
		&& take(find_bucket(limiter, UNPROVEN_ADDRESS, source), &SOURCE_RATE, now_ns)
		&& take(&limiter->unproven, &limiter->unproven_rate, now_ns);
}

bool ratelimiter_allow_answer(
	struct ratelimiter *limiter, const struct endpoint *source, uint64_t now_ns)
{
	return take(find_bucket(limiter, ANSWERED_SOURCE, source), &ANSWER_RATE, now_ns);
}
