/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The life of a gateway, an interface, a peer and a port while they are read, whichever the format: begin with the
 * defaults, take values, check the whole. Init only.
 */

#include <stdbool.h>

#include "base/compiler.h"
#include "config/keys.h"

struct config_reader;

/* section_begin opens a new one at reader->place, with the defaults of config_keys; false: reported. */
must_check bool section_begin(struct config_reader *reader, enum config_scope scope);

/* section_end checks what only shows when all its keys are read; false: reported. */
must_check bool section_end(struct config_reader *reader, enum config_scope scope);
