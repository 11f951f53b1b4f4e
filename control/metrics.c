/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "metrics.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/clock.h"
#include "config/config.h"
#include "gateway.h"
#include "metrics_text.h"

#define CLIENTS_MAX 16 /* further ones wait in the kernel */
#define SILENCE_MAX_S 10
#define CLIENT_MEMORY (1 << 15) /* bytes for a request and what waits of its answer */
#define BLOCK_SIZE \
	(1 << 14) /* bytes of a text that are made at most, until its client has read them */
#define PARTS_AT_A_TIME 64 /* some tens of microseconds, then others have their turn */

struct scrape {
	LIST_ENTRY(scrape) others;
	struct metrics *metrics;
	struct metrics_text text;
};

struct metrics {
	const struct gateway *gateway;
	struct MHD_Daemon *daemon;
	struct MHD_Response *not_found, *not_allowed;
	LIST_HEAD(, scrape) scrapes;
	uint64_t now_ns, due_ns;
};

/* MHD_ContentReaderCallback. `max` has always had room for a part: it is a share of CLIENT_MEMORY, or BLOCK_SIZE. */
static ssize_t read_scrape(void *context, uint64_t position, char *out, size_t max)
{
	struct scrape *scrape = context;
	struct metrics_text *text = &scrape->text;
	size_t len = 0;

	(void)position;
	if (max < METRICS_PART_MAX)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	for (unsigned i = 0; i < PARTS_AT_A_TIME && !text->is_over && max - len >= METRICS_PART_MAX;
		i++)
		len += metrics_text_next(text, out + len, scrape->metrics->now_ns);
	return len == 0 && text->is_over ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)len;
}

static void free_scrape(void *context)
{
	struct scrape *scrape = context;

	metrics_text_end(&scrape->text);
	LIST_REMOVE(scrape, others);
	free(scrape);
}

/* NULL: no memory. */
static struct MHD_Response *begin_scrape(struct metrics *metrics)
{
	struct scrape *scrape = calloc(1, sizeof(*scrape));
	struct MHD_Response *response;

	if (!scrape)
		return NULL;
	scrape->metrics = metrics;
	metrics_text_begin(&scrape->text, metrics->gateway);
	LIST_INSERT_HEAD(&metrics->scrapes, scrape, others);
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_scrape, scrape, free_scrape);
	if (!response) {
		free_scrape(scrape);
		return NULL;
	}
	(void)MHD_add_response_header(
		response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; version=0.0.4");
	return response;
}

/* MHD_AccessHandlerCallback, which says how many arguments there are. MHD_NO hangs up. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *body, size_t *body_len,
	void **request_context)
{
	struct metrics *metrics = context;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)version, (void)body, (void)body_len, (void)request_context;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return MHD_queue_response(
			connection, MHD_HTTP_METHOD_NOT_ALLOWED, metrics->not_allowed);
	if (strcmp(path, "/metrics") != 0)
		return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, metrics->not_found);
	response = begin_scrape(metrics);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response); /* the connection holds it */
	return result;
}

/* A descriptor, or -1 and errno. */
static int listen_at(const struct endpoint *where)
{
	const int on = 1;
	struct sockaddr_storage address;
	socklen_t len = endpoint_to_sockaddr(where, &address);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (const void *)&address, len) == 0 && listen(fd, CLIENTS_MAX) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static struct MHD_Response *make_text(const char *text)
{
	return MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
}

static bool start(struct metrics *metrics, int fd)
{
	metrics->not_found = make_text("There is nothing but /metrics.\n");
	metrics->not_allowed = make_text("There is nothing to do but to read /metrics.\n");
	if (metrics->not_found && metrics->not_allowed)
		metrics->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, metrics,
			MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
			(unsigned)CLIENTS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
			(unsigned)SILENCE_MAX_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			(size_t)CLIENT_MEMORY, MHD_OPTION_END);
	return metrics->daemon != NULL;
}

struct metrics *metrics_create(const struct gateway *gw, struct host_error *out_error)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));
	char where[ADDR_TEXT_MAX];
	int fd = metrics ? listen_at(&gw->config->metrics) : -1;

	if (fd >= 0) {
		metrics->gateway = gw;
		metrics->due_ns = UINT64_MAX;
		LIST_INIT(&metrics->scrapes);
		if (start(metrics, fd))
			return metrics;
		close(fd);
	}
	host_error_set(out_error, errno,
		"metrics: cannot listen at %s: %m; see metrics in gw.conf(5)",
		endpoint_format(&gw->config->metrics, where));
	metrics_destroy(metrics);
	return NULL;
}

void metrics_destroy(struct metrics *metrics)
{
	if (!metrics)
		return;
	if (metrics->daemon)
		MHD_stop_daemon(metrics->daemon); /* closes what listens, too */
	if (metrics->not_found)
		MHD_destroy_response(metrics->not_found);
	if (metrics->not_allowed)
		MHD_destroy_response(metrics->not_allowed);
	free(metrics);
}

int metrics_fd(const struct metrics *metrics)
{
	return MHD_get_daemon_info(metrics->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

uint64_t metrics_due_ns(const struct metrics *metrics)
{
	return metrics ? metrics->due_ns : UINT64_MAX;
}

/* What is ready and had its turn is not shown by the descriptor: libmicrohttpd asks for its next turn by a timeout of 0. */
void metrics_serve(struct metrics *metrics, uint64_t now_ns)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	metrics->now_ns = now_ns;
	(void)MHD_run(metrics->daemon);
	metrics->due_ns = MHD_get_timeout(metrics->daemon, &wait_ms) == MHD_YES
		? now_ns + wait_ms * NSEC_PER_MSEC
		: UINT64_MAX;
}

void metrics_drop(struct metrics *metrics, const struct interface *iface)
{
	struct scrape *scrape;

	if (metrics)
		LIST_FOREACH(scrape, &metrics->scrapes, others)
			metrics_text_drop(&scrape->text, iface);
}
