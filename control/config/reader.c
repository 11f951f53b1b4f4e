/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secure.h"
#include "config/key_text.h"

#define LINE_MAX_LEN (PATH_MAX + 2048) /* bytes of one report */

/* Whatever a file name or a text brought along, a report stays on one line. */
static void send_line(void (*send)(void *, const char *), void *context, char *line)
{
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	send(context, line);
}

printf_like(3, 0) static void fail_va(struct config_reader *reader, const char *key,
	const char *format, va_list args, const char *allowed)
{
	char line[LINE_MAX_LEN];
	int len = snprintf(
		line, sizeof(line), "%s:%u: %s: ", reader->place.file, reader->place.line, key);

	if (reader->has_failed)
		return;
	reader->has_failed = true;
	if (len < (int)sizeof(line))
		len += vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
	if (allowed && len < (int)sizeof(line))
		snprintf(line + len, sizeof(line) - (size_t)len, "; allowed: %s", allowed);
	send_line(reader->report->error, reader->report->context, line);
}

bool config_fail(struct config_reader *reader, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_va(reader, key, format, args, NULL);
	va_end(args);
	return false;
}

bool config_bad_value(struct config_reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_va(reader, reader->key->name[reader->format], format, args, reader->key->allowed);
	va_end(args);
	return false;
}

void config_warn(struct config_reader *reader, const char *format, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	send_line(reader->report->warning, reader->report->context, line);
}

const char *config_key_name(const struct config_reader *reader, enum key_id id)
{
	return config_keys[id].name[reader->format];
}

/* A key, or most of one, in the wrong place must not get into a log. A path may look like one but for the '='. */
static bool may_hold_key(const char *text)
{
	static const char alphabet[] =
		"/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+";

	while (*text) {
		size_t run = strspn(text, alphabet), part = strspn(text, alphabet + 1);

		if ((run >= KEY_TEXT_LEN - 1 && text[run] == '=') || part >= KEY_TEXT_LEN - 12)
			return true;
		text += text[part] ? part + 1 : part;
	}
	return false;
}

const char *config_quote(const char *text, char *out)
{
	size_t len = strlen(text);

	if (may_hold_key(text))
		snprintf(out, CONFIG_QUOTE_MAX, "(a text of %zu characters)", len);
	else if (len > CONFIG_QUOTE_MAX - 8)
		snprintf(out, CONFIG_QUOTE_MAX, "\"%.*s...\"", CONFIG_QUOTE_MAX - 8, text);
	else
		snprintf(out, CONFIG_QUOTE_MAX, "\"%s\"", text);
	return out;
}

bool config_path(struct config_reader *reader, const char *text, char out[PATH_MAX])
{
	const char *slash = strrchr(reader->place.file, '/');
	int folder_len = slash && *text != '/' ? (int)(slash + 1 - reader->place.file) : 0;

	if (!*text)
		return config_bad_value(reader, "names no file");
	if (snprintf(out, PATH_MAX, "%.*s%s", folder_len, reader->place.file, text) >= PATH_MAX)
		return config_bad_value(reader, "the path is longer than %d bytes", PATH_MAX - 1);
	return true;
}

/* Arrays double when their count is a power of two, so that no capacity needs to be kept. */
void *config_grow(struct config_reader *reader, void *array, size_t n, size_t element_len)
{
	void *larger;

	if (n & (n - 1))
		return array;
	larger = calloc(n ? 2 * n : 1, element_len);
	if (!larger) {
		config_fail(reader, "memory", "out of memory; allowed: a smaller configuration");
		return NULL;
	}
	if (n) {
		memcpy(larger, array, n * element_len);
		secure_wipe(array, n * element_len);
	}
	free(array);
	return larger;
}

bool config_take_value(struct config_reader *reader, const char *text)
{
	if (reader->key->is_secret && reader->file->is_exposed) {
		reader->file->is_exposed = false; /* one warning a file */
		config_warn(reader, "%s: holds a key and others can open it; run: chmod 600 %s",
			reader->file->path, reader->file->path);
	}
	return reader->key->parse(reader, text);
}
