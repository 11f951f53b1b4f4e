/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Makes an allocation of the code under test fail. Link the test with failing_alloc_dep, which leads
 * calloc and aligned_alloc here. One thread.
 */

#include <stddef.h>
#include <stdlib.h>

#define NEVER_FAIL (-1)

/* How many allocations still succeed before all fail. */
static int n_until_failure = NEVER_FAIL;

void *__real_calloc(size_t n, size_t len);
void *__real_aligned_alloc(size_t alignment, size_t len);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_aligned_alloc(size_t alignment, size_t len);

static int must_fail(void)
{
	if (n_until_failure > 0)
		n_until_failure--;
	else if (n_until_failure == 0)
		return 1;
	return 0;
}

void *__wrap_calloc(size_t n, size_t len)
{
	return must_fail() ? NULL : __real_calloc(n, len);
}

void *__wrap_aligned_alloc(size_t alignment, size_t len)
{
	return must_fail() ? NULL : __real_aligned_alloc(alignment, len);
}
