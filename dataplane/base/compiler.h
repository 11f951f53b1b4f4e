/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What the compilers understand and C does not say. */

#define CACHE_LINE 64
#define cache_aligned _Alignas(CACHE_LINE)
#define must_check __attribute__((warn_unused_result))
#define printf_like(text, first) __attribute__((format(printf, text, first)))
#define array_len(array) (sizeof(array) / sizeof((array)[0]))

/* prefetch has the cache line at `address` fetched while other work goes on. Any address is allowed. */
#define prefetch(address) __builtin_prefetch(address)
