/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/admission.h"

#include "base/clock.h"
#include "handshake/cookie.h"

#define LOAD_SHARE 8 /* of the room, as in the kernel: 512 of 4,096 */
#define LOAD_LASTS_NS NSEC_PER_SEC

bool admission_init(struct admission *admission, const uint8_t key[RATELIMITER_KEY_LEN])
{
	*admission = (struct admission){.limiter = ratelimiter_create(key)};
	return admission->limiter != NULL;
}

void admission_fini(struct admission *admission)
{
	ratelimiter_destroy(admission->limiter);
	*admission = (struct admission){.limiter = NULL};
}

void admission_note_queue(
	struct admission *admission, unsigned n_waiting, unsigned room, uint64_t now_ns)
{
	if (n_waiting >= room / LOAD_SHARE)
		admission->loaded_ns = now_ns;
}

bool admission_is_loaded(const struct admission *admission, uint64_t now_ns)
{
	return admission->loaded_ns != 0
		&& !clock_has_passed(now_ns, admission->loaded_ns, LOAD_LASTS_NS);
}

enum admission_verdict admission_judge(struct admission *admission,
	const struct cookie_checker *checker, const struct endpoint *source, const void *msg,
	size_t len, uint64_t now_ns)
{
	if (!admission_is_loaded(admission, now_ns))
		return ADMISSION_HANDLE;
	if (cookie_check_mac2(checker, source, msg, len, now_ns))
		return ratelimiter_allow_proven(admission->limiter, source, now_ns)
			? ADMISSION_HANDLE
			: ADMISSION_RATE;
	return ratelimiter_allow_unproven(admission->limiter, source, now_ns) ? ADMISSION_HANDLE
									      : ADMISSION_COOKIE;
}
