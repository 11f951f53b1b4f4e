/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * What clients of wg(8)'s socket write, in pieces. The input is records: a byte chooses the client and what it does (enum
 * deed), a second one how much. Whatever they do: each gets the answers to its own requests in their order and nothing else,
 * and one that takes its time loses nothing. What a `set` does is fuzz_uapi_set's; here its result is a digest of its lines.
 */

#include "uapi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allowed_ip.h"
#include "control_fixture.h"
#include "host/uapi_socket.h"
#include "settings.h"
#include "uapi_set.h"
#include "uapi_text.h"

#define N_CLIENTS 3
#define N_ALLOWED_IPS 180 /* an answer is longer than what a socket takes at once */
#define LINE_MAX_LEN 4095 /* with its newline 4096; a longer one ends the connection */
#define RECORD_HEAD_LEN 2
#define INPUT_MAX 1024
#define UNIT 64              /* bytes that are read */
#define FILLING 16           /* bytes that are written without being in the input */
#define WANTED_MAX (1 << 20) /* more than the shortest questions of an input can ask for */
#define ROUNDS_MAX 8192 /* a round reads a piece, goes on with a slow line, or writes a piece */
#define SLOW 's'        /* first letter of a line that takes more than its turn */
#define SLOW_TURNS 3

enum deed {
	DEED_WRITE, /* and the other numbers: bytes that follow */
	DEED_READ,
	DEED_HANG_UP,
	DEED_END, /* it says no more and reads on */
	DEED_FILL,
	DEED_MASK = 7,
	CLIENT_SHIFT = 3,
};

enum request { NOTHING, GET, GET_WITH_MORE, SET, UNKNOWN };

/* A client as it sees itself, and what it must be answered. */
struct client {
	int fd; /* -1: not connected */
	int their_fd;
	ino_t their_socket; /* the descriptor's number may be another's by now */
	char line[LINE_MAX_LEN + 2];
	size_t line_len;
	enum request request;
	int digest;   /* of the lines of a set */
	bool is_slow; /* the last line of a set is */
	bool is_over; /* it has said the last that is heard: it is hung up on, sooner or later */
	size_t wanted_len, n_read;
	char wanted[WANTED_MAX];
};

static struct client clients[N_CLIENTS];
static struct client *caller; /* who connects now */
static struct uapi *uapi;
static uint64_t now_ns;
static int listening_fd;
static int n_sets; /* begun and not ended */
static char whole_answer[16 * UAPI_LINES_MAX];
static size_t whole_answer_len;

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

static void serve(void)
{
	uapi_serve(uapi, ++now_ns);
}

static int digest_line(int digest, const char *line)
{
	uint32_t sum = (uint32_t)digest + 1;

	while (*line)
		sum = 31 * sum + (uint8_t)*line++;
	return (int)(sum % 10000);
}

/* In the place of the file system. */
int __wrap_uapi_socket_open(
	const char *name, struct uapi_socket *out, struct host_error *out_error);
void __wrap_uapi_socket_close(struct uapi_socket *socket, const char *name);
int __wrap_uapi_socket_watch(struct host_error *out_error);
int __wrap_uapi_socket_accept(int fd);

int __wrap_uapi_socket_open(const char *name, struct uapi_socket *out, struct host_error *out_error)
{
	(void)name;
	(void)out_error;
	listening_fd = out->fd = eventfd(0, EFD_NONBLOCK);
	return listening_fd < 0 ? -1 : 0;
}

void __wrap_uapi_socket_close(struct uapi_socket *socket, const char *name)
{
	(void)name;
	close(socket->fd);
}

int __wrap_uapi_socket_watch(struct host_error *out_error)
{
	(void)out_error;
	return eventfd(0, EFD_NONBLOCK);
}

int __wrap_uapi_socket_accept(int fd)
{
	uint64_t n;

	check(read(fd, &n, sizeof(n)) == sizeof(n));
	return caller->their_fd;
}

/* In the place of settings: `error` is the digest, `public_key[0]` the turns that a slow line still takes. */
void __wrap_uapi_set_begin(struct uapi_set *set, struct gateway *gw, struct interface *iface);
bool __wrap_uapi_set_resume(struct uapi_set *set);
bool __wrap_uapi_set_line(struct uapi_set *set, const char *line, uint64_t at_ns);
int __wrap_uapi_set_end(struct uapi_set *set, uint64_t at_ns);

void __wrap_uapi_set_begin(struct uapi_set *set, struct gateway *gw, struct interface *iface)
{
	*set = (struct uapi_set){.gateway = gw, .iface = iface};
	n_sets++;
}

bool __wrap_uapi_set_resume(struct uapi_set *set)
{
	check(set->iface == &fixture.iface);
	if (set->public_key[0] == 0)
		return true;
	set->public_key[0]--;
	return false;
}

bool __wrap_uapi_set_line(struct uapi_set *set, const char *line, uint64_t at_ns)
{
	check(set->iface == &fixture.iface && set->public_key[0] == 0 && at_ns == now_ns);
	check(!strchr(line, '\n')); /* one at a time */
	set->error = digest_line(set->error, line);
	if (*line == SLOW)
		set->public_key[0] = SLOW_TURNS;
	return *line != SLOW;
}

int __wrap_uapi_set_end(struct uapi_set *set, uint64_t at_ns)
{
	check(set->gateway == &fixture.gw && at_ns == now_ns);
	n_sets--;
	return -set->error;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_peers(void)
{
	static const uint8_t preshared_key[WG_KEY_LEN] = {3};
	struct peer *peer = control_fixture_add(1);

	for (unsigned i = 0; i < N_ALLOWED_IPS; i++) {
		struct ip_prefix prefix = {.addr = {AF_INET, {10, 77, 0, (uint8_t)i}}, .len = 32};

		check(allowed_ip_give(peer, &prefix) == 0);
	}
	settings_set_preshared_key(control_fixture_add(2), preshared_key);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct uapi_place place;
	struct host_error error;
	size_t len;

	(void)argc;
	(void)argv;
	control_fixture_init();
	fixture.gw.interfaces = &fixture.iface;
	fixture.gw.n_interfaces = 1;
	make_peers();
	uapi_text_begin(&place, &fixture.iface);
	while ((len = uapi_text_next(&fixture.iface, &place, whole_answer + whole_answer_len)))
		whole_answer_len += len;
	uapi_text_end(&place);
	for (unsigned i = 0; i < N_CLIENTS; i++)
		clients[i].fd = -1;
	uapi = uapi_create(&fixture.gw, &error);
	check(uapi != NULL);
	return 0;
}

static void want(struct client *client, const char *answer, size_t len)
{
	check(client->wanted_len + len <= WANTED_MAX);
	memcpy(client->wanted + client->wanted_len, answer, len);
	client->wanted_len += len;
}

static void want_result(struct client *client, int result)
{
	char text[32];

	want(client, text, (size_t)snprintf(text, sizeof(text), "errno=%d\n\n", result));
}

static void model_end(struct client *client)
{
	if (client->request == GET)
		want(client, whole_answer, whole_answer_len);
	else if (client->request == GET_WITH_MORE)
		want_result(client, -22); /* EINVAL */
	else if (client->request == SET)
		want_result(client, -client->digest);
	else if (client->request == UNKNOWN)
		want_result(client, -71); /* EPROTO */
	client->request = NOTHING;
	client->digest = 0;
	client->is_slow = false;
}

/* An empty line ends a request, of which the first line says what it is. */
static void model_line(struct client *client)
{
	const char *line = client->line;

	client->line[client->line_len] = '\0';
	client->line_len = 0;
	if (!*line) {
		model_end(client);
	} else if (client->request == NOTHING) {
		client->request = strcmp(line, "get=1") == 0 ? GET
			: strcmp(line, "set=1") == 0         ? SET
							     : UNKNOWN;
	} else if (client->request == GET) {
		client->request = GET_WITH_MORE;
	} else if (client->request == SET) {
		client->digest = digest_line(client->digest, line);
		client->is_slow = *line == SLOW;
	}
}

static void model_byte(struct client *client, char byte)
{
	if (client->is_over)
		return;
	if (client->line_len > LINE_MAX_LEN) {
		client->is_over = true;
	} else if (byte != '\n') {
		client->line[client->line_len++] = byte;
	} else {
		if (client->line_len > 0 && client->line[client->line_len - 1] == '\r')
			client->line_len--;
		model_line(client);
	}
}

/* Has the other side not hung up? */
static bool is_held(const struct client *client)
{
	struct stat status;

	return fstat(client->their_fd, &status) == 0 && status.st_ino == client->their_socket;
}

static void connect_client(struct client *client)
{
	const uint64_t one = 1;
	const int least = 1; /* the kernel makes it 4,608 */
	struct stat status;
	int fds[2];

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	check(setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)) == 0);
	client->fd = fds[0];
	client->their_fd = fds[1];
	check(fstat(fds[1], &status) == 0);
	client->their_socket = status.st_ino;
	client->line_len = client->wanted_len = client->n_read = 0;
	client->request = NOTHING;
	client->digest = 0;
	client->is_slow = client->is_over = false;
	caller = client;
	check(write(listening_fd, &one, sizeof(one)) == sizeof(one));
	serve();
}

static void read_some(struct client *client, size_t len)
{
	char text[UNIT * UINT8_MAX];
	ssize_t n = recv(client->fd, text, len, 0);

	if (n <= 0)
		return;
	check(client->n_read + (size_t)n <= client->wanted_len);
	check(memcmp(text, client->wanted + client->n_read, (size_t)n) == 0);
	client->n_read += (size_t)n;
}

/* What the socket does not take, or nobody would read, was not written. */
static void write_some(struct client *client, const void *data, size_t len)
{
	ssize_t n = send(client->fd, data, len, MSG_NOSIGNAL);

	for (ssize_t i = 0; i < n; i++)
		model_byte(client, ((const char *)data)[i]);
}

static void fill(struct client *client, size_t len)
{
	char text[FILLING * UINT8_MAX];

	memset(text, 'a', len);
	write_some(client, text, len);
}

/* The end ends a set, too, but for one that is slow just then. */
static void end(struct client *client)
{
	if (client->is_over || client->is_slow)
		return;
	check(shutdown(client->fd, SHUT_WR) == 0);
	client->is_over = true;
	if (client->request != SET || client->line_len > LINE_MAX_LEN)
		return;
	if (client->line_len > 0)
		model_line(client);
	model_end(client);
}

/* What it had written is read first; then its place is free. */
static void hang_up(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	for (unsigned i = 0; is_held(client); i++) {
		check(i < ROUNDS_MAX);
		serve();
	}
}

/* Everything is answered in the end. */
static void settle(struct client *client)
{
	for (unsigned i = 0;
		is_held(client) && (client->n_read < client->wanted_len || client->is_over); i++) {
		check(i < ROUNDS_MAX);
		serve();
		read_some(client, UNIT * UINT8_MAX);
	}
	while (client->n_read < client->wanted_len) {
		size_t n_read = client->n_read;

		read_some(client, UNIT * UINT8_MAX);
		check(client->n_read > n_read);
	}
	hang_up(client);
}

/* Returns how many bytes of the input it takes. */
static size_t act(const uint8_t *data, size_t size)
{
	struct client *client = &clients[(data[0] >> CLIENT_SHIFT) % N_CLIENTS];
	size_t len = data[1], n_written = 0;

	if (client->fd < 0)
		connect_client(client);
	switch (data[0] & DEED_MASK) {
	case DEED_READ:
		read_some(client, UNIT * len);
		break;
	case DEED_HANG_UP:
		hang_up(client);
		break;
	case DEED_END:
		end(client);
		break;
	case DEED_FILL:
		fill(client, FILLING * len);
		break;
	default:
		n_written = len < size - RECORD_HEAD_LEN ? len : size - RECORD_HEAD_LEN;
		write_some(client, data + RECORD_HEAD_LEN, n_written);
		break;
	}
	serve();
	return RECORD_HEAD_LEN + n_written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > INPUT_MAX)
		return 0;
	while (size >= RECORD_HEAD_LEN) {
		size_t len = act(data, size);

		data += len;
		size -= len;
	}
	for (unsigned i = 0; i < N_CLIENTS; i++)
		if (clients[i].fd >= 0)
			settle(&clients[i]);
	check(n_sets == 0 && LIST_EMPTY(&fixture.iface.cursors));
	return 0;
}
