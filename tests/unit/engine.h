/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A protocol engine in memory for tests: one identity, up to ENGINE_REMOTES_MAX peers, and an index table that
 * only counts, so that a leak or a double drop of an index shows.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crypto/cookie_checker.h"
#include "handshake/cookie.h"
#include "handshake/noise.h"
#include "noise_whole.h"

#define ENGINE_REMOTES_MAX 4
#define ENGINE_INDICES_MAX 256

struct engine {
	struct noise_local *local;
	struct noise_remote *remotes[ENGINE_REMOTES_MAX];
	unsigned n_remotes;
	struct cookie_checker checker; /* of messages to us */
	uint32_t first_index;          /* what the next index_take gives, counted up */
	bool is_taken[ENGINE_INDICES_MAX];
	unsigned n_given;
	unsigned n_held; /* taken and not dropped */
	bool is_full;
	void *last_owner;
};

static struct noise_remote *engine_find(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	struct engine *engine = context;

	for (unsigned i = 0; i < engine->n_remotes; i++)
		if (memcmp(noise_remote_public_key(engine->remotes[i]), public_key, WG_KEY_LEN)
			== 0)
			return engine->remotes[i];
	return NULL;
}

static int engine_index_take(void *context, void *owner, uint32_t *out_index)
{
	struct engine *engine = context;

	if (engine->is_full || engine->n_given == ENGINE_INDICES_MAX)
		return -ENOSPC;
	engine->last_owner = owner;
	engine->is_taken[engine->n_given] = true;
	engine->n_held++;
	*out_index = engine->first_index + engine->n_given++;
	return 0;
}

static void engine_index_drop(void *context, uint32_t index)
{
	struct engine *engine = context;

	index -= engine->first_index;
	if (index >= engine->n_given || !engine->is_taken[index])
		abort(); /* never taken, or dropped twice */
	engine->is_taken[index] = false;
	engine->n_held--;
}

static const struct noise_upcalls ENGINE_UPCALLS = {
	.find = engine_find,
	.index_take = engine_index_take,
	.index_drop = engine_index_drop,
};

static inline void engine_init(struct engine *engine, const uint8_t private_key[WG_KEY_LEN])
{
	*engine = (struct engine){.first_index = 0x01020304};
	engine->local = noise_local_create(private_key, &ENGINE_UPCALLS, engine);
	if (engine->local == NULL)
		abort();
	cookie_checker_init(&engine->checker, noise_local_public_key(engine->local),
		(const uint8_t[WG_KEY_LEN]){7});
}

static inline struct noise_remote *engine_add(struct engine *engine, void *owner,
	const uint8_t public_key[WG_KEY_LEN], const uint8_t preshared_key[WG_KEY_LEN])
{
	struct noise_remote *remote =
		noise_remote_create(engine->local, owner, public_key, preshared_key);

	if (remote == NULL || engine->n_remotes == ENGINE_REMOTES_MAX)
		abort();
	engine->remotes[engine->n_remotes++] = remote;
	return remote;
}

static inline void engine_fini(struct engine *engine)
{
	for (unsigned i = 0; i < engine->n_remotes; i++)
		noise_remote_destroy(engine->remotes[i]);
	noise_local_destroy(engine->local);
}

/* A session that ends gives its index back. */
static inline void engine_end_session(struct engine *engine, const struct noise_session *session)
{
	engine_index_drop(engine, session->local_index);
}
