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

#include "base/compiler.h"

#define REPLAY_BLOCK_BITS 32 /* counters in a block */
#define REPLAY_BLOCKS 256    /* 8192 counters in all */

/* The block that shares a word with the newest one is the only one that is lost early. */
#define REPLAY_WINDOW ((REPLAY_BLOCKS - 1) * REPLAY_BLOCK_BITS)

struct replay {
	_Atomic uint64_t blocks[REPLAY_BLOCKS];
};

/*
 * The lap is kept modulo 2^32 and compared as a plain number. A word's lap never falls, and a bit
 * is never cleared while its lap stands: for any order of counters none is accepted twice. The lap
 * comes round after 2^45 counters; a session would have to carry 2^45 packets in its 180 s, 195
 * thousand million a second, and would then only be refused.
 */
static inline uint32_t replay_lap_of(uint64_t counter)
{
	return (uint32_t)(counter / (REPLAY_BLOCKS * REPLAY_BLOCK_BITS));
}

static inline unsigned replay_block_of(uint64_t counter)
{
	return counter / REPLAY_BLOCK_BITS % REPLAY_BLOCKS;
}

static inline uint64_t replay_bit_of(uint64_t counter)
{
	return UINT64_C(1) << counter % REPLAY_BLOCK_BITS;
}

/* The word after `counter` was seen; the same word when it is refused. */
static inline uint64_t replay_word_after(uint64_t word, uint64_t counter)
{
	uint32_t lap = replay_lap_of(counter), word_lap = (uint32_t)(word >> 32);

	if (lap == word_lap)
		return word | replay_bit_of(counter);
	if (lap < word_lap)
		return word;
	return (uint64_t)lap << 32 | replay_bit_of(counter);
}

/* replay_prefetch: replay_peek and replay_commit of `counter` will follow. Worker. */
static inline void replay_prefetch(const struct replay *replay, uint64_t counter)
{
	prefetch(&replay->blocks[replay_block_of(counter)]);
}

/*
 * replay_peek: could `counter` still be accepted? Reads only, to spare the decryption of a replay. Each word stands for
 * itself and orders no other memory, so relaxed is enough here and below. Worker.
 */
static inline bool replay_peek(const struct replay *replay, uint64_t counter)
{
	uint64_t word = atomic_load_explicit(
		&replay->blocks[replay_block_of(counter)], memory_order_relaxed);

	return replay_word_after(word, counter) != word;
}

/*
 * replay_commit marks `counter` as seen; false: it was seen before or is too old, drop the packet.
 * Only for a counter whose tag was verified and that is below WG_REJECT_AFTER_MESSAGES: that limit
 * is the caller's check. Worker.
 */
must_check static inline bool replay_commit(struct replay *replay, uint64_t counter)
{
	_Atomic uint64_t *block = &replay->blocks[replay_block_of(counter)];
	uint64_t word = atomic_load_explicit(block, memory_order_relaxed), after;

	do {
		after = replay_word_after(word, counter);
		if (after == word)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(
		block, &word, after, memory_order_relaxed, memory_order_relaxed));
	return true;
}
