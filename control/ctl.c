/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "ctl_answer.h"
#include "ctl_request.h"
#include "gateway.h"
#include "host/local_socket.h"
#include "interface.h"

#define FOLDER "/run/wg-dpdk"
#define CLIENTS_MAX 16        /* a further one takes the place of the one that was silent longest */
#define REQUEST_MAX 512       /* bytes of a request */
#define ANSWER_SIZE (1 << 15) /* bytes that wait for a client to read them */
#define PARTS_AT_A_TIME \
	64 /* of an answer: some tens of microseconds, then others have their turn */

struct client {
	int fd;              /* -1: free */
	uint64_t last_heard; /* a count of what happened, for the age */
	bool is_answering;
	struct ctl_answer answer;
	size_t request_len, text_len, text_sent;
	char request[REQUEST_MAX];
	char text[ANSWER_SIZE];
};

struct ctl {
	struct gateway *gateway;
	char path[LOCAL_SOCKET_PATH_MAX];
	int fd; /* where clients come in */
	int epoll_fd;
	uint64_t n_heard;
	struct client clients[CLIENTS_MAX];
};

/* What an event is about: a client, or behind those the socket. */
static int watch(struct ctl *ctl, int fd, uint64_t what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = what};

	return epoll_ctl(ctl->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void hang_up(struct client *client)
{
	if (client->is_answering)
		ctl_answer_end(&client->answer);
	close(client->fd);
	client->fd = -1;
}

static struct client *find_place(struct ctl *ctl)
{
	struct client *oldest = &ctl->clients[0];

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &ctl->clients[i];

		if (client->fd < 0)
			return client;
		if (client->last_heard < oldest->last_heard)
			oldest = client;
	}
	hang_up(oldest);
	return oldest;
}

static void welcome(struct ctl *ctl)
{
	int fd = local_socket_accept(ctl->fd);
	struct client *client;

	if (fd < 0)
		return;
	client = find_place(ctl);
	client->fd = fd;
	client->last_heard = ++ctl->n_heard;
	client->is_answering = false;
	client->request_len = client->text_len = client->text_sent = 0;
	if (watch(ctl, fd, (uint64_t)(client - ctl->clients)) < 0)
		hang_up(client);
}

static void take_request(struct ctl *ctl, struct client *client, size_t len)
{
	struct ctl_request request;
	struct host_error error;

	client->is_answering = true;
	if (ctl_request_parse(client->request, len, &request, &error) < 0)
		ctl_answer_refuse(&client->answer, &error);
	else
		ctl_answer_begin(&client->answer, ctl->gateway, &request);
}

/* false: the client is gone, or says what is no line. */
static bool listen_to(struct ctl *ctl, struct client *client)
{
	ssize_t n = recv(client->fd, client->request + client->request_len,
		REQUEST_MAX - client->request_len, 0);
	const char *end;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	client->request_len += (size_t)n;
	end = memchr(client->request, '\n', client->request_len);
	if (end)
		take_request(ctl, client, (size_t)(end - client->request));
	return end || client->request_len < REQUEST_MAX;
}

static void write_answer(struct client *client, uint64_t now_ns)
{
	struct ctl_answer *answer = &client->answer;
	size_t n = 1;

	for (unsigned i = 0; i < PARTS_AT_A_TIME && n > 0 && answer->state != CTL_OVER
		&& client->text_len + CTL_PART_MAX <= ANSWER_SIZE;
		i++) {
		n = ctl_answer_next(answer, client->text + client->text_len, now_ns);
		client->text_len += n;
	}
}

/* false: the client is gone, or has all that it asked for. */
static bool answer(struct client *client)
{
	ssize_t n;

	if (client->text_len > 0) {
		n = send(client->fd, client->text + client->text_sent,
			client->text_len - client->text_sent, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		client->text_sent += (size_t)n;
	}
	if (client->text_sent < client->text_len)
		return true;
	client->text_len = client->text_sent = 0;
	return client->answer.state != CTL_OVER;
}

/* Goes on when the client has room for more; while it waits for a reload there is nothing to do. */
static void choose_events(struct ctl *ctl, struct client *client)
{
	const bool is_waiting = client->text_len == 0 && client->answer.state == CTL_WAITING;
	struct epoll_event event = {
		.events = is_waiting ? 0 : EPOLLOUT, .data.u64 = (uint64_t)(client - ctl->clients)};

	(void)epoll_ctl(ctl->epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void serve_client(struct ctl *ctl, struct client *client, uint32_t events, uint64_t now_ns)
{
	bool is_there = !(events & (EPOLLHUP | EPOLLERR));

	client->last_heard = ++ctl->n_heard;
	if (is_there && !client->is_answering)
		is_there = listen_to(ctl, client);
	if (is_there && client->is_answering) {
		write_answer(client, now_ns);
		is_there = answer(client);
		if (is_there)
			choose_events(ctl, client);
	}
	if (!is_there)
		hang_up(client);
}

void ctl_serve(struct ctl *ctl, uint64_t now_ns)
{
	struct epoll_event events[8];
	int n = epoll_wait(ctl->epoll_fd, events, array_len(events), 0);

	for (int i = 0; i < n; i++) {
		uint64_t what = events[i].data.u64;

		if (what == CLIENTS_MAX)
			welcome(ctl);
		else if (ctl->clients[what].fd >= 0)
			serve_client(ctl, &ctl->clients[what], events[i].events, now_ns);
	}
}

void ctl_reloaded(struct ctl *ctl)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &ctl->clients[i];
		struct epoll_event event = {.events = EPOLLOUT, .data.u64 = i};

		if (client->fd >= 0 && client->is_answering && client->answer.state == CTL_WAITING)
			(void)epoll_ctl(ctl->epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
	}
}

void ctl_drop(struct ctl *ctl, const struct interface *iface)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &ctl->clients[i];

		if (client->fd >= 0 && client->is_answering && client->answer.iface == iface)
			hang_up(client);
	}
}

static int open_socket(struct ctl *ctl, struct host_error *out_error)
{
	const char *name = ctl->gateway->interfaces[0].config->name;

	(void)mkdir(FOLDER, 0755); /* if it cannot be made, bind says why */
	snprintf(ctl->path, sizeof(ctl->path), FOLDER "/%.15s.sock", name);
	ctl->fd = local_socket_open(ctl->path, 0600, out_error);
	if (ctl->fd >= 0)
		return watch(ctl, ctl->fd, CLIENTS_MAX) < 0
			? host_error_set(out_error, errno, "%s: %m", ctl->path)
			: 0;
	if (ctl->fd == -EADDRINUSE)
		return host_error_set(out_error, EADDRINUSE,
			"%s belongs to another wg-dpdk that runs; stop it, or choose another "
			"name for the first interface",
			ctl->path);
	return host_error_set(out_error, -ctl->fd, "%s, which wg-dpdk-ctl(8) needs: %m", ctl->path);
}

struct ctl *ctl_create(struct gateway *gw, struct host_error *out_error)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));

	if (!ctl) {
		host_error_set(out_error, ENOMEM, "socket for wg-dpdk-ctl(8): %m");
		return NULL;
	}
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		ctl->clients[i].fd = -1;
	ctl->gateway = gw;
	ctl->fd = -1;
	ctl->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ctl->epoll_fd < 0)
		host_error_set(out_error, errno, "socket for wg-dpdk-ctl(8): %m");
	else if (open_socket(ctl, out_error) == 0)
		return ctl;
	ctl_destroy(ctl);
	return NULL;
}

void ctl_destroy(struct ctl *ctl)
{
	if (!ctl)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (ctl->clients[i].fd >= 0)
			hang_up(&ctl->clients[i]);
	if (ctl->fd >= 0)
		local_socket_close(ctl->fd, ctl->path);
	if (ctl->epoll_fd >= 0)
		close(ctl->epoll_fd);
	free(ctl);
}

int ctl_fd(const struct ctl *ctl)
{
	return ctl->epoll_fd;
}
