/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/local_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

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
static int bind_private(int fd, const struct sockaddr_un *address, mode_t mode)
{
	mode_t mask = umask(~mode & 0777);
	int result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int error_number = errno;

	umask(mask);
	return result == 0 ? 0 : -error_number;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address, mode_t mode)
{
	int result = bind_private(fd, address, mode);

	if (result == -EADDRINUSE && !is_alive(address) && unlink(address->sun_path) == 0)
		result = bind_private(fd, address, mode);
	if (result == 0 && listen(fd, BACKLOG) < 0)
		result = -errno;
	return result;
}

int local_socket_open(const char *path, mode_t mode, struct host_error *out_error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), result;

	if (fd < 0)
		return host_error_set(out_error, errno, "%s: %m", path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	result = bind_and_listen(fd, &address, mode);
	if (result == 0)
		return fd;
	close(fd);
	return host_error_set(out_error, -result, "%s: %m", path);
}

void local_socket_close(int fd, const char *path)
{
	close(fd);
	(void)unlink(path);
}

int local_socket_accept(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
