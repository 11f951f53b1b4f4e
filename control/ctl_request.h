/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What wg-dpdk-ctl(8) asks for: a line of JSON, {"command": NAME} and beside it, where the command takes one, "interface" or
 * "level". Pure. Control.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "host/host_error.h"

enum ctl_command {
	CTL_STATUS,
	CTL_INTERFACES,
	CTL_PEERS,
	CTL_WORKERS,
	CTL_DROPS,
	CTL_RELOAD,
	CTL_LOG,
};

#define CTL_WORD_MAX 16 /* with the final zero: an interface has 15 characters at most */

struct ctl_request {
	enum ctl_command command;
	char interface[CTL_WORD_MAX]; /* CTL_PEERS: of this one; empty: of all */
	char level[CTL_WORD_MAX];     /* CTL_LOG */
};

/* ctl_request_parse: 0, or -EINVAL and *out_error; `line` is without its end. */
must_check int ctl_request_parse(
	const char *line, size_t len, struct ctl_request *out, struct host_error *out_error);
