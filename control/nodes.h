/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* NUMA nodes: memory beside the ports, and a word about whatever is not. Control, init only. */

struct gateway;

/* nodes_prefer has tables and packet buffers that this thread allocates placed on the first port's node; after ports_attach. */
void nodes_prefer(const struct gateway *gw);

/* nodes_check warns of ports and of the first `n_workers` workers on other nodes than the first port's. */
void nodes_check(const struct gateway *gw, unsigned n_workers);
