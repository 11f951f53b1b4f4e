/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Tells the service manager that started us how we are: a datagram to the socket that NOTIFY_SOCKET names, as sd_notify(3)
 * describes. Without one nothing happens. Control.
 */

#include <stdint.h>

#include "base/compiler.h"

/* notify_ready: all interfaces answer, also again after a reload; the rest is a line for people. */
void notify_ready(const char *format, ...) printf_like(1, 2);

/* notify_reloading: until notify_ready. notify_stopping: until the end. */
void notify_reloading(uint64_t now_ns);
void notify_stopping(void);
