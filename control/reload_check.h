/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What of a configuration cannot change while it runs. Pure. Control. */

#include "base/compiler.h"
#include "config/config.h"
#include "host/host_error.h"

/* reload_check: 0, or -EOPNOTSUPP: *out_error says what differs in `fresh` from what runs, `config`, and must not. */
must_check int reload_check(const struct gw_config *config, const struct gw_config *fresh,
	struct host_error *out_error);

/* reload_find: the interface called `name`, or NULL. */
const struct interface_config *reload_find(const struct gw_config *config, const char *name);
