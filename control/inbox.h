/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What workers posted and helpers have computed, carried out. Control. */

#include <stdint.h>

struct gateway;

/* inbox_drain handles the events that are waiting, at most a fixed number of each kind; returns how many. */
unsigned inbox_drain(struct gateway *gw, uint64_t now_ns);

/* inbox_discard frees the packets of events that nobody will handle any more: the workers are stopped. */
void inbox_discard(struct gateway *gw);
