/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Wiping and comparing secrets. Any thread; nothing here depends on the secret's value in time. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* secure_wipe overwrites `len` bytes; no compiler removes it. */
static inline void secure_wipe(void *secret, size_t len)
{
	explicit_bzero(secret, len);
}

/* secure_equal compares `len` bytes in a time that depends on `len` alone. */
static inline bool secure_equal(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= x[i] ^ y[i];
	__asm__(""
		: "+r"(difference)); /* hides the value, so that no early exit can be made of it */
	return difference == 0;
}
