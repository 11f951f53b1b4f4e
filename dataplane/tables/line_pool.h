/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Objects of one cache line each, out of large chunks: no heap header and no rounding beside every
 * line, and huge pages once there are many. Control only.
 */

#include <stdint.h>

#include "base/compiler.h"

struct line_pool_chunk;
struct line_pool_line;

/* All zero is an empty pool. It must not move while it holds a line. */
struct line_pool {
	struct line_pool_chunk *chunks; /* the one in use first */
	struct line_pool_line *free;
	uint64_t n_lines; /* handed out */
};

/* line_pool_alloc gives a line of zero bytes at a multiple of its size, or NULL when memory is short. */
must_check void *line_pool_alloc(struct line_pool *pool);

/* line_pool_free takes `line` back into the pool that gave it. */
void line_pool_free(void *line);

/* line_pool_fini frees everything; every line handed out becomes invalid. */
void line_pool_fini(struct line_pool *pool);
