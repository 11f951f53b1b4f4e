/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "tables/line_pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A huge page of x86-64, and the alignment of a chunk: a line finds its chunk by its address. */
#define CHUNK_LEN (UINT64_C(2) << 20)

struct line_pool_line {
	cache_aligned struct line_pool_line *next;
};

struct line_pool_chunk {
	cache_aligned struct line_pool *pool;
	struct line_pool_chunk *next;
	uint32_t n_used; /* lines given out so far; the others were never touched */
	struct line_pool_line lines[];
};

#define CHUNK_LINES ((CHUNK_LEN - sizeof(struct line_pool_chunk)) / CACHE_LINE)

_Static_assert(sizeof(struct line_pool_line) == CACHE_LINE, "a line is a cache line");

/*
 * The first chunk is left to be backed page by page, so that a small table stays small. Advice
 * that the kernel does not take costs speed only.
 */
static struct line_pool_chunk *chunk_create(struct line_pool *pool)
{
	struct line_pool_chunk *chunk = aligned_alloc(CHUNK_LEN, CHUNK_LEN);

	if (!chunk)
		return NULL;
	madvise(chunk, CHUNK_LEN, pool->chunks ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	chunk->pool = pool;
	chunk->n_used = 0;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	return chunk;
}

static struct line_pool_line *line_take(struct line_pool *pool)
{
	struct line_pool_line *line = pool->free;
	struct line_pool_chunk *chunk = pool->chunks;

	if (line) {
		pool->free = line->next;
		return line;
	}
	if (!chunk || chunk->n_used == CHUNK_LINES)
		chunk = chunk_create(pool);
	return chunk ? &chunk->lines[chunk->n_used++] : NULL;
}

void *line_pool_alloc(struct line_pool *pool)
{
	struct line_pool_line *line = line_take(pool);

	if (!line)
		return NULL;
	pool->n_lines++;
	return memset(line, 0, sizeof(*line));
}

void line_pool_free(void *line)
{
	struct line_pool_chunk *chunk =
		(struct line_pool_chunk *)((uintptr_t)line & ~(uintptr_t)(CHUNK_LEN - 1));
	struct line_pool_line *freed = line;

	freed->next = chunk->pool->free;
	chunk->pool->free = freed;
	chunk->pool->n_lines--;
}

void line_pool_fini(struct line_pool *pool)
{
	while (pool->chunks) {
		struct line_pool_chunk *chunk = pool->chunks;

		pool->chunks = chunk->next;
		free(chunk);
	}
	*pool = (struct line_pool){.n_lines = 0};
}
