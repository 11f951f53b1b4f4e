/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/host_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int host_error_set(struct host_error *error, int error_number, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	errno = error_number;
	vsnprintf(error->line, sizeof(error->line), format, arguments);
	va_end(arguments);
	return -error_number;
}
