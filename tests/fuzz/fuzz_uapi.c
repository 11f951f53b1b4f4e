/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * What clients of wg(8)'s socket write, in pieces. The input is records: a byte chooses the client and what it does (enum
 * deed), a second one how many bytes follow that it writes, or how many times 64 bytes it reads. Whatever they do: each gets the
 * answers to its own requests in their order and nothing else, and one that takes its time loses nothing.
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

#include "base/compiler.h"
#include "config/config.h"
#include "gateway.h"
#include "host/uapi_socket.h"
#include "interface.h"
#include "peer.h"
#include "tables/peer_view.h"
#include "uapi_text.h"

#define N_CLIENTS 3
#define N_PEERS 2
#define N_ALLOWED_IPS 180 /* an answer is longer than what a socket takes at once */
#define LINE_MAX_LEN 255  /* with its newline 256; a longer one ends the connection */
#define RECORD_HEAD_LEN 2
#define INPUT_MAX 1024
#define WANTED_MAX (1 << 20) /* more than the shortest questions of an input can ask for */
#define ROUNDS_MAX 2048 /* a round reads a line's room, or answers a request, or writes a piece */

enum deed {
	DEED_WRITE,
	DEED_READ,
	DEED_HANG_UP,
	DEED_MASK = 3,
	CLIENT_SHIFT = 2,
};

/* A client as it sees itself, and what it must be answered. */
struct client {
	int fd; /* -1: not connected */
	int their_fd;
	ino_t their_socket; /* the descriptor's number may be another's by now */
	char line[LINE_MAX_LEN + 1];
	size_t line_len;
	char request[LINE_MAX_LEN + 1]; /* its first line; empty: between two */
	bool is_too_long;               /* a line was: it is hung up on, sooner or later */
	size_t wanted_len, n_read;
	char wanted[WANTED_MAX];
};

static struct ip_prefix allowed_ips[N_ALLOWED_IPS];
static struct peer_config configs[N_PEERS] = {
	{.public_key = {1}, .allowed_ips = allowed_ips, .n_allowed_ips = N_ALLOWED_IPS},
	{.public_key = {2}, .preshared_key = {3}, .keepalive_s = 25},
};
static struct interface_config config = {
	.name = "wg0", .private_key = {9}, .peers = configs, .n_peers = N_PEERS};
static struct peer_view views[N_PEERS];
static struct peer peers[N_PEERS];
static struct interface iface = {.config = &config, .udp = {.port = 51820}};
static struct gateway gw = {.interfaces = &iface, .n_interfaces = 1};
static struct client clients[N_CLIENTS];
static struct client *caller; /* who connects now */
static struct uapi *uapi;
static int listening_fd;
static char whole_answer[16 * UAPI_LINES_MAX];
static size_t whole_answer_len;

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

/* In the place of the file system. */
int __wrap_uapi_socket_open(const char *name, struct host_error *out_error);
void __wrap_uapi_socket_close(int fd, const char *name);
int __wrap_uapi_socket_accept(int fd);
struct peer *__wrap_interface_find_peer(const struct interface *of, const uint8_t *public_key);

int __wrap_uapi_socket_open(const char *name, struct host_error *out_error)
{
	(void)name;
	(void)out_error;
	listening_fd = eventfd(0, EFD_NONBLOCK);
	return listening_fd;
}

void __wrap_uapi_socket_close(int fd, const char *name)
{
	(void)name;
	close(fd);
}

int __wrap_uapi_socket_accept(int fd)
{
	uint64_t n;

	check(read(fd, &n, sizeof(n)) == sizeof(n));
	return caller->their_fd;
}

struct peer *__wrap_interface_find_peer(const struct interface *of, const uint8_t *public_key)
{
	check(of == &iface);
	return &peers[public_key[0] - 1];
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct uapi_place place = {0};
	struct host_error error;
	size_t len;

	(void)argc;
	(void)argv;
	for (unsigned i = 0; i < N_ALLOWED_IPS; i++)
		allowed_ips[i] =
			(struct ip_prefix){.addr = {AF_INET, {10, 77, 0, (uint8_t)i}}, .len = 32};
	for (unsigned i = 0; i < N_PEERS; i++) {
		peers[i].config = &configs[i];
		peers[i].view = &views[i];
	}
	while ((len = uapi_text_next(&iface, &place, whole_answer + whole_answer_len)))
		whole_answer_len += len;
	for (unsigned i = 0; i < N_CLIENTS; i++)
		clients[i].fd = -1;
	uapi = uapi_create(&gw, &error);
	check(uapi != NULL);
	return 0;
}

static void want(struct client *client, const char *answer, size_t len)
{
	check(client->wanted_len + len <= WANTED_MAX);
	memcpy(client->wanted + client->wanted_len, answer, len);
	client->wanted_len += len;
}

/* An empty line ends a request, of which the first line says what it is. */
static void model_line(struct client *client)
{
	if (client->line[0] && !client->request[0])
		strcpy(client->request, client->line);
	if (client->line[0])
		return;
	if (strcmp(client->request, "get=1") == 0)
		want(client, whole_answer, whole_answer_len);
	else if (strcmp(client->request, "set=1") == 0)
		want(client, "errno=-95\n\n", 11); /* EOPNOTSUPP */
	else if (client->request[0])
		want(client, "errno=-71\n\n", 11); /* EPROTO */
	client->request[0] = '\0';
}

static void model_byte(struct client *client, char byte)
{
	if (client->is_too_long)
		return;
	if (byte == '\n') {
		client->line[client->line_len] = '\0';
		client->line_len = 0;
		model_line(client);
	} else if (client->line_len == LINE_MAX_LEN) {
		client->is_too_long = true;
	} else {
		client->line[client->line_len++] = byte;
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
	client->request[0] = '\0';
	client->is_too_long = false;
	caller = client;
	check(write(listening_fd, &one, sizeof(one)) == sizeof(one));
	uapi_serve(uapi);
}

static void read_some(struct client *client, size_t len)
{
	char text[64 * UINT8_MAX];
	ssize_t n = recv(client->fd, text, len, 0);

	if (n <= 0)
		return;
	check(client->n_read + (size_t)n <= client->wanted_len);
	check(memcmp(text, client->wanted + client->n_read, (size_t)n) == 0);
	client->n_read += (size_t)n;
}

static void write_some(struct client *client, const uint8_t *data, size_t len)
{
	if (send(client->fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		return; /* it was hung up on */
	for (size_t i = 0; i < len; i++)
		model_byte(client, (char)data[i]);
}

/* What it had written is read first, a line at a time; then its place is free. */
static void hang_up(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	for (unsigned i = 0; is_held(client); i++) {
		check(i < ROUNDS_MAX);
		uapi_serve(uapi);
	}
}

/* Everything is answered in the end; one whose line has none is hung up on, and may miss what it did not read in time. */
static void settle(struct client *client)
{
	for (unsigned i = 0;
		is_held(client) && (client->n_read < client->wanted_len || client->is_too_long);
		i++) {
		check(i < ROUNDS_MAX);
		uapi_serve(uapi);
		read_some(client, 64 * UINT8_MAX);
	}
	read_some(client, 64 * UINT8_MAX);
	check(client->is_too_long || client->n_read == client->wanted_len);
	hang_up(client);
}

/* Returns how many bytes of the input it takes. */
static size_t act(const uint8_t *data, size_t size)
{
	struct client *client = &clients[(data[0] >> CLIENT_SHIFT) % N_CLIENTS];
	size_t len = data[1];

	if (client->fd < 0)
		connect_client(client);
	switch (data[0] & DEED_MASK) {
	case DEED_READ:
		read_some(client, 64 * len);
		len = 0;
		break;
	case DEED_HANG_UP:
		hang_up(client);
		len = 0;
		break;
	default:
		len = len < size - RECORD_HEAD_LEN ? len : size - RECORD_HEAD_LEN;
		write_some(client, data + RECORD_HEAD_LEN, len);
		break;
	}
	uapi_serve(uapi);
	return RECORD_HEAD_LEN + len;
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
	return 0;
}
