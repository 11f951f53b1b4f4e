/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Handshake messages from a stranger. The first byte of the input chooses: an initiation, a response or a cookie reply;
 * the rest as it is, or laid over the right message (xor), so that the fuzzer gets past the tags at all. Whatever
 * it makes, the message is accepted exactly if nothing that is authentic in it was changed, and no index leaks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "crypto/cookie_checker.h"
#include "crypto/mac1.h"
#include "handshake/cookie.h"
#include "handshake/noise.h"
#include "noise_whole.h"
#include "protocol.h"

#define INITIATOR_INDEX 0x11111111
#define RESPONDER_INDEX 0x22222222
#define IS_RESPONSE 1
#define IS_OVERLAY 2
#define IS_COOKIE 4 /* counts more than IS_RESPONSE */

static const uint8_t initiator_private[WG_KEY_LEN] = {1};
static const uint8_t responder_private[WG_KEY_LEN] = {2};
static const uint8_t initiator_ephemeral[WG_KEY_LEN] = {3};
static const uint8_t responder_ephemeral[WG_KEY_LEN] = {4};
static const uint8_t preshared_key[WG_KEY_LEN] = {5};
static const uint8_t timestamp[WG_TIMESTAMP_LEN] = {6};

struct end {
	struct noise_local *local;
	struct noise_remote *remote;
	uint32_t index;
	int n_held;
};

static struct end initiator = {.index = INITIATOR_INDEX};
static struct end responder = {.index = RESPONDER_INDEX};

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

static struct noise_remote *find(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	struct end *end = context;

	return memcmp(noise_remote_public_key(end->remote), public_key, WG_KEY_LEN) == 0
		? end->remote
		: NULL;
}

static int index_take(void *context, void *owner, uint32_t *out_index)
{
	struct end *end = context;

	(void)owner;
	end->n_held++;
	*out_index = end->index;
	return 0;
}

static void index_drop(void *context, uint32_t index)
{
	struct end *end = context;

	check(index == end->index);
	end->n_held--;
}

static const struct noise_upcalls upcalls = {find, index_take, index_drop};

static void end_init(struct end *end, const uint8_t *private_key, const uint8_t *remote_private)
{
	uint8_t remote_public[WG_KEY_LEN];

	noise_public_key(remote_public, remote_private);
	end->local = noise_local_create(private_key, &upcalls, end);
	check(end->local != NULL);
	end->remote = noise_remote_create(end->local, NULL, remote_public, preshared_key);
	check(end->remote != NULL);
}

static void end_fini(struct end *end)
{
	noise_remote_destroy(end->remote);
	noise_local_destroy(end->local);
	check(end->n_held == 0);
}

/* Writes the input over `msg`; returns whether the bytes that noise authenticates are as before. */
static bool apply(uint8_t *msg, size_t len, size_t authentic_begin, bool is_overlay,
	const uint8_t *data, size_t size)
{
	uint8_t before[sizeof(struct wg_msg_initiation)];
	const size_t authentic_end = len - sizeof(struct wg_msg_macs);

	memcpy(before, msg, len);
	for (size_t i = 0; i < len && i < size; i++)
		msg[i] = is_overlay ? msg[i] ^ data[i] : data[i];
	return memcmp(msg + authentic_begin, before + authentic_begin,
		       authentic_end - authentic_begin)
		== 0;
}

static void fuzz_initiation(bool is_overlay, const uint8_t *data, size_t size)
{
	struct wg_msg_initiation msg;
	struct noise_remote *remote;
	uint8_t mac1_key[WG_KEY_LEN];
	bool is_authentic;

	check(noise_create_initiation(initiator.remote, initiator_ephemeral, timestamp, &msg)
		== NOISE_OK);
	is_authentic = apply((uint8_t *)&msg, sizeof(msg),
		offsetof(struct wg_msg_initiation, ephemeral), is_overlay, data, size);
	mac1_derive_key(mac1_key, noise_local_public_key(responder.local));
	(void)!mac1_check(mac1_key, &msg, sizeof(msg));
	check((noise_consume_initiation(responder.local, &msg, NSEC_PER_SEC, &remote) == NOISE_OK)
		== is_authentic);
	check(responder.n_held == 0);
}

static void fuzz_response(bool is_overlay, const uint8_t *data, size_t size)
{
	struct wg_msg_initiation initiation;
	struct wg_msg_response msg;
	struct noise_remote *remote;
	bool is_authentic;

	check(noise_create_initiation(initiator.remote, initiator_ephemeral, timestamp, &initiation)
		== NOISE_OK);
	check(noise_consume_initiation(responder.local, &initiation, NSEC_PER_SEC, &remote)
		== NOISE_OK);
	check(noise_create_response(remote, responder_ephemeral, &msg) == NOISE_OK);
	is_authentic = apply((uint8_t *)&msg, sizeof(msg),
		offsetof(struct wg_msg_response, receiver_index), is_overlay, data, size);
	check((noise_consume_response(initiator.remote, &msg) == NOISE_OK) == is_authentic);
	check(initiator.n_held == 1);
}

/* The message that asks for the reply has a mac2 of the fuzzer's choice, too: it must not count. */
static void fuzz_cookie(bool is_overlay, const uint8_t *data, size_t size)
{
	const uint8_t secret[WG_KEY_LEN] = {7}, nonce[WG_COOKIE_NONCE_LEN] = {8};
	const struct endpoint source = {.addr = {AF_INET, {192, 0, 2, 7}}, .port = 51820};
	const uint8_t *public_key = noise_local_public_key(responder.local);
	struct wg_msg_initiation msg;
	struct wg_msg_cookie reply, right;
	struct cookie_checker checker;
	struct cookie_maker maker;
	bool is_authentic;

	check(noise_create_initiation(initiator.remote, initiator_ephemeral, timestamp, &msg)
		== NOISE_OK);
	cookie_maker_init(&maker, public_key);
	cookie_checker_init(&checker, public_key, secret);
	cookie_add_macs(&maker, &msg, sizeof(msg), NSEC_PER_SEC);
	for (size_t i = 0; i < WG_MAC_LEN && i < size; i++)
		msg.macs.mac2[i] = data[i];
	check(!cookie_check_mac2(&checker, &source, &msg, sizeof(msg)));

	cookie_make_reply(&checker, &source, &msg, sizeof(msg), nonce, &right);
	reply = right;
	for (size_t i = 0; i < sizeof(reply) && i < size; i++)
		((uint8_t *)&reply)[i] = is_overlay ? ((uint8_t *)&reply)[i] ^ data[i] : data[i];
	is_authentic = memcmp(reply.nonce, right.nonce,
			       sizeof(reply) - offsetof(struct wg_msg_cookie, nonce))
		== 0;
	check(cookie_take_reply(&maker, public_key, &reply, NSEC_PER_SEC) == is_authentic);
	cookie_add_macs(&maker, &msg, sizeof(msg), NSEC_PER_SEC);
	check(cookie_check_mac2(&checker, &source, &msg, sizeof(msg)) == is_authentic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	end_init(&initiator, initiator_private, responder_private);
	end_init(&responder, responder_private, initiator_private);
	if (data[0] & IS_COOKIE)
		fuzz_cookie(data[0] & IS_OVERLAY, data + 1, size - 1);
	else if (data[0] & IS_RESPONSE)
		fuzz_response(data[0] & IS_OVERLAY, data + 1, size - 1);
	else
		fuzz_initiation(data[0] & IS_OVERLAY, data + 1, size - 1);
	end_fini(&initiator);
	end_fini(&responder);
	return 0;
}
