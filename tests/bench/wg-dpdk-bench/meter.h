/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What a piece of code costs: cycles of the time stamp counter, and, where perf_event_open(2) may count them,
 * CPU cycles and instructions of user space. One thread.
 */

#include <stdbool.h>
#include <stdint.h>

struct meter {
	int cycles_fd; /* leads a group of two; -1: not permitted, or the (virtual) machine has no counters */
	int instructions_fd;
};

struct count {
	uint64_t tsc;
	uint64_t cpu_cycles; /* 0 when the meter has no CPU counters */
	uint64_t instructions;
};

void meter_open(struct meter *meter);
void meter_close(struct meter *meter);
bool meter_has_cpu(const struct meter *meter);

/* meter_start notes where the counters stand; meter_stop gives what was counted since. */
void meter_start(const struct meter *meter, struct count *out_begin);
void meter_stop(const struct meter *meter, const struct count *begin, struct count *out);

/*
 * meter_core_per_tsc: CPU cycles that pass in one cycle of the time stamp counter, from the time of a chain of
 * multiplications that wait for each other. For machines that do not count CPU cycles for us.
 */
double meter_core_per_tsc(void);
