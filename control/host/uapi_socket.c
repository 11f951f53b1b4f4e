/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/uapi_socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/local_socket.h"

#define FOLDER "/var/run/wireguard"

static const char *path_of(const char *name, char path[LOCAL_SOCKET_PATH_MAX])
{
	/* A name has 15 characters at most. */
	snprintf(path, LOCAL_SOCKET_PATH_MAX, FOLDER "/%.15s.sock", name);
	return path;
}

static bool identify(const char *path, struct uapi_socket *out)
{
	struct stat facts;

	if (lstat(path, &facts) < 0)
		return false;
	out->device = facts.st_dev;
	out->inode = facts.st_ino;
	return true;
}

static int fail_open(const char *path, int error_number, struct host_error *out_error)
{
	if (error_number == EADDRINUSE)
		return host_error_set(out_error, EADDRINUSE,
			"%s belongs to another WireGuard process that runs; stop it, or choose "
			"another name for the interface",
			path);
	return host_error_set(out_error, error_number, "%s, which wg(8) needs: %m", path);
}

int uapi_socket_open(const char *name, struct uapi_socket *out, struct host_error *out_error)
{
	char path[LOCAL_SOCKET_PATH_MAX];
	int fd, error_number;

	(void)mkdir(FOLDER, 0755); /* if it cannot be made, bind says why */
	fd = local_socket_open(path_of(name, path), 0700, out_error);
	if (fd < 0)
		return fail_open(path, -fd, out_error);
	if (!identify(path, out)) {
		error_number = errno;
		close(fd);
		return fail_open(path, error_number, out_error);
	}
	out->fd = fd;
	return 0;
}

bool uapi_socket_is_there(const struct uapi_socket *socket, const char *name)
{
	char path[LOCAL_SOCKET_PATH_MAX];
	struct uapi_socket now;

	return identify(path_of(name, path), &now) && now.device == socket->device
		&& now.inode == socket->inode;
}

void uapi_socket_close(struct uapi_socket *socket, const char *name)
{
	char path[LOCAL_SOCKET_PATH_MAX];

	if (uapi_socket_is_there(socket, name))
		(void)unlink(path_of(name, path));
	close(socket->fd);
	socket->fd = -1;
}

int uapi_socket_watch(struct host_error *out_error)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), error_number;

	(void)mkdir(FOLDER, 0755);
	if (fd >= 0
		&& inotify_add_watch(fd, FOLDER,
			   IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
			>= 0)
		return fd;
	error_number = errno;
	if (fd >= 0)
		close(fd);
	return host_error_set(out_error, error_number, FOLDER ", which wg(8) needs: %m");
}

void uapi_socket_watched(int watch_fd)
{
	char events[4096];

	while (read(watch_fd, events, sizeof(events)) > 0)
		;
}

int uapi_socket_accept(int fd)
{
	return local_socket_accept(fd);
}
