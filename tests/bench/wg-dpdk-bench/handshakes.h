/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Handshakes that one core completes as responder, and the X25519 of libsodium alone, in turns: what an initiation costs from
 * its mac1 to the keys of the session and the response that can be sent. One thread.
 */

#include <stdint.h>
#include <stdio.h>

#include "base/compiler.h"
#include "median.h"

enum handshakes_part {
	HANDSHAKES_WHOLE,
	HANDSHAKES_X25519, /* of any point */
	HANDSHAKES_X25519_BASE,
	HANDSHAKES_PARTS,
};

struct handshakes_result {
	struct figures of[HANDSHAKES_PARTS]; /* of one */
	double low_tsc;                      /* HANDSHAKES_WHOLE of the fastest round */
	double high_tsc;                     /* and of the slowest */
	uint64_t n;                          /* handshakes */
	uint64_t n_wrong; /* of these, whose two ends did not have the same keys */
};

struct arguments;
struct bench_machine;

/* handshakes_run: false: out of memory. */
must_check bool handshakes_run(unsigned n_rounds, uint64_t round_ns, struct handshakes_result *out);

/* handshakes_print writes the figures to stdout. */
void handshakes_print(const struct arguments *args, const struct bench_machine *machine,
	const struct handshakes_result *result);

void handshakes_write_json(FILE *file, const struct arguments *args,
	const struct bench_machine *machine, const struct handshakes_result *result);
