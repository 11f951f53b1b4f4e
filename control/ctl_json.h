/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What wg-dpdk-ctl(8) is told, as JSON; wg-dpdk-ctl(8) describes each. Returns what json_decref frees, or NULL: no memory. Control. */

#include <jansson.h>
#include <stdint.h>

#include "drops.h"

struct ctl_sums;
struct gateway;
struct interface;
struct reload_outcome;

/* ctl_json_error: {"error": `line`}; what is not UTF-8 in it becomes question marks. */
json_t *ctl_json_error(const char *line);

json_t *ctl_json_status(const struct gateway *gw, uint64_t now_ns);
json_t *ctl_json_interface(const struct interface *iface, const struct ctl_sums *sums);

/* ctl_json_worker: also NULL when there are fewer workers. */
json_t *ctl_json_worker(const struct gateway *gw, unsigned i, uint64_t uptime_ns);

json_t *ctl_json_drop(const struct gateway *gw, enum drop_reason reason);
json_t *ctl_json_outcome(const struct reload_outcome *outcome);
