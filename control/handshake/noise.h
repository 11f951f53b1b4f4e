/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s, [W] 5.4.2 to 5.4.5 and [N]. Messages in, messages out:
 * no I/O, no clock, no randomness, no tables; what it needs is passed in or asked through upcalls.
 * One thread at a time per noise_local and its remotes (the control thread); only noise_job_run may be on another.
 *
 * MACs are not checked or made here: handshake/cookie.h does that around these calls.
 * Every secret is wiped as soon as it is no longer needed; on an error nothing has changed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

struct noise_job;    /* see handshake/noise_job.h */
struct noise_local;  /* an interface's static identity */
struct noise_remote; /* a peer's static identity and its handshake in progress, at most one */

enum noise_result {
	NOISE_OK,
	NOISE_NO_PRIVATE_KEY, /* the interface has none: it can neither start nor answer */
	NOISE_BAD_KEY,        /* a public key of low order: no shared secret */
	NOISE_UNAUTHENTIC,    /* a field does not decrypt */
	NOISE_UNKNOWN_PEER,   /* no peer has the static key that the initiation carries */
	NOISE_REPLAYED,       /* not newer than the newest initiation of this peer */
	NOISE_TOO_SOON,       /* less than WG_INITIATION_SPACING_NS after the last one */
	NOISE_NO_HANDSHAKE,   /* no handshake in the state that the message needs */
	NOISE_NO_INDEX,       /* index_take failed */
	NOISE_OUTDATED,       /* what the job was computed from is not so any more */
	NOISE_UNFINISHED,     /* the job must run again */
};

/* noise_result_text: the result in words for a log line. */
const char *noise_result_text(enum noise_result result);

struct noise_upcalls {
	/* The remote with this static public key, or NULL. */
	struct noise_remote *(*find)(void *context, const uint8_t public_key[WG_KEY_LEN]);
	/* Reserves a receiver index that leads back to `owner`; 0 or a negative errno. */
	int (*index_take)(void *context, void *owner, uint32_t *out_index);
	/* Frees an index of a handshake that came to nothing. */
	void (*index_drop)(void *context, uint32_t index);
};

/* What a session starts from. The caller wipes it after use. */
struct noise_session {
	uint8_t send_key[WG_KEY_LEN];
	uint8_t receive_key[WG_KEY_LEN];
	uint32_t local_index; /* stays taken; now the session's */
	uint32_t remote_index;
	bool is_initiator;
};

/* noise_public_key derives the public key of `private_key` (clamped as [7748] says). */
void noise_public_key(uint8_t out_public_key[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN]);

/* noise_local_create: `private_key` all zero means none yet. `upcalls` must outlive it. NULL: no memory or no libsodium. */
must_check struct noise_local *noise_local_create(
	const uint8_t private_key[WG_KEY_LEN], const struct noise_upcalls *upcalls, void *context);

/* noise_local_destroy wipes and frees; its remotes must be gone. */
void noise_local_destroy(struct noise_local *local);

/*
 * noise_local_set_private_key: true when it is another key than before. Then its remotes are due for
 * noise_remote_forget_identity. All zero: none.
 */
bool noise_local_set_private_key(struct noise_local *local, const uint8_t private_key[WG_KEY_LEN]);

must_check bool noise_local_has_private_key(const struct noise_local *local);

/* noise_local_private_key: for wg(8), which may ask for it; all zero: none. */
const uint8_t *noise_local_private_key(const struct noise_local *local);
const uint8_t *noise_local_public_key(const struct noise_local *local);

/*
 * noise_remote_create: `preshared_key` all zero means none. `owner` is handed to index_take and
 * returned by noise_remote_owner. NULL: no memory. A public key of low order is accepted here, as
 * the kernel does, and refused in every handshake.
 */
must_check struct noise_remote *noise_remote_create(struct noise_local *local, void *owner,
	const uint8_t public_key[WG_KEY_LEN], const uint8_t preshared_key[WG_KEY_LEN]);

/* noise_remote_destroy drops a handshake in progress, wipes and frees. */
void noise_remote_destroy(struct noise_remote *remote);

void *noise_remote_owner(const struct noise_remote *remote);
const uint8_t *noise_remote_public_key(const struct noise_remote *remote);

/* noise_remote_set_preshared_key: counts from the next message on. */
void noise_remote_set_preshared_key(
	struct noise_remote *remote, const uint8_t preshared_key[WG_KEY_LEN]);

const uint8_t *noise_remote_preshared_key(const struct noise_remote *remote);

/* noise_remote_forget_identity: the local private key has changed; a handshake under the old one comes to nothing. */
void noise_remote_forget_identity(struct noise_remote *remote);

/* noise_remote_forget drops a handshake in progress: its secrets are wiped and its index is dropped. */
void noise_remote_forget(struct noise_remote *remote);

/*
 * Each message takes three steps: it is prepared, noise_job_run computes, on whatever thread, and it is taken. Preparing
 * and taking cost little. A job that is taken late comes to nothing (NOISE_OUTDATED) if the keys that it was given or the
 * handshake that it belongs to have changed; its remote may be gone by then. Whatever is not NOISE_OK has changed nothing.
 */

/*
 * noise_prepare_initiation: `ephemeral` is WG_KEY_LEN random bytes, of which the caller wipes its copy, `timestamp` the next
 * stamp of handshake/tai64n.h. noise_take_initiation starts the handshake, forgetting an older one of this remote, and
 * finishes job->initiation but for its MACs.
 */
must_check enum noise_result noise_prepare_initiation(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], const uint8_t timestamp[WG_TIMESTAMP_LEN],
	struct noise_job *job);
must_check enum noise_result noise_take_initiation(
	struct noise_job *job, struct noise_remote **out_remote);

/*
 * noise_prepare_opening, noise_take_opening: an initiation came. Taking authenticates it and finds whose it is;
 * NOISE_UNFINISHED: the job must run once more, and be taken again.
 */
must_check enum noise_result noise_prepare_opening(
	struct noise_local *local, const struct wg_msg_initiation *msg, struct noise_job *job);
must_check enum noise_result noise_take_opening(
	struct noise_job *job, uint64_t now_ns, struct noise_remote **out_remote);

/* noise_prepare_response answers the initiation that `remote` consumed last; taking it finishes job->response. */
must_check enum noise_result noise_prepare_response(const struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], struct noise_job *job);
must_check enum noise_result noise_take_response(
	struct noise_job *job, struct noise_remote **out_remote);

/* noise_prepare_completion: a response came; `remote` is the one that holds msg->receiver_index. */
must_check enum noise_result noise_prepare_completion(const struct noise_remote *remote,
	const struct wg_msg_response *msg, struct noise_job *job);
must_check enum noise_result noise_take_completion(
	struct noise_job *job, struct noise_remote **out_remote);

/* noise_begin_session derives transport keys after noise_take_response or noise_take_completion, [W] 5.4.5. */
must_check enum noise_result noise_begin_session(
	struct noise_remote *remote, struct noise_session *out);
