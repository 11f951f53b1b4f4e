/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/noise.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/secure.h"
#include "crypto/hash.h"
#include "handshake/noise_job.h"
#include "protocol.h"

/*
 * Noise_IKpsk2: the initiator knows the responder's static key beforehand.
 *
 *	<- s
 *	...
 *	-> e, es, s, ss, {t}
 *	<- e, ee, se, psk, {}
 *
 * Each of the four jobs (handshake/noise_job.c) is one line of it seen from one side, or a part of one. They are prepared and
 * taken here. Taking follows the same plan: is what the job was computed from still there, is its result good? Then the
 * next state is committed to the remote, and its copies are wiped.
 */

enum handshake_state {
	HANDSHAKE_NONE,
	HANDSHAKE_INITIATION_CREATED,
	HANDSHAKE_INITIATION_CONSUMED,
	HANDSHAKE_RESPONSE_CREATED,
	HANDSHAKE_RESPONSE_CONSUMED,
};

struct handshake {
	enum handshake_state state;
	uint64_t ticket;      /* see noise_remote.last_ticket */
	uint32_t local_index; /* taken in all states but NONE and INITIATION_CONSUMED */
	uint32_t remote_index;
	struct symmetric symmetric;
	union {
		uint8_t ephemeral_private[WG_KEY_LEN]; /* INITIATION_CREATED */
		uint8_t remote_ephemeral[WG_KEY_LEN];  /* INITIATION_CONSUMED */
	};
};

struct noise_local {
	const struct noise_upcalls *upcalls;
	void *context;
	uint8_t private_key[WG_KEY_LEN];
	uint8_t public_key[WG_KEY_LEN];
	bool has_private_key;
	uint64_t epoch;      /* of these keys */
	uint64_t last_epoch; /* that was given to anything of this interface */
};

struct noise_remote {
	struct noise_local *local;
	void *owner;
	uint8_t public_key[WG_KEY_LEN];
	uint8_t preshared_key[WG_KEY_LEN];
	uint8_t static_static
		[WG_KEY_LEN]; /* the result of ss; zero: the public key is of low order */
	bool has_static_static;
	uint64_t
		epoch; /* another one whenever the keys above change: so that a job knows whether it has them */
	/* Counts beginnings and ends of handshakes: so that a job knows whether it belongs to the newest. */
	uint64_t last_ticket;
	uint8_t latest_timestamp[WG_TIMESTAMP_LEN]; /* of the initiations consumed */
	uint64_t initiation_consumed_ns;            /* 0: none yet */
	struct handshake handshake;
};

static const uint8_t ZERO_KEY[WG_KEY_LEN];

const char *noise_result_text(enum noise_result result)
{
	switch (result) {
	case NOISE_OK:
		return "ok";
	case NOISE_NO_PRIVATE_KEY:
		return "the interface has no private key";
	case NOISE_BAD_KEY:
		return "a public key gives no shared secret";
	case NOISE_UNAUTHENTIC:
		return "not authentic";
	case NOISE_UNKNOWN_PEER:
		return "no peer has this public key";
	case NOISE_REPLAYED:
		return "an old initiation again";
	case NOISE_TOO_SOON:
		return "too soon after the last initiation";
	case NOISE_NO_HANDSHAKE:
		return "no handshake waits for this message";
	case NOISE_NO_INDEX:
		return "no free session index";
	case NOISE_OUTDATED:
		return "keys or handshake have changed meanwhile";
	case NOISE_UNFINISHED:
		return "not finished";
	}
	return "unknown result";
}

void noise_public_key(uint8_t out_public_key[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN])
{
	crypto_scalarmult_curve25519_base(out_public_key, private_key);
}

/* Identities. */

struct noise_local *noise_local_create(
	const uint8_t private_key[WG_KEY_LEN], const struct noise_upcalls *upcalls, void *context)
{
	struct noise_local *local;

	if (sodium_init() < 0) /* once a process: picks the fastest code for this CPU */
		return NULL;
	local = calloc(1, sizeof(*local));
	if (local == NULL)
		return NULL;
	local->upcalls = upcalls;
	local->context = context;
	noise_local_set_private_key(local, private_key);
	return local;
}

/* [7748] 5: clamped when it is taken, so that what is shown is what is used. */
static void clamp(uint8_t private_key[WG_KEY_LEN])
{
	private_key[0] &= 248;
	private_key[31] = (private_key[31] & 127) | 64;
}

bool noise_local_set_private_key(struct noise_local *local, const uint8_t private_key[WG_KEY_LEN])
{
	uint8_t fresh[WG_KEY_LEN];
	bool is_other;

	memcpy(fresh, private_key, WG_KEY_LEN);
	local->has_private_key = !secure_equal(fresh, ZERO_KEY, WG_KEY_LEN);
	if (local->has_private_key)
		clamp(fresh);
	is_other = !secure_equal(fresh, local->private_key, WG_KEY_LEN);
	memcpy(local->private_key, fresh, WG_KEY_LEN);
	secure_wipe(fresh, sizeof(fresh));
	if (is_other)
		local->epoch = ++local->last_epoch;
	if (local->has_private_key)
		noise_public_key(local->public_key, local->private_key);
	else
		memset(local->public_key, 0, WG_KEY_LEN);
	return is_other;
}

bool noise_local_has_private_key(const struct noise_local *local)
{
	return local->has_private_key;
}

const uint8_t *noise_local_private_key(const struct noise_local *local)
{
	return local->private_key;
}

void noise_local_destroy(struct noise_local *local)
{
	if (local == NULL)
		return;
	secure_wipe(local, sizeof(*local));
	free(local);
}

const uint8_t *noise_local_public_key(const struct noise_local *local)
{
	return local->public_key;
}

struct noise_remote *noise_remote_create(struct noise_local *local, void *owner,
	const uint8_t public_key[WG_KEY_LEN], const uint8_t preshared_key[WG_KEY_LEN])
{
	struct noise_remote *remote = calloc(1, sizeof(*remote));

	if (remote == NULL)
		return NULL;
	remote->local = local;
	remote->owner = owner;
	remote->epoch = ++local->last_epoch;
	memcpy(remote->public_key, public_key, WG_KEY_LEN);
	memcpy(remote->preshared_key, preshared_key, WG_KEY_LEN);
	return remote;
}

void noise_remote_destroy(struct noise_remote *remote)
{
	if (remote == NULL)
		return;
	noise_remote_forget(remote);
	secure_wipe(remote, sizeof(*remote));
	free(remote);
}

void *noise_remote_owner(const struct noise_remote *remote)
{
	return remote->owner;
}

const uint8_t *noise_remote_public_key(const struct noise_remote *remote)
{
	return remote->public_key;
}

void noise_remote_set_preshared_key(
	struct noise_remote *remote, const uint8_t preshared_key[WG_KEY_LEN])
{
	if (secure_equal(remote->preshared_key, preshared_key, WG_KEY_LEN))
		return;
	memcpy(remote->preshared_key, preshared_key, WG_KEY_LEN);
	remote->epoch = ++remote->local->last_epoch;
}

const uint8_t *noise_remote_preshared_key(const struct noise_remote *remote)
{
	return remote->preshared_key;
}

void noise_remote_forget_identity(struct noise_remote *remote)
{
	noise_remote_forget(remote);
	secure_wipe(remote->static_static, WG_KEY_LEN);
	remote->has_static_static = false;
	remote->epoch = ++remote->local->last_epoch;
}

/* The handshake in progress. */

static bool handshake_holds_index(const struct handshake *handshake)
{
	return handshake->state != HANDSHAKE_NONE
		&& handshake->state != HANDSHAKE_INITIATION_CONSUMED;
}

static bool handshake_take_index(const struct noise_remote *remote, struct handshake *next)
{
	const struct noise_local *local = remote->local;

	return local->upcalls->index_take(local->context, remote->owner, &next->local_index) == 0;
}

/* Overwrites every secret of the state before. */
static void handshake_commit(struct noise_remote *remote, struct handshake *next)
{
	secure_wipe(next->symmetric.key, WG_KEY_LEN);
	remote->handshake = *next;
}

void noise_remote_forget(struct noise_remote *remote)
{
	const struct noise_local *local = remote->local;

	if (handshake_holds_index(&remote->handshake))
		local->upcalls->index_drop(local->context, remote->handshake.local_index);
	secure_wipe(&remote->handshake, sizeof(remote->handshake));
	remote->last_ticket++;
}

/* The jobs. */

static void job_init(struct noise_job *job, enum noise_job_kind kind, struct noise_local *local)
{
	*job = (struct noise_job){.kind = kind, .local = local, .local_epoch = local->epoch};
	memcpy(job->private_key, local->private_key, WG_KEY_LEN);
	memcpy(job->public_key, local->public_key, WG_KEY_LEN);
}

static void job_take_remote(struct noise_job *job, const struct noise_remote *remote)
{
	job->remote_epoch = remote->epoch;
	memcpy(job->remote_public_key, remote->public_key, WG_KEY_LEN);
	memcpy(job->preshared_key, remote->preshared_key, WG_KEY_LEN);
	memcpy(job->static_static, remote->static_static, WG_KEY_LEN);
	job->has_static_static = remote->has_static_static;
}

static struct noise_remote *find(
	const struct noise_local *local, const uint8_t public_key[WG_KEY_LEN])
{
	return local->upcalls->find(local->context, public_key);
}

/* Whom the keys that the job was computed with still belong to, or NULL. */
static struct noise_remote *job_remote(const struct noise_job *job)
{
	struct noise_remote *remote = find(job->local, job->remote_public_key);

	return remote && remote->epoch == job->remote_epoch && job->local_epoch == job->local->epoch
		? remote
		: NULL;
}

static void keep_static_static(struct noise_remote *remote, const struct noise_job *job)
{
	if (!job->has_static_static)
		return;
	memcpy(remote->static_static, job->static_static, WG_KEY_LEN);
	remote->has_static_static = true;
}

enum noise_result noise_prepare_initiation(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], const uint8_t timestamp[WG_TIMESTAMP_LEN],
	struct noise_job *job)
{
	if (!remote->local->has_private_key)
		return NOISE_NO_PRIVATE_KEY;
	job_init(job, NOISE_JOB_INITIATE, remote->local);
	job_take_remote(job, remote);
	job->ticket = ++remote->last_ticket;
	memcpy(job->ephemeral_private, ephemeral, WG_KEY_LEN);
	memcpy(job->timestamp, timestamp, WG_TIMESTAMP_LEN);
	return NOISE_OK;
}

enum noise_result noise_take_initiation(struct noise_job *job, struct noise_remote **out_remote)
{
	struct noise_remote *remote = job_remote(job);
	struct handshake next = {.state = HANDSHAKE_INITIATION_CREATED, .ticket = job->ticket};
	enum noise_result result = NOISE_OUTDATED;

	if (!remote)
		return result;
	keep_static_static(remote, job);
	if (job->ticket != remote->last_ticket)
		return result;
	if (job->result != NOISE_OK)
		return job->result;
	next.symmetric = job->symmetric;
	memcpy(next.ephemeral_private, job->ephemeral_private, WG_KEY_LEN);
	if (handshake_take_index(remote, &next)) {
		le32_store(job->initiation.sender_index, next.local_index);
		noise_remote_forget(remote);
		handshake_commit(remote, &next);
		*out_remote = remote;
		result = NOISE_OK;
	} else {
		result = NOISE_NO_INDEX;
	}
	secure_wipe(&next, sizeof(next));
	return result;
}

enum noise_result noise_prepare_opening(
	struct noise_local *local, const struct wg_msg_initiation *msg, struct noise_job *job)
{
	if (!local->has_private_key)
		return NOISE_NO_PRIVATE_KEY;
	job_init(job, NOISE_JOB_OPEN, local);
	job->initiation = *msg;
	return NOISE_OK;
}

/* Is an authentic initiation new, and not one of too many? [W] 5.1. Timestamps compare as big-endian numbers. */
static enum noise_result initiation_check_fresh(const struct noise_remote *remote,
	const uint8_t timestamp[WG_TIMESTAMP_LEN], uint64_t now_ns)
{
	if (memcmp(timestamp, remote->latest_timestamp, WG_TIMESTAMP_LEN) <= 0)
		return NOISE_REPLAYED;
	if (remote->initiation_consumed_ns != 0
		&& !clock_has_passed(
			now_ns, remote->initiation_consumed_ns, WG_INITIATION_SPACING_NS))
		return NOISE_TOO_SOON;
	return NOISE_OK;
}

/* ss and {t}: {t} proves that the caller has the key that it named. */
static enum noise_result authenticate(const struct noise_remote *remote, struct noise_job *job,
	uint8_t out_timestamp[WG_TIMESTAMP_LEN])
{
	const struct wg_msg_initiation *msg = &job->initiation;

	if (secure_equal(remote->static_static, ZERO_KEY, WG_KEY_LEN))
		return NOISE_BAD_KEY;
	symmetric_mix_shared(&job->symmetric, remote->static_static);
	return symmetric_open(&job->symmetric, out_timestamp, msg->encrypted_timestamp,
		       sizeof(msg->encrypted_timestamp))
		? NOISE_OK
		: NOISE_UNAUTHENTIC;
}

/* Who calls? With SHARE the job comes here for the second time. */
static enum noise_result find_caller(struct noise_job *job, struct noise_remote **out_remote)
{
	const struct noise_local *local = job->local;
	struct noise_remote *remote;

	if (job->result != NOISE_OK)
		return job->result;
	if (job->local_epoch != local->epoch)
		return NOISE_OUTDATED;
	if (job->kind == NOISE_JOB_SHARE) {
		remote = job_remote(job);
		if (!remote)
			return NOISE_OUTDATED;
		keep_static_static(remote, job);
	} else {
		remote = find(local, job->remote_public_key);
		if (!remote)
			return NOISE_UNKNOWN_PEER;
	}
	*out_remote = remote;
	return NOISE_OK;
}

enum noise_result noise_take_opening(
	struct noise_job *job, uint64_t now_ns, struct noise_remote **out_remote)
{
	struct handshake next = {.state = HANDSHAKE_INITIATION_CONSUMED};
	uint8_t timestamp[WG_TIMESTAMP_LEN];
	struct noise_remote *remote;
	enum noise_result result = find_caller(job, &remote);

	if (result != NOISE_OK)
		return result;
	if (!remote->has_static_static) {
		job_take_remote(job, remote);
		job->kind = NOISE_JOB_SHARE;
		return NOISE_UNFINISHED;
	}
	result = authenticate(remote, job, timestamp);
	if (result == NOISE_OK)
		result = initiation_check_fresh(remote, timestamp, now_ns);
	if (result != NOISE_OK)
		return result;

	next.symmetric = job->symmetric;
	next.remote_index = le32_load(job->initiation.sender_index);
	memcpy(next.remote_ephemeral, job->initiation.ephemeral, WG_KEY_LEN);
	noise_remote_forget(remote);
	next.ticket = remote->last_ticket;
	handshake_commit(remote, &next);
	secure_wipe(&next, sizeof(next));
	memcpy(remote->latest_timestamp, timestamp, WG_TIMESTAMP_LEN);
	remote->initiation_consumed_ns = now_ns;
	*out_remote = remote;
	return NOISE_OK;
}

enum noise_result noise_prepare_response(const struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], struct noise_job *job)
{
	if (remote->handshake.state != HANDSHAKE_INITIATION_CONSUMED)
		return NOISE_NO_HANDSHAKE;
	job_init(job, NOISE_JOB_RESPOND, remote->local);
	job_take_remote(job, remote);
	job->ticket = remote->handshake.ticket;
	job->symmetric = remote->handshake.symmetric;
	memcpy(job->ephemeral_private, ephemeral, WG_KEY_LEN);
	memcpy(job->remote_ephemeral, remote->handshake.remote_ephemeral, WG_KEY_LEN);
	return NOISE_OK;
}

/* Whose handshake the job is about, if that still waits for it in `state`; else NULL. */
static struct noise_remote *job_waiting_remote(
	const struct noise_job *job, enum handshake_state state)
{
	struct noise_remote *remote = job_remote(job);

	return remote && remote->handshake.state == state && remote->handshake.ticket == job->ticket
		? remote
		: NULL;
}

enum noise_result noise_take_response(struct noise_job *job, struct noise_remote **out_remote)
{
	struct noise_remote *remote = job_waiting_remote(job, HANDSHAKE_INITIATION_CONSUMED);
	struct handshake next = {.state = HANDSHAKE_RESPONSE_CREATED, .ticket = job->ticket};
	enum noise_result result = NOISE_NO_INDEX;

	if (!remote)
		return NOISE_OUTDATED;
	if (job->result != NOISE_OK)
		return job->result;
	next.symmetric = job->symmetric;
	next.remote_index = remote->handshake.remote_index;
	if (handshake_take_index(remote, &next)) {
		le32_store(job->response.sender_index, next.local_index);
		le32_store(job->response.receiver_index, next.remote_index);
		handshake_commit(remote, &next);
		*out_remote = remote;
		result = NOISE_OK;
	}
	secure_wipe(&next, sizeof(next));
	return result;
}

enum noise_result noise_prepare_completion(
	const struct noise_remote *remote, const struct wg_msg_response *msg, struct noise_job *job)
{
	const struct handshake *handshake = &remote->handshake;

	if (handshake->state != HANDSHAKE_INITIATION_CREATED
		|| le32_load(msg->receiver_index) != handshake->local_index)
		return NOISE_NO_HANDSHAKE;
	job_init(job, NOISE_JOB_COMPLETE, remote->local);
	job_take_remote(job, remote);
	job->ticket = handshake->ticket;
	job->symmetric = handshake->symmetric;
	memcpy(job->ephemeral_private, handshake->ephemeral_private, WG_KEY_LEN);
	job->response = *msg;
	return NOISE_OK;
}

enum noise_result noise_take_completion(struct noise_job *job, struct noise_remote **out_remote)
{
	struct noise_remote *remote = job_waiting_remote(job, HANDSHAKE_INITIATION_CREATED);
	struct handshake next = {.state = HANDSHAKE_RESPONSE_CONSUMED, .ticket = job->ticket};

	if (!remote)
		return NOISE_OUTDATED;
	if (job->result != NOISE_OK)
		return job->result;
	next.symmetric = job->symmetric;
	next.local_index = remote->handshake.local_index;
	next.remote_index = le32_load(job->response.sender_index);
	handshake_commit(remote, &next);
	secure_wipe(&next, sizeof(next));
	*out_remote = remote;
	return NOISE_OK;
}

enum noise_result noise_begin_session(struct noise_remote *remote, struct noise_session *out)
{
	struct handshake *handshake = &remote->handshake;
	const bool is_initiator = handshake->state == HANDSHAKE_RESPONSE_CONSUMED;

	if (!is_initiator && handshake->state != HANDSHAKE_RESPONSE_CREATED)
		return NOISE_NO_HANDSHAKE;

	/* [W] 5.4.5: the first key is the one that the initiator sends with. */
	hash_kdf2(is_initiator ? out->send_key : out->receive_key,
		is_initiator ? out->receive_key : out->send_key, handshake->symmetric.chaining_key,
		"", 0);
	out->local_index = handshake->local_index;
	out->remote_index = handshake->remote_index;
	out->is_initiator = is_initiator;
	secure_wipe(handshake, sizeof(*handshake));
	return NOISE_OK;
}
