/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A whole text file in memory. It may hold keys, so no copy of it survives. Init only. */

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct config_reader;

#define TEXT_FILE_MAX (512UL << 20) /* bytes: 2^20 peers with some 500 bytes each */

struct text_file {
	char *path;
	char *text;      /* ends with a zero and holds none before; CR of CRLF is kept */
	size_t size;     /* bytes allocated */
	bool is_exposed; /* others than owner and group can open it */
};

/* text_file_read fills `out` from `path`; false: reported, with reader->place and `key`, and `out` is empty. */
must_check bool text_file_read(
	struct config_reader *reader, const char *key, const char *path, struct text_file *out);

/* text_file_drop_text wipes and frees the text; the path stays. */
void text_file_drop_text(struct text_file *file);

void text_file_free(struct text_file *file);
