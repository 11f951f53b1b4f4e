/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A folder for the files of one test, a resolver without a network, and a report that remembers. */

#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/reader.h"

/* Keys that nobody uses: the bytes of K1 count up from 1, and so on. S1 and S2 stand for secrets. */
#define S1 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
#define S2 "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A="
#define P1 "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A="
#define P2 "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4A="
#define P3 "gYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6A="
#define ZERO_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

#define INTERFACES_MAX_IN_TESTS 4
#define PORTS_MAX_IN_TESTS 3
#define PEERS_MAX_IN_TESTS 4

static char folder[] = "/tmp/wg-dpdk-config-XXXXXX";
static unsigned n_errors, n_warnings, n_resolved, n_paused;
static char last_error[8192], last_warning[8192];

static void remember_error(void *context, const char *line)
{
	assert_null(context);
	n_errors++;
	snprintf(last_error, sizeof(last_error), "%s", line);
}

static void remember_warning(void *context, const char *line)
{
	assert_null(context);
	n_warnings++;
	snprintf(last_warning, sizeof(last_warning), "%s", line);
}

static const struct config_report report = {.error = remember_error, .warning = remember_warning};

/* peer.example is there, slow.example at the fourth try, busy.example never answers; all others are unknown. */
static int resolve_here(const char *host, struct ip_addr *out, uint32_t *out_scope)
{
	n_resolved++;
	*out_scope = 0;
	if (strcmp(host, "busy.example") == 0)
		return EAI_AGAIN;
	if (strcmp(host, "slow.example") == 0 && n_resolved < 4)
		return EAI_AGAIN;
	if (strcmp(host, "peer.example") != 0 && strcmp(host, "slow.example") != 0)
		return EAI_NONAME;
	return ip_addr_parse("192.0.2.9", out) ? 0 : EAI_FAIL;
}

static int open_here(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void count_pause(void)
{
	n_paused++;
}

static struct config_env env = {
	.open_file = open_here,
	.resolve = resolve_here,
	.pause = count_pause,
	.interfaces_max = INTERFACES_MAX_IN_TESTS,
	.ports_max = PORTS_MAX_IN_TESTS,
	.peers_max = PEERS_MAX_IN_TESTS,
};

static const char *path_here(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_bytes(const char *name, const void *bytes, size_t len)
{
	int descriptor = open(path_here(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes, len), len);
	close(descriptor);
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static struct gw_config *load_here(const char *name)
{
	n_errors = n_warnings = n_resolved = n_paused = 0;
	*last_error = *last_warning = '\0';
	return config_load_in(&env, path_here(name), &report);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	char command[sizeof(folder) + 16];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}
