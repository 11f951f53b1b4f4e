/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The socket through which wg(8) talks to a WireGuard interface of a user-space program:
 * /var/run/wireguard/NAME.sock, for its owner alone. Control thread.
 */

#include "base/compiler.h"
#include "host/host_error.h"

/*
 * uapi_socket_open listens there, and makes the folder. A socket that a dead process left is replaced; -EADDRINUSE: a
 * living one has it. Returns a descriptor that does not block, or a negative errno.
 */
must_check int uapi_socket_open(const char *name, struct host_error *out_error);

/* uapi_socket_close closes it and removes the file. */
void uapi_socket_close(int fd, const char *name);

/* uapi_socket_accept: a descriptor that does not block, or -1: nobody is there. */
must_check int uapi_socket_accept(int fd);
