/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Which peer must be looked at when: a binary heap by time. Control. */

#include <stdint.h>

#include "base/compiler.h"

struct schedule;

/* Part of whatever is scheduled; zeroed, it is not scheduled. */
struct schedule_entry {
	uint64_t due_ns;
	uint32_t position; /* in the heap, counted from 1; 0: not in it */
};

must_check struct schedule *schedule_create(void);
void schedule_destroy(struct schedule *schedule);

/* schedule_reserve makes room for `n` entries in all, so that schedule_set cannot fail; 0 or -ENOMEM. */
must_check int schedule_reserve(struct schedule *schedule, uint32_t n);

/* schedule_set (re)schedules an entry; TIMERS_NEVER takes it out. */
void schedule_set(struct schedule *schedule, struct schedule_entry *entry, uint64_t due_ns);

/* schedule_due_ns: when the first entry is due; UINT64_MAX: there is none. */
uint64_t schedule_due_ns(const struct schedule *schedule);

/* schedule_pop takes out the first entry if it is due at `now_ns`, else NULL. */
struct schedule_entry *schedule_pop(struct schedule *schedule, uint64_t now_ns);
