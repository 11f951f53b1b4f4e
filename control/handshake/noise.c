/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/noise.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/secure.h"
#include "crypto/hash.h"
#include "protocol.h"

/*
 * Noise_IKpsk2: the initiator knows the responder's static key beforehand.
 *
 *	<- s
 *	...
 *	-> e, es, s, ss, {t}
 *	<- e, ee, se, psk, {}
 *
 * Each of the four functions below is one line of it seen from one side, and follows the same plan: work
 * on a local handshake, commit it to the remote when everything is verified, wipe the local one.
 */

static const char CONSTRUCTION[] = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"; /* [W] 5.4 */
static const char IDENTIFIER[] = "WireGuard v1 zx2c4 Jason@zx2c4.com";

enum handshake_state {
	HANDSHAKE_NONE,
	HANDSHAKE_INITIATION_CREATED,
	HANDSHAKE_INITIATION_CONSUMED,
	HANDSHAKE_RESPONSE_CREATED,
	HANDSHAKE_RESPONSE_CONSUMED,
};

/* The variables of [N] 5.2. */
struct symmetric {
	uint8_t chaining_key[HASH_LEN];
	uint8_t hash[HASH_LEN];
	uint8_t key[WG_KEY_LEN]; /* used and wiped within one message */
};

struct handshake {
	enum handshake_state state;
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
};

struct noise_remote {
	struct noise_local *local;
	void *owner;
	uint8_t public_key[WG_KEY_LEN];
	uint8_t preshared_key[WG_KEY_LEN];
	uint8_t static_static
		[WG_KEY_LEN]; /* the result of ss; zero: the public key is of low order */
	bool has_static_static;
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
	}
	return "unknown result";
}

/* The primitives. */

void noise_public_key(uint8_t out_public_key[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN])
{
	crypto_scalarmult_curve25519_base(out_public_key, private_key);
}

/* dh: X25519; false for a public key of low order. */
must_check static bool dh(uint8_t out_shared[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN])
{
	return crypto_scalarmult_curve25519(out_shared, private_key, public_key) == 0;
}

/* Every key of a handshake seals one text, so the nonce is always zero. */
static const uint8_t ZERO_NONCE[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static void seal(uint8_t *out, const uint8_t key[WG_KEY_LEN], const void *plain, size_t len,
	const uint8_t hash[HASH_LEN])
{
	crypto_aead_chacha20poly1305_ietf_encrypt(
		out, NULL, plain, len, hash, HASH_LEN, NULL, ZERO_NONCE, key);
}

must_check static bool open(void *out, const uint8_t key[WG_KEY_LEN], const uint8_t *sealed,
	size_t sealed_len, const uint8_t hash[HASH_LEN])
{
	return crypto_aead_chacha20poly1305_ietf_decrypt(
		       out, NULL, NULL, sealed, sealed_len, hash, HASH_LEN, ZERO_NONCE, key)
		== 0;
}

/* The steps of the pattern. */

static void mix_hash(struct symmetric *sym, const void *data, size_t len)
{
	hash_concat(sym->hash, sym->hash, HASH_LEN, data, len);
}

static void mix_key(struct symmetric *sym, const uint8_t shared[WG_KEY_LEN])
{
	hash_kdf2(sym->chaining_key, sym->key, sym->chaining_key, shared, WG_KEY_LEN);
}

/* [W] 5.4.2: both sides start from the names and from the responder's static key. */
static void symmetric_init(struct symmetric *sym, const uint8_t responder_public_key[WG_KEY_LEN])
{
	hash_concat(sym->chaining_key, CONSTRUCTION, sizeof(CONSTRUCTION) - 1, "", 0);
	hash_concat(sym->hash, sym->chaining_key, HASH_LEN, IDENTIFIER, sizeof(IDENTIFIER) - 1);
	mix_hash(sym, responder_public_key, WG_KEY_LEN);
}

/* With a preshared key e is mixed into the chaining key too: [N] 9.2. */
static void mix_ephemeral(struct symmetric *sym, const uint8_t public_key[WG_KEY_LEN])
{
	mix_hash(sym, public_key, WG_KEY_LEN);
	hash_kdf1(sym->chaining_key, sym->chaining_key, public_key, WG_KEY_LEN);
}

must_check static bool mix_dh(struct symmetric *sym, const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN])
{
	uint8_t shared[WG_KEY_LEN];
	const bool is_good = dh(shared, private_key, public_key);

	if (is_good)
		mix_key(sym, shared);
	secure_wipe(shared, sizeof(shared));
	return is_good;
}

/*
 * ss is multiplied once, for the first message that needs it: so that a hundred thousand peers can be added while the
 * handshakes of others go on, and a stranger who makes us do it gets no second time out of the same key.
 */
static void derive_static_static(struct noise_remote *remote)
{
	if (remote->has_static_static)
		return;
	if (!dh(remote->static_static, remote->local->private_key, remote->public_key))
		secure_wipe(remote->static_static, WG_KEY_LEN);
	remote->has_static_static = true;
}

must_check static bool mix_static_static(struct symmetric *sym, struct noise_remote *remote)
{
	derive_static_static(remote);
	if (secure_equal(remote->static_static, ZERO_KEY, WG_KEY_LEN))
		return false;
	mix_key(sym, remote->static_static);
	return true;
}

static void mix_psk(struct symmetric *sym, const uint8_t preshared_key[WG_KEY_LEN])
{
	uint8_t tau[HASH_LEN];

	hash_kdf3(sym->chaining_key, tau, sym->key, sym->chaining_key, preshared_key, WG_KEY_LEN);
	mix_hash(sym, tau, sizeof(tau));
	secure_wipe(tau, sizeof(tau));
}

static void seal_and_hash(struct symmetric *sym, uint8_t *out, const void *plain, size_t len)
{
	seal(out, sym->key, plain, len, sym->hash);
	mix_hash(sym, out, len + WG_TAG_LEN);
}

must_check static bool open_and_hash(
	struct symmetric *sym, void *out, const uint8_t *sealed, size_t sealed_len)
{
	if (!open(out, sym->key, sealed, sealed_len, sym->hash))
		return false;
	mix_hash(sym, sealed, sealed_len);
	return true;
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
	memcpy(remote->preshared_key, preshared_key, WG_KEY_LEN);
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
}

enum noise_result noise_create_initiation(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], const uint8_t timestamp[WG_TIMESTAMP_LEN],
	struct wg_msg_initiation *out)
{
	const struct noise_local *local = remote->local;
	struct handshake next = {.state = HANDSHAKE_INITIATION_CREATED};
	struct symmetric *sym = &next.symmetric;
	struct wg_msg_initiation msg = {.type = {WG_MSG_INITIATION}};
	enum noise_result result = NOISE_BAD_KEY;

	if (!local->has_private_key)
		return NOISE_NO_PRIVATE_KEY;
	symmetric_init(sym, remote->public_key);

	/* e */
	memcpy(next.ephemeral_private, ephemeral, WG_KEY_LEN);
	noise_public_key(msg.ephemeral, ephemeral);
	mix_ephemeral(sym, msg.ephemeral);

	/* es */
	if (!mix_dh(sym, ephemeral, remote->public_key))
		goto out;

	/* s */
	seal_and_hash(sym, msg.encrypted_static, local->public_key, WG_KEY_LEN);

	/* ss */
	if (!mix_static_static(sym, remote))
		goto out;

	/* {t} */
	seal_and_hash(sym, msg.encrypted_timestamp, timestamp, WG_TIMESTAMP_LEN);

	result = NOISE_NO_INDEX;
	if (!handshake_take_index(remote, &next))
		goto out;
	le32_store(msg.sender_index, next.local_index);

	noise_remote_forget(remote);
	handshake_commit(remote, &next);
	*out = msg;
	result = NOISE_OK;
out:
	secure_wipe(&next, sizeof(next));
	return result;
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

enum noise_result noise_consume_initiation(struct noise_local *local,
	const struct wg_msg_initiation *msg, uint64_t now_ns, struct noise_remote **out_remote)
{
	struct handshake next = {.state = HANDSHAKE_INITIATION_CONSUMED};
	struct symmetric *sym = &next.symmetric;
	uint8_t static_public[WG_KEY_LEN], timestamp[WG_TIMESTAMP_LEN];
	struct noise_remote *remote;
	enum noise_result result = NOISE_BAD_KEY;

	if (!local->has_private_key)
		return NOISE_NO_PRIVATE_KEY;
	symmetric_init(sym, local->public_key);

	/* e */
	memcpy(next.remote_ephemeral, msg->ephemeral, WG_KEY_LEN);
	mix_ephemeral(sym, msg->ephemeral);

	/* es */
	if (!mix_dh(sym, local->private_key, msg->ephemeral))
		goto out;

	/* s */
	result = NOISE_UNAUTHENTIC;
	if (!open_and_hash(
		    sym, static_public, msg->encrypted_static, sizeof(msg->encrypted_static)))
		goto out;
	result = NOISE_UNKNOWN_PEER;
	remote = local->upcalls->find(local->context, static_public);
	if (remote == NULL)
		goto out;

	/* ss */
	result = NOISE_BAD_KEY;
	if (!mix_static_static(sym, remote))
		goto out;

	/* {t} */
	result = NOISE_UNAUTHENTIC;
	if (!open_and_hash(
		    sym, timestamp, msg->encrypted_timestamp, sizeof(msg->encrypted_timestamp)))
		goto out;
	result = initiation_check_fresh(remote, timestamp, now_ns);
	if (result != NOISE_OK)
		goto out;

	next.remote_index = le32_load(msg->sender_index);
	noise_remote_forget(remote);
	handshake_commit(remote, &next);
	memcpy(remote->latest_timestamp, timestamp, WG_TIMESTAMP_LEN);
	remote->initiation_consumed_ns = now_ns;
	*out_remote = remote;
out:
	secure_wipe(&next, sizeof(next));
	secure_wipe(static_public, sizeof(static_public)); /* who calls us is hidden on the wire */
	return result;
}

enum noise_result noise_create_response(struct noise_remote *remote,
	const uint8_t ephemeral[WG_KEY_LEN], struct wg_msg_response *out)
{
	struct handshake next = remote->handshake;
	struct symmetric *sym = &next.symmetric;
	struct wg_msg_response msg = {.type = {WG_MSG_RESPONSE}};
	enum noise_result result = NOISE_NO_HANDSHAKE;

	if (next.state != HANDSHAKE_INITIATION_CONSUMED)
		goto out;
	next.state = HANDSHAKE_RESPONSE_CREATED;

	/* e */
	noise_public_key(msg.ephemeral, ephemeral);
	mix_ephemeral(sym, msg.ephemeral);

	/* ee */
	result = NOISE_BAD_KEY;
	if (!mix_dh(sym, ephemeral, next.remote_ephemeral))
		goto out;

	/* se */
	if (!mix_dh(sym, ephemeral, remote->public_key))
		goto out;

	/* psk */
	mix_psk(sym, remote->preshared_key);

	/* {} */
	seal_and_hash(sym, msg.encrypted_nothing, NULL, 0);

	result = NOISE_NO_INDEX;
	if (!handshake_take_index(remote, &next))
		goto out;
	le32_store(msg.sender_index, next.local_index);
	le32_store(msg.receiver_index, next.remote_index);

	handshake_commit(remote, &next);
	*out = msg;
	result = NOISE_OK;
out:
	secure_wipe(&next, sizeof(next));
	return result;
}

enum noise_result noise_consume_response(
	struct noise_remote *remote, const struct wg_msg_response *msg)
{
	struct handshake next = remote->handshake;
	struct symmetric *sym = &next.symmetric;
	enum noise_result result = NOISE_NO_HANDSHAKE;

	if (next.state != HANDSHAKE_INITIATION_CREATED
		|| le32_load(msg->receiver_index) != next.local_index)
		goto out;
	next.state = HANDSHAKE_RESPONSE_CONSUMED;

	/* e */
	mix_ephemeral(sym, msg->ephemeral);

	/* ee */
	result = NOISE_BAD_KEY;
	if (!mix_dh(sym, next.ephemeral_private, msg->ephemeral))
		goto out;

	/* se */
	if (!mix_dh(sym, remote->local->private_key, msg->ephemeral))
		goto out;

	/* psk */
	mix_psk(sym, remote->preshared_key);

	/* {} */
	result = NOISE_UNAUTHENTIC;
	if (!open_and_hash(sym, NULL, msg->encrypted_nothing, sizeof(msg->encrypted_nothing)))
		goto out;

	next.remote_index = le32_load(msg->sender_index);
	secure_wipe(next.ephemeral_private, WG_KEY_LEN);
	handshake_commit(remote, &next);
	result = NOISE_OK;
out:
	secure_wipe(&next, sizeof(next));
	return result;
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
