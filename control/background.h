/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Going to the background as wg-quick(8) needs it: the command ends when what it has started works, or cannot. Before EAL
 * starts, for threads do not survive a fork. Init only.
 */

#include "base/compiler.h"

/*
 * background_begin returns in a child alone, with a descriptor for background_ready; -1: an error was logged. The process
 * that called ends with status 0 when that is called, else with the child's status. Errors go to stderr until then.
 */
must_check int background_begin(void);

/* background_ready closes `fd`, and leaves the terminal, its folder and stderr; lines go to syslog(3) from now on. */
void background_ready(int fd);
