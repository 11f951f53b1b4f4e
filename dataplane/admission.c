/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "admission.h"

#include "base/secure.h"
#include "crypto/cookie_checker.h"
#include "crypto/mac1.h"

/* One nanosecond in so many is for answers: of a worker that keeps up with what comes, and of one that does not. */
#define ANSWERS_ONE_IN 2
#define ANSWERS_ONE_IN_PRESSED 8

/*
 * Of what one answer takes; over a socket it is 6 us, 2 of them for the seal. The rest is the scheduler's, where workers share a
 * CPU: who was kept from running for milliseconds has not spent them.
 */
#define ANSWER_LONGEST_NS (10 * NSEC_PER_USEC)

#define ANSWERS_RESERVE_NS (TIME_SHARE_WINDOW_NS / 2)

bool admission_init(struct admission *admission, struct load *load, unsigned n_workers,
	void (*random_bytes)(void *out, size_t len))
{
	uint8_t key[WG_KEY_LEN];

	random_bytes(key, sizeof(key));
	*admission =
		(struct admission){.load = load, .limiter = ratelimiter_create(key, n_workers)};
	random_bytes(key, sizeof(key));
	nonces_init(&admission->nonces, key);
	secure_wipe(key, sizeof(key));
	return admission->limiter != NULL;
}

void admission_fini(struct admission *admission)
{
	ratelimiter_destroy(admission->limiter);
	admission->limiter = NULL;
	nonces_fini(&admission->nonces);
}

static bool may_answer(struct admission *admission, const struct endpoint *source, uint64_t now_ns)
{
	return time_share_has(&admission->answers, now_ns, 0)
		&& (ratelimiter_allow_answer(admission->limiter, source, now_ns)
			|| time_share_has(&admission->answers, now_ns, ANSWERS_RESERVE_NS));
}

enum admission_verdict admission_judge(struct admission *admission,
	const struct cookie_checker *checker, const struct endpoint *source, const void *msg,
	size_t len, uint64_t now_ns)
{
	if (!mac1_check(checker->mac1_key, msg, len))
		return ADMISSION_BAD_MAC;
	if (!load_is_on(admission->load, now_ns))
		return ADMISSION_HANDLE;
	if (cookie_check_mac2(checker, source, msg, len))
		return ADMISSION_HANDLE_PROVEN;
	if (ratelimiter_allow_unproven(admission->limiter, source, now_ns))
		return ADMISSION_HANDLE;
	/* Else load would end as soon as it is dealt with, and a flood would fill the queue anew each second. */
	load_note(admission->load, now_ns);
	return may_answer(admission, source, now_ns) ? ADMISSION_COOKIE : ADMISSION_LEAVE;
}

void admission_note_answers(struct admission *admission, unsigned n, uint64_t begin_ns,
	uint64_t now_ns, bool is_pressed)
{
	const uint64_t took_ns = now_ns - begin_ns, longest_ns = n * ANSWER_LONGEST_NS;

	time_share_spend(&admission->answers, begin_ns, took_ns < longest_ns ? took_ns : longest_ns,
		is_pressed ? ANSWERS_ONE_IN_PRESSED : ANSWERS_ONE_IN);
}
