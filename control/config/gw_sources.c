/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/gw_sources.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"

/* Where the scan is: libconfig's tokens, as far as they matter here. */
struct scan {
	struct config_reader *reader;
	const char *main_path;
	struct gw_source **list;
	unsigned depth; /* files in each other, the main one too */
	const char *at;
	unsigned line;
	bool is_line_start;
};

#define DEPTH_MAX 10 /* includes in each other; libconfig takes no more */

static bool scan_file(struct scan *outer, struct text_file *file);

static void skip(struct scan *scan, const char *end)
{
	for (; scan->at < end; scan->at++)
		scan->line += *scan->at == '\n';
	scan->is_line_start = false;
}

/* The quote that ends the text behind `at`, or the end of the file. */
static const char *text_end(const char *at)
{
	while (*at && *at != '"')
		at += at[0] == '\\' && at[1] ? 2 : 1;
	return at;
}

/* libconfig knows two escapes in a file name: \\ and \". */
static char *text_copy(const char *at, const char *end)
{
	char *copy = malloc((size_t)(end - at) + 1), *to = copy;

	if (!copy)
		return NULL;
	while (at < end) {
		at += *at == '\\' && at + 1 < end;
		*to++ = *at++;
	}
	*to = '\0';
	return copy;
}

static bool fail_include(struct scan *scan, const char *what)
{
	return config_fail(scan->reader, "@include",
		"%s; allowed: a path from the folder of the main file, up to 10 in each other",
		what);
}

/* Takes ownership of `name`. A file that is known already is not scanned again, so a circle ends. */
static bool include_add(struct scan *scan, char *name)
{
	const char *slash = strrchr(scan->main_path, '/');
	struct gw_source *source;
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%.*s%s",
		slash ? (int)(slash + 1 - scan->main_path) : 0, scan->main_path, name);

	for (source = *scan->list; source && strcmp(source->name, name) != 0; source = source->next)
		continue;
	if (source || !*name || *name == '/' || len >= PATH_MAX) {
		bool is_bad = !source;

		free(name);
		return !is_bad || fail_include(scan, "not a path that can be used");
	}
	if (scan->depth > DEPTH_MAX) {
		free(name);
		return fail_include(scan, "one file too deep in the other");
	}
	source = calloc(1, sizeof(*source));
	if (!source) {
		free(name);
		return fail_include(scan, "out of memory");
	}
	source->name = name;
	source->next = *scan->list;
	*scan->list = source;
	if (!text_file_read(scan->reader, "@include", path, &source->file)
		|| !scan_file(scan, &source->file))
		return false;
	text_file_drop_text(&source->file);
	return true;
}

/* An @include counts at the start of a line alone, and with its file name in quotes behind white space. */
static bool scan_include(struct scan *scan, bool *out_is_include)
{
	static const char word[] = "@include";
	const char *at = scan->at + strspn(scan->at, " \t");
	const char *quote = at + sizeof(word) - 1;
	const char *end;
	char *name;

	*out_is_include = false;
	if (strncmp(at, word, sizeof(word) - 1) != 0)
		return true;
	quote += strspn(quote, " \t");
	if (*quote != '"' || quote == at + sizeof(word) - 1)
		return true;
	*out_is_include = true;
	end = text_end(quote + 1);
	name = text_copy(quote + 1, end);
	scan->reader->place.line = scan->line;
	skip(scan, *end ? end + 1 : end);
	return name ? include_add(scan, name) : fail_include(scan, "out of memory");
}

/* Without an L behind it libconfig takes a decimal number for an int, and 32 bits of a hexadecimal one. */
static bool scan_number(struct scan *scan)
{
	bool is_hex = scan->at[0] == '0' && (scan->at[1] == 'x' || scan->at[1] == 'X');
	const char *digits = scan->at + (is_hex ? 2 : 0);
	const char *end = digits + strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789");
	unsigned long long value = strtoull(digits, NULL, is_hex ? 16 : 10);

	scan->reader->place.line = scan->line;
	if (*end != 'L' && value > (is_hex ? UINT32_MAX : INT32_MAX))
		return config_fail(scan->reader, "number",
			"too large as it stands; allowed: up to 2147483647 or 0xffffffff, more with an L "
			"behind the number");
	skip(scan, end);
	return true;
}

static bool scan_token(struct scan *scan)
{
	static const char name[] =
		"*-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *at = scan->at, *end;

	if (*at == '#' || (at[0] == '/' && at[1] == '/')) {
		skip(scan, at + strcspn(at, "\n"));
	} else if (at[0] == '/' && at[1] == '*') {
		end = strstr(at + 2, "*/");
		skip(scan, end ? end + 2 : at + strlen(at));
	} else if (*at == '"') {
		end = text_end(at + 1);
		skip(scan, *end ? end + 1 : end);
	} else if (isdigit((unsigned char)*at)) {
		return scan_number(scan);
	} else if (isalpha((unsigned char)*at) || *at == '*') {
		skip(scan, at + strspn(at, name));
	} else {
		skip(scan, at + 1);
		scan->is_line_start = *at == '\n';
	}
	return true;
}

static bool scan_file(struct scan *outer, struct text_file *file)
{
	struct config_reader *reader = outer->reader;
	struct place place = reader->place;
	struct scan scan = *outer;

	reader->place.file = file->path;
	scan.depth++;
	scan.at = file->text;
	scan.line = 1;
	scan.is_line_start = true;
	while (*scan.at) {
		bool is_include = false;

		if (scan.is_line_start && !scan_include(&scan, &is_include))
			return false;
		if (!is_include && !scan_token(&scan))
			return false;
	}
	reader->place = place;
	return true;
}

bool gw_sources_scan(
	struct config_reader *reader, struct text_file *file, struct gw_source **out_list)
{
	struct scan scan = {.reader = reader, .main_path = file->path, .list = out_list};

	*out_list = NULL;
	return scan_file(&scan, file);
}

/* libconfig 1.5 names a file as @include does, 1.7 puts the folder before it. */
static bool name_matches(const char *name, const char *included)
{
	size_t name_len = strlen(name), included_len = strlen(included);

	return name_len >= included_len && strcmp(name + name_len - included_len, included) == 0
		&& (name_len == included_len || name[name_len - included_len - 1] == '/');
}

struct text_file *gw_sources_find(struct gw_source *list, struct text_file *file, const char *name)
{
	if (!name)
		return file;
	while (list && !name_matches(name, list->name))
		list = list->next;
	return list ? &list->file : file;
}

void gw_sources_free(struct gw_source *list)
{
	while (list) {
		struct gw_source *next = list->next;

		text_file_free(&list->file);
		free(list->name);
		free(list);
		list = next;
	}
}
