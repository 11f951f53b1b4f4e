/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "meter.h"

#include <rte_cycles.h>

#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Three cycles on x86-64 CPUs of the last fifteen years, and no CPU skips it. */
#define MULTIPLY_CYCLES 3
#define MULTIPLICATIONS 2000

/* Interrupts and other programs only ever add to the time, so the shortest of some is right. */
#define CHAINS 20

static int counter_open(uint64_t config, int group_fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = config,
		.read_format = PERF_FORMAT_GROUP,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, group_fd, PERF_FLAG_FD_CLOEXEC);
}

void meter_open(struct meter *meter)
{
	meter->instructions_fd = -1;
	meter->cycles_fd = counter_open(PERF_COUNT_HW_CPU_CYCLES, -1);
	if (meter->cycles_fd < 0)
		return;
	meter->instructions_fd = counter_open(PERF_COUNT_HW_INSTRUCTIONS, meter->cycles_fd);
	if (meter->instructions_fd < 0)
		meter_close(meter);
}

void meter_close(struct meter *meter)
{
	if (meter->instructions_fd >= 0)
		close(meter->instructions_fd);
	if (meter->cycles_fd >= 0)
		close(meter->cycles_fd);
	meter->cycles_fd = meter->instructions_fd = -1;
}

bool meter_has_cpu(const struct meter *meter)
{
	return meter->cycles_fd >= 0;
}

static void read_cpu(const struct meter *meter, struct count *out)
{
	struct {
		uint64_t n, cpu_cycles, instructions;
	} group = {0};

	if (meter_has_cpu(meter))
		(void)!read(meter->cycles_fd, &group, sizeof(group));
	out->cpu_cycles = group.cpu_cycles;
	out->instructions = group.instructions;
}

/* The system call stays outside of what the time stamps enclose. */
void meter_start(const struct meter *meter, struct count *out_begin)
{
	read_cpu(meter, out_begin);
	out_begin->tsc = rte_rdtsc_precise();
}

void meter_stop(const struct meter *meter, const struct count *begin, struct count *out)
{
	uint64_t tsc = rte_rdtsc_precise();

	read_cpu(meter, out);
	out->cpu_cycles -= begin->cpu_cycles;
	out->instructions -= begin->instructions;
	out->tsc = tsc - begin->tsc;
}

static uint64_t chain_tsc(void)
{
	uint64_t begin = rte_rdtsc_precise(), product = begin | 1;

	for (unsigned i = 0; i < MULTIPLICATIONS; i++) {
		product *= product;
		__asm__ volatile("" : "+r"(product)); /* hides the value: every step is done */
	}
	return rte_rdtsc_precise() - begin;
}

double meter_core_per_tsc(void)
{
	uint64_t shortest = UINT64_MAX;

	for (unsigned i = 0; i < CHAINS; i++) {
		uint64_t tsc = chain_tsc();

		shortest = tsc < shortest ? tsc : shortest;
	}
	return (double)MULTIPLICATIONS * MULTIPLY_CYCLES / (double)shortest;
}
