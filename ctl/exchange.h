/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A gateway's socket: which it is, and one question. What goes wrong is said in one line on stderr. */

#include <jansson.h>
#include <stdbool.h>

#include "base/compiler.h"

/* exchange_connect: to the socket `path`, or, if that is NULL, of the one gateway that runs. A descriptor, or -1. */
must_check int exchange_connect(const char *path);

/* exchange_ask sends `request` and reads the answer; NULL: there is none. It closes `fd`. */
must_check json_t *exchange_ask(int fd, const json_t *request);
