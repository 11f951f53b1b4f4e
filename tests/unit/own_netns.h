/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Tests of the host's kernel run in a network namespace of their own, so that nothing of the machine is
 * touched.
 */

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_in_own_netns;

/* Called by main once, before any test. */
static inline void own_netns_enter(void)
{
	is_in_own_netns = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
		&& unshare(CLONE_NEWNET) == 0 && system("ip link set lo up") == 0;
}

/* The first line of a test that needs the namespace. */
#define NEED_OWN_NETNS() \
	do { \
		if (!is_in_own_netns) { \
			print_message("skipped: needs root, /dev/net/tun and iproute2\n"); \
			skip(); \
		} \
	} while (0)

/* What `command` prints, cut to fit; it must exit with 0. */
static inline const char *shell(const char *command)
{
	static char output[16384];
	FILE *pipe = popen(command, "r");
	size_t len;

	assert_non_null(pipe);
	len = fread(output, 1, sizeof(output) - 1, pipe);
	output[len] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return output;
}

#define assert_says(command, part) \
	do { \
		const char *said = shell(command); \
		if (!strstr(said, part)) \
			fail_msg("%s: no \"%s\" in:\n%s", command, part, said); \
	} while (0)

#define assert_says_not(command, part) \
	do { \
		const char *said = shell(command); \
		if (strstr(said, part)) \
			fail_msg("%s: \"%s\" is in:\n%s", command, part, said); \
	} while (0)
