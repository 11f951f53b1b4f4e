/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Control without threads, sockets or packets, for tests and fuzzers of what can be set: a gateway with one
 * interface, and a data plane that takes nothing and says what it was asked for. What cannot be set up ends the program.
 */

#include <stdbool.h>
#include <stdint.h>

#include "gateway.h"
#include "interface.h"

struct control_fixture {
	struct gateway gw;
	struct interface iface;
	unsigned n_messages; /* that control wanted to send; there are no buffers */
	unsigned n_flushes;
	bool is_flush_over;
};

extern struct control_fixture fixture;

void control_fixture_init(void);

/* control_fixture_fini removes all peers and frees everything. */
void control_fixture_fini(void);

/* control_fixture_add: a peer whose public key is `number` 32 times. */
struct peer *control_fixture_add(uint8_t number);

/* control_fixture_owner: who may use the address in the workers' table, as peer; NULL: nobody. */
const struct peer *control_fixture_owner(const char *address);
