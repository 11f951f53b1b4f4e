/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The text of gw.conf and of what it includes, looked through before libconfig reads it. libconfig 1.5
 * ends the process when an included file cannot be read to its end, and cuts large numbers to 32 bits and
 * texts at a zero byte without a word; here these are errors of one line. Init only.
 */

#include <stdbool.h>

#include "base/compiler.h"
#include "config/text_file.h"

struct config_reader;

struct gw_source {
	struct gw_source *next;
	char *name; /* as @include gives it */
	struct text_file file;
};

/* gw_sources_scan looks through `file` and lists what it includes; false: reported, and `out_list` is to be freed. */
must_check bool gw_sources_scan(
	struct config_reader *reader, struct text_file *file, struct gw_source **out_list);

/* gw_sources_find: the file that libconfig calls `name`; NULL is the first one, `file`. */
struct text_file *gw_sources_find(struct gw_source *list, struct text_file *file, const char *name);

void gw_sources_free(struct gw_source *list);
