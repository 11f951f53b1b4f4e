/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Lines for people and for the journal, on stderr or through syslog(3). Control thread only: workers count, they do not log. */

#include <stdbool.h>

#include "base/compiler.h"

enum log_level {
	LOG_LEVEL_SILENT, /* for a program that nobody looks at; nothing is logged with it */
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* log_set_level: "silent", "error", "warning", "info" or "debug"; false: none of them. */
must_check bool log_set_level(const char *name);
bool log_is_on(enum log_level level);

/* log_to_syslog: from now on lines go there, with the facility daemon. */
void log_to_syslog(void);

/* log_level_name: of the level that holds now. */
const char *log_level_name(void);

void log_error(const char *format, ...) printf_like(1, 2);
void log_warning(const char *format, ...) printf_like(1, 2);
void log_info(const char *format, ...) printf_like(1, 2);
void log_debug(const char *format, ...) printf_like(1, 2);
