/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * A visit to another network namespace, by the name that ip-netns(8) gave it: what the calling thread opens meanwhile
 * belongs there for good. Control thread.
 */

#include "base/compiler.h"
#include "host/host_error.h"

/* netns_enter: 0 and the way back, or a negative errno. An empty name is where the thread is. */
must_check int netns_enter(const char *name, int *out_home_fd, struct host_error *out_error);

/* netns_leave goes back. A negative errno: the thread is still there, and must not go on. */
must_check int netns_leave(int home_fd, struct host_error *out_error);
