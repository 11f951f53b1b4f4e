/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * http://ADDRESS/metrics for Prometheus, where `metrics` in gw.conf(5) says so. libmicrohttpd speaks HTTP, in control's own turns:
 * a scrape is made a part at a time, so that it stops nobody. Clients are few, and the silent ones leave. Control.
 */

#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct gateway;
struct interface;
struct metrics;

/* metrics_create listens where gw->config says. NULL: see `out_error`. */
must_check struct metrics *metrics_create(const struct gateway *gw, struct host_error *out_error);

/* metrics_destroy hangs up; NULL is allowed. */
void metrics_destroy(struct metrics *metrics);

/* metrics_fd: to be polled; readable when metrics_serve has something to do. */
int metrics_fd(const struct metrics *metrics);

/* metrics_due_ns: when metrics_serve has something to do in any case; UINT64_MAX: never. Also for NULL. */
uint64_t metrics_due_ns(const struct metrics *metrics);

/* metrics_serve goes on with those clients that are ready. */
void metrics_serve(struct metrics *metrics, uint64_t now_ns);

/* metrics_drop: the interface goes; scrapes leave it out. NULL is allowed. */
void metrics_drop(struct metrics *metrics, const struct interface *iface);
