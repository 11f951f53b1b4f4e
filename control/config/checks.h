/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What is right alone and wrong together. All sort, none compares everything with everything: there may
 * be a million peers. Each moves reader->place to the later of the two; false: reported. Init only.
 */

#include <stdbool.h>

#include "base/compiler.h"

struct config_reader;

/* Of the interface that is being read. */
must_check bool check_mtu(struct config_reader *reader);
must_check bool check_peers(struct config_reader *reader);       /* a public key once */
must_check bool check_allowed_ips(struct config_reader *reader); /* a prefix at one peer */

/* Of all: names and listen ports. */
must_check bool check_interfaces(struct config_reader *reader);
