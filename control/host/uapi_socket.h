/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The socket through which wg(8) talks to a WireGuard interface of a user-space program:
 * /var/run/wireguard/NAME.sock, for its owner alone. Control thread.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "host/host_error.h"

struct uapi_socket {
	int fd; /* does not block; -1: none */
	/* Which file it is, for another process may put one of its own in its place. */
	dev_t device;
	ino_t inode;
};

/*
 * uapi_socket_open listens there, and makes the folder. A socket that a dead process left is replaced; -EADDRINUSE: a
 * living one has it. 0 or a negative errno.
 */
must_check int uapi_socket_open(
	const char *name, struct uapi_socket *out, struct host_error *out_error);

/* uapi_socket_close closes it and removes the file, if it is still this socket's. */
void uapi_socket_close(struct uapi_socket *socket, const char *name);

/* uapi_socket_is_there: is its file? Without it nobody can ask for the interface any more. */
must_check bool uapi_socket_is_there(const struct uapi_socket *socket, const char *name);

/*
 * uapi_socket_watch makes the folder and returns a descriptor that becomes readable when a file leaves it, or a negative
 * errno. uapi_socket_watched takes that note.
 */
must_check int uapi_socket_watch(struct host_error *out_error);
void uapi_socket_watched(int watch_fd);

/* uapi_socket_accept: a descriptor that does not block, or -1: nobody is there. */
must_check int uapi_socket_accept(int fd);
