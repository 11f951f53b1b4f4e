/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum log_level current = LOG_LEVEL_INFO;

bool log_set_level(const char *name)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	for (unsigned i = 0; i < array_len(names); i++)
		if (strcmp(name, names[i]) == 0) {
			current = (enum log_level)i;
			return true;
		}
	return false;
}

bool log_is_on(enum log_level level)
{
	return level <= current;
}

static void __attribute__((format(printf, 2, 0)))
write_line(const char *prefix, const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	fprintf(stderr, "wg-dpdk: %s%s\n", prefix, line);
}

#define DEFINE_LOG(name, level, prefix) \
	void name(const char *format, ...) \
	{ \
		va_list args; \
\
		if (!log_is_on(level)) \
			return; \
		va_start(args, format); \
		write_line(prefix, format, args); \
		va_end(args); \
	}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR, "error: ")
DEFINE_LOG(log_warning, LOG_LEVEL_WARNING, "warning: ")
DEFINE_LOG(log_info, LOG_LEVEL_INFO, "")
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG, "debug: ")
