/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Known answers from text: hexadecimal strings, and files of tests/vectors/ that hold
 * "name = hexadecimal" lines under [section] lines. Wrong input ends the test.
 */

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTOR_LINE_MAX 8192

static inline void vectors_give_up(const char *what, const char *which)
{
	fprintf(stderr, "vectors: %s: %s\n", what, which);
	abort();
}

static inline uint8_t vectors_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		vectors_give_up("not hexadecimal", (const char[]){c, '\0'});
	return (uint8_t)(isdigit((unsigned char)c) ? c - '0'
						   : tolower((unsigned char)c) - 'a' + 10);
}

/* vectors_parse reads the hexadecimal digits of exactly `len` bytes. */
static inline void vectors_parse(uint8_t *out, size_t len, const char *hex)
{
	if (strlen(hex) != 2 * len)
		vectors_give_up("wrong length", hex);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(vectors_digit(hex[2 * i]) << 4 | vectors_digit(hex[2 * i + 1]));
}

static inline FILE *vectors_open(const char *file)
{
	const char *root = getenv("TEST_SOURCE_ROOT");
	char path[4096];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s", root ? root : ".", file);
	stream = fopen(path, "r");
	if (stream == NULL)
		vectors_give_up("cannot open", path);
	return stream;
}

/* vectors_read finds `name` in `section` of `file`; its value has exactly `len` bytes. */
static inline void vectors_read(
	const char *file, const char *section, const char *name, uint8_t *out, size_t len)
{
	char line[VECTOR_LINE_MAX], here[64] = "", key[64], value[VECTOR_LINE_MAX];
	FILE *stream = vectors_open(file);

	while (fgets(line, sizeof(line), stream)) {
		if (sscanf(line, "[%63[^]]]", here) == 1 || strcmp(here, section) != 0)
			continue;
		if (sscanf(line, "%63s = %8191s", key, value) == 2 && strcmp(key, name) == 0) {
			vectors_parse(out, len, value);
			fclose(stream);
			return;
		}
	}
	vectors_give_up("no such value", name);
}
