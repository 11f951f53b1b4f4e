/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Where wg-dpdk-ctl(8) asks: the socket /run/wg-dpdk/NAME.sock, which is called as the gateway's first interface is and is for its
 * owner alone. A client sends a line (ctl_request.h), gets one (ctl_answer.h), and that is all. Clients that are silent, slow
 * or hostile cost their place and a buffer. Control.
 */

#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct ctl;
struct gateway;
struct interface;

/* ctl_create opens the socket. NULL: see `out_error`. */
must_check struct ctl *ctl_create(struct gateway *gw, struct host_error *out_error);

/* ctl_destroy removes it; NULL is allowed. */
void ctl_destroy(struct ctl *ctl);

/* ctl_fd: to be polled; readable when ctl_serve has something to do. */
int ctl_fd(const struct ctl *ctl);

/* ctl_serve goes on with those clients that are ready, a part of an answer at a time. */
void ctl_serve(struct ctl *ctl, uint64_t now_ns);

/* ctl_reloaded: those that wait for a reload can be told. */
void ctl_reloaded(struct ctl *ctl);

/* ctl_drop ends the answers that are at an interface which goes. */
void ctl_drop(struct ctl *ctl, const struct interface *iface);
