/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/noise_job.h"

#include "base/secure.h"

static const uint8_t ZERO_KEY[WG_KEY_LEN];

/*
 * ss is multiplied once, for the first message that needs it: so that a hundred thousand peers can be added while the
 * handshakes of others go on, and a stranger who makes us do it gets no second time out of the same key.
 */
static void derive_static_static(struct noise_job *job)
{
	if (job->has_static_static)
		return;
	if (!symmetric_dh(job->static_static, job->private_key, job->remote_public_key))
		secure_wipe(job->static_static, WG_KEY_LEN);
	job->has_static_static = true;
}

must_check static bool mix_static_static(struct noise_job *job)
{
	derive_static_static(job);
	if (secure_equal(job->static_static, ZERO_KEY, WG_KEY_LEN))
		return false;
	symmetric_mix_shared(&job->symmetric, job->static_static);
	return true;
}

static enum noise_result initiate(struct noise_job *job)
{
	struct wg_msg_initiation *msg = &job->initiation;
	struct symmetric *sym = &job->symmetric;

	*msg = (struct wg_msg_initiation){.type = {WG_MSG_INITIATION}};
	symmetric_init(sym, job->remote_public_key);

	/* e */
	noise_public_key(msg->ephemeral, job->ephemeral_private);
	symmetric_mix_ephemeral(sym, msg->ephemeral);

	/* es */
	if (!symmetric_mix_dh(sym, job->ephemeral_private, job->remote_public_key))
		return NOISE_BAD_KEY;

	/* s */
	symmetric_seal(sym, msg->encrypted_static, job->public_key, WG_KEY_LEN);

	/* ss */
	if (!mix_static_static(job))
		return NOISE_BAD_KEY;

	/* {t} */
	symmetric_seal(sym, msg->encrypted_timestamp, job->timestamp, WG_TIMESTAMP_LEN);
	return NOISE_OK;
}

static enum noise_result open_initiation(struct noise_job *job)
{
	const struct wg_msg_initiation *msg = &job->initiation;
	struct symmetric *sym = &job->symmetric;

	symmetric_init(sym, job->public_key);

	/* e */
	symmetric_mix_ephemeral(sym, msg->ephemeral);

	/* es */
	if (!symmetric_mix_dh(sym, job->private_key, msg->ephemeral))
		return NOISE_BAD_KEY;

	/* s */
	return symmetric_open(sym, job->remote_public_key, msg->encrypted_static,
		       sizeof(msg->encrypted_static))
		? NOISE_OK
		: NOISE_UNAUTHENTIC;
}

static enum noise_result respond(struct noise_job *job)
{
	struct wg_msg_response *msg = &job->response;
	struct symmetric *sym = &job->symmetric;

	*msg = (struct wg_msg_response){.type = {WG_MSG_RESPONSE}};

	/* e */
	noise_public_key(msg->ephemeral, job->ephemeral_private);
	symmetric_mix_ephemeral(sym, msg->ephemeral);

	/* ee */
	if (!symmetric_mix_dh(sym, job->ephemeral_private, job->remote_ephemeral))
		return NOISE_BAD_KEY;

	/* se */
	if (!symmetric_mix_dh(sym, job->ephemeral_private, job->remote_public_key))
		return NOISE_BAD_KEY;

	/* psk */
	symmetric_mix_psk(sym, job->preshared_key);

	/* {} */
	symmetric_seal(sym, msg->encrypted_nothing, NULL, 0);
	return NOISE_OK;
}

static enum noise_result complete(struct noise_job *job)
{
	const struct wg_msg_response *msg = &job->response;
	struct symmetric *sym = &job->symmetric;

	/* e */
	symmetric_mix_ephemeral(sym, msg->ephemeral);

	/* ee */
	if (!symmetric_mix_dh(sym, job->ephemeral_private, msg->ephemeral))
		return NOISE_BAD_KEY;

	/* se */
	if (!symmetric_mix_dh(sym, job->private_key, msg->ephemeral))
		return NOISE_BAD_KEY;

	/* psk */
	symmetric_mix_psk(sym, job->preshared_key);

	/* {} */
	return symmetric_open(sym, NULL, msg->encrypted_nothing, sizeof(msg->encrypted_nothing))
		? NOISE_OK
		: NOISE_UNAUTHENTIC;
}

void noise_job_run(struct noise_job *job)
{
	switch (job->kind) {
	case NOISE_JOB_INITIATE:
		job->result = initiate(job);
		break;
	case NOISE_JOB_OPEN:
		job->result = open_initiation(job);
		break;
	case NOISE_JOB_SHARE:
		derive_static_static(job);
		job->result = NOISE_OK;
		break;
	case NOISE_JOB_RESPOND:
		job->result = respond(job);
		break;
	case NOISE_JOB_COMPLETE:
		job->result = complete(job);
		break;
	}
}
