/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A table of texts, whose columns become as wide as they need to be. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/compiler.h"

#define TABLE_COLUMNS_MAX 12

struct table {
	const char *const
		*heads; /* one that begins with > is of numbers, which stand at the right */
	size_t n_columns;
	char **cells; /* row by row, without the heads */
	size_t n_cells, capacity;
	size_t widths[TABLE_COLUMNS_MAX];
	bool is_incomplete; /* memory was short */
};

void table_init(struct table *table, const char *const *heads, size_t n_columns);

/* table_add: the next cell of the row, or the first one of the next row. */
void table_add(struct table *table, const char *format, ...) printf_like(2, 3);

/* table_print writes it and frees it; false: memory was short, nothing was written. */
must_check bool table_print(struct table *table, FILE *out);
