/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Reads the configuration in a thread of its own, for reload.h. Control. */

#include "base/compiler.h"
#include "host/host_error.h"

struct gw_config;
struct reload_reader;

/* reload_reader_start: `wake_fd`, an eventfd, is written to when it is done. NULL: no memory or no thread. */
must_check struct reload_reader *reload_reader_start(const char *path, int wake_fd);

/* reload_reader_finish, after it is done: the configuration, or NULL and *out_error. */
must_check struct gw_config *reload_reader_finish(
	struct reload_reader *reader, struct host_error *out_error);

/* reload_reader_abandon: nobody wants to know any more; it ends when it can. `wake_fd` may be closed afterwards. */
void reload_reader_abandon(struct reload_reader *reader);
