/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* gw.conf, in libconfig's syntax. Init only. */

#include <stdbool.h>

#include "base/compiler.h"

struct config_reader;

/*
 * gw_conf_parse reads reader->file, and every file that it names, into reader->config; false: reported.
 * libconfig keeps copies of a text while it parses, and frees them unwiped: what gw.conf holds inline may stay
 * in freed memory of this process. Key files and wg(8) files leave nothing behind.
 */
must_check bool gw_conf_parse(struct config_reader *reader);
