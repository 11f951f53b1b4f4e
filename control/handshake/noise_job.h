/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The part of a handshake message that costs time: its Diffie-Hellmans, with what lies between them. A job is prepared by
 * handshake/noise.h, which copies all that it needs into it, run by any thread, and taken back by handshake/noise.h, which
 * checks that what it was computed from still holds. A job holds secrets: wipe it after use.
 */

#include <stdbool.h>
#include <stdint.h>

#include "handshake/noise.h"
#include "handshake/symmetric.h"
#include "wire.h"

enum noise_job_kind {
	NOISE_JOB_INITIATE, /* -> e, es, s, ss, {t} */
	NOISE_JOB_OPEN,     /* -> e, es, s of an initiation that came: who calls? */
	NOISE_JOB_SHARE,    /* ss for the next message of whoever called */
	NOISE_JOB_RESPOND,  /* <- e, ee, se, psk, {} */
	NOISE_JOB_COMPLETE, /* <- e, ee, se, psk, {} of a response that came */
};

struct noise_job {
	enum noise_job_kind kind;
	enum noise_result result; /* of the run */
	struct symmetric symmetric;

	struct noise_local *local; /* not for the run */

	/* What the keys in here are copies of, and which handshake of the remote this is about. */
	uint64_t local_epoch;
	uint64_t remote_epoch;
	uint64_t ticket;

	uint8_t private_key[WG_KEY_LEN];
	uint8_t public_key[WG_KEY_LEN];
	uint8_t remote_public_key[WG_KEY_LEN]; /* OPEN finds it */
	uint8_t preshared_key[WG_KEY_LEN];
	uint8_t static_static
		[WG_KEY_LEN];   /* the result of ss; zero: the public key is of low order */
	bool has_static_static; /* false: it is made when it is needed */
	uint8_t ephemeral_private[WG_KEY_LEN];
	uint8_t remote_ephemeral[WG_KEY_LEN]; /* RESPOND */
	uint8_t timestamp[WG_TIMESTAMP_LEN];  /* INITIATE */

	/* What came, or what was made; its indices and MACs are left alone. */
	union {
		struct wg_msg_initiation initiation;
		struct wg_msg_response response;
	};
};

/* noise_job_run computes; the result is in the job. Any thread; it touches nothing else. */
void noise_job_run(struct noise_job *job);
