/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Which initiations and responses are worth a Diffie-Hellman: mac2, load, and the buckets of
 * handshake/ratelimiter.h together. Those with a wrong mac1 do not come here: workers drop them (dataplane/decap.c). [W] 5.3. No I/O, no clock; one thread at a time (the control thread).
 *
 * Without load a right mac1 is enough. Under load a message with a right mac2 has the bucket of its address and port.
 * One without has that of its address while the common one lasts, and else is answered with a cookie: so a
 * flood from a few addresses costs the others no round trip, and one from invented addresses only that.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "handshake/ratelimiter.h"

struct cookie_checker;
struct endpoint;

enum admission_verdict {
	ADMISSION_HANDLE, /* give it to handshake/noise.h */
	ADMISSION_COOKIE, /* answer it with a cookie reply, and nothing else */
	ADMISSION_RATE,   /* the source has sent too many: silence */
};

/* For all interfaces of a process, which share the control thread's time. */
struct admission {
	struct ratelimiter *limiter;
	uint64_t loaded_ns; /* when the queue was long last; 0: never */
};

/* admission_init: `key` is random. false: no memory; admission_fini is allowed all the same. */
must_check bool admission_init(struct admission *admission, const uint8_t key[RATELIMITER_KEY_LEN]);
void admission_fini(struct admission *admission);

/*
 * admission_note_queue: `n_waiting` handshake messages wait where `room` have a place. An eighth of it is load, which
 * lasts a second after the last time, both as in the kernel. To be called before waiting messages are handled.
 */
void admission_note_queue(
	struct admission *admission, unsigned n_waiting, unsigned room, uint64_t now_ns);

must_check bool admission_is_loaded(const struct admission *admission, uint64_t now_ns);

/*
 * admission_judge: the `len` bytes of `msg` are an initiation or a response by type and length, whose mac1 is right.
 */
must_check enum admission_verdict admission_judge(struct admission *admission,
	const struct cookie_checker *checker, const struct endpoint *source, const void *msg,
	size_t len, uint64_t now_ns);
