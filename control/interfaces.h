/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The interfaces of a gateway: which there are, and how they come and go while workers run. One that goes is out of sight at
 * once, and its place is free when nothing on its way refers to it any more, as with peers:
 * docs/decisions/0006-peers-that-go.md. Control.
 */

#include <stdbool.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct gateway;
struct interface;

/* interfaces_find: the one of that name that is there, or NULL. interfaces_count: how many are there. */
struct interface *interfaces_find(const struct gateway *gw, const char *name);
unsigned interfaces_count(const struct gateway *gw);

/* interfaces_take_place: an empty one for interface_plan; NULL: there are WG_INTERFACES_MAX. */
must_check struct interface *interfaces_take_place(struct gateway *gw);

/* interfaces_mirror: with ports, routes into the interface lead there from now on. 0, or a negative errno. */
must_check int interfaces_mirror(
	struct gateway *gw, struct interface *iface, struct host_error *out_error);

/* interfaces_open makes a planned interface be there, without its peers. A negative errno: its place is empty again. */
must_check int interfaces_open(
	struct gateway *gw, struct interface *iface, struct host_error *out_error);

/* interfaces_remove begins; `iface->config` is not used any more when it returns. */
void interfaces_remove(struct gateway *gw, struct interface *iface);

/* interfaces_lose: its TUN was deleted. It goes; with the last one the gateway stops. */
void interfaces_lose(struct gateway *gw, struct interface *iface);

/* interfaces_sweep goes on with what goes, without waiting; false: nothing does. Before peer_book_sweep. */
bool interfaces_sweep(struct gateway *gw);
