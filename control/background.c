/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

/* The parent has nothing to clean up: it has started nothing. */
static _Noreturn void wait_for_child(pid_t child, int fd)
{
	char byte;
	ssize_t n;
	int status;

	do
		n = read(fd, &byte, sizeof(byte));
	while (n < 0 && errno == EINTR);
	if (n == sizeof(byte))
		_exit(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		log_error("ended by signal %d before it was ready", WTERMSIG(status));
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
}

int background_begin(void)
{
	int fds[2];
	pid_t child;

	/* What the caller has open, such as a lock, is not to stay so for as long as this runs. */
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	if (pipe2(fds, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		log_error("cannot go to the background: %s; -f stays in the foreground",
			strerror(errno));
		return -1;
	}
	if (child > 0) {
		close(fds[1]);
		wait_for_child(child, fds[0]);
	}
	close(fds[0]);
	setsid();
	return fds[1];
}

void background_ready(int fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	log_to_syslog();
	(void)!chdir("/");
	for (int i = 0; null_fd >= 0 && i <= STDERR_FILENO; i++)
		dup2(null_fd, i);
	if (null_fd > STDERR_FILENO)
		close(null_fd);
	(void)!write(fd, "", 1);
	close(fd);
}
