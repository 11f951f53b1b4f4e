/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A unix socket for clients on this host, as a file that its owner alone may use. Control thread. */

#include <sys/types.h>

#include "base/compiler.h"
#include "host/host_error.h"

#define LOCAL_SOCKET_PATH_MAX 108 /* with the final zero: sun_path of unix(7) */

/*
 * local_socket_open listens at `path`, whose folder must be there; `mode` is the file's. A socket that a dead process left is
 * replaced; -EADDRINUSE: a living one has it. Returns a descriptor that does not block, or a negative errno.
 */
must_check int local_socket_open(const char *path, mode_t mode, struct host_error *out_error);

/* local_socket_close closes it and removes the file. */
void local_socket_close(int fd, const char *path);

/* local_socket_accept: a descriptor that does not block, or -1: nobody is there. */
must_check int local_socket_accept(int fd);
