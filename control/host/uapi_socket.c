/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/uapi_socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FOLDER "/var/run/wireguard"
#define BACKLOG 16

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	/* A name has 15 characters at most. */
	snprintf(address.sun_path, sizeof(address.sun_path), FOLDER "/%.15s.sock", name);
	return address;
}

static bool is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_answered = fd >= 0
		&& (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0
			|| errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return is_answered;
}

/* The mask of the process holds for the file that bind makes. */
static int bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0077);
	int result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int error_number = errno;

	umask(mask);
	return result == 0 ? 0 : -error_number;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	int result = bind_private(fd, address);

	if (result == -EADDRINUSE && !is_alive(address) && unlink(address->sun_path) == 0)
		result = bind_private(fd, address);
	if (result == 0 && listen(fd, BACKLOG) < 0)
		result = -errno;
	return result;
}

static bool identify(const struct sockaddr_un *address, struct uapi_socket *out)
{
	struct stat facts;

	if (lstat(address->sun_path, &facts) < 0)
		return false;
	out->device = facts.st_dev;
	out->inode = facts.st_ino;
	return true;
}

static int fail_open(
	const struct sockaddr_un *address, int error_number, struct host_error *out_error)
{
	if (error_number == EADDRINUSE)
		return host_error_set(out_error, EADDRINUSE,
			"%s belongs to another WireGuard process that runs; stop it, or choose "
			"another name for the interface",
			address->sun_path);
	return host_error_set(
		out_error, error_number, "%s, which wg(8) needs: %m", address->sun_path);
}

int uapi_socket_open(const char *name, struct uapi_socket *out, struct host_error *out_error)
{
	struct sockaddr_un address = address_of(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), result;

	if (fd < 0)
		return fail_open(&address, errno, out_error);
	(void)mkdir(FOLDER, 0755); /* if it cannot be made, bind says why */
	result = bind_and_listen(fd, &address);
	if (result == 0 && !identify(&address, out))
		result = -errno;
	if (result < 0) {
		close(fd);
		return fail_open(&address, -result, out_error);
	}
	out->fd = fd;
	return 0;
}

bool uapi_socket_is_there(const struct uapi_socket *socket, const char *name)
{
	const struct sockaddr_un address = address_of(name);
	struct uapi_socket now;

	return identify(&address, &now) && now.device == socket->device
		&& now.inode == socket->inode;
}

void uapi_socket_close(struct uapi_socket *socket, const char *name)
{
	const struct sockaddr_un address = address_of(name);

	if (uapi_socket_is_there(socket, name))
		(void)unlink(address.sun_path);
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
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
