/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Any file in the place of a wg(8) file. */

#include "fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char gw[] = "interfaces=({config=\"wg0.conf\";});";

	load_texts((struct fuzz_text){gw, sizeof(gw) - 1}, (struct fuzz_text){data, len});
	return 0;
}
