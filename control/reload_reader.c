/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "reload_reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/config.h"
#include "log.h"

struct reload_reader {
	pthread_t thread;
	const char *path;
	struct gw_config *config;
	struct host_error error; /* without a configuration */
	int wake_fd;
	_Atomic bool
		is_left; /* by the thread, which is done, or by control; who comes second frees */
};

static void report_error(void *context, const char *line)
{
	struct reload_reader *reader = context;

	host_error_set(&reader->error, EINVAL, "%s; nothing was changed", line);
}

static void report_warning(void *context, const char *line)
{
	(void)context;
	log_warning("%s", line);
}

static void reader_free(struct reload_reader *reader)
{
	config_free(reader->config);
	free(reader);
}

static void *run(void *arg)
{
	struct reload_reader *reader = arg;
	const struct config_report report = {report_error, report_warning, reader};
	const uint64_t one = 1;

	reader->config = config_load(reader->path, &report);
	/* Unless control has left it joins this thread before it frees or closes anything. */
	if (atomic_exchange_explicit(&reader->is_left, true, memory_order_acq_rel))
		reader_free(reader);
	else
		(void)!write(reader->wake_fd, &one, sizeof(one));
	return NULL;
}

struct reload_reader *reload_reader_start(const char *path, int wake_fd)
{
	struct reload_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->path = path;
	reader->wake_fd = wake_fd;
	if (pthread_create(&reader->thread, NULL, run, reader) == 0)
		return reader;
	reader_free(reader);
	return NULL;
}

struct gw_config *reload_reader_finish(struct reload_reader *reader, struct host_error *out_error)
{
	struct gw_config *config;

	pthread_join(reader->thread, NULL);
	config = reader->config;
	*out_error = reader->error;
	reader->config = NULL;
	reader_free(reader);
	return config;
}

void reload_reader_abandon(struct reload_reader *reader)
{
	struct host_error error;

	if (atomic_exchange_explicit(&reader->is_left, true, memory_order_acq_rel))
		config_free(reload_reader_finish(reader, &error));
	else
		pthread_detach(reader->thread);
}
