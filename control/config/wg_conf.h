/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Files in the format of wg(8) and wg-quick(8). Init only. */

#include <stdbool.h>

#include "base/compiler.h"

struct config_reader;

/* wg_conf_load reads the file at reader->wg_path into the interface that is open, and ends it; false: reported. */
must_check bool wg_conf_load(struct config_reader *reader);

/* wg_conf_parse does so for reader->file, whose text it takes apart. */
must_check bool wg_conf_parse(struct config_reader *reader);
