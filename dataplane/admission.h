/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Which initiations and responses are worth a Diffie-Hellman, and which of the others an answer: mac1, load, mac2, and the
 * buckets of ratelimiter.h together. [W] 5.3. A worker's own; no I/O, the clock is passed in.
 *
 * Without load a right mac1 is enough. Under load a message with a right mac2 goes to control, which has a bucket for its
 * address and port. One without has that of its address while the common one lasts, and else is answered with a cookie: so a
 * flood from a few addresses costs the others no round trip, and one from invented addresses only that.
 *
 * What answers may cost is a share of the worker's time (docs/decisions/0009-cookies-of-workers.md). Half of it is kept for
 * sources that had none in the last second: who has a cookie can wait for another one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "crypto/nonces.h"
#include "load.h"
#include "ratelimiter.h"
#include "time_share.h"

struct cookie_checker;
struct endpoint;

enum admission_verdict {
	ADMISSION_BAD_MAC,       /* the sender does not know whom it calls: silence */
	ADMISSION_HANDLE,        /* for control */
	ADMISSION_HANDLE_PROVEN, /* for control, which is not to miss it: mac2 is right */
	ADMISSION_COOKIE,        /* answer it with a cookie reply, and nothing else */
	ADMISSION_LEAVE,         /* there is no time for an answer: silence */
};

struct admission {
	struct load *load; /* of the process */
	struct ratelimiter *limiter;
	struct time_share answers;
	struct nonces nonces; /* of the answers */
};

/*
 * admission_init: one of `n_workers` that share what strangers may cost. false: no memory; admission_fini is allowed
 * all the same. `random_bytes` fills keys. Init only.
 */
must_check bool admission_init(struct admission *admission, struct load *load, unsigned n_workers,
	void (*random_bytes)(void *out, size_t len));
void admission_fini(struct admission *admission);

/* admission_judge: the `len` bytes of `msg` are an initiation or a response by type and length. */
must_check enum admission_verdict admission_judge(struct admission *admission,
	const struct cookie_checker *checker, const struct endpoint *source, const void *msg,
	size_t len, uint64_t now_ns);

/*
 * admission_note_answers: the last `n` answers took from `begin_ns` to `now_ns`, while more datagrams were waiting than were
 * received at once (`is_pressed`), or not.
 */
void admission_note_answers(struct admission *admission, unsigned n, uint64_t begin_ns,
	uint64_t now_ns, bool is_pressed);
