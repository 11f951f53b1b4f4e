/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "schedule.h"

#include <errno.h>
#include <stdlib.h>

struct schedule {
	struct schedule_entry **heap; /* from 1: the children of i are 2i and 2i + 1 */
	uint32_t n;
	uint32_t capacity;
};

struct schedule *schedule_create(void)
{
	return calloc(1, sizeof(struct schedule));
}

void schedule_destroy(struct schedule *schedule)
{
	if (!schedule)
		return;
	free(schedule->heap);
	free(schedule);
}

int schedule_reserve(struct schedule *schedule, uint32_t n)
{
	struct schedule_entry **heap;

	if (n <= schedule->capacity)
		return 0;
	n = n > 2 * schedule->capacity ? n : 2 * schedule->capacity;
	heap = realloc(schedule->heap, ((size_t)n + 1) * sizeof(struct schedule_entry *));
	if (!heap)
		return -ENOMEM;
	schedule->heap = heap;
	schedule->capacity = n;
	return 0;
}

static void place(struct schedule *schedule, uint32_t position, struct schedule_entry *entry)
{
	schedule->heap[position] = entry;
	entry->position = position;
}

/* Finds the place for `entry`, starting from the hole at `position`. */
static void settle(struct schedule *schedule, uint32_t position, struct schedule_entry *entry)
{
	struct schedule_entry **heap = schedule->heap;

	for (; position > 1 && heap[position / 2]->due_ns > entry->due_ns; position /= 2)
		place(schedule, position, heap[position / 2]);
	for (uint32_t child; (child = 2 * position) <= schedule->n; position = child) {
		if (child < schedule->n && heap[child + 1]->due_ns < heap[child]->due_ns)
			child++;
		if (heap[child]->due_ns >= entry->due_ns)
			break;
		place(schedule, position, heap[child]);
	}
	place(schedule, position, entry);
}

static void take_out(struct schedule *schedule, struct schedule_entry *entry)
{
	uint32_t hole = entry->position;
	struct schedule_entry *last = schedule->heap[schedule->n--];

	entry->position = 0;
	if (last != entry)
		settle(schedule, hole, last);
}

void schedule_set(struct schedule *schedule, struct schedule_entry *entry, uint64_t due_ns)
{
	entry->due_ns = due_ns;
	if (due_ns == UINT64_MAX) {
		if (entry->position)
			take_out(schedule, entry);
		return;
	}
	settle(schedule, entry->position ? entry->position : ++schedule->n, entry);
}

uint64_t schedule_due_ns(const struct schedule *schedule)
{
	return schedule->n ? schedule->heap[1]->due_ns : UINT64_MAX;
}

struct schedule_entry *schedule_pop(struct schedule *schedule, uint64_t now_ns)
{
	struct schedule_entry *first = schedule->n ? schedule->heap[1] : NULL;

	if (!first || first->due_ns > now_ns)
		return NULL;
	take_out(schedule, first);
	return first;
}
