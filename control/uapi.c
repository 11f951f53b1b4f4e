/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "uapi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secure.h"
#include "config/config.h"
#include "gateway.h"
#include "host/uapi_socket.h"
#include "interface.h"
#include "uapi_text.h"

#define CLIENTS_MAX \
	32 /* of all interfaces; a further one takes the place of the one that was silent longest */
#define QUESTION_MAX 256      /* bytes of a line */
#define ANSWER_SIZE (1 << 15) /* bytes that wait for a client to read them */

enum request {
	REQUEST_NONE, /* between two */
	REQUEST_GET,
	REQUEST_SET,
	REQUEST_UNKNOWN,
};

struct client {
	int fd; /* -1: free */
	const struct interface *iface;
	uint64_t last_heard; /* a count of what happened, for the age */
	enum request request;
	bool is_answering; /* a get; the next request waits */
	struct uapi_place place;
	size_t question_len, answer_len, answer_sent;
	char question[QUESTION_MAX]; /* the beginning of a line */
	char answer[ANSWER_SIZE];
};

struct uapi {
	struct gateway *gateway;
	int epoll_fd;
	int *fds; /* by iface_id; -1: none */
	unsigned n_fds;
	uint64_t n_heard;
	struct client clients[CLIENTS_MAX];
};

/* What an event is about: an interface's socket, or behind those a client. */
static int watch(struct uapi *uapi, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event event = {.events = events, .data.u64 = what};

	return epoll_ctl(uapi->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void hang_up(struct client *client)
{
	close(client->fd);
	secure_wipe(client, sizeof(*client)); /* answers hold keys */
	client->fd = -1;
}

static struct client *find_place(struct uapi *uapi)
{
	struct client *oldest = &uapi->clients[0];

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &uapi->clients[i];

		if (client->fd < 0)
			return client;
		if (client->last_heard < oldest->last_heard)
			oldest = client;
	}
	hang_up(oldest);
	return oldest;
}

static void welcome(struct uapi *uapi, unsigned iface_id)
{
	int fd = uapi_socket_accept(uapi->fds[iface_id]);
	struct client *client;

	if (fd < 0)
		return;
	client = find_place(uapi);
	client->fd = fd;
	client->iface = &uapi->gateway->interfaces[iface_id];
	client->last_heard = ++uapi->n_heard;
	if (watch(uapi, fd, EPOLLIN, uapi->n_fds + (uint64_t)(client - uapi->clients)) < 0)
		hang_up(client);
}

static void say(struct client *client, const char *line)
{
	size_t len = strlen(line);

	/* Always fits: requests are read only while there is room for what refuses them. */
	memcpy(client->answer + client->answer_len, line, len);
	client->answer_len += len;
}

static void refuse(struct client *client, int error_number)
{
	char line[32];

	snprintf(line, sizeof(line), "errno=%d\n\n", -error_number);
	say(client, line);
}

/* A line of a request; an empty one is its end. */
static void take_line(struct client *client, const char *line)
{
	if (*line && client->request == REQUEST_NONE) {
		client->request = strcmp(line, "get=1") == 0 ? REQUEST_GET
			: strcmp(line, "set=1") == 0         ? REQUEST_SET
							     : REQUEST_UNKNOWN;
		return;
	}
	if (*line)
		return;
	switch (client->request) {
	case REQUEST_GET:
		client->is_answering = true;
		client->place = (struct uapi_place){0};
		break;
	case REQUEST_SET:
		refuse(client, EOPNOTSUPP);
		break;
	case REQUEST_UNKNOWN:
		refuse(client, EPROTO);
		break;
	case REQUEST_NONE:
		break;
	}
	client->request = REQUEST_NONE;
}

/* Is there room for another answer? */
static bool may_ask(const struct client *client)
{
	return !client->is_answering && client->answer_len + UAPI_LINES_MAX <= ANSWER_SIZE;
}

/* Handles the whole lines of the question, as long as there is room for answers. */
static void take_lines(struct client *client)
{
	char *end;

	while (may_ask(client) && (end = memchr(client->question, '\n', client->question_len))) {
		size_t len = (size_t)(end + 1 - client->question);

		*end = '\0';
		take_line(client, client->question);
		client->question_len -= len;
		memmove(client->question, end + 1, client->question_len);
	}
}

/* false: the client is gone, or says what is no line. */
static bool listen_to(struct client *client)
{
	ssize_t n;

	if (client->question_len == QUESTION_MAX)
		return !may_ask(
			client); /* it waits for its answer, or there is no end of the line */
	n = recv(client->fd, client->question + client->question_len,
		QUESTION_MAX - client->question_len, 0);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	client->question_len += (size_t)n;
	return true;
}

static void write_answer(struct client *client)
{
	size_t n;

	while (client->is_answering && client->answer_len + UAPI_LINES_MAX <= ANSWER_SIZE) {
		n = uapi_text_next(
			client->iface, &client->place, client->answer + client->answer_len);
		client->answer_len += n;
		client->is_answering = n > 0;
	}
}

/* false: the client is gone. */
static bool answer(struct client *client)
{
	ssize_t n;

	if (client->answer_len == 0)
		return true;
	n = send(client->fd, client->answer + client->answer_sent,
		client->answer_len - client->answer_sent, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	client->answer_sent += (size_t)n;
	if (client->answer_sent == client->answer_len) {
		secure_wipe(client->answer, client->answer_len);
		client->answer_len = client->answer_sent = 0;
	}
	return true;
}

/* Goes on when the client has room for more, or listens when there is nothing to be done. */
static void choose_events(struct uapi *uapi, struct client *client)
{
	const bool is_busy = client->answer_len || client->is_answering
		|| memchr(client->question, '\n', client->question_len);
	struct epoll_event event = {.events = is_busy ? EPOLLOUT : EPOLLIN,
		.data.u64 = uapi->n_fds + (uint64_t)(client - uapi->clients)};

	(void)epoll_ctl(uapi->epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void serve_client(struct uapi *uapi, struct client *client, uint32_t events)
{
	client->last_heard = ++uapi->n_heard;
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !listen_to(client)) {
		hang_up(client);
		return;
	}
	take_lines(client);
	write_answer(client);
	if (!answer(client)) {
		hang_up(client);
		return;
	}
	choose_events(uapi, client);
}

void uapi_serve(struct uapi *uapi)
{
	struct epoll_event events[8];
	int n = epoll_wait(uapi->epoll_fd, events, array_len(events), 0);

	for (int i = 0; i < n; i++) {
		uint64_t what = events[i].data.u64;

		if (what < uapi->n_fds)
			welcome(uapi, (unsigned)what);
		else if (uapi->clients[what - uapi->n_fds].fd >= 0)
			serve_client(uapi, &uapi->clients[what - uapi->n_fds], events[i].events);
	}
}

static int open_sockets(struct uapi *uapi, struct host_error *out_error)
{
	const struct gateway *gw = uapi->gateway;

	for (; uapi->n_fds < gw->n_interfaces; uapi->n_fds++) {
		int fd = uapi_socket_open(gw->interfaces[uapi->n_fds].config->name, out_error);

		if (fd < 0)
			return fd;
		uapi->fds[uapi->n_fds] = fd;
	}
	for (unsigned i = 0; i < uapi->n_fds; i++) {
		int result = watch(uapi, uapi->fds[i], EPOLLIN, i);

		if (result < 0)
			return host_error_set(out_error, -result, "sockets for wg(8): %m");
	}
	return 0;
}

struct uapi *uapi_create(struct gateway *gw, struct host_error *out_error)
{
	struct uapi *uapi = calloc(1, sizeof(*uapi));

	if (!uapi) {
		host_error_set(out_error, ENOMEM, "sockets for wg(8): %m");
		return NULL;
	}
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		uapi->clients[i].fd = -1;
	uapi->gateway = gw;
	uapi->fds = calloc(gw->n_interfaces, sizeof(*uapi->fds));
	uapi->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!uapi->fds || uapi->epoll_fd < 0)
		host_error_set(out_error, errno, "sockets for wg(8): %m");
	else if (open_sockets(uapi, out_error) == 0)
		return uapi;
	uapi_destroy(uapi);
	return NULL;
}

void uapi_destroy(struct uapi *uapi)
{
	if (!uapi)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (uapi->clients[i].fd >= 0)
			hang_up(&uapi->clients[i]);
	for (unsigned i = 0; i < uapi->n_fds; i++)
		uapi_socket_close(uapi->fds[i], uapi->gateway->interfaces[i].config->name);
	if (uapi->epoll_fd >= 0)
		close(uapi->epoll_fd);
	free(uapi->fds);
	free(uapi);
}

int uapi_fd(const struct uapi *uapi)
{
	return uapi->epoll_fd;
}
