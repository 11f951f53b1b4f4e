/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/uapi_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
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

int uapi_socket_open(const char *name, struct host_error *out_error)
{
	struct sockaddr_un address = address_of(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), result;

	if (fd < 0)
		return host_error_set(out_error, errno, "%s: %m", address.sun_path);
	(void)mkdir(FOLDER, 0755); /* if it cannot be made, bind says why */
	result = bind_and_listen(fd, &address);
	if (result == 0)
		return fd;
	close(fd);
	if (result == -EADDRINUSE)
		return host_error_set(out_error, EADDRINUSE,
			"%s belongs to another WireGuard process that runs; stop it, or choose "
			"another name for the interface",
			address.sun_path);
	return host_error_set(out_error, -result, "%s, which wg(8) needs: %m", address.sun_path);
}

void uapi_socket_close(int fd, const char *name)
{
	struct sockaddr_un address = address_of(name);

	close(fd);
	(void)unlink(address.sun_path);
}

int uapi_socket_accept(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
