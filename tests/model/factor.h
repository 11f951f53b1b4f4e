/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* MODEL_FACTOR=100 in the environment: models play a hundred times as long as in CI. */

#include <stdlib.h>

static inline unsigned model_factor(void)
{
	const char *text = getenv("MODEL_FACTOR");
	unsigned long factor = text ? strtoul(text, NULL, 10) : 1;

	return factor > 0 ? (unsigned)factor : 1;
}
