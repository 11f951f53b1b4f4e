/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "log.h"

/* 0 or a negative errno. */
static int send_to(const struct sockaddr_un *address, socklen_t address_len, const char *text)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), result = 0;

	if (fd < 0)
		return -errno;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)address,
		    address_len)
		< 0)
		result = -errno;
	close(fd);
	return result;
}

/* A name that begins with @ is no file: unix(7), abstract. */
static int send_text(const char *path, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const size_t path_len = strlen(path);

	if ((*path != '/' && *path != '@') || path_len >= sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path, path, path_len);
	if (*path == '@')
		address.sun_path[0] = '\0';
	return send_to(
		&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len), text);
}

static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	int result = path ? send_text(path, text) : 0;

	if (result < 0)
		log_warning("NOTIFY_SOCKET %s: %s", path, strerror(-result));
}

void notify_ready(const char *format, ...)
{
	char status[512], text[600];
	va_list args;

	va_start(args, format);
	vsnprintf(status, sizeof(status), format, args);
	va_end(args);
	snprintf(text, sizeof(text), "READY=1\nSTATUS=%s", status);
	notify(text);
}

void notify_reloading(uint64_t now_ns)
{
	char text[64];

	snprintf(
		text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_ns / NSEC_PER_USEC);
	notify(text);
}

void notify_stopping(void)
{
	notify("STOPPING=1");
}
