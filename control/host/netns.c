/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/* Where ip-netns(8) keeps them. */
#define FOLDER "/run/netns"

static int fail(const char *name, int error_number, struct host_error *out_error)
{
	if (error_number == ENOENT || error_number == EINVAL)
		return host_error_set(out_error, error_number,
			"there is no network namespace %s; make it (ip netns add %s)", name, name);
	return host_error_set(out_error, error_number,
		"network namespace %s: %m; run as root or with CAP_SYS_ADMIN", name);
}

static int go_to(const char *name)
{
	char path[PATH_MAX];
	int fd, result;

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
	close(fd);
	return result;
}

int netns_enter(const char *name, int *out_home_fd, struct host_error *out_error)
{
	int result;

	*out_home_fd = -1;
	if (!*name)
		return 0;
	*out_home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (*out_home_fd < 0)
		return fail(name, errno, out_error);
	result = go_to(name);
	if (result == 0)
		return 0;
	close(*out_home_fd);
	*out_home_fd = -1;
	return fail(name, -result, out_error);
}

int netns_leave(int home_fd, struct host_error *out_error)
{
	int result = 0;

	if (home_fd < 0)
		return 0;
	if (setns(home_fd, CLONE_NEWNET) < 0)
		result = host_error_set(
			out_error, errno, "cannot go back to the first network namespace: %m");
	close(home_fd);
	return result;
}
