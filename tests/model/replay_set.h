/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* The slow twin of tables/replay.h: every counter that was accepted, in a list. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLAY_SET_MAX 4096

struct replay_set {
	uint64_t seen[REPLAY_SET_MAX];
	size_t n_seen;
};

bool replay_set_has(const struct replay_set *set, uint64_t counter);
void replay_set_add(struct replay_set *set, uint64_t counter);

/* replay_set_newest: the largest counter in the set; 0 when it is empty. */
uint64_t replay_set_newest(const struct replay_set *set);
