/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/replay.h"

#include "base/compiler.h"

/*
 * The lap is kept modulo 2^32 and compared as a plain number. A word's lap never falls, and a bit
 * is never cleared while its lap stands: for any order of counters none is accepted twice. The lap
 * comes round after 2^45 counters; a session would have to carry 2^45 packets in its 180 s, 195
 * thousand million a second, and would then only be refused.
 */
static uint32_t lap_of(uint64_t counter)
{
	return (uint32_t)(counter / (REPLAY_BLOCKS * REPLAY_BLOCK_BITS));
}

static unsigned block_of(uint64_t counter)
{
	return counter / REPLAY_BLOCK_BITS % REPLAY_BLOCKS;
}

static uint64_t bit_of(uint64_t counter)
{
	return UINT64_C(1) << counter % REPLAY_BLOCK_BITS;
}

/* The word after `counter` was seen; the same word when it is refused. */
static uint64_t word_after(uint64_t word, uint64_t counter)
{
	uint32_t lap = lap_of(counter), word_lap = (uint32_t)(word >> 32);

	if (lap == word_lap)
		return word | bit_of(counter);
	if (lap < word_lap)
		return word;
	return (uint64_t)lap << 32 | bit_of(counter);
}

void replay_prefetch(const struct replay *replay, uint64_t counter)
{
	prefetch(&replay->blocks[block_of(counter)]);
}

/* Each word stands for itself and orders no other memory, so relaxed is enough here and below. */
bool replay_peek(const struct replay *replay, uint64_t counter)
{
	uint64_t word =
		atomic_load_explicit(&replay->blocks[block_of(counter)], memory_order_relaxed);

	return word_after(word, counter) != word;
}

bool replay_commit(struct replay *replay, uint64_t counter)
{
	_Atomic uint64_t *block = &replay->blocks[block_of(counter)];
	uint64_t word = atomic_load_explicit(block, memory_order_relaxed), after;

	do {
		after = word_after(word, counter);
		if (after == word)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(
		block, &word, after, memory_order_relaxed, memory_order_relaxed));
	return true;
}
