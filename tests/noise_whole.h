/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The four messages of the handshake, each prepared, computed and taken in one go. */

#include "base/compiler.h"
#include "base/secure.h"
#include "handshake/noise_job.h"

must_check static inline enum noise_result noise_create_initiation(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], const uint8_t timestamp[WG_TIMESTAMP_LEN],
	struct wg_msg_initiation *out)
{
	struct noise_job job;
	enum noise_result result = noise_prepare_initiation(remote, ephemeral, timestamp, &job);

	if (result != NOISE_OK)
		return result;
	noise_job_run(&job);
	result = noise_take_initiation(&job, &remote);
	if (result == NOISE_OK)
		*out = job.initiation;
	secure_wipe(&job, sizeof(job));
	return result;
}

must_check static inline enum noise_result noise_consume_initiation(struct noise_local *local,
	const struct wg_msg_initiation *msg, uint64_t now_ns, struct noise_remote **out_remote)
{
	struct noise_job job;
	enum noise_result result = noise_prepare_opening(local, msg, &job);

	if (result != NOISE_OK)
		return result;
	do {
		noise_job_run(&job);
		result = noise_take_opening(&job, now_ns, out_remote);
	} while (result == NOISE_UNFINISHED);
	secure_wipe(&job, sizeof(job));
	return result;
}

must_check static inline enum noise_result noise_create_response(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], struct wg_msg_response *out)
{
	struct noise_job job;
	enum noise_result result = noise_prepare_response(remote, ephemeral, &job);

	if (result != NOISE_OK)
		return result;
	noise_job_run(&job);
	result = noise_take_response(&job, &remote);
	if (result == NOISE_OK)
		*out = job.response;
	secure_wipe(&job, sizeof(job));
	return result;
}

must_check static inline enum noise_result noise_consume_response(
	struct noise_remote *remote, const struct wg_msg_response *msg)
{
	struct noise_job job;
	enum noise_result result = noise_prepare_completion(remote, msg, &job);

	if (result != NOISE_OK)
		return result;
	noise_job_run(&job);
	result = noise_take_completion(&job, &remote);
	secure_wipe(&job, sizeof(job));
	return result;
}
