/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Why the host refused something, as one line for a person. Every function of control/host that can
 * fail takes one, fills it in only when it fails, and returns the negative errno as well.
 */

#include "base/compiler.h"

#define HOST_ERROR_MAX 320

struct host_error {
	char line[HOST_ERROR_MAX]; /* without a newline */
};

/* host_error_set writes the line, where %m is the text of `error_number`, and returns -error_number. EMFILE adds the limit. */
int host_error_set(struct host_error *error, int error_number, const char *format, ...)
	printf_like(3, 4);
