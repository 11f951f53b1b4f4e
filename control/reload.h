/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * SIGHUP: the files are read again, and the interfaces become what they say, without touching what is as it was. Reading may wait for
 * DNS, so a thread of its own does it; the change is made by control, a part at a time. Files that are wrong, or say what
 * cannot change while it runs, change nothing. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct gateway;
struct reload;

/* reload_create: `path` must stay; NULL when there is nothing to read. NULL: no memory or no descriptor. */
must_check struct reload *reload_create(struct gateway *gw, const char *path);

/* reload_destroy gives up what is not done; NULL is allowed. */
void reload_destroy(struct reload *reload);

/* reload_fd: to be polled; readable when the files have been read: reload_take. */
int reload_fd(const struct reload *reload);
void reload_take(struct reload *reload);

/* reload_ask begins. During a reload it is remembered for its end. */
void reload_ask(struct reload *reload);

/* reload_go_on does a part of the change; false: there is nothing to do. */
bool reload_go_on(struct reload *reload, uint64_t now_ns);
