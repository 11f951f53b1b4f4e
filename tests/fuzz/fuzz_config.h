/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A machine of three files for the configuration's fuzzers, and what must hold whatever they say. */

#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"
#include "config/reader.h"

/* The folder is nowhere, so that libconfig, which opens included files itself, finds none. */
#define FOLDER "/nonexistent/"

struct fuzz_text {
	const void *bytes;
	size_t len;
};

static struct fuzz_text gw_text, wg_text;
static const struct fuzz_text key_text = {"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n", 45};

static int open_text(const char *path)
{
	const struct fuzz_text *text = strcmp(path, FOLDER "gw.conf") == 0 ? &gw_text
		: strcmp(path, FOLDER "wg0.conf") == 0                     ? &wg_text
		: strcmp(path, FOLDER "a.key") == 0                        ? &key_text
									   : NULL;
	int descriptor;

	if (!text) {
		errno = ENOENT;
		return -1;
	}
	descriptor = memfd_create("fuzz", MFD_CLOEXEC);
	if (descriptor < 0 || write(descriptor, text->bytes, text->len) != (ssize_t)text->len
		|| lseek(descriptor, 0, SEEK_SET) != 0)
		abort();
	return descriptor;
}

static int resolve_nothing(const char *host, struct ip_addr *out, uint32_t *out_scope)
{
	(void)out;
	(void)out_scope;
	return *host == 'a' ? EAI_AGAIN : EAI_NONAME;
}

static void pause_not(void)
{
}

static void count_error(void *context, const char *line)
{
	++*(unsigned *)context;
	if (strpbrk(line, "\r\n") || !strstr(line, "; allowed: "))
		abort();
}

static void ignore_warning(void *context, const char *line)
{
	(void)context;
	if (strpbrk(line, "\r\n"))
		abort();
}

/* Loads both texts: either a configuration and no error, or none and exactly one. */
static void load_texts(struct fuzz_text gw, struct fuzz_text wg)
{
	static const struct config_env env = {
		.open_file = open_text,
		.resolve = resolve_nothing,
		.pause = pause_not,
		.interfaces_max = 8,
		.ports_max = 4,
		.peers_max = 64,
	};
	unsigned n_errors = 0;
	const struct config_report report = {count_error, ignore_warning, &n_errors};
	struct gw_config *config;

	gw_text = gw;
	wg_text = wg;
	config = config_load_in(&env, FOLDER "gw.conf", &report);
	if (n_errors != (config ? 0 : 1))
		abort();
	config_free(config);
}
