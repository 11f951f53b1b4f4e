/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Where a tag's comparison ends and its answer becomes public. For engines, any thread. tests/secrets puts another
 * header in its place, which tells valgrind.
 */

#include <stdbool.h>

/* aead_verdict returns `is_authentic`; from here on one may branch on it. */
static inline bool aead_verdict(bool is_authentic)
{
	return is_authentic;
}
