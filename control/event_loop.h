/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The control thread's loop: workers' events, timers, signals and the kernel's news. */

#include <stdbool.h>

#include "base/compiler.h"

struct gateway;

/* event_loop_block_signals keeps the signals for the loop; before any other thread starts. Init only. */
void event_loop_block_signals(void);

/* event_loop_run returns when the gateway shall stop: true: as asked, false: an error was logged. */
must_check bool event_loop_run(struct gateway *gw);
