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
#include "host/host_error.h"

struct gateway;
struct reload;

/* What became of a reload. */
struct reload_outcome {
	uint64_t number; /* from 1 on; 0: none has ended yet */
	bool is_taken;   /* false: nothing was changed */
	unsigned n_added, n_removed, n_peers;
	struct host_error
		error; /* the first; also of one that was taken, where it fell short. Empty: none */
};

/* reload_create: `path` must stay; NULL when there is nothing to read. NULL: no memory or no descriptor. */
must_check struct reload *reload_create(struct gateway *gw, const char *path);

/* reload_destroy gives up what is not done; NULL is allowed. */
void reload_destroy(struct reload *reload);

/* reload_fd: to be polled; readable when the files have been read: reload_take. */
int reload_fd(const struct reload *reload);
void reload_take(struct reload *reload);

/* reload_ask begins, or during a reload remembers to. Returns the number that the outcome will have. */
uint64_t reload_ask(struct reload *reload);

/* reload_outcome: of the last one that has ended; gateway_reloaded tells when one does. */
const struct reload_outcome *reload_outcome(const struct reload *reload);

/* reload_go_on does a part of the change; false: there is nothing to do. */
bool reload_go_on(struct reload *reload, uint64_t now_ns);
