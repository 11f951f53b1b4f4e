/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What of a configuration cannot change while it runs. Pure. Control. */

#include "base/compiler.h"
#include "config/config.h"
#include "host/host_error.h"

/*
 * reload_check_gateway, reload_check_interface: 0, or -EOPNOTSUPP: *out_error says what differs in `fresh` from what runs,
 * `config`, and must not. The first looks at what interfaces have in common.
 */
must_check int reload_check_gateway(const struct gw_config *config, const struct gw_config *fresh,
	struct host_error *out_error);
must_check int reload_check_interface(const struct interface_config *config,
	const struct interface_config *fresh, struct host_error *out_error);

/* reload_refuse: -EOPNOTSUPP, with a line "NAME WHY; nothing was changed", and what to do. */
int reload_refuse(const char *name, const char *why, struct host_error *out_error);

/* reload_find: the interface called `name`, or NULL. */
const struct interface_config *reload_find(const struct gw_config *config, const char *name);
