/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The window of received counters, [W] 5.4.6, safe when several workers hold packets of one keypair.
 *
 * Counters are grouped in blocks of 32. A ring of 64-bit words holds the newest blocks; each word is
 * the block's lap around the ring (upper half) and one bit per counter (lower half), changed by
 * compare-and-swap only. A block leaves the window when a newer lap takes its word, so no bit can be
 * lost while its block is still accepted: a counter is accepted at most once, whatever the order in
 * which workers get here. No lock, and no clearing of words that were jumped over.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REPLAY_BLOCK_BITS 32 /* counters in a block */
#define REPLAY_BLOCKS 256    /* 8192 counters in all */

/* The block that shares a word with the newest one is the only one that is lost early. */
#define REPLAY_WINDOW ((REPLAY_BLOCKS - 1) * REPLAY_BLOCK_BITS)

struct replay {
	_Atomic uint64_t blocks[REPLAY_BLOCKS];
};

/* replay_prefetch: replay_peek and replay_commit of `counter` will follow. Worker. */
void replay_prefetch(const struct replay *replay, uint64_t counter);

/* replay_peek: could `counter` still be accepted? Reads only, to spare the decryption of a replay. Worker. */
bool replay_peek(const struct replay *replay, uint64_t counter);

/*
 * replay_commit marks `counter` as seen; false: it was seen before or is too old, drop the packet.
 * Only for a counter whose tag was verified and that is below WG_REJECT_AFTER_MESSAGES: that limit
 * is the caller's check. Worker.
 */
bool replay_commit(struct replay *replay, uint64_t counter);
