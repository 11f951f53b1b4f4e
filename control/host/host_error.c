/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/host_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* "Too many open files" alone tells nobody what to do. */
static void append_descriptor_limit(struct host_error *error)
{
	size_t len = strlen(error->line);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		snprintf(error->line + len, sizeof(error->line) - len,
			"; %ju are allowed: raise the limit (ulimit -n, or LimitNOFILE= of systemd)",
			(uintmax_t)limit.rlim_cur);
}

int host_error_set(struct host_error *error, int error_number, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	errno = error_number;
	vsnprintf(error->line, sizeof(error->line), format, arguments);
	va_end(arguments);
	if (error_number == EMFILE)
		append_descriptor_limit(error);
	return -error_number;
}
