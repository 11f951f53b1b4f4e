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
#include "log.h"
#include "protocol.h"
#include "uapi_set.h"
#include "uapi_text.h"

#define CLIENTS_MAX \
	32 /* of all interfaces; a further one takes the place of the one that was silent longest */
#define QUESTION_MAX 4096     /* bytes of a line, and of what is carried out at a time */
#define ANSWER_SIZE (1 << 15) /* bytes that wait for a client to read them */

enum request {
	REQUEST_NONE, /* between two */
	REQUEST_GET,
	REQUEST_SET,
	REQUEST_BAD_GET,
	REQUEST_UNKNOWN,
};

struct client {
	int fd; /* -1: free */
	struct interface *iface;
	uint64_t last_heard; /* a count of what happened, for the age */
	enum request request;
	bool is_answering; /* a get; the next request waits */
	bool is_setting;   /* a set is not at its end */
	struct uapi_place place;
	struct uapi_set set;
	size_t question_len, answer_len, answer_sent;
	char question[QUESTION_MAX]; /* lines, the last one not whole */
	char answer[ANSWER_SIZE];
};

/* What an event is about: an interface's socket, by iface_id, then the folder, then the clients. */
enum {
	EVENT_FOLDER = WG_INTERFACES_MAX,
	EVENT_CLIENTS,
};

struct uapi {
	struct gateway *gateway;
	int epoll_fd;
	int folder_fd;                                 /* readable when a socket's file went */
	struct uapi_socket sockets[WG_INTERFACES_MAX]; /* by iface_id */
	uint64_t n_heard;
	uint64_t now_ns; /* of this turn */
	struct client clients[CLIENTS_MAX];
};

static int watch(struct uapi *uapi, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event event = {.events = events, .data.u64 = what};

	return epoll_ctl(uapi->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void hang_up(struct uapi *uapi, struct client *client)
{
	if (client->is_answering)
		uapi_text_end(&client->place);
	if (client->is_setting)
		uapi_set_end(&client->set, uapi->now_ns);
	close(client->fd);
	secure_wipe(client, sizeof(*client)); /* requests and answers hold keys */
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
	hang_up(uapi, oldest);
	return oldest;
}

static void welcome(struct uapi *uapi, unsigned iface_id)
{
	int fd = uapi_socket_accept(uapi->sockets[iface_id].fd);
	struct client *client;

	if (fd < 0)
		return;
	client = find_place(uapi);
	client->fd = fd;
	client->iface = &uapi->gateway->interfaces[iface_id];
	client->last_heard = ++uapi->n_heard;
	if (watch(uapi, fd, EPOLLIN, EVENT_CLIENTS + (uint64_t)(client - uapi->clients)) < 0)
		hang_up(uapi, client);
}

static void say(struct client *client, const char *line)
{
	size_t len = strlen(line);

	/* Always fits: requests are read only while there is room for what refuses them. */
	memcpy(client->answer + client->answer_len, line, len);
	client->answer_len += len;
}

static void say_result(struct client *client, int result)
{
	char line[32];

	snprintf(line, sizeof(line), "errno=%d\n\n", result);
	say(client, line);
}

static void begin_request(struct uapi *uapi, struct client *client, const char *line)
{
	client->request = strcmp(line, "get=1") == 0 ? REQUEST_GET
		: strcmp(line, "set=1") == 0         ? REQUEST_SET
						     : REQUEST_UNKNOWN;
	if (client->request != REQUEST_SET)
		return;
	client->is_setting = true;
	uapi_set_begin(&client->set, uapi->gateway, client->iface);
}

static void end_request(struct uapi *uapi, struct client *client)
{
	switch (client->request) {
	case REQUEST_GET:
		client->is_answering = true;
		uapi_text_begin(&client->place, client->iface);
		break;
	case REQUEST_SET:
		client->is_setting = false;
		say_result(client, uapi_set_end(&client->set, uapi->now_ns));
		break;
	case REQUEST_BAD_GET:
		say_result(client, -EINVAL);
		break;
	case REQUEST_UNKNOWN:
		say_result(client, -EPROTO);
		break;
	case REQUEST_NONE:
		break;
	}
	client->request = REQUEST_NONE;
}

/* A line of a request; an empty one is its end. false: that is enough for this turn. */
static bool take_line(struct uapi *uapi, struct client *client, char *line)
{
	if (!*line)
		end_request(uapi, client);
	else if (client->request == REQUEST_NONE)
		begin_request(uapi, client, line);
	else if (client->request == REQUEST_SET)
		return uapi_set_line(&client->set, line, uapi->now_ns);
	else if (client->request == REQUEST_GET)
		client->request = REQUEST_BAD_GET;
	return true;
}

/* Is there room for another answer? */
static bool may_ask(const struct client *client)
{
	return !client->is_answering && client->answer_len + UAPI_LINES_MAX <= ANSWER_SIZE;
}

static bool may_go_on(struct client *client)
{
	return may_ask(client) && (!client->is_setting || uapi_set_resume(&client->set));
}

/* Lines may end with CR LF. */
static void cut_line(char *line, char *end)
{
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
}

/* Handles the whole lines of the question, as long as there is room for answers. */
static void take_lines(struct uapi *uapi, struct client *client)
{
	bool goes_on = may_go_on(client);
	size_t done = 0;
	char *end;

	while (goes_on
		&& (end = memchr(client->question + done, '\n', client->question_len - done))) {
		char *line = client->question + done;

		done = (size_t)(end + 1 - client->question);
		cut_line(line, end);
		goes_on = take_line(uapi, client, line) && may_ask(client);
	}
	client->question_len -= done;
	memmove(client->question, client->question + done, client->question_len);
	secure_wipe(client->question + client->question_len, done);
}

/* Something that came before has not had its turn yet. */
static bool has_more_to_do(struct client *client)
{
	return memchr(client->question, '\n', client->question_len)
		|| (client->is_setting && !uapi_set_resume(&client->set));
}

/* Nothing more will come: what came last is a line, and the end of its request. */
static void take_end(struct uapi *uapi, struct client *client)
{
	if (client->question_len == QUESTION_MAX || !client->is_setting)
		return;
	client->question[client->question_len] = '\0';
	if (client->question_len > 0)
		(void)take_line(uapi, client, client->question);
	end_request(uapi, client);
}

/* false: the client is gone, or says what is no line. */
static bool listen_to(struct uapi *uapi, struct client *client)
{
	ssize_t n;

	/* Whole lines wait for their turn; one without an end is none. */
	if (client->question_len == QUESTION_MAX)
		return memchr(client->question, '\n', QUESTION_MAX) != NULL;
	n = recv(client->fd, client->question + client->question_len,
		QUESTION_MAX - client->question_len, 0);
	if (n == 0 && has_more_to_do(client))
		return true; /* the end comes again */
	if (n == 0)
		take_end(uapi, client);
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
		if (n == 0)
			uapi_text_end(&client->place);
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
		.data.u64 = EVENT_CLIENTS + (uint64_t)(client - uapi->clients)};

	(void)epoll_ctl(uapi->epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void serve_client(struct uapi *uapi, struct client *client, uint32_t events)
{
	bool is_there = !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || listen_to(uapi, client);

	client->last_heard = ++uapi->n_heard;
	if (is_there)
		take_lines(uapi, client);
	write_answer(client);
	if (!answer(client) || !is_there) {
		hang_up(uapi, client);
		return;
	}
	choose_events(uapi, client);
}

/* An interface without a file of its own in gw.conf lives as long as its socket's: the way to end wireguard-go, too. */
static void look_at_folder(struct uapi *uapi)
{
	struct gateway *gw = uapi->gateway;

	uapi_socket_watched(uapi->folder_fd);
	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		const struct interface_config *config = gw->interfaces[i].config;

		if (!config || !config->is_bare || gw->is_stopping
			|| uapi_socket_is_there(&uapi->sockets[i], config->name))
			continue;
		log_info("the socket of %s was removed: stopping", config->name);
		gw->is_stopping = true;
	}
}

void uapi_serve(struct uapi *uapi, uint64_t now_ns)
{
	struct epoll_event events[8];
	int n = epoll_wait(uapi->epoll_fd, events, array_len(events), 0);

	uapi->now_ns = now_ns;
	for (int i = 0; i < n; i++) {
		uint64_t what = events[i].data.u64;

		if (what < EVENT_FOLDER && uapi->sockets[what].fd >= 0)
			welcome(uapi, (unsigned)what);
		else if (what == EVENT_FOLDER)
			look_at_folder(uapi);
		else if (what >= EVENT_CLIENTS && uapi->clients[what - EVENT_CLIENTS].fd >= 0)
			serve_client(uapi, &uapi->clients[what - EVENT_CLIENTS], events[i].events);
	}
}

int uapi_add(struct uapi *uapi, uint8_t iface_id, struct host_error *out_error)
{
	struct uapi_socket *socket = &uapi->sockets[iface_id];
	int result = uapi_socket_open(
		uapi->gateway->interfaces[iface_id].config->name, socket, out_error);

	if (result < 0)
		return result;
	result = watch(uapi, socket->fd, EPOLLIN, iface_id);
	return result < 0 ? host_error_set(out_error, -result, "sockets for wg(8): %m") : 0;
}

static int open_all(struct uapi *uapi, struct host_error *out_error)
{
	int result = 0;

	uapi->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (uapi->epoll_fd < 0)
		return host_error_set(out_error, errno, "sockets for wg(8): %m");
	uapi->folder_fd = uapi_socket_watch(out_error);
	if (uapi->folder_fd < 0)
		return uapi->folder_fd;
	if (watch(uapi, uapi->folder_fd, EPOLLIN, EVENT_FOLDER) < 0)
		return host_error_set(out_error, errno, "sockets for wg(8): %m");
	for (unsigned i = 0; i < uapi->gateway->n_interfaces && result == 0; i++)
		result = uapi_add(uapi, (uint8_t)i, out_error);
	return result;
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
	for (unsigned i = 0; i < WG_INTERFACES_MAX; i++)
		uapi->sockets[i].fd = -1;
	uapi->epoll_fd = uapi->folder_fd = -1;
	uapi->gateway = gw;
	if (open_all(uapi, out_error) == 0)
		return uapi;
	uapi_destroy(uapi);
	return NULL;
}

void uapi_drop(struct uapi *uapi, uint8_t iface_id)
{
	const struct interface *iface = &uapi->gateway->interfaces[iface_id];

	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (uapi->clients[i].fd >= 0 && uapi->clients[i].iface == iface)
			hang_up(uapi, &uapi->clients[i]);
	if (uapi->sockets[iface_id].fd >= 0)
		uapi_socket_close(&uapi->sockets[iface_id], iface->config->name);
}

void uapi_destroy(struct uapi *uapi)
{
	if (!uapi)
		return;
	for (unsigned i = 0; i < uapi->gateway->n_interfaces; i++)
		uapi_drop(uapi, (uint8_t)i);
	if (uapi->folder_fd >= 0)
		close(uapi->folder_fd);
	if (uapi->epoll_fd >= 0)
		close(uapi->epoll_fd);
	free(uapi);
}

int uapi_fd(const struct uapi *uapi)
{
	return uapi->epoll_fd;
}
