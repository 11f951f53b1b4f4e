/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "exchange.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKETS "/run/wg-dpdk/*.sock"

/* A descriptor, or a negative errno. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct sockaddr_un *name = &address;
	int fd, error_number;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)name, sizeof(address)) == 0)
		return fd;
	error_number = errno;
	close(fd);
	return -error_number;
}

static int complain(const char *path, int error_number)
{
	const bool is_refused = error_number == EACCES || error_number == EPERM;

	fprintf(stderr, "wg-dpdk-ctl: %s: %s%s\n", path, strerror(error_number),
		is_refused ? "; run it as root" : "; is that gateway running?");
	return -1;
}

static int complain_of_none(void)
{
	fputs("wg-dpdk-ctl: no gateway runs here: nobody answers at " SOCKETS
	      "; start wg-dpdk, or give its socket: --socket PATH\n",
		stderr);
	return -1;
}

static int complain_of_several(const char *first, const char *second)
{
	fprintf(stderr, "wg-dpdk-ctl: several gateways run here: %s, %s; choose one: --socket %s\n",
		first, second, first);
	return -1;
}

/* Who listens at the other end; 0: not known. */
static pid_t listener_of(int fd)
{
	struct ucred listener = {.pid = 0};
	socklen_t len = sizeof(listener);

	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &listener, &len);
	return listener.pid;
}

/* As connect_to; -ESRCH: it is not that of the process `pid`, which 0 does not ask for. */
static int connect_to_process(const char *path, pid_t pid)
{
	int fd = connect_to(path);

	if (fd < 0 || pid == 0 || listener_of(fd) == pid)
		return fd;
	close(fd);
	return -ESRCH;
}

/* Gateways that have died leave their sockets behind; they do not count. */
static int connect_to_one(char *const paths[], size_t n, pid_t pid)
{
	const char *found = NULL;
	int fd = -1;

	for (size_t i = 0; i < n; i++) {
		int result = connect_to_process(paths[i], pid);

		if (result == -ECONNREFUSED || result == -ENOENT || result == -ESRCH)
			continue;
		if (result < 0) {
			if (fd >= 0)
				close(fd);
			return complain(paths[i], -result);
		}
		if (fd >= 0) {
			close(fd);
			close(result);
			return complain_of_several(found, paths[i]);
		}
		fd = result;
		found = paths[i];
	}
	return fd >= 0 ? fd : complain_of_none();
}

int exchange_connect(const char *path, pid_t pid)
{
	glob_t found;
	int result;

	if (path) {
		result = connect_to(path);
		return result >= 0 ? result : complain(path, -result);
	}
	if (glob(SOCKETS, 0, NULL, &found) != 0)
		return complain_of_none();
	result = connect_to_one(found.gl_pathv, found.gl_pathc, pid);
	globfree(&found);
	return result;
}

static bool send_request(int fd, const json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	bool is_sent = line && send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line)
		&& send(fd, "\n", 1, MSG_NOSIGNAL) == 1;

	free(line);
	return is_sent;
}

/* Buffered: json_loadfd would read byte by byte. Takes `fd`. */
static json_t *read_answer(int fd)
{
	FILE *stream = fdopen(fd, "r");
	json_t *answer = NULL;

	if (!stream) {
		close(fd);
		return NULL;
	}
	answer = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);
	fclose(stream);
	return answer;
}

json_t *exchange_ask(int fd, const json_t *request)
{
	json_t *answer = NULL;

	if (send_request(fd, request))
		answer = read_answer(fd);
	else
		close(fd);
	if (!json_is_object(answer)) {
		json_decref(answer);
		fputs("wg-dpdk-ctl: the gateway gave no answer; see what it has logged\n", stderr);
		return NULL;
	}
	return answer;
}
