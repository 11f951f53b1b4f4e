/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What wg(8) asks and gets: the cross-platform user-space interface, www.wireguard.com/xplatform. A connection carries
 * any number of requests, each of any length. Control thread; nothing here waits for a client, a slow one costs a fixed
 * amount of memory, and several may set at once, each line by line.
 */

#include <stdint.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct gateway;
struct uapi;

/* uapi_create opens the sockets of all interfaces. NULL: see `out_error`. */
must_check struct uapi *uapi_create(struct gateway *gw, struct host_error *out_error);

/* uapi_destroy removes them; NULL is allowed. */
void uapi_destroy(struct uapi *uapi);

/* uapi_add opens the socket of an interface that has come; uapi_drop removes that of one that goes, with its clients. */
must_check int uapi_add(struct uapi *uapi, uint8_t iface_id, struct host_error *out_error);
void uapi_drop(struct uapi *uapi, uint8_t iface_id);

/* uapi_fd: to be polled; readable when uapi_serve has something to do. */
int uapi_fd(const struct uapi *uapi);

/* uapi_serve goes on with those clients that are ready, a part of a request or of an answer at a time. */
void uapi_serve(struct uapi *uapi, uint64_t now_ns);
