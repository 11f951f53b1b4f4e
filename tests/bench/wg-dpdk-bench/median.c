/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "median.h"

#include <stdlib.h>

struct figures figures_per_packet(const struct count *count, unsigned n)
{
	return (struct figures){(double)count->tsc / n, (double)count->cpu_cycles / n,
		(double)count->instructions / n};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(const double *first, size_t stride, unsigned n)
{
	static double values[MEDIAN_MAX];

	for (unsigned i = 0; i < n; i++)
		values[i] = *(const double *)((const char *)first + i * stride);
	qsort(values, n, sizeof(values[0]), compare);
	return values[n / 2];
}

struct figures median_figures(const struct figures *first, size_t stride, unsigned n)
{
	return (struct figures){median(&first->tsc, stride, n),
		median(&first->cpu_cycles, stride, n), median(&first->instructions, stride, n)};
}
