/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What is right alone and wrong together. Peers and prefixes are sorted, not compared each with each: there
 * may be a million. Each moves reader->place to the later of the two; false: reported. Init only.
 */

#include <stdbool.h>

#include "base/compiler.h"

struct config_reader;

/* Of the interface that is being read. */
must_check bool check_mtu(struct config_reader *reader);
must_check bool check_underlay(struct config_reader *reader);    /* ports need a listen port */
must_check bool check_peers(struct config_reader *reader);       /* a public key once */
must_check bool check_allowed_ips(struct config_reader *reader); /* a prefix at one peer */

/* Of the port that is being read: shared is for net_af_xdp. */
must_check bool check_port_mode(struct config_reader *reader);

/* Of all: names and listen ports. */
must_check bool check_interfaces(struct config_reader *reader);

/* Of all: names and devices of ports, against the interfaces' names too, and interfaces that need a port. */
must_check bool check_ports(struct config_reader *reader);
