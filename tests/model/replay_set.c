/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "model/replay_set.h"

bool replay_set_has(const struct replay_set *set, uint64_t counter)
{
	for (size_t i = 0; i < set->n_seen; i++)
		if (set->seen[i] == counter)
			return true;
	return false;
}

void replay_set_add(struct replay_set *set, uint64_t counter)
{
	set->seen[set->n_seen++] = counter;
}

uint64_t replay_set_newest(const struct replay_set *set)
{
	uint64_t newest = 0;

	for (size_t i = 0; i < set->n_seen; i++)
		if (set->seen[i] > newest)
			newest = set->seen[i];
	return newest;
}
