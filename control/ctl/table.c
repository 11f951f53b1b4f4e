/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool is_right(const struct table *table, size_t column)
{
	return table->heads[column][0] == '>';
}

static const char *head_text(const struct table *table, size_t column)
{
	return table->heads[column] + is_right(table, column);
}

void table_init(struct table *table, const char *const *heads, size_t n_columns)
{
	*table = (struct table){.heads = heads, .n_columns = n_columns};
	for (size_t i = 0; i < n_columns; i++)
		table->widths[i] = strlen(head_text(table, i));
}

static bool make_room(struct table *table)
{
	size_t capacity = table->capacity ? 2 * table->capacity : 64;
	char **cells;

	if (table->n_cells < table->capacity)
		return true;
	cells = realloc(table->cells, capacity * sizeof(char *));
	if (!cells)
		return false;
	table->cells = cells;
	table->capacity = capacity;
	return true;
}

void table_add(struct table *table, const char *format, ...)
{
	size_t *width = &table->widths[table->n_cells % table->n_columns];
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = make_room(table) ? vasprintf(&text, format, args) : -1;
	va_end(args);
	if (len < 0) {
		table->is_incomplete = true;
		return;
	}
	table->cells[table->n_cells++] = text;
	if ((size_t)len > *width)
		*width = (size_t)len;
}

static void print_cell(const struct table *table, size_t column, const char *text, FILE *out)
{
	const bool is_last = column + 1 == table->n_columns;

	if (is_right(table, column))
		fprintf(out, "%*s", (int)table->widths[column], text);
	else if (is_last)
		fputs(text, out);
	else
		fprintf(out, "%-*s", (int)table->widths[column], text);
	fputs(is_last ? "\n" : "  ", out);
}

static void print_row(const struct table *table, char *const cells[], FILE *out)
{
	for (size_t i = 0; i < table->n_columns; i++)
		print_cell(table, i, cells[i], out);
}

bool table_print(struct table *table, FILE *out)
{
	const bool is_complete = !table->is_incomplete;

	for (size_t i = 0; is_complete && i < table->n_columns; i++)
		print_cell(table, i, head_text(table, i), out);
	for (size_t i = 0; is_complete && i < table->n_cells; i += table->n_columns)
		print_row(table, table->cells + i, out);
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	return is_complete;
}
