/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Any line to wg-dpdk-ctl's socket: what is taken holds texts that end, and a refusal says why. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ctl_request request;
	struct host_error error = {""};

	if (ctl_request_parse((const char *)data, len, &request, &error) < 0) {
		if (!*error.line)
			abort();
		return 0;
	}
	if (request.command > CTL_LOG || !memchr(request.interface, 0, CTL_WORD_MAX)
		|| !memchr(request.level, 0, CTL_WORD_MAX))
		abort();
	if (*request.interface && request.command != CTL_PEERS)
		abort();
	return 0;
}
