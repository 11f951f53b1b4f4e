/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* What the kernel's messages say to a route_watch. Any thread. */

#include "host/route_watch.h"

struct nlmsghdr;

/* route_parse fills in `out`, all of it but is_from_dump; false: the message is not about anything that is watched. */
must_check bool route_parse(const struct nlmsghdr *message, struct watch_event *out);
