/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A gateway's socket: which it is, and one question. What goes wrong is said in one line on stderr. */

#include <jansson.h>
#include <sys/types.h>

#include "base/compiler.h"

/*
 * exchange_connect: to the socket `path`; if that is NULL, to that of the process `pid`; if that is 0, too, to that of the one
 * gateway that runs. A descriptor, or -1.
 */
must_check int exchange_connect(const char *path, pid_t pid);

/* exchange_ask sends `request` and reads the answer; NULL: there is none. It closes `fd`. */
must_check json_t *exchange_ask(int fd, const json_t *request);
