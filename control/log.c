/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static enum log_level current = LOG_LEVEL_INFO;
static bool is_syslog;
static const char *const names[] = {"silent", "error", "warning", "info", "debug"};

bool log_set_level(const char *name)
{
	for (unsigned i = 0; i < array_len(names); i++)
		if (strcmp(name, names[i]) == 0) {
			current = (enum log_level)i;
			return true;
		}
	return false;
}

const char *log_level_name(void)
{
	return names[current];
}

bool log_is_on(enum log_level level)
{
	return level <= current;
}

void log_to_syslog(void)
{
	openlog("wg-dpdk", LOG_PID, LOG_DAEMON);
	is_syslog = true;
}

/* What syslog(3) calls a level. */
static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static void __attribute__((format(printf, 3, 0)))
write_line(enum log_level level, const char *prefix, const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	if (is_syslog)
		syslog(priorities[level], "%s", line);
	else
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
		write_line(level, prefix, format, args); \
		va_end(args); \
	}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR, "error: ")
DEFINE_LOG(log_warning, LOG_LEVEL_WARNING, "warning: ")
DEFINE_LOG(log_info, LOG_LEVEL_INFO, "")
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG, "debug: ")
