/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Medians of what was counted: what else runs on the machine moves them little. One thread. */

#include <stddef.h>

#include "meter.h"

/* Per packet. */
struct figures {
	double tsc;
	double cpu_cycles;
	double instructions;
};

#define MEDIAN_MAX 8192

/* figures_per_packet: `count` is that of `n` packets. */
struct figures figures_per_packet(const struct count *count, unsigned n);

/* Of `n` values, 1 to MEDIAN_MAX, that lie `stride` bytes apart from `first` on. */
double median(const double *first, size_t stride, unsigned n);
struct figures median_figures(const struct figures *first, size_t stride, unsigned n);
